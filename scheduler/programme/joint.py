"""A few mentors who share mentees, together: the exact optimum, by branch and bound.

Each mentor's best timetable apart is a bound. Where a person is in two meetings at one
moment, at most one of the two may cover it: either is tried, the more promising first,
and only the mentor concerned is worked out again.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count

import numpy as np
from numpy.typing import NDArray

from scheduler.programme.choices import Choices, Given
from scheduler.programme.large import large_mentors
from scheduler.programme.part import Part
from scheduler.programme.repairing import repaired
from scheduler.programme.solving import solve

#: Timetables worked out before the best so far is good enough.
NODES = 400


@dataclass(frozen=True, slots=True)
class _Ban:
    """A pair may not meet at this moment: a cell on the pattern of a clock.

    `own` bans it only for its slots on that clock.
    """

    pair: int
    clock: int
    at: int
    own: bool


@dataclass(frozen=True, slots=True, eq=False)
class Joint:
    """What each pair is given, and whether nothing is better."""

    given: Given
    proven: bool


def joint(part: Part, nodes: int = NODES, known: Given | None = None) -> Joint:
    """The greatest sum of gains with nobody in two meetings at once.

    `known` is a solution to begin with, which saves looking for one.
    """
    return _Search(part).best(nodes, known)


class _Search:
    def __init__(self, part: Part) -> None:
        self._part, self._order = part, count()
        self._exact = not large_mentors(part.choices).size
        self._open: list[tuple[int, int, Given, tuple[_Ban, ...]]] = []

    def best(self, nodes: int, known: Given | None) -> Joint:
        part = self._part
        blind = solve(part.choices, part.sharing.pattern, part.room)
        found = known or repaired(part.choices, part.room, part.sharing, blind)
        self._push(blind, ())
        for _ in range(nodes):
            if not self._open or -self._open[0][0] <= int(found.gain.sum()):
                return Joint(found, proven=self._exact)
            _, _, given, bans = heappop(self._open)
            clash = np.flatnonzero(part.sharing.clashes(given))
            if not clash.size:
                return Joint(given, proven=self._exact)
            for ban in self._either(given, int(clash[0])):
                self._push(self._around(given, (*bans, ban)), (*bans, ban))
        return Joint(found, proven=False)

    def _push(self, given: Given, bans: tuple[_Ban, ...]) -> None:
        bound = int(given.gain.sum())
        heappush(self._open, (-bound, next(self._order), given, bans))

    def _either(self, given: Given, link: int) -> tuple[_Ban, _Ban]:
        """Of two meetings that overlap, a moment that only one of them may cover."""
        links = self._part.sharing.links
        one, other = int(links.one[link]), int(links.other[link])
        clocks, pattern = self._part.sharing.clocks, self._part.sharing.pattern
        clock = int(clocks.clock[given.row[other]])
        at = clocks.common(
            pattern,
            (int(given.row[one]), int(given.cell[one])),
            (int(given.row[other]), int(given.cell[other])),
        )
        return _Ban(one, clock, at, own=False), _Ban(other, clock, at, own=True)

    def _around(self, given: Given, bans: tuple[_Ban, ...]) -> Given:
        """The last ban's mentor worked out again, with all bans that concern them."""
        choices, sharing = self._part.choices, self._part.sharing
        mentor = choices.mentor[bans[-1].pair]
        rows = np.flatnonzero(choices.mentor[choices.pair] == mentor)
        some = choices.of(rows)
        free = np.ones(some.cell.size, np.bool_)
        for ban in bans:
            if choices.mentor[ban.pair] == mentor:
                free &= ~self._banned(some, ban)
        found = given.copy()
        pairs = np.flatnonzero(choices.mentor == mentor)
        found.put(pairs, solve(some.kept(free), sharing.pattern, self._part.room))
        return found

    def _banned(self, choices: Choices, ban: _Ban) -> NDArray[np.bool_]:
        row = choices.row
        concerned = choices.pair[row] == ban.pair
        clocks = self._part.sharing.clocks
        if ban.own:
            concerned &= clocks.clock[row] == ban.clock
        covered = clocks.covers(
            self._part.sharing.pattern, (row, choices.cell), (ban.clock, ban.at)
        )
        return np.asarray(concerned & covered)
