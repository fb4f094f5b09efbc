"""Which single change to what was asked would help two people most.

Asked when a plan leaves meetings without a time, or when there is none. Tried are: an
hour more on one weekday for one of the two, shorter meetings, one week more between
them, the other clock, a smaller gap. Each is searched like any request, on the same
bit sets, and what gains nothing is not told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import assert_never

from scheduler.bits import column_sums, ones
from scheduler.cadence import Cadence
from scheduler.candidates import Both, Clock
from scheduler.errors import Refused
from scheduler.marks import MARKS
from scheduler.people import Hours, Role, Window
from scheduler.search import search_both
from scheduler.slots import Plan, PlanRequest, PlanResult

#: How many changes are told.
MOST = 3
#: Lengths that people use, from the shortest on.
_LENGTHS = (15, 30, 45, 60, 90, 120)
_GAPS = (0, 5, 10, 15, 30, 60)
#: Nobody is asked for an hour outside these, in minutes of their own day.
_EARLIEST, _LATEST = 7 * 60, 22 * 60
_HOUR = 60


@dataclass(frozen=True, slots=True)
class MoreHours:
    """This window more, on this one's own clock; it overlaps none of theirs."""

    role: Role
    window: Window


@dataclass(frozen=True, slots=True)
class Shorter:
    """Meetings of so many minutes."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Rarer:
    """This cadence."""

    cadence: Cadence


@dataclass(frozen=True, slots=True)
class OtherClock:
    """A slot on this one's wall clock."""

    anchor: Role


@dataclass(frozen=True, slots=True)
class SmallerGap:
    """So many minutes of free time around a meeting."""

    gap: int


Change = MoreHours | Shorter | Rarer | OtherClock | SmallerGap


def as_option(change: Change) -> tuple[str, Role | None, str | int]:
    """Which option of `troth plan` to give, whose it is, and with what.

    Hours are those to add; the other options are given in place of what was asked.
    """
    match change:
        case MoreHours(role, window):
            return "hours", role, str(Hours.of((window,)))
        case Shorter(minutes):
            return "minutes", None, minutes
        case Rarer(cadence):
            return "cadence", None, str(cadence)
        case OtherClock(anchor):
            return "anchor", None, anchor.value
        case SmallerGap(gap):
            return "gap", None, gap
    assert_never(change)


@dataclass(frozen=True, slots=True)
class WouldHelp:
    """A change, and the best plan with it."""

    change: Change
    plan: Plan

    @property
    def lacks(self) -> tuple[Fraction, Fraction]:
        """The parts of its meetings that are not clear, and that have no time."""
        return _lacks(self.plan)


def what_would_help(both: Both, result: PlanResult) -> tuple[WouldHelp, ...]:
    """The changes that help most, the most helpful first; at most three.

    `result` is what the search says without one. Empty when every meeting has a time,
    or a day off, or when no single change gains anything. Of changes that gain the
    same the smaller one stands first, as the module lists them.
    """
    if any(one.busy is None for one in (both.request.mentor, both.request.mentee)):
        return ()
    now = _lacks(result.best)
    if not now[1]:
        return ()
    found = [
        WouldHelp(change, plan)
        for change, tried in _tries(both, result)
        if (plan := search_both(tried).best) and _lacks(plan) < now
    ]
    found.sort(key=lambda one: one.lacks)
    return tuple(_one_of_a_kind(found))[:MOST]


def without_hours_of(found: Iterable[WouldHelp], role: Role) -> tuple[WouldHelp, ...]:
    """What may be told to the partner: nobody hears when the other is free besides."""
    return tuple(
        one
        for one in found
        if not (isinstance(one.change, MoreHours) and one.change.role is role)
    )


def _lacks(plan: Plan | None) -> tuple[Fraction, Fraction]:
    """Parts, since a rarer cadence has fewer meetings; days off are not missed."""
    if plan is None:
        return Fraction(1), Fraction(1)
    count = len(plan.meetings)
    missing = plan.unplaced - len(plan.off)
    return Fraction(count - plan.clear, count), Fraction(missing, count)


def _one_of_a_kind(found: Iterable[WouldHelp]) -> Iterator[WouldHelp]:
    """The best of each kind; more hours are another kind for each of the two."""
    kinds: set[object] = set()
    for one in found:
        match one.change:
            case MoreHours(role):
                kind: object = role
            case change:
                kind = type(change)
        if kind not in kinds:
            kinds.add(kind)
            yield one


def _tries(both: Both, result: PlanResult) -> Iterator[tuple[Change, Both]]:
    """Every change, with the question that it makes; the smaller before the greater."""
    for role in Role:
        for window in _windows(both, role, result):
            yield MoreHours(role, window), _opened(both, role, window)
    for change, request in _otherwise(both.request, both.grid.step):
        yield change, _asking(both, request)


def _otherwise(request: PlanRequest, step: int) -> Iterator[tuple[Change, PlanRequest]]:
    """The same hours, asked otherwise, as far as it lies on the grid."""
    for minutes in reversed(_LENGTHS):
        if request.minutes > minutes >= request.minutes / 2:
            yield Shorter(minutes), replace(request, minutes=minutes)
    for rarer in _rarer(request):
        yield Rarer(rarer.cadence), rarer
    if request.anchor:
        other = request.anchor.other
        yield OtherClock(other), replace(request, anchor=other)
    for gap in reversed(_GAPS):
        if gap < request.gap and 60 * gap % step == 0:
            yield SmallerGap(gap), replace(request, gap=gap)


def _asking(both: Both, request: PlanRequest) -> Both:
    """The best alone, on the same bit sets."""
    return replace(both, request=replace(request, top=0))


def _rarer(request: PlanRequest) -> Iterator[PlanRequest]:
    """One week more between meetings, over no more days than were asked for."""
    if request.cadence.unit == "month" or request.cadence.every == 12:
        return
    cadence = Cadence("week", request.cadence.every + 1)
    turns = request.days // cadence.days
    try:
        if request.until is not None:
            yield replace(request, cadence=cadence)
        elif turns:
            yield replace(request, cadence=cadence, count=turns)
    except Refused:  # no whole turn is left
        return


def _opened(both: Both, role: Role, window: Window) -> Both:
    """With this window added to the hours of one."""
    hours = both.request.of(role).hours
    more = both.with_hours(role, Hours.of((*hours.windows, window)))
    return _asking(more, more.request)


def _windows(both: Both, role: Role, result: PlanResult) -> Iterator[Window]:
    """For each weekday the hour more that promises most, in order.

    That is the one in which most meetings could be clear, and the one in which most
    of those could that have no time now.
    """
    one = both.request.of(role)
    days = set(range(7)) - one.quiet_days
    wide = Hours.of(tuple(Window(day, _EARLIEST, _LATEST) for day in days))
    asked = both.with_hours(role, wide)
    clock = Clock(asked, role, asked.clear())
    found = set[Window]()
    for counts in (clock.counts, _in_need(clock, result)):
        best: dict[int, tuple[int, int, Window]] = {}
        for column, count in enumerate(counts):
            row, mark = divmod(column, MARKS)
            day = clock.dates.firsts[row][0].weekday()
            if not count or (day in best and -count > best[day][0]):
                continue
            window = _hour(one.hours, day, 15 * mark, both.request.minutes)
            if window:
                its = -count, _from_usual(one.hours, window), window
                best[day] = min(its, best.get(day, its))
        found.update(window for _, _, window in best.values())
    yield from sorted(found, key=lambda w: (_from_usual(one.hours, w), w))


def _from_usual(hours: Hours, window: Window) -> int:
    """Minutes between a window and the nearest of theirs, by the time of day.

    Those of the same weekday count, or all where there is none.
    """
    same = [w for w in hours.windows if w.weekday == window.weekday]
    return min(
        (
            max(0, w.opens - window.closes, window.opens - w.closes)
            for w in same or hours.windows
        ),
        default=0,
    )


def _in_need(clock: Clock, result: PlanResult) -> Sequence[int]:
    """For each slot its clear meetings in the periods that have no time now."""
    if result.best is None:
        return ()
    width, mask = clock.dates.width, 0
    for meeting in result.best.meetings:
        if meeting.start is None and not meeting.off:
            mask |= ones(width) << width * meeting.period
    stacked = clock.dates.stacked(clock.wall) & mask
    return column_sums([stacked], width, result.periods)


def _hour(hours: Hours, day: int, start: int, minutes: int) -> Window | None:
    """The hour more on a weekday that lets a meeting begin at this minute.

    It adjoins a window where that is enough; it is longer where a meeting needs it.
    None where nothing is missing, or more than one stretch is.
    """
    theirs = [window for window in hours.windows if window.weekday == day]
    begins, ends = start, start + minutes
    for window in theirs:
        if window.opens <= begins < window.closes:
            begins = window.closes
        if window.opens < ends <= window.closes:
            ends = window.opens
    if begins >= ends or any(begins < w.opens < ends for w in theirs):
        return None
    if ends < start + minutes:
        begins = min(begins, ends - _HOUR)
        begins = max(begins, _EARLIEST, *(w.closes for w in theirs if w.closes < ends))
    else:
        ends = max(ends, begins + _HOUR)
        ends = min(ends, _LATEST, *(w.opens for w in theirs if w.opens > begins))
    return Window(day, begins, ends) if begins < ends else None
