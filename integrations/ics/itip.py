"""The iCalendar object of an answer: who said what about which meeting (RFC 5546).

Nothing is believed here and nothing is raised: what is no clear answer is `Ignored`
with a code for the audit, and nobody is written to about it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import icalendar

from scheduler.ports.mail import Answer, Ignored

#: Octets of the object alone; an invitation answered is a few kilobytes.
MOST_OCTETS = 512 * 1024
#: More changes than a meeting can live through: a number that high is no number.
MOST_SEQUENCE = 9_999
_MOST_NAME = 255
_YEARS = range(1970, 2200)
_PARTSTATS = {
    "ACCEPTED": Answer.ACCEPTED,
    "TENTATIVE": Answer.TENTATIVE,
    "DECLINED": Answer.DECLINED,
}
_METHODS = frozenset({"REPLY", "COUNTER"})


@dataclass(frozen=True, slots=True)
class Heard:
    """What the object says. `addresses` are those of its ATTENDEE, best first."""

    uid: str
    answer: Answer
    sequence: int
    addresses: tuple[str, ...]
    #: DTSTAMP, UTC; None where there is none that can be read.
    stamp: datetime | None
    recurrence_id: datetime | None = None
    #: RECURRENCE-ID as a naive wall time, where it is a DATE or names no zone.
    recurrence_wall: datetime | None = None
    proposed_start: datetime | None = None
    proposed_end: datetime | None = None
    prodid: str = ""


def read_object(
    octets: bytes, mime_method: str, senders: tuple[str, ...]
) -> Heard | Ignored:
    """Read an answer. `senders` (Reply-To, From) choose where ATTENDEEs are many."""
    if len(octets) > MOST_OCTETS:
        return Ignored("object too big")
    calendar = _parsed(octets)
    if calendar is None:
        return Ignored("object unreadable")
    method = str(calendar.get("METHOD", "")).strip().upper()
    if mime_method and mime_method.strip().upper() != method:
        return Ignored("methods differ")
    if method not in _METHODS:
        return Ignored("not an answer")
    event = _one_event(calendar)
    prodid = str(calendar.get("PRODID", ""))[:_MOST_NAME]
    if isinstance(event, Ignored):
        return event
    return _read(event, method, senders, prodid)


def _parsed(octets: bytes) -> icalendar.Calendar | None:
    try:
        return icalendar.Calendar.from_ical(octets.decode("utf-8", "replace"))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def _one_event(calendar: icalendar.Calendar) -> Any:
    """The component that answers: of several of one UID the whole, if it is there."""
    events = [part for part in calendar.subcomponents if part.name == "VEVENT"]
    if not events:
        return Ignored("no event")
    uids = {str(event.get("UID", "")).strip() for event in events}
    if len(uids) != 1:
        return Ignored("several uids")
    uid = uids.pop()
    if not uid or len(uid) > _MOST_NAME:
        return Ignored("no uid")
    wholes = [event for event in events if "RECURRENCE-ID" not in event]
    if len(wholes) == 1 or len(events) == 1:
        return (wholes or events)[0]
    return Ignored("several answers")


def _read(
    event: icalendar.Event, method: str, senders: tuple[str, ...], prodid: str
) -> Heard | Ignored:
    sequence = _sequence(event)
    if sequence is None:
        return Ignored("sequence")
    attendee = _attendee(event, senders)
    if isinstance(attendee, Ignored):
        return attendee
    answer = Answer.COUNTER if method == "COUNTER" else _partstat(attendee)
    if isinstance(answer, Ignored):
        return answer
    heard = Heard(
        uid=str(event["UID"]).strip(),
        answer=answer,
        sequence=sequence,
        addresses=_addresses(attendee),
        stamp=_instant(_value(event, "DTSTAMP")),
        prodid=prodid,
    )
    placed = _about(heard, event)
    if isinstance(placed, Ignored) or answer is not Answer.COUNTER:
        return placed
    return _proposed(placed, event)


def _sequence(event: icalendar.Event) -> int | None:
    """SEQUENCE; 0 without one, None for what cannot be one."""
    if "SEQUENCE" not in event:
        return 0
    try:
        number = int(str(event["SEQUENCE"]))
    except (ValueError, TypeError):
        return None
    return number if 0 <= number <= MOST_SEQUENCE else None


def _attendee(event: icalendar.Event, senders: tuple[str, ...]) -> Any:
    """The ATTENDEE line; of several the one that the mail came from."""
    lines = event.get("ATTENDEE", [])
    lines = lines if isinstance(lines, list) else [lines]
    if len(lines) > 1:
        lines = [one for one in lines if set(_addresses(one)) & set(senders)]
    if len(lines) > 1 or (not lines and "ATTENDEE" in event):
        return Ignored("several attendees")
    return lines[0] if lines else icalendar.vCalAddress("")


def _addresses(attendee: Any) -> tuple[str, ...]:
    """The address of the line, then that of its EMAIL parameter (RFC 7986)."""
    value = str(attendee).strip()
    scheme, _, rest = value.partition(":")
    given = rest if scheme.lower() == "mailto" else value if "@" in value else ""
    named = str(getattr(attendee, "params", {}).get("EMAIL", ""))
    named = named.lower().removeprefix("mailto:")
    found = (given.strip().lower(), named.strip())
    return tuple(dict.fromkeys(one for one in found if 2 < len(one) <= _MOST_NAME))


def _partstat(attendee: Any) -> Answer | Ignored:
    said = str(getattr(attendee, "params", {}).get("PARTSTAT", "")).strip().upper()
    if said == "DELEGATED":
        return Ignored("delegated")
    return _PARTSTATS.get(said, Ignored("partstat"))


def _value(event: icalendar.Event, name: str) -> Any:
    """The date or time of a property; None where there is none that can be read."""
    try:
        return getattr(event.get(name), "dt", None)
    except ValueError:  # what icalendar kept as broken
        return None


def _instant(value: Any) -> datetime | None:
    """An aware datetime in UTC; None for a date, a floating time, or anything else.

    Nor for a year in which nobody meets: it could not be reckoned with.
    """
    if not isinstance(value, datetime) or value.tzinfo is None:
        return None
    return value.astimezone(UTC) if value.year in _YEARS else None


def _about(heard: Heard, event: icalendar.Event) -> Heard | Ignored:
    """Which instance it is about; one that cannot be read is not the whole series."""
    if "RECURRENCE-ID" not in event:
        return heard
    given = event["RECURRENCE-ID"]
    if str(getattr(given, "params", {}).get("RANGE", "")):
        return Ignored("range")
    value = _value(event, "RECURRENCE-ID")
    at, wall = _instant(value), _wall(value)
    if at is None and wall is None:
        return Ignored("recurrence id")
    return replace(heard, recurrence_id=at, recurrence_wall=wall)


def _wall(value: Any) -> datetime | None:
    """A naive wall time: of a floating one, or a date at midnight."""
    if isinstance(value, datetime):
        return value if value.tzinfo is None else None
    is_date = isinstance(value, date)
    return datetime.combine(value, time.min) if is_date else None


def _proposed(heard: Heard, event: icalendar.Event) -> Heard | Ignored:
    """The time that a COUNTER proposes."""
    start = _instant(_value(event, "DTSTART"))
    end = _instant(_value(event, "DTEND"))
    length = _value(event, "DURATION")
    if start and end is None and isinstance(length, timedelta):
        end = start + min(length, timedelta(days=1))
    if start is None or end is None or not start < end <= start + timedelta(days=1):
        return Ignored("no time proposed")
    return replace(heard, proposed_start=start, proposed_end=end)
