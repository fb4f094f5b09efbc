"""From options to batches of mentors of one shape, as tightly as time allows.

Time in which a mentor could begin nothing is cut down to the length of a meeting: what
did not overlap before does not overlap then, and a mentor with three office windows
has thirty places instead of a week's cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from scheduler.programme.choices import Choices, Ints, Pattern, Room
from scheduler.programme.exact import Batch, Limit

#: Bytes of one place in the values: small enough to stay near the processor.
_LAYER = 1 << 17
#: Bytes of all values of one batch.
_TABLE = 1 << 26
#: Cells of the map from cells to places.
_MAP = 1 << 23


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """A batch, and the way back from its numbers.

    `rows[row, mentor]` is the row of the choices, `cells[place, mentor]` the cell.
    """

    batch: Batch
    rows: Ints
    cells: Ints


def packed(choices: Choices, pattern: Pattern, room: Room) -> Iterator[Packed]:
    """All mentors who have an option, batch by batch."""
    if choices.cell.size:
        yield from _Packing(choices, pattern, room).batches()


@dataclass(frozen=True, slots=True, eq=False)
class _Bound:
    """One kind of limit: `most[mentor]`, -1 for one whom it cannot bind.

    `room[mentor, span]`, for spans of `cells` cells: days, or weeks.
    """

    most: Ints
    room: Ints
    cells: int


class _Packing:
    """The rows that have options, mentor by mentor.

    Those of mentor m are `rows[first[m] :][: count[m]]`; `mentee` numbers a mentor's
    mentees from 0, one number for each of `rows`.
    """

    def __init__(self, choices: Choices, pattern: Pattern, room: Room) -> None:
        self.choices, self.pattern = choices, pattern
        rows = np.flatnonzero(np.diff(choices.begin))
        pair = choices.pair[rows]
        order = np.lexsort((pair, choices.mentor[pair]))
        self.rows, pair = rows[order], pair[order]
        mentor = choices.mentor[pair]
        self.count = np.bincount(mentor, minlength=int(choices.mentor.max()) + 1)
        self.first = np.cumsum(self.count) - self.count
        nth = np.cumsum(np.diff(pair, prepend=-1) != 0) - 1
        self.mentee = nth - nth[self.first[mentor]]
        self.most = int(choices.gain.max())
        self.bounds = tuple(self._bounds(room))

    def _bounds(self, room: Room) -> Iterator[_Bound]:
        week = self.pattern.day * self.pattern.week
        for spans, cells in ((room.day, self.pattern.day), (room.week, week)):
            if spans is not None:
                left = spans[: self.count.size]
                most = np.minimum(left.max(axis=1), self.count)
                most = np.where(left.min(axis=1) < self.count, most, -1)
                if (most >= 0).any():
                    yield _Bound(most, left, cells)

    def batches(self) -> Iterator[Packed]:
        for mentors in self._alike():
            size = self._size(int(mentors[0]))
            for start in range(0, mentors.size, size):
                yield self._packed(mentors[start : start + size])

    def _alike(self) -> Iterator[Ints]:
        """Mentors of one shape each, those with few options first."""
        mentors = np.flatnonzero(self.count)
        count, first = self.count[mentors], self.first[mentors]
        alike = count
        for bound in self.bounds:
            alike = _joined(alike, bound.most[mentors] + 1)
        length = self.choices.length[self.rows]
        code = self.mentee * (int(length.max()) + 1) + length
        for nth in range(int(count.max())):
            has = count > nth
            at = np.where(has, first + nth, 0)
            alike = _joined(alike, np.where(has, code[at], 0))
        size = np.diff(self.choices.begin)[self.rows]
        options = np.add.reduceat(size, first)
        order = np.lexsort((options, alike))
        yield from np.split(mentors[order], np.flatnonzero(np.diff(alike[order])) + 1)

    def _size(self, mentor: int) -> int:
        """How many mentors like this one go into one batch."""
        mentees = self._mentees(mentor)
        layer = np.dtype(self._dtype(mentees)).itemsize << mentees
        for bound in self.bounds:
            layer *= int(bound.most[mentor]) + 1 or 1
        table = layer * self.pattern.cells
        return max(1, min(_LAYER // layer, _TABLE // table, _MAP // self.pattern.cells))

    def _mentees(self, mentor: int) -> int:
        return int(self.mentee[self.first[mentor] + self.count[mentor] - 1]) + 1

    def _dtype(self, mentees: int) -> type[np.signedinteger[Any]]:
        """The smallest numbers that hold what a mentor can gain, twice."""
        for dtype in (np.int16, np.int32):
            if 2 * mentees * self.most + 2 < np.iinfo(dtype).max:
                return dtype
        return np.int64

    def _packed(self, mentors: Ints) -> Packed:
        at = self.first[mentors] + np.arange(self.count[mentors[0]])[:, None]
        rows, mentees = self.rows[at], tuple(self.mentee[at[:, 0]].tolist())
        lengths = tuple(self.choices.length[rows[:, 0]].tolist())
        option = self.choices.options(rows.ravel())
        size = self.choices.begin[rows + 1] - self.choices.begin[rows]
        row, mentor = np.divmod(
            np.repeat(np.arange(rows.size), size.ravel()), mentors.size
        )
        cell = self.choices.cell[option]

        openings = _openings(mentor, cell, max(lengths), self.pattern)
        shape = int(openings.place.max()) + 1, mentors.size
        dtype, count = self._dtype(max(mentees) + 1), max(mentees) + 1
        gains = np.full((len(mentees), *shape), -count * self.most - 1, dtype)
        gains[row, openings.places[mentor, cell], mentor] = self.choices.gain[option]
        cells = np.full(shape, -1)
        cells[openings.place, openings.mentor] = openings.cell
        limits = tuple(
            _limit(bound, openings, mentors, shape)
            for bound in self.bounds
            if bound.most[mentors[0]] >= 0
        )
        return Packed(Batch(gains, mentees, lengths, limits), rows, cells)


def _joined(one: Ints, other: Ints) -> Ints:
    """Numbers that are equal where both are."""
    both = one * (int(other.max()) + 1) + other
    return np.unique(both, return_inverse=True)[1]


@dataclass(frozen=True, slots=True, eq=False)
class _Openings:
    """The cells in which a mentor can begin with anybody, in order, and their places.

    `places[mentor, cell]` has them again.
    """

    mentor: Ints
    cell: Ints
    place: Ints
    places: Ints


def _openings(mentor: Ints, cell: Ints, longest: int, pattern: Pattern) -> _Openings:
    """Give each cell its place; the mentors are numbered from 0, without a gap."""
    opened = np.zeros((int(mentor.max()) + 1, pattern.cells), np.bool_)
    opened[mentor, cell] = True
    who, which = np.nonzero(opened)
    gap = np.minimum(np.diff(which, prepend=0), longest)
    gap[np.diff(which // pattern.day, prepend=-1) != 0] = longest
    along = np.cumsum(gap)
    place = along - along[np.flatnonzero(np.diff(who, prepend=-1))][who]
    places = np.zeros(opened.shape, np.int32)
    places[who, which] = place
    return _Openings(who, which, place, places)


def _limit(
    bound: _Bound, openings: _Openings, mentors: Ints, shape: tuple[int, int]
) -> Limit:
    span = openings.cell // bound.cells
    fresh = (np.diff(span, prepend=-1) != 0) | (
        np.diff(openings.mentor, prepend=-1) != 0
    )
    who, most = openings.mentor[fresh], int(bound.most[mentors[0]])
    room = np.full(shape, -1)
    left = bound.room[mentors[who], span[fresh]]
    room[openings.place[fresh], who] = np.clip(left, 0, most)
    return Limit(most, room)
