"""Somebody's calendar, made up: always the same one, and as wordy as real ones are."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zlib import crc32

YEAR = date(2026, 9, 1)
EVENTS, SERIES = 1_650, 280
SUMMARIES = ("Review", "Planning", "One to one", "Interview", "Hiring", "Retrospective")
MINUTES = (15, 25, 30, 45, 50, 60, 60, 90, 120)

ZONES = {
    "America/New_York": (
        ("DAYLIGHT", "0500", "0400", "20070311T020000", "BYMONTH=3;BYDAY=2SU"),
        ("STANDARD", "0400", "0500", "20071104T020000", "BYMONTH=11;BYDAY=1SU"),
    ),
    "America/Denver": (
        ("DAYLIGHT", "0700", "0600", "20070311T020000", "BYMONTH=3;BYDAY=2SU"),
        ("STANDARD", "0600", "0700", "20071104T020000", "BYMONTH=11;BYDAY=1SU"),
    ),
}
RULES = (
    "FREQ=WEEKLY",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;BYDAY=MO,WE",
    "FREQ=WEEKLY;INTERVAL=2",
    "FREQ=MONTHLY;BYDAY=2TU",
    "FREQ=MONTHLY;BYMONTHDAY=12",
    "FREQ=DAILY;COUNT=20",
    "FREQ=DAILY;INTERVAL=3;UNTIL=20270515T200000Z",
)


def draw(most: int, *about: object) -> int:
    """Give a number below `most` that looks like chance and is always the same."""
    return crc32(repr(about).encode()) % most


def invented() -> bytes:
    """Write 2,000 VEVENTs over a year: 280 repeat, and 70 change a date of these."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Troth//Benchmark//EN"]
    for name, changes in ZONES.items():
        lines += ["BEGIN:VTIMEZONE", f"TZID:{name}"]
        for kind, before, after, since, rule in changes:
            lines += [f"BEGIN:{kind}", f"DTSTART:{since}", f"RRULE:FREQ=YEARLY;{rule}"]
            lines += [f"TZOFFSETFROM:-{before}", f"TZOFFSETTO:-{after}", f"END:{kind}"]
        lines.append("END:VTIMEZONE")
    for number in range(EVENTS):
        lines += _event(f"single-{number}", _times(number, draw(360, "day", number)))
    for number in range(SERIES):
        lines += _series(number)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line)).encode()


def _series(number: int) -> Iterator[str]:
    rule = RULES[number % len(RULES)]
    begins = _begins(number, draw(240, "series", number))
    if "BYMONTHDAY" in rule:
        begins = begins.replace(day=12)
    elif "2TU" in rule:
        begins = begins.replace(day=8)
        begins += timedelta(days=(1 - begins.weekday()) % 7)
    elif "MO,WE" in rule:
        begins -= timedelta(days=begins.weekday())
    where = _zone(number)
    left_out = begins + timedelta(days=14 if "WEEKLY" in rule else 0)
    extra = [f"RRULE:{rule}"]
    if "WEEKLY" in rule and number % 2:
        extra.append(f"EXDATE;TZID={where}:{left_out:%Y%m%dT%H%M%S}")
    uid = f"series-{number}"
    yield from _event(uid, _times_at(begins, number), extra)
    if "WEEKLY" in rule and number % 2 == 0:
        moved = left_out + timedelta(hours=3)
        original = f"RECURRENCE-ID;TZID={where}:{left_out:%Y%m%dT%H%M%S}"
        yield from _event(uid, _times_at(moved, number), [original])


def _begins(number: int, day: int) -> datetime:
    quarters = 32 + draw(36, "hour", number, day)
    clock = time(quarters // 4, quarters % 4 * 15)
    return datetime.combine(YEAR + timedelta(days=day), clock)


def _zone(number: int) -> str:
    return list(ZONES)[draw(10, "zone", number) > 7]


def _times(number: int, day: int) -> list[str]:
    """When a single event is: in a zone, in UTC, or a whole day."""
    begins = _begins(number, day)
    if number % 30 == 7:
        return [f"DTSTART;VALUE=DATE:{begins:%Y%m%d}"]
    if number % 10 == 3:
        return [f"DTSTART:{begins:%Y%m%dT%H%M%S}Z", f"DURATION:PT{15 + day % 60}M"]
    return _times_at(begins, number)


def _times_at(begins: datetime, number: int) -> list[str]:
    ends = begins + timedelta(minutes=MINUTES[draw(len(MINUTES), "length", number)])
    zoned = f";TZID={_zone(number)}:"
    return [
        f"DTSTART{zoned}{begins:%Y%m%dT%H%M%S}",
        f"DTEND{zoned}{ends:%Y%m%dT%H%M%S}",
    ]


def _event(uid: str, times: list[str], extra: list[str] | None = None) -> list[str]:
    number = draw(10_000, uid)
    guests = [
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;"
        f"CN=guest{n}@example.org;X-NUM-GUESTS=0:mailto:guest{n}@example.org"
        for n in range(number % 4)
    ]
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}@example.org",
        *times,
        *(extra or []),
        "DTSTAMP:20260801T080000Z",
        "CREATED:20260701T080000Z",
        "LAST-MODIFIED:20260801T080000Z",
        f"SUMMARY:{SUMMARIES[number % len(SUMMARIES)]} {number}",
        "DESCRIPTION:" + "What we talked about last time\\, and what is next. " * 4,
        "LOCATION:Room 4\\, second floor",
        "ORGANIZER;CN=ida@example.org:mailto:ida@example.org",
        *guests,
        f"STATUS:{'CANCELLED' if number % 40 == 1 else 'CONFIRMED'}",
        f"TRANSP:{'TRANSPARENT' if number % 15 == 2 else 'OPAQUE'}",
        "END:VEVENT",
    ]


def _folded(line: str) -> Iterator[str]:
    """RFC 5545 section 3.1: at most 75 octets in a line."""
    yield line[:75]
    for start in range(75, len(line), 74):
        yield " " + line[start : start + 74]
