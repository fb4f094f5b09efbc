"""People who meet under more than one mentor, and whether two meetings overlap.

Two meetings of one person may lie on two mentors' clocks, whose offsets differ by more
than one amount over a year. They overlap when they do by any of these.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.programme.choices import Choices, Given, Ints, Pattern


@dataclass(frozen=True, slots=True, eq=False)
class Clocks:
    """Where the options of each row lie in time.

    Option (row, cell) begins `shift[row]` after its place on the pattern, on clock
    `clock[row]`, and lasts `span[row]`; all in cells. `apart[a, b]` are the amounts
    that clock a is ahead of clock b, repeated to equal number. The pattern comes round
    after `cycle` cells, and its days begin every `day` (the cells of a pattern's day
    may be fewer: those of an office's day).
    """

    shift: Ints
    clock: Ints
    span: Ints
    apart: Ints
    day: int
    cycle: int

    def overlap(
        self, pattern: Pattern, one: tuple[Ints, Ints], other: tuple[Ints, Ints]
    ) -> NDArray[np.bool_]:
        """Whether option (row, cell) meets the other one, for each two."""
        (row, _), (row_, _) = one, other
        begins, begins_ = self._begins(pattern, *one), self._begins(pattern, *other)
        found = np.zeros(row.shape, np.bool_)
        for ahead in np.moveaxis(self.apart[self.clock[row], self.clock[row_]], -1, 0):
            after = (begins_ + ahead - begins) % self.cycle
            found |= after < self.span[row]
            found |= self.cycle - after < self.span[row_]
        return found

    def covers(
        self, pattern: Pattern, option: tuple[Ints, Ints], moment: tuple[int, int]
    ) -> NDArray[np.bool_]:
        """Whether options (row, cell) hold a moment: a cell on some clock's pattern."""
        row, cell = option
        clock, at = moment
        found = np.zeros(row.shape, np.bool_)
        begins = self._begins(pattern, row, cell)
        for ahead in np.moveaxis(self.apart[self.clock[row], clock], -1, 0):
            found |= (at + ahead - begins) % self.cycle < self.span[row]
        return found

    def common(
        self, pattern: Pattern, one: tuple[int, int], other: tuple[int, int]
    ) -> int:
        """A moment that is in two overlapping options: a cell on the other's clock.

        `ValueError` when they do not overlap.
        """
        begins, begins_ = (
            int(self._begins(pattern, np.array(row), np.array(cell)))
            for row, cell in (one, other)
        )
        row, row_ = one[0], other[0]
        amounts: list[int] = self.apart[self.clock[row], self.clock[row_]].tolist()
        for ahead in amounts:
            after = (begins_ + ahead - begins) % self.cycle
            if after < self.span[row]:
                return begins_
            if self.cycle - after < self.span[row_]:
                return begins_ + self.cycle - int(after)
        raise ValueError("the two do not overlap")

    def _begins(self, pattern: Pattern, row: Ints, cell: Ints) -> Ints:
        day, within = np.divmod(cell.astype(np.int32), pattern.day)
        return np.asarray(day * self.day + within + self.shift[row])


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """Pairs that share a person and not the mentor: `one[i]` and `other[i]`.

    Each link stands there both ways; sorted by `one`.
    """

    one: Ints
    other: Ints

    @classmethod
    def of(cls, first: Ints, second: Ints) -> Links:
        """From each link told once."""
        one = np.concatenate((first, second))
        other = np.concatenate((second, first))
        order = np.lexsort((other, one))
        return cls(one[order], other[order])

    def around(self, pairs: Ints) -> tuple[Ints, Ints]:
        """From where, and up to where, the links of each of these pairs stand."""
        begin = np.searchsorted(self.one, pairs)
        return begin, np.searchsorted(self.one, pairs, side="right")


def mentee_links(mentor: Ints, mentee: Ints) -> Links:
    """The links of mentees who have several mentors."""
    order = np.argsort(mentee, kind="stable")
    who = mentee[order]
    firsts, seconds = [], []
    for ahead in range(1, order.size):
        same = np.flatnonzero(who[ahead:] == who[:-ahead])
        if not same.size:
            break
        firsts.append(order[same])
        seconds.append(order[same + ahead])
    nothing = np.zeros(0, np.int64)
    first, second = (np.concatenate([nothing, *some]) for some in (firsts, seconds))
    differ = mentor[first] != mentor[second]
    return Links.of(first[differ], second[differ])


@dataclass(frozen=True, slots=True, eq=False)
class Sharing:
    """Everything that decides whether a person is double-booked across mentors."""

    pattern: Pattern
    clocks: Clocks
    links: Links

    def clashes(self, given: Given) -> NDArray[np.bool_]:
        """Which links' two meetings overlap."""
        one, other = self.links.one, self.links.other
        both = (given.row[one] >= 0) & (given.row[other] >= 0)
        which = np.flatnonzero(both)
        found = np.zeros(one.size, np.bool_)
        found[which] = self.clocks.overlap(
            self.pattern,
            (given.row[one[which]], given.cell[one[which]]),
            (given.row[other[which]], given.cell[other[which]]),
        )
        return found

    def free(
        self, choices: Choices, given: Given, ignored: Ints | None = None
    ) -> NDArray[np.bool_]:
        """Which options overlap no meeting given to a pair linked with theirs.

        `ignored[p]` is a mentor whose meetings do not count for pair p, or -1.
        """
        free = np.ones(choices.cell.size, np.bool_)
        rows = np.flatnonzero(np.diff(choices.begin))
        begin, end = self.links.around(choices.pair[rows])
        for nth in range(int((end - begin).max(initial=0))):
            more = begin + nth < end
            row, other = rows[more], self.links.other[begin[more] + nth]
            counts = given.row[other] >= 0
            if ignored is not None:
                counts &= choices.mentor[other] != ignored[choices.pair[row]]
            row, other = row[counts], other[counts]
            option = choices.options(row)
            each = choices.begin[row + 1] - choices.begin[row]
            theirs = np.repeat(other, each)
            free[option] &= ~self.clocks.overlap(
                self.pattern,
                (np.repeat(row, each), choices.cell[option]),
                (given.row[theirs], given.cell[theirs]),
            )
        return free
