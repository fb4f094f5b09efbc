"""Two other libraries as readers of calendars: what they say when someone is busy.

recurring-ical-events stands on icalendar, vobject on a parser and zones of its own;
of what they do they share dateutil's rules alone. Both are asked with Troth's
readings of what iCalendar leaves open: transparent and cancelled is free, floating
times and whole days lie in the zone given.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
import vobject

from scheduler.timespan import Span, Spans

#: More starts of one event than these are not looked at.
MOST = 20_000
DAY = timedelta(days=1)


def by_recurring_ical_events(data: bytes, window: Span, home: ZoneInfo) -> Spans:
    icalendar.use_zoneinfo()  # forgets the zones of earlier files
    found = []
    for calendar in icalendar.Calendar.from_ical(data, multiple=True):
        query = recurring_ical_events.of(calendar, skip_bad_series=False)
        found += [
            (event.start, event.end)
            for event in query.between(window.start - DAY, window.end + DAY)
            if not (_cancelled(event.get("STATUS")) or _free(event.get("TRANSP")))
        ]
        found += list(_free_busy(calendar))
    return _spans(found, window, home)


def _free_busy(calendar: icalendar.Calendar) -> Iterator[tuple[Any, Any]]:
    for component in calendar.walk("VFREEBUSY"):
        lines = component.get("FREEBUSY", [])
        for line in lines if isinstance(lines, list) else [lines]:
            if line.params.get("FBTYPE", "BUSY").upper() == "FREE":
                continue
            yield line.start, line.end


def by_vobject(data: bytes, window: Span, home: ZoneInfo) -> Spans:
    vars(vobject.icalendar)["__tzidMap"].clear()  # the zones of earlier files
    vobject.icalendar.registerTzid("UTC", UTC)
    found: list[tuple[Any, Any]] = []
    for calendar in vobject.readComponents(data.decode("utf-8-sig")):
        found += _events(calendar.contents.get("vevent", []), window, home)
        for component in calendar.contents.get("vfreebusy", ()):
            found += _periods(component)
    return _spans(found, window, home)


def _events(
    events: list[Any], window: Span, home: ZoneInfo
) -> Iterator[tuple[Any, Any]]:
    """vobject works out the dates of a series; what replaces some is put in here."""
    changed = {
        (_text(event, "uid"), _when(event.recurrence_id.value, home))
        for event in events
        if "recurrence-id" in event.contents
    }
    for event in events:
        if _cancelled(_text(event, "status")) or _free(_text(event, "transp")):
            continue
        alone = "recurrence-id" in event.contents
        long, uid = _length(event), _text(event, "uid")
        for start in (event.dtstart.value,) if alone else _starts(event, window):
            if alone or (uid, _when(start, home)) not in changed:
                yield start, start + long


def _periods(component: Any) -> Iterator[tuple[Any, Any]]:
    for line in component.contents.get("freebusy", ()):
        if line.params.get("FBTYPE", ["BUSY"])[0].upper() == "FREE":
            continue
        for start, end in line.value:
            yield start, start + end if isinstance(end, timedelta) else end


def _text(event: Any, name: str) -> str:
    return str(event.contents[name][0].value) if name in event.contents else ""


def _starts(event: Any, window: Span) -> list[Any]:
    first = event.dtstart.value
    every = event.getrruleset(addRDate=True)
    if every is None:
        return [first]
    last = datetime.combine((window.end + 2 * DAY).date(), time())
    # vobject's sets of whole days are of datetimes.
    days = not isinstance(first, datetime)
    found = []
    for start, _ in zip(every, range(MOST), strict=False):
        if start.replace(tzinfo=None) > last:
            break
        found.append(start.date() if days else start)
    return found


def _length(event: Any) -> timedelta:
    first = event.dtstart.value
    if "dtend" in event.contents:
        return event.dtend.value - first
    if "duration" in event.contents:
        return event.duration.value
    return timedelta(0) if isinstance(first, datetime) else DAY


def _cancelled(status: object) -> bool:
    return str(status).upper() == "CANCELLED"


def _free(transparency: object) -> bool:
    return str(transparency).upper() == "TRANSPARENT"


def _when(moment: date, home: ZoneInfo) -> datetime:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=home)
    return moment.astimezone(UTC)


def _spans(found: list[tuple[Any, Any]], window: Span, home: ZoneInfo) -> Spans:
    moments = ((_when(start, home), _when(end, home)) for start, end in found)
    every = [Span(start, end) for start, end in moments if start < end]
    return Spans.of(every).clipped(window)
