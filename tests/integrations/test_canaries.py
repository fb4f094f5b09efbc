"""What is private stays in its place: searched for byte by byte on a running service.

Titles of other events, topics, promises, notes, lines, thanks, answers of a review, and
what opens calendars and proves messages are canaries here. Troth runs on a real SQLite
file, a real calendar server and a maildir; then everything that it keeps, logs, mails
and shows is searched for them.
"""

from __future__ import annotations

import io
import logging
import re
import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import icalendar
import pytest

from config.logging import QUIET, make_handler, use_events
from config.settings import Settings
from integrations.mail.kept import KeptMaildir
from scheduler.access import Link, Purpose
from scheduler.accounts import Account, account_id
from scheduler.cadence import Cadence
from scheduler.channels import asked
from scheduler.connections import CalendarKind
from scheduler.ids import LinkId, PersonId, ProgrammeId
from scheduler.parting import LineKind
from scheduler.people import Pair
from scheduler.ports.store import Begin
from scheduler.promising import Said
from scheduler.reviewing import CHOICES, Answered
from scheduler.roster import PairWish, PersonWish
from scheduler.secret import Secret
from scheduler.series import MeetingKey
from scheduler.usecases.accept_agreement import accept_agreement
from scheduler.usecases.add_pair import add_pair
from scheduler.usecases.add_topic import add_topic
from scheduler.usecases.answer_review import Said as Answers
from scheduler.usecases.answer_review import answer_review
from scheduler.usecases.connect_calendar import CalendarWish, connect_calendar
from scheduler.usecases.create_programme import create_programme
from scheduler.usecases.leave_line import leave_line
from scheduler.usecases.make_promise import make_promise
from scheduler.usecases.make_token import make_token
from scheduler.usecases.say_met import say_met
from scheduler.usecases.write_note import write_note
from tests.integrations.story.browser import Browser
from tests.integrations.story.dav import shelf
from tests.integrations.story.stage import Stage
from web.app import ROUTERS

pytestmark = pytest.mark.servers

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: A Monday, a fortnight before the first day.
BEGINS = datetime(2026, 9, 14, 12, tzinfo=UTC)
FIRST = date(2026, 9, 28)
BUSY = datetime(2026, 9, 29, 8, tzinfo=UTC)

#: What is written where, and the tables in which it may stand. The outbox holds what a
#: letter says until it is sent and a while longer (promises.md S24).
TITLE, WORDS, PLACE, GUEST = (
    f"zwetschge-{what}" for what in ("title", "words", "place", "guest")
)
PASSWORD, REFRESH, CHANNEL, SUBJECT = (
    f"zwetschge-{what}" for what in ("password", "refresh", "channel", "subject")
)
TOPIC, PRIVATE, PROMISE, NOTE, HEARD, THANKS, ANSWER = (
    f"zwetschge-{what}"
    for what in ("topic", "private", "promise", "note", "heard", "thanks", "answer")
)
MAY_STAND_IN = {
    TITLE: set[str](),
    WORDS: set[str](),
    PLACE: set[str](),
    GUEST: set[str](),
    PASSWORD: set[str](),
    REFRESH: set[str](),
    CHANNEL: set[str](),
    SUBJECT: set[str](),
    TOPIC: {"topic", "outbox"},
    PRIVATE: {"topic"},
    PROMISE: {"promise", "outbox"},
    NOTE: {"note"},
    HEARD: {"line", "outbox"},
    THANKS: {"line", "outbox"},
    ANSWER: {"review"},
}
#: What only its author may see, here the mentor: nothing of it was shared.
HERS_ALONE = {PRIVATE, ANSWER}
OF_OTHER_EVENTS = {TITLE, WORDS, PLACE, GUEST}
#: What nobody is ever shown, not even whose it is.
SECRET = {PASSWORD, REFRESH, CHANNEL}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged, as the service writes it, at its most talkative."""
    stream, root = io.StringIO(), logging.getLogger()
    handler, loggers = (
        make_handler("json", stream),
        (root, *map(logging.getLogger, QUIET)),
    )
    levels = [one.level for one in loggers]
    use_events()
    root.addHandler(handler)
    for one in loggers:
        one.setLevel(logging.DEBUG if one is root else logging.WARNING)
    yield stream
    root.removeHandler(handler)
    for one, level in zip(loggers, levels, strict=True):
        one.setLevel(level)


@dataclass
class Running:
    """Troth on its database, and the pair whose secrets it keeps."""

    stage: Stage
    programme: ProgrammeId
    pair: Pair

    @property
    def port(self):
        services = self.stage.services
        return {"begin": services.begin, "clock": services.clock}

    async def first(self) -> MeetingKey:
        async with self.stage.services.begin(read_only=True) as uow:
            [series] = await uow.series.of_pair(self.pair.id)
        return series.meetings[0].key

    async def come_in(self, person: PersonId | None) -> Browser:
        """A browser of one of the two, or of the coordinator."""
        services, browser = self.stage.services, await self.stage.browser()
        link = Link(
            LinkId(services.ids.new()),
            Purpose.PAGES if person else Purpose.SIGN_IN,
            self.programme,
            person,
            "",
            self.stage.now + DAY,
        )
        async with services.begin() as uow:
            await uow.doors.put_link(link)
            await uow.commit()
        address = services.links.address(link)
        await browser.open(address)
        if person is None:
            await browser.send(address.rpartition("/")[2])
        return browser


@pytest.fixture
async def running(
    radicale: str, tmp_path: Path, log: io.StringIO
) -> AsyncIterator[Running]:
    settings = Settings(
        data_dir=tmp_path / "troth",
        public_url="https://troth.test",
        allow_private_addresses=(ip_network("127.0.0.1/32"),),
    )
    stage = Stage(settings, BEGINS)
    await stage.begin()
    services = stage.services
    made = {"begin": services.begin, "clock": services.clock, "ids": services.ids}
    programme = await create_programme(
        "Hafen", "amal@hafen.test", zone="Europe/Berlin", language="en", **made
    )
    wish = PairWish(
        1,
        PersonWish("ida@a.test", "Ida", "Europe/Berlin"),
        PersonWish("leyla@b.test", "Leyla", "Europe/Berlin"),
        Cadence("week", 2),
        45,
        FIRST,
        date(2027, 3, 28),
    )
    pair = await add_pair(programme.id, wish, **made)
    url = f"{radicale}ida/{tmp_path.name}/"
    await put_private_event(url)
    await connect_calendar(
        pair.mentor,
        CalendarWish(
            CalendarKind.CALDAV, Secret(url), "ida", Secret(PASSWORD), writable=True
        ),
        begin=services.begin,
        open_calendar=services.open_calendar,
        clock=services.clock,
        months=13,
    )
    await connect_google(services.begin, pair.mentor)
    for person in pair.both():
        async with services.begin(read_only=True) as uow:
            digest = (await uow.agreements.of_pair(pair.id))[-1].digest
        await accept_agreement(
            pair.id, person, digest, begin=services.begin, clock=services.clock
        )
    await stage.work()
    yield Running(stage, programme.id, pair)
    await stage.end()


async def connect_google(begin: Begin, person: PersonId) -> None:
    """An account of hers, and a channel for the calendar that she has."""
    async with begin() as uow:
        [calendar] = await uow.calendars.of_person(person)
        name, grant = account_id(person, SUBJECT), Secret(REFRESH)
        account = Account(name, person, SUBJECT, "ida@gmail.test", grant)
        await uow.accounts.put(account)
        channel = asked("channel", calendar.id, Secret(CHANNEL), BEGINS)
        await uow.channels.put(replace(channel, expires=BEGINS + 999 * DAY))
        await uow.commit()


async def put_private_event(url: str) -> None:
    """Something of her own, with everything in it that is nobody's business."""
    event = icalendar.Event()
    event.add("UID", "her-own")
    event.add("DTSTAMP", BEGINS)
    event.add("DTSTART", BUSY)
    event.add("DTEND", BUSY + HOUR)
    event.add("SUMMARY", TITLE)
    event.add("DESCRIPTION", WORDS)
    event.add("LOCATION", PLACE)
    event.add("ATTENDEE", f"mailto:{GUEST}@a.test")
    event.add("RRULE", {"FREQ": "WEEKLY"})
    async with shelf(url, "ida", PASSWORD) as hers:
        await hers.make()
        await hers.put("her-own.ics", event)


async def live(running: Running) -> None:
    """A first meeting with everything that is written around it, and a review."""
    stage, pair, port = running.stage, running.pair, running.port
    ida, key = pair.mentor, await running.first()
    await add_topic(pair.id, ida, TOPIC, **port)
    await add_topic(pair.id, ida, PRIVATE, shared=False, **port)
    await stage.until(key.original_start + DAY)
    await say_met(pair.id, ida, key, met=True, **port)
    promise = Said(PROMISE, stage.now.date() + 2 * DAY)
    await make_promise(pair.id, ida, promise, **port)
    await write_note(pair.id, ida, key, NOTE, seen="", **port)
    for kind, text in ((LineKind.HEARD, HEARD), (LineKind.THANKS, THANKS)):
        await leave_line(pair.id, ida, key, kind, text, **port)
    await stage.until(stage.now + 90 * DAY)
    answers = tuple(Answered(q, choices[0], ANSWER) for q, choices in CHOICES.items())
    await answer_review(pair.id, ida, Answers(answers), **port)
    await stage.until(stage.now + 2 * DAY)


async def test_no_canary_leaves_its_place(running: Running, log: io.StringIO) -> None:
    await live(running)
    seen = {
        "mentor": await pages(await running.come_in(running.pair.mentor)),
        "mentee": await pages(await running.come_in(running.pair.mentee)),
        "coordinator": await pages(await running.come_in(None)),
        "api of the programme": await api(running, None),
        "api of the mentee": await api(running, running.pair.mentee),
    }
    for canary, tables in MAY_STAND_IN.items():
        assert found_in(running, canary) <= tables, canary
        assert tables or bytes_with(running, canary) == []
        assert canary not in log.getvalue()
        for who in ("coordinator", "api of the programme"):
            assert shown(seen[who], canary) == [], (who, canary)
    for canary in HERS_ALONE | OF_OTHER_EVENTS | SECRET | {SUBJECT}:
        for who in ("mentee", "api of the mentee"):
            assert shown(seen[who], canary) == [], (who, canary)
        assert mails_with(running, canary, "leyla") == []
    for canary in OF_OTHER_EVENTS | SECRET:
        assert shown(seen["mentor"], canary) == []
        assert mails_with(running, canary, "") == []
    what_may_be_seen_is_seen(running, seen)
    await what_is_secret_is_kept(running)
    assert '"event"' in log.getvalue()


def what_may_be_seen_is_seen(running: Running, seen: dict[str, dict[str, str]]) -> None:
    """Otherwise the search would prove nothing."""
    for canary in (TOPIC, PROMISE, NOTE, HEARD, THANKS):
        assert shown(seen["mentee"], canary), canary
    assert shown(seen["mentor"], PRIVATE)
    for canary, tables in MAY_STAND_IN.items():
        assert found_in(running, canary) or not tables, canary
    assert mails_with(running, TOPIC, "leyla")
    assert all(len(addresses) > 5 for addresses in seen.values())


async def what_is_secret_is_kept(running: Running) -> None:
    """It was there all the while, closed, and opens for the service."""
    begin, ida = running.stage.services.begin, running.pair.mentor
    async with begin(read_only=True) as uow:
        [calendar] = await uow.calendars.of_person(ida)
        [account] = await uow.accounts.of_person(ida)
        [channel] = await uow.channels.of_calendar(calendar.id)
    kept = {calendar.password, account.refresh, channel.token}
    assert {one.reveal for one in kept} == SECRET
    assert account.subject == SUBJECT


def found_in(running: Running, canary: str) -> set[str]:
    """The tables with a row in which it stands, in any column."""
    with closing(sqlite3.connect(running.stage.settings.data_dir / FILE)) as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {
            name
            for (name,) in names.fetchall()
            if any(
                canary in repr(row)
                for row in database.execute(f"SELECT * FROM {name}")  # noqa: S608
            )
        }


FILE = "troth.sqlite3"


def bytes_with(running: Running, canary: str) -> list[str]:
    """Every file of the service that holds it, the write-ahead log among them."""
    folder = running.stage.settings.data_dir
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert folder / FILE in files
    return [file.name for file in files if canary.encode() in file.read_bytes()]


def mails_with(running: Running, canary: str, to: str) -> list[str]:
    """The subjects of mails to somebody that say it, in any of their parts."""
    kept = KeptMaildir(running.stage.settings.data_dir / "mail").all()
    assert len(kept) > 10
    return [
        mail.subject
        for mail in kept
        if to in mail.to
        and canary.encode()
        in b"".join(
            (
                mail.subject.encode(),
                mail.text.encode(),
                mail.html.encode(),
                *(octets for _, _, octets in mail.attachments),
            )
        )
    ]


def shown(seen: dict[str, str], canary: str) -> list[str]:
    return [address for address, text in seen.items() if canary in text]


async def pages(browser: Browser) -> dict[str, str]:
    """Everything that links lead to from where somebody came in."""
    site = "https://troth.test"
    waiting, seen = deque([browser.url]), dict[str, str]()
    while waiting:
        address = waiting.popleft().partition("#")[0]
        if not address or address in seen:
            continue
        answer = await browser.look(address)
        seen[address] = answer
        for link in re.findall(r'(?:href|action)="(/[^"]*)"', answer):
            if not link.startswith(("/static", "/leave", "/p/")):
                waiting.append(site + link.replace("&amp;", "&"))
    return seen


async def api(running: Running, person: PersonId | None) -> dict[str, str]:
    """Everything that the API gives somebody to read."""
    services, browser = running.stage.services, await running.stage.browser()
    word = await make_token(
        running.programme,
        "test",
        person=person,
        begin=services.begin,
        clock=services.clock,
        ids=services.ids,
    )
    given = {"pair": running.pair.id, "key": str(await running.first())}
    found: dict[str, str] = {}
    for route in (r for one in ROUTERS for r in one.routes):
        path = getattr(route, "path", "")
        if not path.startswith("/api/v1") or "GET" not in getattr(route, "methods", ()):
            continue
        filled = re.sub(r"{(\w+)(?::\w+)?}", lambda m: given.get(m[1], "1"), path)
        headers = {"authorization": f"Bearer {word}"}
        found[filled] = await browser.look(filled, headers)
    return found
