"""Entries of a person's own, as their calendar program would write them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from scheduler.timespan import Span

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def weekly(
    title: str,
    where: str,
    weekdays: tuple[int, ...],
    minutes: tuple[int, int],
    since: date,
) -> tuple[str, bytes]:
    """Name and bytes of one event on these weekdays, from `since` on, without end.

    `minutes` are the wall minutes, in the zone `where`, at which it begins and ends.
    """
    first = min(since + timedelta(days=(d - since.weekday()) % 7) for d in weekdays)
    clocks = [time(minute // 60, minute % 60) for minute in minutes]
    start, end = (datetime.combine(first, c, ZoneInfo(where)) for c in clocks)
    rule = {"freq": "weekly", "byday": [_DAYS[d] for d in weekdays]}
    return _entry(title, start, end, datetime.combine(since, time.min, UTC), rule)


def once(title: str, span: Span, at: datetime) -> tuple[str, bytes]:
    """Name and bytes of one event, written `at` this instant."""
    return _entry(title, span.start, span.end, at, None)


def _entry(
    title: str,
    start: datetime,
    end: datetime,
    at: datetime,
    rule: Mapping[str, object] | None,
) -> tuple[str, bytes]:
    name = hashlib.sha256(f"{title}/{start}/{end}/{rule}".encode()).hexdigest()[:24]
    event = Event()
    event.add("uid", f"{name}@calendar.example")
    event.add("dtstamp", at)
    event.add("summary", title)
    event.add("dtstart", start)
    event.add("dtend", end)
    if rule:
        event.add("rrule", dict(rule))
    calendar = Calendar()
    calendar.add("prodid", "-//Sample//Desk calendar//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return f"{name}.ics", calendar.to_ical()
