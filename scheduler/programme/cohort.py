"""The pairs of one cadence: settled on their pattern, then written into the diary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scheduler.programme.arrays import Arrays, arrays, room, sharing
from scheduler.programme.choices import Choices, Given
from scheduler.programme.diary import Diary
from scheduler.programme.entries import Entry, around, still_free, written
from scheduler.programme.large import large_mentors
from scheduler.programme.options import Anchored
from scheduler.programme.settling import Settled, settle
from scheduler.programme.solving import solve
from scheduler.programme.wanted import Wanted

Options = Sequence[tuple[Anchored, ...]]


@dataclass(frozen=True, slots=True)
class Cohort:
    """What each pair gets, and what they would if mentees could be in two places."""

    entries: tuple[Entry | None, ...]
    most: int
    bound: int


def settled(
    wanted: Sequence[Wanted],
    options: Options,
    diary: Diary,
    had: Sequence[Entry | None] = (),
) -> Cohort:
    """What each pair gets around what the diary has; it is written down there.

    All pairs have one cadence. The bound is that of the pattern, and may be passed only
    by what the diary allows and the pattern does not. Whoever `had` a slot leaves it
    only for one with more clear meetings.
    """
    left = _left(wanted, options, diary)
    made = arrays(wanted, left)
    choices = made.choices
    if any(had):
        extra = [one.habit if one else 0 for one in had]
        choices = rewarded(made, choices, had, extra)
    found = settle(choices, sharing(wanted, made), room(wanted, made, diary))
    entries: list[Entry | None] = [None] * len(wanted)
    late = []
    for n, one in chosen(made, found.given):
        if one and written(wanted[n], one, diary):
            entries[n] = one
        else:
            late.append(n)
    for n in late:
        for one in still_free(wanted[n], left[n], diary):
            if written(wanted[n], one, diary):
                entries[n] = one
                break
    return _reached(entries, *found.bound(made.one))


def bounded(
    wanted: Sequence[Wanted],
    options: Options,
    entries: Sequence[Entry | None],
    diary: Diary,
) -> Cohort:
    """These entries beside the bound that `settled` has; they are written down."""
    made = arrays(wanted, _left(wanted, options, diary))
    sharing_ = sharing(wanted, made)
    blind = solve(made.choices, sharing_.pattern, room(wanted, made, diary))
    found = Settled(
        blind,
        blind,
        Given.nothing(len(wanted)),
        made.choices,
        sharing_.pattern,
        large_mentors(made.choices),
    )
    for pair, one in zip(wanted, entries, strict=True):
        if one and not written(pair, one, diary):
            raise ValueError("entries that do not go together")
    return _reached(entries, *found.bound(made.one))


def rewarded(
    made: Arrays,
    choices: Choices,
    entries: Sequence[Entry | None],
    extra: Sequence[int],
) -> Choices:
    """These choices of `made`, with something extra for each pair's own entry."""
    gains = [np.zeros(0, np.int64)]
    for row, pair in zip(made.rows, choices.pair.tolist(), strict=True):
        own = entries[pair]
        here = own is not None and own.anchor == row.anchor
        stands = row.column == (own.column if own and here else -1)
        gains.append(stands * np.int64(extra[pair]))
    return replace(choices, gain=choices.gain + np.concatenate(gains))


def _left(wanted: Sequence[Wanted], options: Options, diary: Diary) -> Options:
    """What the diary leaves of the options."""
    return [
        tuple(around(pair, slots, diary) for slots in its)
        for pair, its in zip(wanted, options, strict=True)
    ]


def chosen(made: Arrays, given: Given) -> Iterator[tuple[int, Entry | None]]:
    """Each pair and what it was given, the greatest gain first."""
    for n in np.argsort(-given.gain, kind="stable").tolist():
        if given.row[n] < 0:
            yield n, None
        else:
            slots = made.rows[given.row[n]]
            nth = np.searchsorted(slots.cell, given.cell[n])
            yield n, Entry.of(slots, int(nth))


def _reached(entries: Sequence[Entry | None], most: int, bound: int) -> Cohort:
    """No bound lies under what is there."""
    placed = [one for one in entries if one]
    score = sum(one.score for one in placed)
    return Cohort(tuple(entries), max(most, len(placed)), max(bound, score))
