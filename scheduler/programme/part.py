"""A few mentors out of a programme, as a small programme of their own."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scheduler.programme.choices import Choices, Given, Ints, Room
from scheduler.programme.sharing import Links, Sharing


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Some mentors' pairs, numbered anew, around what everybody else has.

    `pairs` and `rows` are their numbers in the whole.
    """

    pairs: Ints
    rows: Ints
    choices: Choices
    sharing: Sharing
    room: Room

    def into(self, whole: Given, mine: Given) -> None:
        """Put what these pairs were given here into the whole."""
        rows = np.append(self.rows, -1)[mine.row]
        whole.row[self.pairs] = rows
        whole.cell[self.pairs] = mine.cell
        whole.gain[self.pairs] = mine.gain

    def of(self, whole: Given) -> Given:
        """What these pairs have in the whole, in numbers of this part."""
        number = np.full(int(self.rows.max(initial=-1)) + 2, -1)
        number[self.rows] = np.arange(self.rows.size)
        row = whole.row[self.pairs]
        known = np.where(
            np.isin(row, self.rows), number[np.minimum(row, number.size - 1)], -1
        )
        return Given(
            known, whole.cell[self.pairs].copy(), whole.gain[self.pairs].copy()
        )


def part(
    choices: Choices, sharing: Sharing, room: Room, mentors: Ints, given: Given
) -> Part:
    """These mentors and all their pairs; the others keep what they are `given`."""
    inside = np.isin(choices.mentor, mentors)
    pairs = np.flatnonzero(inside)
    rows = np.flatnonzero(inside[choices.pair])
    others = given.copy()
    others.put(pairs, Given.nothing(choices.mentor.size))
    some = choices.of(rows)
    some = some.kept(sharing.free(some, others))
    names, mentor = np.unique(choices.mentor[pairs], return_inverse=True)
    small = Choices(
        mentor,
        np.searchsorted(pairs, choices.pair[rows]),
        choices.length[rows],
        np.append(some.begin[rows], some.begin[-1]),
        some.cell,
        some.gain,
    )
    clocks, links = sharing.clocks, sharing.links
    both = inside[links.one] & inside[links.other]
    mine = Sharing(
        sharing.pattern,
        replace(
            clocks,
            shift=clocks.shift[rows],
            clock=clocks.clock[rows],
            span=clocks.span[rows],
        ),
        Links(
            np.searchsorted(pairs, links.one[both]),
            np.searchsorted(pairs, links.other[both]),
        ),
    )
    limits = Room(
        *(None if left is None else left[names] for left in (room.day, room.week))
    )
    return Part(pairs, rows, small, mine, limits)
