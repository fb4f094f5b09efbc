"""Plan a whole programme: everybody's options in, a slot for each pair out.

Pairs of one cadence are settled together, cadence by cadence, the rarest last. On
patterns first, where the best of all is found; then each slot is written into a diary
of instants, and the few that do not fit there are given the next best that does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from scheduler.programme.cohort import Options, settled
from scheduler.programme.comparing import Comparing
from scheduler.programme.diary import NO_LIMIT, Diary, Limits
from scheduler.programme.entries import Entry
from scheduler.programme.options import Anchored, options, slot_of
from scheduler.programme.wanted import Got, Outcome, Wanted, Without
from scheduler.scores import candidate_scores

#: Days of a mean month, to tell how rare monthly is.
_MONTH = 30


def unseen(_done: int) -> None:
    """Tell nobody."""


def plan_programme(
    wanted: Sequence[Wanted], progress: Callable[[int], None] = unseen
) -> Outcome:
    """Most pairs with a slot, then the greatest sum of scores; nobody double-booked.

    `progress` hears how many pairs' calendars were compared. The score of a slot is
    1000 for each clear meeting, less its discomfort (`scheduler.programme.options`).
    """
    comparing = Comparing()
    found = list(_options(wanted, comparing, progress))
    diary = Diary(limits_of(wanted))
    entries: list[Entry | None] = [None] * len(wanted)
    most = bound = 0
    for members in cadences(wanted):
        some = [wanted[n] for n in members]
        cohort = settled(some, [found[n] for n in members], diary)
        most, bound = most + cohort.most, bound + cohort.bound
        for n, one in zip(members, cohort.entries, strict=True):
            entries[n] = one
    return Outcome(told(wanted, found, entries, comparing), most, bound)


def _options(
    wanted: Sequence[Wanted], comparing: Comparing, progress: Callable[[int], None]
) -> Iterator[tuple[Anchored, ...]]:
    for done, pair in enumerate(wanted, 1):
        both = comparing.both(pair)
        yield options(both.request, candidate_scores(both))
        progress(done)


def told(
    wanted: Sequence[Wanted],
    found: Options,
    entries: Sequence[Entry | None],
    comparing: Comparing,
) -> tuple[Got, ...]:
    """Every pair's entry as a slot, with what is not clear; or why there is none."""
    return tuple(
        _got(pair, one, comparing) if one else _without(its)
        for pair, its, one in zip(wanted, found, entries, strict=True)
    )


def _got(pair: Wanted, one: Entry, comparing: Comparing) -> Got:
    slot = slot_of(pair.request, one.anchor, one.column)
    unclear = comparing.not_clear(pair, one)
    return Got(slot, one.clear, one.score, not_clear=unclear)


def _without(options: tuple[Anchored, ...]) -> Got:
    some = any(slots.column.size for slots in options)
    return Got(None, why=Without.ALL_TAKEN if some else Without.NEVER_CLEAR)


def limits_of(wanted: Sequence[Wanted]) -> dict[str, Limits]:
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


def cadences(wanted: Sequence[Wanted]) -> list[list[int]]:
    """The pairs of each cadence, those who meet most often first."""
    found: dict[int, list[int]] = {}
    for n, pair in enumerate(wanted):
        cadence = pair.request.cadence
        days = _MONTH if cadence.unit == "month" else cadence.days
        found.setdefault(days, []).append(n)
    return [members for _, members in sorted(found.items())]
