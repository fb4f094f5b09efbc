"""Plan a whole programme: everybody's options in, a slot for each pair out.

Pairs of one cadence are settled together, cadence by cadence, the rarest last. On
patterns first, where the best of all is found; then each slot is written into a diary
of instants, and the few that do not fit there are given the next best that does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from scheduler.candidates import Both
from scheduler.grid import Bitmap, Grid
from scheduler.people import Role
from scheduler.programme.cohort import settled
from scheduler.programme.diary import NO_LIMIT, Diary, Limits
from scheduler.programme.options import Anchored, options
from scheduler.programme.wanted import Got, Outcome, Wanted
from scheduler.scores import candidate_scores
from scheduler.slots import PlanRequest

#: People whose bit sets are kept for their next pair.
_KEPT = 4096
#: Days of a mean month, to tell how rare monthly is.
_MONTH = 30


def _unseen(_done: int) -> None:
    """Tell nobody."""


def plan_programme(
    wanted: Sequence[Wanted], progress: Callable[[int], None] = _unseen
) -> Outcome:
    """Most pairs with a slot, then the greatest sum of scores; nobody double-booked.

    `progress` hears how many pairs' calendars were compared. The score of a slot is
    1000 for each clear meeting, less its discomfort (`scheduler.programme.options`).
    """
    found = list(_options(wanted, progress))
    diary = Diary(_limits(wanted))
    got: list[Got] = [Got(None)] * len(wanted)
    most = bound = 0
    for members in _cadences(wanted):
        some = [wanted[n] for n in members]
        cohort = settled(some, [found[n] for n in members], diary)
        most, bound = most + cohort.most, bound + cohort.bound
        for n, one in zip(members, cohort.pairs, strict=True):
            got[n] = one
    return Outcome(tuple(got), most, bound)


def _options(
    wanted: Sequence[Wanted], progress: Callable[[int], None]
) -> Iterator[tuple[Anchored, ...]]:
    bitmaps = _Bitmaps()
    for done, pair in enumerate(wanted, 1):
        request = _on_one_clock(pair.request)
        both = Both(
            request, bitmaps.of(pair, Role.MENTOR), bitmaps.of(pair, Role.MENTEE)
        )
        yield options(request, candidate_scores(both))
        progress(done)


def _on_one_clock(request: PlanRequest) -> PlanRequest:
    """Two people of one zone have one wall clock; it need not be tried twice."""
    if request.anchor is None and request.mentor.zone == request.mentee.zone:
        return replace(request, anchor=Role.MENTOR)
    return request


class _Bitmaps:
    """The bit sets of the people met last."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, Grid], Bitmap] = {}

    def of(self, pair: Wanted, role: Role) -> Bitmap:
        """One of the two, on the grid of their request."""
        who = pair.mentor if role is Role.MENTOR else pair.mentee
        key = who, Grid.of(pair.request)
        found = self._kept.pop(key, None) or Bitmap.of(pair.request.of(role), key[1])
        self._kept[key] = found
        if len(self._kept) > _KEPT:
            del self._kept[next(iter(self._kept))]
        return found


def _limits(wanted: Sequence[Wanted]) -> dict[str, Limits]:
    """Every mentor's limits, where there are any; of several the least."""
    found: dict[str, Limits] = {}
    for pair in wanted:
        if pair.max_day or pair.max_week:
            before = found.get(pair.mentor, Limits())
            found[pair.mentor] = Limits(
                min(before.day, pair.max_day or NO_LIMIT),
                min(before.week, pair.max_week or NO_LIMIT),
            )
    return found


def _cadences(wanted: Sequence[Wanted]) -> list[list[int]]:
    """The pairs of each cadence, those who meet most often first."""
    found: dict[int, list[int]] = {}
    for n, pair in enumerate(wanted):
        cadence = pair.request.cadence
        days = _MONTH if cadence.unit == "month" else cadence.days
        found.setdefault(days, []).append(n)
    return [members for _, members in sorted(found.items())]
