"""The pairs of one cadence: settled on their pattern, then written into the diary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from scheduler.people import Role
from scheduler.programme.arrays import Arrays, arrays, room, sharing
from scheduler.programme.choices import Given, Ints
from scheduler.programme.diary import Diary, Series
from scheduler.programme.options import Anchored, slot_of
from scheduler.programme.settling import settle
from scheduler.programme.wall import days_of, instants
from scheduler.programme.wanted import Got, Outcome, Wanted, Without
from scheduler.slots import PlanRequest

Options = Sequence[tuple[Anchored, ...]]


def settled(wanted: Sequence[Wanted], options: Options, diary: Diary) -> Outcome:
    """What each pair gets around what the diary has; it is written down there.

    All pairs have one cadence. The bound is that of the pattern, and may be passed only
    by what the diary allows and the pattern does not.
    """
    left = [
        tuple(_around(pair, slots, diary) for slots in its)
        for pair, its in zip(wanted, options, strict=True)
    ]
    made = arrays(wanted, left)
    found = settle(made.choices, sharing(wanted, made), room(wanted, made, diary))
    got = [_without(its) for its in options]
    late = []
    for n, one in _chosen(made, found.given):
        if one and _written(wanted[n], one, diary):
            got[n] = _got(wanted[n], one)
        else:
            late.append(n)
    for n in late:
        for one in _still_free(wanted[n], left[n], diary):
            if _written(wanted[n], one, diary):
                got[n] = _got(wanted[n], one)
                break
    most, bound = found.bound(made.one)
    reached = Outcome(tuple(got), most, bound)
    return Outcome(reached.pairs, max(most, reached.placed), max(bound, reached.score))


@dataclass(frozen=True, slots=True, order=True)
class _Option:
    """One slot of a pair: the better one is the greater."""

    score: int
    clear: int
    anchor: Role
    column: int

    @classmethod
    def of(cls, slots: Anchored, nth: int) -> _Option:
        return cls(
            int(slots.score[nth]),
            int(slots.clear[nth]),
            slots.anchor,
            int(slots.column[nth]),
        )


def _around(pair: Wanted, slots: Anchored, diary: Diary) -> Anchored:
    """Those that touch nothing that the two have been given before."""
    people = [one for one in (pair.mentor, pair.mentee) if diary.has(one)]
    if not people or not slots.column.size:
        return slots
    starts = instants(pair.request, slots.anchor, slots.column)
    return slots.kept(diary.free(people, starts, 60 * pair.minutes))


def _chosen(made: Arrays, given: Given) -> Iterator[tuple[int, _Option | None]]:
    """Each pair and what it was given, the greatest gain first."""
    for n in np.argsort(-given.gain, kind="stable").tolist():
        if given.row[n] < 0:
            yield n, None
        else:
            slots = made.rows[given.row[n]]
            nth = np.searchsorted(slots.cell, given.cell[n])
            yield n, _Option.of(slots, int(nth))


def _still_free(
    pair: Wanted, options: tuple[Anchored, ...], diary: Diary
) -> list[_Option]:
    """What the diary leaves of a pair's options, the best first."""
    free = [_roomy(pair, _around(pair, slots, diary), diary) for slots in options]
    found = [_Option.of(its, n) for its in free for n in range(its.column.size)]
    return sorted(found, key=lambda one: (-one.score, one.anchor, one.column))


def _roomy(pair: Wanted, slots: Anchored, diary: Diary) -> Anchored:
    """Those on whose dates the mentor's limits leave room."""
    if not diary.limits(pair.mentor) or not slots.column.size:
        return slots
    starts = instants(pair.request, slots.anchor, slots.column)
    return slots.kept(diary.roomy(pair.mentor, _dates(pair.request, starts)))


def _dates(request: PlanRequest, starts: Ints) -> Ints:
    """On the mentor's wall clock, as ordinals."""
    last = request.first + timedelta(days=request.days)
    return days_of(starts, request.first, last, request.mentor.zone)


def _written(pair: Wanted, one: _Option, diary: Diary) -> bool:
    request = pair.request
    starts = instants(request, one.anchor, np.array([one.column]))[0]
    dates = _dates(request, starts) if diary.limits(pair.mentor) else None
    return diary.takes(
        pair.mentor, pair.mentee, Series(starts, 60 * pair.minutes, dates)
    )


def _got(pair: Wanted, one: _Option) -> Got:
    slot = slot_of(pair.request, one.anchor, one.column)
    return Got(slot, one.clear, one.score)


def _without(options: tuple[Anchored, ...]) -> Got:
    some = any(slots.column.size for slots in options)
    return Got(None, why=Without.ALL_TAKEN if some else Without.NEVER_CLEAR)
