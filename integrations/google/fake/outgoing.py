"""The mails that Google sends to guests, each with its `text/calendar` part.

Guests outside Google never hear of EXDATE: a date that was taken out reaches them only
as a CANCEL of that instance, and a later REQUEST of the series does not repeat it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.message import EmailMessage
from typing import Any

from scheduler.localtime import zone as zone_of


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail; `method` is REQUEST, CANCEL or REPLY."""

    sender: str
    to: str
    method: str
    event: str
    ics: str

    def message(self) -> EmailMessage:
        """As it goes out: a text, and the calendar part with its method."""
        message = EmailMessage()
        message["From"], message["To"] = self.sender, self.to
        message["Subject"] = f"{self.method.capitalize()}: {self.event}"
        message.set_content("See the attached event.")
        message.add_alternative(self.ics, subtype="calendar")
        calendar = list(message.iter_parts())[-1]
        calendar.set_param("method", self.method)
        return message


def invitation(
    body: Mapping[str, Any], method: str, now: datetime, *, only: str | None = None
) -> str:
    """The iCalendar text of an event; `only` is the one attendee of a REPLY."""
    lines = ["BEGIN:VCALENDAR", "PRODID:-//Google Inc//Google Calendar 70.9054//EN"]
    lines += ["VERSION:2.0", "CALSCALE:GREGORIAN", f"METHOD:{method}", "BEGIN:VEVENT"]
    lines += [_time("DTSTART", body["start"]), _time("DTEND", body["end"])]
    lines += [f"DTSTAMP:{now:%Y%m%dT%H%M%SZ}", f"UID:{body['iCalUID']}"]
    if "originalStartTime" in body:
        lines.append(_time("RECURRENCE-ID", body["originalStartTime"]))
    kept = ("RRULE", "RDATE")
    lines += [one for one in body.get("recurrence", ()) if one.startswith(kept)]
    lines.append(f"ORGANIZER:mailto:{body['organizer']['email']}")
    lines += list(_attendees(body, only))
    lines.append(f"SEQUENCE:{body.get('sequence', 0)}")
    status = "CANCELLED" if method == "CANCEL" else "CONFIRMED"
    lines += [f"STATUS:{status}", f"SUMMARY:{_text(body.get('summary', ''))}"]
    lines += ["END:VEVENT", "END:VCALENDAR", ""]
    return "\r\n".join(_folded(line) for line in lines)


def _attendees(body: Mapping[str, Any], only: str | None) -> Iterator[str]:
    for guest in body.get("attendees", ()):
        status = guest.get("responseStatus", "needsAction")
        words = {"needsAction": "NEEDS-ACTION"}.get(status, status.upper())
        if only in {None, guest["email"]}:
            head = f"ATTENDEE;CUTYPE=INDIVIDUAL;PARTSTAT={words};RSVP=TRUE"
            yield f"{head}:mailto:{guest['email']}"


def _time(name: str, kept: Mapping[str, str]) -> str:
    if "date" in kept:
        return f"{name};VALUE=DATE:{date.fromisoformat(kept['date']):%Y%m%d}"
    when = datetime.fromisoformat(kept["dateTime"])
    if kept["timeZone"] == "UTC":
        return f"{name}:{when.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    wall = when.astimezone(zone_of(kept["timeZone"]))
    return f"{name};TZID={kept['timeZone']}:{wall:%Y%m%dT%H%M%S}"


def _text(value: str) -> str:
    for sign in "\\;,":
        value = value.replace(sign, f"\\{sign}")
    return value.replace("\n", "\\n")


def _folded(line: str) -> str:
    """Lines of at most 75 bytes (RFC 5545 section 3.1)."""
    pieces: list[str] = []
    piece = ""
    for sign in line:
        if len((piece + sign).encode()) > (75 if not pieces else 74):
            pieces.append(piece)
            piece = ""
        piece += sign
    return "\r\n ".join([*pieces, piece])
