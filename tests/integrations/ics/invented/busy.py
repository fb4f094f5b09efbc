"""What invented events mean: every occurrence, found from what was meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from scheduler.events import Meaning, Occurrence
from scheduler.timespan import Span
from tests.integrations.ics.invented.days import is_on, walls
from tests.integrations.ics.invented.meant import (
    DAY,
    MOODS,
    NOWHERE,
    Change,
    FreeBusy,
    Long,
    Meant,
)
from tests.integrations.ics.invented.places import instant

#: How far from the window a start may be moved, or an event last.
REACH = timedelta(days=420)
EARLY, LATE = timedelta(hours=14), timedelta(hours=12)
_NONE = timedelta(0)


class Start(NamedTuple):
    """A start of a series, and how long it lasts where that is not as all others."""

    wall: datetime
    long: Long | None = None


def occurrences(event: Meant, home: str, window: Span) -> set[Occurrence]:
    """Those that touch the window, or would have if nobody had moved them."""
    return {one for one in _all(event, home, window) if _concerns(one, window)}


def _concerns(one: Occurrence, window: Span) -> bool:
    inside = any(
        window.start <= when < window.end for when in (one.original_start, one.start)
    )
    return inside or one.start < window.start < one.end


def free_busy(found: FreeBusy, window: Span) -> set[Occurrence]:
    return {
        Occurrence(start, start, end)
        for start, end, kind in found.periods
        if kind != "FREE" and start < window.end and end > window.start
    }


def _all(event: Meant, home: str, window: Span) -> Iterator[Occurrence]:
    zone = event.zone or home
    changed = {_key(event, change.was, home): change for change in event.changes}
    if event.headless:
        yield from (_changed(event, change, home) for change in event.changes)
        return
    met = set()
    for start, own_long in _starts(event, home, window):
        key = _key(event, start, home)
        if change := changed.get(key):
            met.add(key)
            yield _changed(event, change, home)
            continue
        then, long, mood = start, own_long or event.long, event.mood
        if turn := _last_turn(event, start, home):
            then, long, mood = start + (turn.start - turn.was), turn.long, turn.mood
        first = event.start if own_long is None else start
        if turn:
            first = turn.start
        yield _occurrence(
            (start, zone, event.whole_day), (then, zone, event.whole_day), long, mood,
            first,
        )  # fmt: skip
    left_out = {_key(event, wall, home) for wall in event.left_out}
    for key, change in changed.items():
        if key not in met and key not in left_out:
            yield _changed(event, change, home)


def starts(event: Meant, home: str, window: Span) -> list[datetime]:
    """The wall times of a series, those left out not looked at."""
    return [start.wall for start in _starts(event, home, window)]


def _last_turn(event: Meant, start: datetime, home: str) -> Change | None:
    zone = event.zone or home
    before = [
        change
        for change in event.changes
        if change.onwards and _when(change.was, zone) <= _when(start, zone)
    ]
    return max(before, key=lambda change: change.was) if before else None


def _key(event: Meant, wall: datetime, home: str) -> datetime | date:
    return wall.date() if event.whole_day else _when(wall, event.zone or home)


def _starts(event: Meant, home: str, window: Span) -> Iterator[Start]:
    """The rule's and the dates by hand, without those left out; each instant once."""
    last = (window.end + REACH).date()
    every = [Start(event.start)]
    if event.rule:
        found = walls(event.rule, event.start, last)
        every = [Start(wall) for wall in found if _in_time(event, wall, home)]
    if event.not_rule:
        without = {*walls(event.not_rule, event.start, last)}
        if not is_on(event.not_rule, event.start):
            without.remove(event.start)
        every = [start for start in every if start.wall not in without]
    every += [Start(*one) for one in event.dates]
    if event.dates:  # of two lengths for one start the longer counts
        every.sort(key=lambda start: -_minutes(start.long or event.long))
    left_out = {_key(event, wall, home) for wall in event.left_out}
    met: set[datetime | date] = set()
    for start in every:
        key = _key(event, start.wall, home)
        if key not in met and key not in left_out:
            met.add(key)
            yield start


def _minutes(long: Long) -> float:
    return long.days * 1_440 + long.minutes


def _in_time(event: Meant, wall: datetime, home: str) -> bool:
    """Whether a start lies before or on UNTIL."""
    rule, zone = event.rule, event.zone or home
    if rule is None or rule.until is None:
        return True
    if rule.until_as == "date" or event.whole_day:
        same = event.whole_day and _when(wall, zone) == _when(rule.until, zone)
        return wall.date() <= rule.until.date() or same  # a day that a zone skips
    early = EARLY if zone == NOWHERE else _NONE
    return _when(wall, zone) - early <= _when(rule.until, zone)


def _when(wall: datetime, zone: str) -> datetime:
    return wall.replace(tzinfo=UTC) if zone == NOWHERE else instant(wall, zone)


def _changed(event: Meant, change: Change, home: str) -> Occurrence:
    zone = event.zone or home
    there = zone if change.zone is None else change.zone or home
    return _occurrence(
        (change.was, zone, event.whole_day),
        (change.start, home if change.whole_day else there, change.whole_day),
        change.long,
        change.mood,
        change.start,
    )


def _occurrence(
    original: tuple[datetime, str, bool],
    at: tuple[datetime, str, bool],
    long: Long,
    mood: str,
    first: datetime,
) -> Occurrence:
    """`first` is the start that DTEND was written for."""
    start, zone, whole_day = at
    begin, end = _when(start, zone), _end(start, zone, long, first, whole_day=whole_day)
    if zone == NOWHERE:
        begin, end = begin - EARLY, end + LATE
        if long == Long() or long.end == first:
            end = begin
    return Occurrence(
        _when(*original[:2]), begin, max(begin, end), Meaning(MOODS[mood])
    )


def _end(
    start: datetime, zone: str, long: Long, first: datetime, *, whole_day: bool
) -> datetime:
    days = long.days
    exact = timedelta(minutes=long.minutes)
    if long.end and whole_day:
        days = (long.end - first).days
    elif long.end:
        # Of a repeated event, DTEND means the exact length of the first (3.8.5.3).
        exact = _when(long.end, long.zone or zone) - _when(first, zone)
        if exact < _NONE:
            exact = long.end - first
    if whole_day and not days and not exact:
        days = 1
    return _when(start + days * DAY, zone) + exact


def busy(found: Iterable[Occurrence]) -> list[tuple[datetime, datetime]]:
    """The busy ones' times, for a look at what a calendar says."""
    return sorted((one.start, one.end) for one in found if one.meaning is Meaning.BUSY)
