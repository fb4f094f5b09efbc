"""Pairs of one cadence, all at once: blind first, then nobody double-booked."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scheduler.programme.choices import Choices, Given, Ints, Pattern, Room
from scheduler.programme.large import ceiling, large_mentors
from scheduler.programme.polishing import polish
from scheduler.programme.repairing import repaired
from scheduler.programme.sharing import Links, Sharing
from scheduler.programme.solving import NO_LIMITS, solve


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """What everybody got, and what they would get if mentees could be in two places.

    `blind` is the optimum of that easier question, and so a bound, but for `large`
    mentors, whose timetables are only good. `loose` are the choices without what was
    fixed.
    """

    given: Given
    blind: Given
    fixed: Given
    loose: Choices
    pattern: Pattern
    large: Ints

    def bound(self, one: int) -> tuple[int, int]:
        """How many pairs could have a slot, and the sum of their scores.

        `one` is the part of each gain that having any slot is worth.
        """
        fixed = self.fixed.row >= 0
        sure = ~np.isin(self.loose.mentor, self.large)
        its = [self.fixed.gain[fixed], self.blind.gain[sure & (self.blind.row >= 0)]]
        most = sum(gain.size for gain in its)
        score = sum(int(gain.sum()) for gain in its) - one * most
        for mentor in self.large.tolist():
            above = ceiling(self.loose, self.pattern, mentor, self.blind, one)
            most, score = most + above[0], score + above[1]
        return most, score


def settle(
    choices: Choices,
    sharing: Sharing,
    room: Room = NO_LIMITS,
    fixed: Given | None = None,
) -> Settled:
    """The greatest sum of gains, with what is `fixed` as it is and the rest around it.

    A pair that is fixed needs no option; its gain counts on both sides.
    """
    if fixed is None:
        fixed = Given.nothing(choices.mentor.size)
    held = np.flatnonzero(fixed.row >= 0)
    if held.size:
        choices, room = _around(choices, sharing, room, fixed)
    blind = solve(choices, sharing.pattern, room)
    given = repaired(choices, room, sharing, blind)
    polish(choices, room, sharing, given, blind)
    given.put(held, fixed)
    large = large_mentors(choices)
    return Settled(given, blind, fixed, choices, sharing.pattern, large)


def _around(
    choices: Choices, sharing: Sharing, room: Room, fixed: Given
) -> tuple[Choices, Room]:
    """The options and the room that what is fixed leaves to the others."""
    links = sharing.links
    first, second = _under_one_mentor(choices.mentor, np.flatnonzero(fixed.row >= 0))
    together = Links.of(
        np.concatenate((links.one, first)), np.concatenate((links.other, second))
    )
    free = replace(sharing, links=together).free(choices, fixed)
    loose = choices.kept(free & (fixed.row < 0)[choices.pair[choices.row]])
    pattern = sharing.pattern
    return loose, Room(
        _less(room.day, choices.mentor, fixed, pattern.day),
        _less(room.week, choices.mentor, fixed, pattern.day * pattern.week),
    )


def _under_one_mentor(mentor: Ints, held: Ints) -> tuple[Ints, Ints]:
    """Each held pair beside every other pair of its mentor."""
    order = np.argsort(mentor, kind="stable")
    begin = np.searchsorted(mentor[order], mentor[held])
    size = np.searchsorted(mentor[order], mentor[held], side="right") - begin
    ahead = np.cumsum(size) - size
    second = order[np.repeat(begin - ahead, size) + np.arange(int(size.sum()))]
    first = np.repeat(held, size)
    return first[first != second], second[first != second]


def _less(room: Ints | None, mentor: Ints, fixed: Given, cells: int) -> Ints | None:
    """The room that is left in days, or weeks, of this many cells."""
    if room is None:
        return None
    left = room.copy()
    held = np.flatnonzero(fixed.row >= 0)
    np.subtract.at(left, (mentor[held], fixed.cell[held] // cells), 1)
    return np.maximum(left, 0)
