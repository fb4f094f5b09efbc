"""The slot search: two people's hours and busy time in, ranked plans out.

`search` is the whole of it. The order (contract of `troth plan`): fewest meetings not
clear, fewest unplaced, least discomfort, earliest first start, the mentor's clock. The
first is counted for every slot; the others only where slots are equal in it, from the
best count on, until enough plans are found.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from operator import attrgetter

from scheduler.availability import only_days_off
from scheduler.candidates import Both, Clock
from scheduler.localtime import zone
from scheduler.marks import moment
from scheduler.placing import place
from scheduler.slots import Plan, PlannedMeeting, PlanRequest, PlanResult, Status
from scheduler.timespan import Span

#: An alternative begins further than this from every better one on the same date.
APART = timedelta(minutes=60)


def search(request: PlanRequest) -> PlanResult:
    """The best plan and the next ones in order, at most `request.top` of them.

    A slot without one clear meeting is none: when there is no other, `best` is None.
    """
    return search_both(Both.of(request))


def search_both(both: Both) -> PlanResult:
    """The same for two people whose bit sets are at hand."""
    request = both.request
    chosen: list[Plan] = []
    for ranked in _ranked(_clocks(both)):
        if not any(_too_near(ranked, plan) for plan in chosen):
            chosen.append(_plan(ranked))
        if len(chosen) > request.top:
            break
    best = chosen[0] if chosen else None
    return PlanResult(request.turns, best, tuple(chosen[1:]))


@dataclass(frozen=True, slots=True, eq=False)
class _Ranked:
    """A slot whose meetings are placed; `order` ranks it, the least first."""

    clock: Clock
    column: int
    originals: tuple[int, ...]
    placed: tuple[int | None, ...]
    order: tuple[int, int, int]


def _clocks(both: Both) -> list[Clock]:
    """The wall clocks to try; one that always says what the first says is left out."""
    starts = both.clear()
    first, *others = (Clock(both, role, starts) for role in both.request.anchors)
    return [first, *(o for o in others if o.face.shifts != first.face.shifts)]


def _ranked(clocks: list[Clock]) -> Iterator[_Ranked]:
    """The slots with a clear meeting, best first; equal ones as they are told."""
    best = max(max(clock.counts) for clock in clocks)
    for count in range(best, 0, -1):
        equals = [
            _placed(clock, column, originals)
            for clock in clocks
            for column in _columns(clock, count)
            if not _is_told(originals := clock.originals(column), clock, clocks[0])
        ]
        yield from sorted(equals, key=attrgetter("order"))


def _columns(clock: Clock, count: int) -> Iterator[int]:
    """The slots with so many clear meetings."""
    counts, column = clock.counts, -1
    with suppress(ValueError):
        while True:
            column = counts.index(count, column + 1)
            yield column


def _is_told(originals: tuple[int, ...], clock: Clock, first: Clock) -> bool:
    """Whether the first clock has a slot with the same instants."""
    return clock is not first and first.has(originals)


def _placed(clock: Clock, column: int, originals: tuple[int, ...]) -> _Ranked:
    request = clock.request
    half = int(request.cadence.half.total_seconds())
    placed: tuple[int | None, ...] = originals
    if clock.counts[column] < request.turns:
        placed = place(originals, clock.bounds(column), clock.clear, half)
    order = (placed.count(None), clock.discomfort[column], originals[0])
    return _Ranked(clock, column, originals, placed, order)


def _too_near(ranked: _Ranked, better: Plan) -> bool:
    """Whether it begins within an hour of a better one, on the same date there."""
    where = zone(better.slot.zone)
    begins = moment(ranked.originals[0])
    first = better.slot.start(0, better.cadence)
    same_date = begins.astimezone(where).date() == first.astimezone(where).date()
    return same_date and abs(begins - first) <= APART


def _plan(ranked: _Ranked) -> Plan:
    clock, bounds = ranked.clock, ranked.clock.bounds(ranked.column)
    meetings = tuple(
        _meeting(clock, period, *starts, bounds[period])
        for period, starts in enumerate(
            zip(ranked.originals, ranked.placed, strict=True)
        )
    )
    return Plan(clock.slot(ranked.column), clock.request.cadence, meetings)


def _meeting(
    clock: Clock,
    period: int,
    original: int,
    start: int | None,
    bounds: tuple[int, int],
) -> PlannedMeeting:
    request = clock.request
    length = timedelta(minutes=request.minutes)
    asked = Span(moment(original), moment(original) + length)
    stands = None if start is None else Span(moment(start), moment(start) + length)
    gap = timedelta(minutes=request.gap)
    return PlannedMeeting(
        period,
        asked.start,
        stands.start if stands else None,
        stands.end if stands else None,
        _status(asked, stands),
        checked=all(
            one.is_checked(stands or asked, gap)
            for one in (request.mentor, request.mentee)
        ),
        why=() if original in clock.clear else tuple(clock.why(original)),
        off=start is None and _is_off(clock, bounds),
    )


def _is_off(clock: Clock, bounds: tuple[int, int]) -> bool:
    """Whether only their days off keep the meeting out of its period."""
    request, dates = clock.request, clock.request.dates(clock.anchor)
    begins = max(moment(bounds[0]), dates.start)
    ends = min(moment(bounds[1]), dates.end)
    return begins < ends and only_days_off(
        request.mentor,
        request.mentee,
        Span(begins, ends),
        timedelta(minutes=request.minutes),
    )


def _status(asked: Span, stands: Span | None) -> Status:
    if stands is None:
        return Status.UNPLACED
    return Status.CLEAR if stands == asked else Status.MOVED
