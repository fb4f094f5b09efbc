"""What the pairs of a programme could be given: slots as cells of a pattern.

A pattern is one turn of a cadence on each mentor's own wall clock, cut into cells: two
weeks of quarter hours for a cadence of two weeks. A meeting ends on the day on which it
begins.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Cells of a day, days of a week, weeks of the pattern."""

    day: int
    week: int = 7
    weeks: int = 1

    @property
    def cells(self) -> int:
        """Of the whole pattern."""
        return self.day * self.week * self.weeks


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """Every slot that each pair could have.

    A row is one way to place a pair: row r places pair `pair[r]`, whose meeting then
    takes `length[r]` cells of its mentor's time; most pairs have one row. The options
    of row r are `cell` and `gain` from `begin[r]` up to `begin[r + 1]`: to begin at
    that cell brings that much, which is never negative. A row has each cell once.
    `mentor[p]` is the mentor of pair p.
    """

    mentor: Ints
    pair: Ints
    length: Ints
    begin: Ints
    cell: Ints
    gain: Ints

    @property
    def row(self) -> Ints:
        """The row of each option."""
        return np.repeat(np.arange(self.pair.size), np.diff(self.begin))

    def kept(self, which: NDArray[np.bool_]) -> Choices:
        """The same rows with these options only."""
        count = np.concatenate(([0], np.cumsum(which)))[self.begin]
        return replace(self, begin=count, cell=self.cell[which], gain=self.gain[which])

    def of(self, rows: Ints) -> Choices:
        """The same rows, all without options but these."""
        option = self.options(rows)
        size = np.zeros(self.pair.size + 1, np.int64)
        size[rows + 1] = np.diff(self.begin)[rows]
        return replace(
            self,
            begin=np.cumsum(size),
            cell=self.cell[option],
            gain=self.gain[option],
        )

    def options(self, rows: Ints) -> Ints:
        """Which options these rows have, row by row."""
        begin = self.begin[rows]
        size = self.begin[rows + 1] - begin
        ahead = np.cumsum(size) - size
        return np.repeat(begin - ahead, size) + np.arange(int(size.sum()))


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """How many meetings each mentor may still have.

    `day[mentor, day of the pattern]` and `week[mentor, week of the pattern]`; None
    where nobody has such a limit.
    """

    day: Ints | None = None
    week: Ints | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What each pair got: its option's `row`, `cell` and `gain`; -1, -1 and 0: none."""

    row: Ints
    cell: Ints
    gain: Ints

    @classmethod
    def nothing(cls, pairs: int) -> Given:
        """Nobody has anything yet."""
        return cls(np.full(pairs, -1), np.full(pairs, -1), np.zeros(pairs, np.int64))

    @property
    def arrays(self) -> tuple[Ints, Ints, Ints]:
        """Row, cell and gain."""
        return self.row, self.cell, self.gain

    def copy(self) -> Given:
        """The same, apart in memory."""
        return Given(*(array.copy() for array in self.arrays))

    def put(self, pairs: Ints, other: Given) -> None:
        """These pairs get what they have there."""
        for mine, theirs in zip(self.arrays, other.arrays, strict=True):
            mine[pairs] = theirs[pairs]
