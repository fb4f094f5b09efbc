"""Two Python libraries that read calendars, used the way they are documented.

Both move series in UTC to the calendar's X-WR-TIMEZONE, which RFC 5545 does not know;
that line is taken out before, so that they answer the same question.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from importlib.util import find_spec
from zoneinfo import ZoneInfo

from benchmarks.entries import DAY, HOME, WINDOW, Busy, joined

Reading = Callable[[bytes], Busy]

HERE = ZoneInfo(HOME)
_FROM, _UNTIL = WINDOW.start - DAY, WINDOW.end + DAY


def recurring(data: bytes) -> Busy:
    """With icalendar and recurring-ical-events."""
    import recurring_ical_events
    from icalendar import Calendar

    calendar = Calendar.from_ical(data)
    found = recurring_ical_events.of(calendar).between(_FROM, _UNTIL)
    return joined(
        (_instant(one.start), _instant(one.end))
        for one in found
        if one.get("STATUS") != "CANCELLED" and one.get("TRANSP") != "TRANSPARENT"
    )


def ical(data: bytes) -> Busy:
    """With ical. It knows a RECURRENCE-ID in UTC again only without its Z."""
    from ical.calendar_stream import IcsCalendarStream

    calendar = IcsCalendarStream.calendar_from_ics(data.decode())
    for event in calendar.events:
        if event.recurrence_id and event.recurrence_id.endswith("Z"):
            event.recurrence_id = type(event.recurrence_id)(event.recurrence_id[:-1])
    spans = (
        one.timespan_of(HERE)
        for one in calendar.timeline_tz(HERE).overlapping(_FROM, _UNTIL)
        if one.status != "CANCELLED" and one.transparency != "TRANSPARENT"
    )
    return joined((_instant(span.start), _instant(span.end)) for span in spans)


def has(module: str) -> bool:
    """Whether this library is installed."""
    return find_spec(module) is not None


def plain(data: bytes) -> bytes:
    """The calendar without its X-WR-TIMEZONE."""
    return data.replace(f"X-WR-TIMEZONE:{HOME}\r\n".encode(), b"")


def _instant(moment: datetime | date) -> int:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(), HERE)
    return int(moment.timestamp())
