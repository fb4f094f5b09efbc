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
from scheduler.programme.joint import joint
from scheduler.programme.part import Part, part

#: Pairs of a neighbourhood, beyond which it is not widened.
MOST_PAIRS = 120


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
        self._programme, self._cell = programme, cell
        self._sharing, self._room = sharing_of(programme), room_of(programme)
        self._mentors = self._near(np.unique(programme.mentor[affected]), affected)
        near = int(np.isin(programme.mentor, self._mentors).sum())
        top = max(int(programme.scores.max(initial=0)), 0)
        most = max(MOST_PAIRS, near)
        self._stay = most * top + 1
        self._one = most * (self._stay + top) + 1
        self._choices = self._kept_in_mind(choices_of(programme, self._one))

    def _near(self, mentors: Ints, pairs: Ints) -> Ints:
        """These mentors, and those who share a mentee in these pairs."""
        links, mentor = self._sharing.links, self._programme.mentor
        others = links.other[np.isin(links.one, pairs)]
        return np.union1d(mentors, mentor[others])

    def _kept_in_mind(self, choices: Choices) -> Choices:
        """The choices, with a reward for the slot that a pair has already."""
        stands = choices.cell == self._cell[choices.pair[choices.row]]
        return replace(choices, gain=choices.gain + self._stay * stands)

    def done(self) -> Replanned:
        """Widen the neighbourhood until nothing can be won by it."""
        standing = self._standing()
        while True:
            found = standing.copy()
            some = part(
                self._choices, self._sharing, self._room, self._mentors, standing
            )
            best = joint(some)
            some.into(found, best.given)
            enough = self._nothing_to_win(some, standing, found)
            wider = self._near(self._mentors, some.pairs)
            every = wider.size == self._mentors.size
            pairs = int(np.isin(self._programme.mentor, wider).sum())
            if enough or every or pairs > MOST_PAIRS:
                return self._replanned(found, some, best.proven and (enough or every))
            self._mentors = wider

    def _standing(self) -> Given:
        """What everybody has, as far as it is still possible."""
        programme, cell = self._programme, self._cell
        at = np.maximum(cell, 0)
        possible = programme.scores[np.arange(cell.size), at] >= 0
        still = np.where((cell >= 0) & possible, cell, -1)
        return given_of(programme, still, self._one + self._stay)

    def _nothing_to_win(self, some: Part, standing: Given, found: Given) -> bool:
        """Whether all who could have a slot have one, and all who could stay do."""
        pairs = some.pairs
        could = np.isin(pairs, self._choices.pair[np.diff(self._choices.begin) > 0])
        stood = standing.row[pairs] >= 0
        placed = found.row[pairs] >= 0
        stays = found.cell[pairs] == standing.cell[pairs]
        return bool((placed | ~could).all() and (stays | ~stood).all())

    def _replanned(self, found: Given, some: Part, proven: bool) -> Replanned:  # noqa: FBT001 - one of what is told
        placed = np.flatnonzero(found.row >= 0)
        score = int(self._programme.scores[placed, found.cell[placed]].sum())
        before = self._cell
        moved = np.flatnonzero((before >= 0) & (found.cell != before))
        return Replanned(found.cell, moved, placed.size, score, some.pairs.size, proven)
