"""Who the story is about, what they have, and when they are taken."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar

from scheduler.access import Link, Purpose
from scheduler.agreement import Programme, Template
from scheduler.cadence import Cadence
from scheduler.ids import LinkId, ProgrammeId
from tests.conftest import Mail
from tests.servers.ports import Ports
from tests.servers.process import Server, answers

NEW_YORK, BERLIN = ZoneInfo("America/New_York"), ZoneInfo("Europe/Berlin")
#: The address of the programme: From, Reply-To, ORGANIZER.
TROTH = "troth@programme.test"
IDA, LEYLA, AMAL = "ida@mentors.test", "leyla@mentees.test", "amal@programme.test"
FIRST, LAST = date(2026, 9, 28), date(2027, 3, 28)
#: The line of the coordinator's list.
LIST = "\n".join(
    (
        "mentor_name,mentor_email,mentor_zone,mentor_hours,mentee_name,mentee_email,"
        "mentee_zone,mentee_hours,cadence,minutes,first_day,last_day",
        f"Ida Marchetti,{IDA},America/New_York,Mon-Fri 09:00-13:00,Leyla Aydin,{LEYLA},"
        f"Europe/Berlin,Mon-Fri 14:00-19:00,every 2 weeks,45,{FIRST},{LAST}",
    )
)


def at(day: date, hour: int, where: ZoneInfo, minute: int = 0) -> datetime:
    """This wall time there, in UTC."""
    there = datetime(day.year, day.month, day.day, hour, minute, tzinfo=where)
    return there.astimezone(UTC)


def sign_in(now: datetime) -> tuple[Programme, Link]:
    """A programme as the operator makes it, and its coordinator's first link."""
    home = ProgrammeId("hafen")
    template = Template(Cadence("week", 2))
    programme = Programme(home, "Hafen Mentoring", AMAL, "Europe/Berlin", template)
    expires = now + timedelta(minutes=15)
    link = Link(LinkId("first"), Purpose.SIGN_IN, home, None, "", expires, single=True)
    return programme, link


def hers(name: str, event: dict[str, object]) -> icalendar.Event:
    """What else is in the mentor's calendar, with words that are nobody's business."""
    found = icalendar.Event()
    found.add("UID", f"{name}@her.program")
    found.add("DTSTAMP", datetime(2026, 9, 1, tzinfo=UTC))
    found.add("SUMMARY", "The dentist, and other private words")
    for key, value in event.items():
        found.add(key, value)
    return found


def mentors_week() -> dict[str, icalendar.Event]:
    """A meeting every Monday, Christmas away, and a conference in January."""
    monday = datetime(2026, 9, 7, 9, 0, tzinfo=NEW_YORK)
    return {
        "mondays.ics": hers(
            "mondays",
            {
                "DTSTART": monday,
                "DTEND": monday + timedelta(hours=3),
                "RRULE": {"FREQ": "WEEKLY", "COUNT": 40},
            },
        ),
        "away.ics": hers(
            "away", {"DTSTART": date(2026, 12, 21), "DTEND": date(2026, 12, 28)}
        ),
    }


def mentees_busy() -> list[tuple[datetime, datetime]]:
    """Every Friday afternoon, a week in January; the feed reaches to next summer."""
    fridays = [date(2026, 9, 25) + timedelta(weeks=n) for n in range(42)]
    taken = [(at(day, 14, BERLIN), at(day, 18, BERLIN)) for day in fridays]
    for n in range(5):  # the second week of a period
        day = date(2027, 1, 25) + timedelta(days=n)
        taken.append((at(day, 8, BERLIN), at(day, 20, BERLIN)))
    return sorted(set(taken))


def taken_by_both() -> list[tuple[datetime, datetime]]:
    """When one of the two is taken, whole days on the mentor's clock."""
    mondays = [date(2026, 9, 7) + timedelta(weeks=n) for n in range(40)]
    hers = [(at(day, 9, NEW_YORK), at(day, 12, NEW_YORK)) for day in mondays]
    away = (at(date(2026, 12, 21), 0, NEW_YORK), at(date(2026, 12, 28), 0, NEW_YORK))
    return sorted([*hers, away, *mentees_busy()])


@contextmanager
def mail_server(ports: Ports, folder: Path) -> Iterator[Mail]:
    """Everybody's mail, each address a mailbox of its own; the password is "pw"."""
    mail = Mail(ports.take(), ports.take())
    words = [sys.executable, "-m", "mail_devel", "--host", "127.0.0.1", "--no-http"]
    words += ["--multi-user", "--password", "pw"]
    words += ["--alias", f"{TROTH.replace('@', '+*@')}:{TROTH}"]
    words += ["--smtp-port", str(mail.smtp), "--imap-port", str(mail.imap)]
    with Server(
        words, lambda: answers(mail.smtp) and answers(mail.imap), folder / "mail.log"
    ):
        yield mail


@contextmanager
def mentors_server(ports: Ports, folder: Path) -> Iterator[str]:
    """A CalDAV server that knows her password; the address of her account."""
    port, users = ports.take(), folder / "users"
    users.write_text("ida:her own\n")
    words = [sys.executable, "-m", "radicale", "--config", ""]
    options = {
        "hosts": f"127.0.0.1:{port}",
        "storage-filesystem-folder": str(folder / "radicale"),
        "auth-type": "htpasswd",
        "auth-htpasswd-filename": str(users),
        "auth-htpasswd-encryption": "plain",
        "auth-delay": "0",
        "logging-level": "warning",
    }
    words += [word for name, value in options.items() for word in (f"--{name}", value)]
    with Server(words, lambda: answers(port), folder / "radicale.log"):
        yield f"http://127.0.0.1:{port}/ida/"


@dataclass(frozen=True)
class MenteesServer:
    """Where her calendar is, and where her mail server hands invitations over."""

    calendar: str
    lmtp: int


@contextmanager
def mentees_server(ports: Ports, folder: Path, smtp: int) -> Iterator[MenteesServer]:
    """A calendar server that reads invitations from mail and answers them by mail."""
    port, lmtp = ports.take(), ports.take()
    words = [sys.executable, "-m", "xandikos", "serve", "--defaults"]
    options = {
        "l": "127.0.0.1",
        "p": str(port),
        "d": str(folder / "xandikos"),
        "-state-dir": str(folder / "state"),
        "-imip-listen": f"127.0.0.1:{lmtp}",
        "-imip-send": "smtp",
        "-smtp-host": "127.0.0.1",
        "-smtp-port": str(smtp),
        "-smtp-from": "calendar@mentees.test",
    }
    words += [word for name, value in options.items() for word in (f"-{name}", value)]
    with Server(
        words,
        lambda: answers(port) and answers(lmtp),
        folder / "xandikos.log",
        env={"EMAIL": LEYLA, "PATH": "/usr/bin:/bin"},
    ):
        yield MenteesServer(f"http://127.0.0.1:{port}/user/calendars/calendar/", lmtp)
