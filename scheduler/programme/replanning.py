"""After one change: a new slot for whom it concerns, and as few others moved as can be.

What comes first is the same as for a whole programme, most pairs with a slot. Then, of
the series that stand, as many as possible stay where they are. Then the scores count.
Only the neighbourhood of the change is worked out: the mentors it concerns, then those
who share a mentee with them, and so on until nothing more can be won by going further.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scheduler.programme.assigning import (
    Programme,
    choices_of,
    given_of,
    room_of,
    sharing_of,
)
from scheduler.programme.choices import Choices, Given, Ints
from scheduler.programme.neighbourhood import Around, Searched, Worth
from scheduler.programme.part import Part, part


@dataclass(frozen=True, slots=True, eq=False)
class Replanned:
    """Each pair's cell from now on, or -1; `moved` are those who had another before.

    `neighbours` is how many pairs were looked at. `proven` says that in this
    neighbourhood no more pairs can have a slot, nor fewer of them move.
    """

    cell: Ints
    moved: Ints
    placed: int
    score: int
    neighbours: int
    proven: bool


def replan(programme: Programme, cell: Ints, affected: Ints) -> Replanned:
    """`programme` is as it is now, `cell` as it was assigned before (-1: nothing).

    `affected` are the pairs whose scores changed, or who are new; what the others have
    must still go together. `ValueError` for a programme with times that are fixed:
    here everything stands that can.
    """
    if programme.fixed is not None:
        raise ValueError("leave out what is fixed; it is in what was assigned")
    return _Replanning(programme, cell, affected).done()


class _Replanning:
    def __init__(self, programme: Programme, cell: Ints, affected: Ints) -> None:
        self._programme, self._cell, self._affected = programme, cell, affected
        self._sharing, self._room = sharing_of(programme), room_of(programme)
        self._around = Around(programme.mentor, self._sharing.links)
        near = self._around.pairs(self._around.nearest(affected)).size
        top = max(int(programme.scores.max(initial=0)), 0)
        self._worth = Worth.over(near, top)
        self._choices = self._kept_in_mind(choices_of(programme, self._worth.one))

    def _kept_in_mind(self, choices: Choices) -> Choices:
        """The choices, with a reward for the slot that a pair has already."""
        stands = choices.cell == self._cell[choices.pair[choices.row]]
        return replace(choices, gain=choices.gain + self._worth.stay * stands)

    def done(self) -> Replanned:
        """Find the neighbourhood, and put what it gets into the whole."""
        standing = self._standing()

        def opened(mentors: Ints) -> Part:
            return part(self._choices, self._sharing, self._room, mentors, standing)

        searched = self._around.searched(self._affected, opened, self._hoped(standing))
        found = standing.copy()
        searched.part.into(found, searched.given)
        return self._replanned(found, searched)

    def _standing(self) -> Given:
        """What everybody has, as far as it is still possible."""
        programme, cell = self._programme, self._cell
        at = np.maximum(cell, 0)
        possible = programme.scores[np.arange(cell.size), at] >= 0
        still = np.where((cell >= 0) & possible, cell, -1)
        return given_of(programme, still, self._worth.one + self._worth.stay)

    def _hoped(self, standing: Given) -> Ints:
        """A slot for all who could have one, and theirs for all who could stay."""
        could = np.isin(
            np.arange(self._cell.size),
            self._choices.pair[np.diff(self._choices.begin) > 0],
        )
        stood = standing.row >= 0
        return np.asarray(self._worth.one * could + self._worth.stay * stood)

    def _replanned(self, found: Given, searched: Searched) -> Replanned:
        placed = np.flatnonzero(found.row >= 0)
        score = int(self._programme.scores[placed, found.cell[placed]].sum())
        before = self._cell
        moved = np.flatnonzero((before >= 0) & (found.cell != before))
        neighbours = searched.part.pairs.size
        return Replanned(
            found.cell, moved, placed.size, score, neighbours, searched.proven
        )
