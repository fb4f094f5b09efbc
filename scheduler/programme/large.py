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
_STEPS = 500

Floats = NDArray[np.float64]
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


def ceiling(
    choices: Choices, pattern: Pattern, mentor: int, reached: Given, one: int
) -> tuple[int, int]:
    """How many pairs of this mentor could have a slot, and their scores together.

    No timetable has more, nor as many with more score. `one` is the part of each gain
    that having any slot is worth; `reached` is a timetable to measure against. Limits
    of a day or week are left out.
    """
    rows = np.flatnonzero(choices.mentor[choices.pair] == mentor)
    mine = choices.of(rows)
    line = _Line(mine, pattern)
    pairs = choices.mentor == mentor
    placed = int((reached.row[pairs] >= 0).sum())
    gain = int(reached.gain[pairs].sum())
    most, score = divmod(line.ceiling(mine.gain, gain), one)
    number = line.ceiling(np.ones(mine.gain.size), placed)
    scores = line.ceiling(mine.gain - one, gain - placed * one)
    return (number, scores) if number < most else (most, min(score, scores))


class _Line:
    """The options of one mentor along time, whoever they are with."""

    def __init__(self, choices: Choices, pattern: Pattern) -> None:
        row = choices.row
        pairs, mentee = np.unique(choices.pair[row], return_inverse=True)
        self._mentees = pairs.size
        longest = int(choices.length.max(initial=1))
        day, within = np.divmod(choices.cell, pattern.day)
        begins = day * (pattern.day + longest) + within
        length = choices.length[row]
        order = np.lexsort((length, begins))
        begins, length = begins[order], length[order]
        self._order, self._mentee = order, mentee[order]
        kind = begins * (longest + 1) + length
        self._first = np.flatnonzero(np.diff(kind, prepend=-1))
        at = begins[self._first]
        self._next = np.searchsorted(at, at + length[self._first]).tolist()

    def ceiling(self, gain: Ints, reached: int) -> int:
        """More than this cannot be gained: a Lagrangian bound over what is reached.

        Every mentee has a price. Paying it for each meeting, the mentor may meet
        anybody any number of times; what that gains and all prices together is a
        bound, and prices are moved until it is low.
        """
        ordered = gain[self._order].astype(np.float64)
        price, lowest, since = np.zeros(self._mentees), np.inf, 0
        scale = 1.0
        for _ in range(_STEPS):
            value, met = self._best(ordered - price[self._mentee])
            value += price.sum()
            since = 0 if value < lowest else since + 1
            scale = 0.7 * scale if since and since % 8 == 0 else scale
            lowest = min(lowest, value)
            off = met - 1
            if lowest - reached < 1 or not off.any():
                break
            step = scale * (value - reached) / (off @ off)
            price = np.maximum(0, price + step * off)
        return int(np.floor(lowest + 1e-6))

    def _best(self, gain: Floats) -> tuple[float, Floats]:
        """The most that disjoint options gain, and how often each mentee is met."""
        most = np.maximum.reduceat(gain, self._first)
        worth = [0.0] * (most.size + 1)
        for n in range(most.size - 1, -1, -1):
            worth[n] = max(worth[n + 1], most[n] + worth[self._next[n]])
        met = np.zeros(self._mentees)
        n = 0
        while n < most.size:
            if worth[n] == worth[n + 1]:
                n += 1
                continue
            until = self._first[n + 1] if n + 1 < most.size else gain.size
            best = self._first[n] + int(np.argmax(gain[self._first[n] : until]))
            met[self._mentee[best]] += 1
            n = self._next[n]
        return worth[0], met
