"""A week that repeats, as a calendar program of its owner would write it."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

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
    name = hashlib.sha256(f"{title}/{where}/{weekdays}/{minutes}".encode()).hexdigest()
    event = Event()
    event.add("uid", f"{name[:24]}@calendar.example")
    event.add("dtstamp", datetime.combine(since, time.min, UTC))
    event.add("summary", title)
    for key, minute in zip(("dtstart", "dtend"), minutes, strict=True):
        clock = time(minute // 60, minute % 60)
        event.add(key, datetime.combine(first, clock, ZoneInfo(where)))
    event.add("rrule", {"freq": "weekly", "byday": [_DAYS[d] for d in weekdays]})
    calendar = Calendar()
    calendar.add("prodid", "-//Sample//Desk calendar//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return f"{name[:24]}.ics", calendar.to_ical()
