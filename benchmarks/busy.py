"""A calendar of 2,000 events to busy time: the decoder, icalendar and its companion."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Event

from benchmarks.calendars import invented
from benchmarks.measure import Contest, milliseconds, race
from integrations.ics.decode import busy
from scheduler.timespan import Span, Spans

HOME = ZoneInfo("America/New_York")
WINDOW = Span(datetime(2026, 9, 1, tzinfo=UTC), datetime(2027, 9, 1, tzinfo=UTC))
DAY = timedelta(days=1)
LIBRARIES = ("icalendar", "recurring-ical-events")


def peer(data: bytes) -> Spans:
    """Read the calendar the way the two libraries are documented."""
    found = recurring_ical_events.of(Calendar.from_ical(data)).between(
        WINDOW.start - DAY, WINDOW.end + DAY
    )
    return Spans.of(_occupied(found)).clipped(WINDOW)


def _occupied(found: list[Event]) -> Iterator[Span]:
    for one in found:
        if one.get("STATUS") != "CANCELLED" and one.get("TRANSP") != "TRANSPARENT":
            yield Span(_instant(one.start), _instant(one.end))


def _instant(moment: datetime | date) -> datetime:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(), HOME)
    return moment.astimezone(UTC)


def compare(data: bytes) -> Spans:
    """The busy time that both find; ends where they do not agree."""
    ours, warnings = busy(data, window=WINDOW, zone=HOME)
    if warnings or ours != peer(data):
        raise SystemExit("busy: the two do not agree")
    return ours


def run(rounds: int = 5) -> Iterator[Contest]:
    """Busy time for a year, of a file of about 2 MB."""
    data = invented()
    found = compare(data)
    mine, theirs = race(
        rounds,
        lambda: busy(data, window=WINDOW, zone=HOME),
        lambda: peer(data),
    )
    yield Contest(
        f"2,000 events ({len(data) / 1e6:.1f} MB) to {len(found):,} busy spans",
        milliseconds(mine),
        f"icalendar and recurring-ical-events {milliseconds(theirs)}",
        theirs / mine,
    )
