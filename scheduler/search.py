"""The slot search: two people's hours and busy time in, ranked plans out.

`search` is the whole of it. The order (contract of `troth plan`): fewest meetings not
clear, fewest unplaced, least discomfort, earliest first start, the mentor's clock. The
first is counted for every slot; the others only where slots are equal in it, from the
best count on, until enough plans are found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from operator import attrgetter

from scheduler.availability import only_days_off
from scheduler.candidates import Candidate, Clock
from scheduler.localtime import zone
from scheduler.marks import moment
from scheduler.placing import place
from scheduler.slots import Plan, PlannedMeeting, PlanRequest, PlanResult, Status, Why
from scheduler.timespan import Span

#: An alternative begins further than this from every better one on the same date.
APART = timedelta(minutes=60)


def search(request: PlanRequest) -> PlanResult:
    """The best plan and the next ones in order, at most `request.top` of them.

    A slot without one clear meeting is none: when there is no other, `best` is None.
    """
    chosen: list[Plan] = []
    for ranked in _ranked(_distinct(request)):
        if not any(_too_near(ranked, plan) for plan in chosen):
            chosen.append(_plan(ranked))
        if len(chosen) > request.top:
            break
    best = chosen[0] if chosen else None
    return PlanResult(request.turns, best, tuple(chosen[1:]))


@dataclass(frozen=True, slots=True, eq=False)
class _Ranked:
    """A candidate whose meetings are placed; `order` ranks it, the least first."""

    candidate: Candidate
    placed: tuple[int | None, ...]
    order: tuple[int, int, int]


def _distinct(request: PlanRequest) -> Iterator[Candidate]:
    """All slots, without those of the second clock that give the first's instants."""
    seen: set[tuple[int, ...]] = set()
    for anchor in request.anchors:
        found = list(Clock(request, anchor).candidates())
        yield from (one for one in found if one.originals not in seen)
        seen.update(one.originals for one in found)


def _ranked(candidates: Iterable[Candidate]) -> Iterator[_Ranked]:
    """Those with a clear meeting, best first; equal ones stay in the order given."""
    usable = [one for one in candidates if one.unclear < len(one.originals)]
    usable.sort(key=attrgetter("unclear"))
    for _, equals in groupby(usable, key=attrgetter("unclear")):
        yield from sorted(map(_placed, equals), key=attrgetter("order"))


def _placed(candidate: Candidate) -> _Ranked:
    clock, originals = candidate.clock, candidate.originals
    half = int(clock.request.cadence.half.total_seconds())
    placed = place(originals, candidate.row.bounds, clock.clear, half)
    discomfort = sum(
        clock.comfort.discomfort(start)
        for start in originals
        if start in clock.clear.starts
    )
    order = (placed.count(None), discomfort, originals[0])
    return _Ranked(candidate, placed, order)


def _too_near(ranked: _Ranked, better: Plan) -> bool:
    """Whether it begins within an hour of a better one, on the same date there."""
    where = zone(better.slot.zone)
    begins = moment(ranked.candidate.originals[0])
    first = better.slot.start(0, better.cadence)
    same_date = begins.astimezone(where).date() == first.astimezone(where).date()
    return same_date and abs(begins - first) <= APART


def _plan(ranked: _Ranked) -> Plan:
    candidate = ranked.candidate
    pairs = zip(candidate.originals, ranked.placed, strict=True)
    meetings = tuple(
        _meeting(candidate, period, original, start)
        for period, (original, start) in enumerate(pairs)
    )
    return Plan(candidate.slot(), candidate.clock.request.cadence, meetings)


def _meeting(
    candidate: Candidate, period: int, original: int, start: int | None
) -> PlannedMeeting:
    clock, request = candidate.clock, candidate.clock.request
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
        why=() if original in clock.clear.starts else tuple(_why(clock, asked, gap)),
        off=start is None and _is_off(clock, candidate.row.bounds[period]),
    )


def _is_off(clock: Clock, bounds: tuple[int, int]) -> bool:
    """Whether only their days off keep the meeting out of its period."""
    request = clock.request
    begins = max(moment(bounds[0]), clock.dates.start)
    ends = min(moment(bounds[1]), clock.dates.end)
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


def _why(clock: Clock, asked: Span, gap: timedelta) -> Iterator[Why]:
    mentor, mentee = clock.request.mentor, clock.request.mentee
    if not mentor.in_hours(asked):
        yield Why.OUTSIDE_MENTOR_HOURS
    if not mentee.in_hours(asked):
        yield Why.OUTSIDE_MENTEE_HOURS
    if mentor.is_busy(asked, gap):
        yield Why.MENTOR_BUSY
    if mentee.is_busy(asked, gap):
        yield Why.MENTEE_BUSY
    if not clock.dates.covers(asked):
        yield Why.OUTSIDE_DATES
