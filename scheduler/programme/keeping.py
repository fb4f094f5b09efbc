"""Plan a programme once more, and leave everybody where they are who can stay.

A series stays where its slot is as good as it was: every meeting that was clear still
is. Those are written into the diary first, whatever their cadence. Then, cadence by
cadence, the others are settled around them. Only where that leaves somebody who changed
without a slot, the neighbourhood of that pair is worked out anew on the pattern of its
cadence: most pairs with a slot, then as few moved as can be, then the scores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from scheduler.candidates import Both
from scheduler.programme.cohort import Options, bounded, settled
from scheduler.programme.comparing import Comparing
from scheduler.programme.diary import Diary
from scheduler.programme.earlier import Earlier
from scheduler.programme.entries import Entry, written
from scheduler.programme.options import Anchored, column_of, option, options
from scheduler.programme.reopening import Standing, reopened
from scheduler.programme.wanted import Change, Kept, Outcome, Wanted, Without
from scheduler.programme.whole import cadences, limits_of, told, unseen
from scheduler.scores import Scores, candidate_scores


@dataclass(frozen=True, slots=True)
class _Found:
    """A pair's options, the entry of its earlier slot, and whether that may stay."""

    options: tuple[Anchored, ...]
    before: Entry | None = None
    good: bool = False


def keep_programme(
    wanted: Sequence[Wanted],
    earlier: Sequence[Earlier | None],
    progress: Callable[[int], None] = unseen,
) -> Kept:
    """`plan_programme` around what stands; `earlier` are the same pairs' plans.

    A pair without one, or with one that asked for something else, is new. The bound is
    that of `plan_programme`, as if only what the cadences before have stood.
    """
    comparing = Comparing()
    asked = [
        plan if plan and plan.answers(pair.request) else None
        for pair, plan in zip(wanted, earlier, strict=True)
    ]
    found = list(_found(wanted, asked, comparing, progress))
    entries = _entries(wanted, asked, found)
    left = [one.options for one in found]
    pairs = told(wanted, left, entries, comparing)
    outcome = Outcome(pairs, *_bound(wanted, left, entries))
    changes = (
        _change(pair, plan, one.before, entry)
        for pair, plan, one, entry in zip(wanted, asked, found, entries, strict=True)
    )
    return Kept(outcome, tuple(changes))


def _found(
    wanted: Sequence[Wanted],
    asked: Sequence[Earlier | None],
    comparing: Comparing,
    progress: Callable[[int], None],
) -> Iterator[_Found]:
    for done, (pair, plan) in enumerate(zip(wanted, asked, strict=True), 1):
        both = comparing.both(pair)
        scores = candidate_scores(both)
        yield _with_earlier(both, scores, options(both.request, scores), plan)
        progress(done)


def _with_earlier(
    both: Both,
    scores: tuple[Scores, ...],
    its: tuple[Anchored, ...],
    plan: Earlier | None,
) -> _Found:
    """The earlier slot is an option as long as one meeting is clear."""
    column = column_of(both.request, plan.slot) if plan and plan.slot else None
    if plan is None or plan.slot is None or column is None:
        return _Found(its)
    for one in _same_clock(both, scores, plan.slot.anchor, plan.slot.zone):
        if not one.clear[column]:
            break
        own = option(both.request, one, column)
        good = plan.not_clear.issuperset(one.clock.not_clear(column))
        among = any(o.anchor == own.anchor and column in o.column for o in its)
        return _Found(its if among else (*its, own), Entry.of(own, 0), good)
    return _Found(its)


def _same_clock(
    both: Both, scores: tuple[Scores, ...], anchor: str, zone: str
) -> Iterator[Scores]:
    """The slots on this one's clock, if it still is that zone's."""
    one_clock = both.request.mentor.zone == both.request.mentee.zone
    for one in scores:
        its = both.request.of(one.anchor).zone
        if its == zone and (one.anchor == anchor or one_clock):
            yield one
            return


def _entries(
    wanted: Sequence[Wanted],
    asked: Sequence[Earlier | None],
    found: Sequence[_Found],
) -> list[Entry | None]:
    """What everybody has from now on."""
    diary = Diary(limits_of(wanted))
    entries: list[Entry | None] = [None] * len(wanted)
    stay = [one.before if one.good else None for one in found]
    groups = cadences(wanted)
    for n in (n for members in groups for n in members):
        own = stay[n]
        if own and written(wanted[n], own, diary):
            entries[n] = own
    for members in groups:
        _settle_others(wanted, members, found, stay, entries, diary)
        standing = Standing(
            [wanted[n] for n in members],
            [found[n].options for n in members],
            [stay[n] for n in members],
            [None if found[n].good else found[n].before for n in members],
            [_waited(asked[n]) for n in members],
        )
        some = reopened(standing, [entries[n] for n in members], diary)
        for n, one in zip(members, some, strict=True):
            entries[n] = one
    return entries


def _waited(plan: Earlier | None) -> bool:
    """Nobody moves for a pair whose time others had before, too."""
    return plan is not None and plan.why is Without.ALL_TAKEN


def _settle_others(
    wanted: Sequence[Wanted],
    members: Sequence[int],
    found: Sequence[_Found],
    stay: Sequence[Entry | None],
    entries: list[Entry | None],
    diary: Diary,
) -> None:
    """Those who have nothing to keep, around those who stay."""
    others = [n for n in members if stay[n] is None]
    if not others:
        return
    some = settled(
        [wanted[n] for n in others],
        [found[n].options for n in others],
        diary,
        [found[n].before for n in others],
    )
    for n, one in zip(others, some.entries, strict=True):
        entries[n] = one


def _bound(
    wanted: Sequence[Wanted], left: Options, entries: Sequence[Entry | None]
) -> tuple[int, int]:
    most = bound = 0
    diary = Diary(limits_of(wanted))
    for members in cadences(wanted):
        cohort = bounded(
            [wanted[n] for n in members],
            [left[n] for n in members],
            [entries[n] for n in members],
            diary,
        )
        most, bound = most + cohort.most, bound + cohort.bound
    return most, bound


def _change(
    pair: Wanted, plan: Earlier | None, before: Entry | None, now: Entry | None
) -> Change | None:
    had = plan is not None and plan.slot is not None
    if now is None:
        return Change.LOST if had else None
    if not had:
        return Change.NEW
    if before is None:
        return Change.MOVED
    same = np.array_equal(before.starts(pair.request), now.starts(pair.request))
    return Change.KEPT if same else Change.MOVED
