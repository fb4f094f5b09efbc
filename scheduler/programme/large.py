"""A mentor of so many mentees that not all their sets can be looked at.

Blocks of mentees are placed exactly around all others, those with few options first,
then those who are near in time or still without a slot, as long as that gains anything.
How far this can be from the best is told by `ceiling`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scheduler.programme.choices import Choices, Given, Ints, Pattern, Room

#: The most mentees of one mentor whose sets are all looked at.
MOST_MENTEES = 12
#: Mentees of one block.
_BLOCK = 10
#: Times that all blocks are tried anew.
_ROUNDS = 12
#: Steps towards the lowest ceiling.
_STEPS = 300

Exactly = Callable[[Choices, Pattern, Room], Given]


def large_mentors(choices: Choices) -> Ints:
    """The mentors who have more mentees with options than are looked at exactly."""
    pairs = choices.pair[np.diff(choices.begin) > 0]
    if (np.bincount(choices.mentor[pairs], minlength=1) > MOST_MENTEES).any():
        pairs = np.unique(pairs)  # some may have two rows
    return np.flatnonzero(np.bincount(choices.mentor[pairs]) > MOST_MENTEES)


def timetable(
    choices: Choices, pattern: Pattern, room: Room, mentor: int, exactly: Exactly
) -> Given:
    """A good timetable of this mentor; nobody else is given anything."""
    rows = np.flatnonzero(choices.mentor[choices.pair] == mentor)
    mine = choices.of(rows)
    given = Given.nothing(choices.mentor.size)
    options = np.diff(choices.begin)[rows]
    number = np.bincount(choices.pair[rows], options, choices.mentor.size)
    pairs = np.flatnonzero(number)
    scarce = pairs[np.argsort(number[pairs], kind="stable")]
    for block in _blocks(scarce):
        _place(mine, pattern, room, given, block, exactly)
    for turn in range(_ROUNDS):
        before = given.gain.sum()
        placed = pairs[given.row[pairs] >= 0]
        near = placed[np.argsort(given.cell[placed], kind="stable")]
        size = _BLOCK - min(pairs.size - placed.size, _BLOCK // 2)
        for block in _blocks(np.roll(near, turn * _BLOCK // 4), size):
            without = np.roll(pairs[given.row[pairs] < 0], -turn * _BLOCK // 2)
            both = np.concatenate((block, without[: _BLOCK - block.size]))
            _place(mine, pattern, room, given, both, exactly)
        if given.gain.sum() == before and turn >= _ROUNDS // 2:
            break
    return given


def _blocks(pairs: Ints, size: int = _BLOCK) -> Iterator[Ints]:
    for start in range(0, pairs.size, size):
        yield pairs[start : start + size]


def _place(
    choices: Choices,
    pattern: Pattern,
    room: Room,
    given: Given,
    block: Ints,
    exactly: Exactly,
) -> None:
    """Give these pairs the best around what the mentor's others have."""
    given.put(block, Given.nothing(given.row.size))
    some = choices.of(np.flatnonzero(np.isin(choices.pair, block)))
    held = np.flatnonzero(given.row >= 0)
    free = np.ones(some.cell.size, np.bool_)
    ends = some.cell + some.length[some.row]
    for cell, row in zip(given.cell[held], given.row[held], strict=True):
        same_day = some.cell // pattern.day == cell // pattern.day
        meets = (some.cell < cell + choices.length[row]) & (cell < ends)
        free &= ~(same_day & meets)
    left = replace(
        room,
        day=_less(room.day, choices, given, pattern.day),
        week=_less(room.week, choices, given, pattern.day * pattern.week),
    )
    given.put(block, exactly(some.kept(free), pattern, left))


def _less(room: Ints | None, choices: Choices, given: Given, cells: int) -> Ints | None:
    if room is None:
        return None
    left = room.copy()
    held = np.flatnonzero(given.row >= 0)
    np.subtract.at(left, (choices.mentor[held], given.cell[held] // cells), 1)
    return np.maximum(left, 0)


def ceiling(choices: Choices, pattern: Pattern, mentor: int, reached: int) -> int:
    """No timetable of this mentor gains more: a Lagrangian bound over what is reached.

    Every mentee has a price. Paying it for each meeting, the mentor may meet anybody
    any number of times; what that gains and all prices together is a bound, and prices
    are moved until it is low. Limits of a day or week are left out.
    """
    rows = np.flatnonzero(choices.mentor[choices.pair] == mentor)
    mine = choices.of(rows)
    pairs, mentee = np.unique(mine.pair[mine.row], return_inverse=True)
    line = _Line(mine, pattern, mentee)
    price, lowest, scale = np.zeros(pairs.size), np.inf, 1.0
    for _ in range(_STEPS):
        value, met = line.best(mine.gain - price[mentee])
        value += price.sum()
        scale = scale if value < lowest else 0.97 * scale
        lowest = min(lowest, value)
        off = met - 1
        if lowest - reached < 1 or not off.any():
            break
        step = scale * (value - reached) / (off @ off)
        price = np.maximum(0, price + step * off)
    return int(np.floor(lowest + 1e-6)) if pairs.size else 0


class _Line:
    """The options of one mentor along time, whoever they are with."""

    def __init__(self, choices: Choices, pattern: Pattern, mentee: Ints) -> None:
        length = choices.length[choices.row]
        day, within = np.divmod(choices.cell, pattern.day)
        begins = day * (pattern.day + int(length.max(initial=1))) + within
        order = np.lexsort((length, begins))
        self._order, self._mentee = order, mentee[order]
        kind = begins[order] * (int(length.max(initial=1)) + 1) + length[order]
        self._first = np.flatnonzero(np.diff(kind, prepend=-1))
        at = begins[order][self._first]
        self._next = np.searchsorted(at, at + length[order][self._first]).tolist()
        self._size = int(mentee.max(initial=-1)) + 1

    def best(self, gain: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """The most that disjoint options gain, and how often each mentee is met."""
        ordered = gain[self._order]
        most = np.maximum.reduceat(ordered, self._first)
        worth = [0.0] * (most.size + 1)
        for n in range(most.size - 1, -1, -1):
            worth[n] = max(worth[n + 1], most[n] + worth[self._next[n]])
        met = np.zeros(self._size)
        n = 0
        while n < most.size:
            if worth[n] == worth[n + 1]:
                n += 1
                continue
            until = self._first[n + 1] if n + 1 < most.size else ordered.size
            best = self._first[n] + int(np.argmax(ordered[self._first[n] : until]))
            met[self._mentee[best]] += 1
            n = self._next[n]
        return worth[0], met
