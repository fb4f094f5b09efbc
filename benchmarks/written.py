"""The text of a calendar, as wordy as those that people's calendars give out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import blake2b
from zoneinfo import ZoneInfo

from benchmarks.entries import HOME, Change, Entry, Rule

#: IANA name: for each half of the year its name, offsets, first change and rule.
ZONES: dict[str, tuple[tuple[str, str, str, str, str], ...]] = {
    "America/New_York": (
        ("DAYLIGHT", "-0500", "-0400", "20070311T020000", "3;BYDAY=2SU"),
        ("STANDARD", "-0400", "-0500", "20071104T020000", "11;BYDAY=1SU"),
    ),
    "Europe/London": (
        ("DAYLIGHT", "+0000", "+0100", "19960331T010000", "3;BYDAY=-1SU"),
        ("STANDARD", "+0100", "+0000", "19961027T020000", "10;BYDAY=-1SU"),
    ),
    "Asia/Kolkata": (("STANDARD", "+0530", "+0530", "19700101T000000", ""),),
    "Australia/Sydney": (
        ("STANDARD", "+1100", "+1000", "20080406T030000", "4;BYDAY=1SU"),
        ("DAYLIGHT", "+1000", "+1100", "20081005T020000", "10;BYDAY=1SU"),
    ),
}
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WORDS = (
    *("mentoring", "goals", "review", "planning", "platform", "interview", "budget"),
    *("customer", "release", "hiring", "strategy", "coaching", "product", "team"),
    *("weekly", "notes", "agenda\\,", "questions", "career", "feedback"),
    "https://meet.example.org/abc-defg-hij\\n",
)


def written(entries: Iterable[Entry]) -> bytes:
    """RFC 5545 text, with the zones that are used; lines are folded at 75 octets."""
    lines = [
        "BEGIN:VCALENDAR",
        "PRODID:-//Troth//Benchmark//EN",
        "VERSION:2.0",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-TIMEZONE:{HOME}",
        *_zones(),
    ]
    for entry in entries:
        lines += _event(entry)
        for change in entry.changes:
            lines += _event(entry, change)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line)).encode()


def _zones() -> Iterator[str]:
    for name, halves in ZONES.items():
        yield from ("BEGIN:VTIMEZONE", f"TZID:{name}", f"X-LIC-LOCATION:{name}")
        for kind, before, after, since, month in halves:
            yield from (f"BEGIN:{kind}", f"DTSTART:{since}")
            yield from (f"TZOFFSETFROM:{before}", f"TZOFFSETTO:{after}")
            if month:
                yield f"RRULE:FREQ=YEARLY;BYMONTH={month}"
            yield f"END:{kind}"
        yield "END:VTIMEZONE"


def _event(entry: Entry, change: Change | None = None) -> Iterator[str]:
    begins = change.begins if change else entry.begins
    is_cancelled = change.is_cancelled if change else False
    yield "BEGIN:VEVENT"
    yield _moment("DTSTART", begins, entry.zone)
    yield _moment("DTEND", begins + entry.lasts, entry.zone)
    if change:
        yield _moment("RECURRENCE-ID", change.original, entry.zone)
    elif entry.rule:
        yield f"RRULE:{_rule(entry.rule, entry.zone)}"
        for start in entry.left_out:
            yield _moment("EXDATE", start, entry.zone)
    yield from (f"UID:{entry.uid}", "DTSTAMP:20260815T120000Z")
    yield from _wordy(f"{entry.uid} {change}")
    yield f"STATUS:{'CANCELLED' if is_cancelled else entry.status}"
    yield f"TRANSP:{'TRANSPARENT' if entry.is_free else 'OPAQUE'}"
    yield "END:VEVENT"


def _wordy(about: str) -> Iterator[str]:
    """What no benchmark reads, and every decoder has to get past."""
    chance = iter(blake2b(about.encode()).digest())
    if guests := (0, 0, 1, 1, 2, 3, 5)[next(chance) % 7]:
        yield "ORGANIZER;CN=Programme Office:mailto:office@example.org"
    for _ in range(guests):
        name = f"guest{next(chance)}@example.org"
        yield (
            "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;"
            f"CN={name};X-NUM-GUESTS=0:mailto:{name}"
        )
    yield "CREATED:20260101T101010Z"
    if many := (0, 0, 0, 0, 8, 32, 56, 100)[next(chance) % 8]:
        words = [WORDS[next(chance) % len(WORDS)] for _ in range(20)]
        yield "DESCRIPTION:" + " ".join((words * 6)[:many])
    yield from ("LAST-MODIFIED:20260814T101010Z", "SEQUENCE:0")
    if next(chance) % 5 < 2:
        yield f"LOCATION:Room {next(chance)}\\, second floor"
    yield f"SUMMARY:{WORDS[next(chance) % len(WORDS)]} {next(chance)}"
    if next(chance) % 3 == 0:
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:Reminder")
        yield from ("TRIGGER:-P0DT0H10M0S", "END:VALARM")


def _moment(name: str, wall: datetime, zone: str | None) -> str:
    if zone is None:
        return f"{name};VALUE=DATE:{wall:%Y%m%d}"
    if zone == "UTC":
        return f"{name}:{wall:%Y%m%dT%H%M%SZ}"
    return f"{name};TZID={zone}:{wall:%Y%m%dT%H%M%S}"


def _rule(rule: Rule, zone: str | None) -> str:
    parts = [f"FREQ={rule.frequency}"]
    if rule.interval > 1:
        parts.append(f"INTERVAL={rule.interval}")
    if rule.count:
        parts.append(f"COUNT={rule.count}")
    if rule.until:
        parts.append(f"UNTIL={_until(rule.until, zone)}")
    if rule.weekdays:
        days = (f"{which or ''}{DAYS[day]}" for which, day in rule.weekdays)
        parts.append("BYDAY=" + ",".join(days))
    if rule.monthday:
        parts.append(f"BYMONTHDAY={rule.monthday}")
    return ";".join(parts)


def _until(wall: datetime, zone: str | None) -> str:
    """RFC 5545 section 3.3.10: a date for whole days, otherwise in UTC."""
    if zone is None:
        return f"{wall:%Y%m%d}"
    return f"{wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _folded(line: str) -> Iterator[str]:
    """RFC 5545 section 3.1: at most 75 octets in a line."""
    yield line[:75]
    for start in range(75, len(line), 74):
        yield " " + line[start : start + 74]
