"""How far a change is followed: the mentors around it, wider while that may help."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scheduler.programme.choices import Given, Ints
from scheduler.programme.joint import joint
from scheduler.programme.part import Part
from scheduler.programme.sharing import Links

#: Pairs of a neighbourhood, beyond which it is not widened.
MOST_PAIRS = 120


@dataclass(frozen=True, slots=True, eq=False)
class Worth:
    """What comes first: that a pair has a slot, that a series stays, then scores.

    `stay` is more than all scores of a neighbourhood, `one` more than everything else
    in it.
    """

    one: int
    stay: int

    @classmethod
    def over(cls, pairs: int, top: int) -> Worth:
        """For so many pairs, none with a score above `top`."""
        most = max(MOST_PAIRS, pairs)
        stay = most * top + 1
        return cls(most * (stay + top) + 1, stay)


@dataclass(frozen=True, slots=True, eq=False)
class Searched:
    """What the pairs of the last neighbourhood get, numbered as in `part`.

    `proven` says that in it nothing better is possible, nor anything to be won beyond.
    """

    part: Part
    given: Given
    proven: bool


@dataclass(frozen=True, slots=True, eq=False)
class Around:
    """Everybody's mentor, and the pairs that share somebody else."""

    mentor: Ints
    links: Links

    def near(self, mentors: Ints, pairs: Ints) -> Ints:
        """These mentors, and those who share a mentee in these pairs."""
        others = self.links.other[np.isin(self.links.one, pairs)]
        return np.union1d(mentors, self.mentor[others])

    def nearest(self, pairs: Ints) -> Ints:
        """The mentors of these pairs, and those who share their mentees."""
        return self.near(np.unique(self.mentor[pairs]), pairs)

    def pairs(self, mentors: Ints) -> Ints:
        """All pairs of these mentors."""
        return np.flatnonzero(np.isin(self.mentor, mentors))

    def reached(self, pair: int) -> Ints | None:
        """All pairs that a chain of shared people leads to; None where too many."""
        mentors = self.mentor[[pair]]
        while True:
            pairs = self.pairs(mentors)
            if pairs.size > MOST_PAIRS:
                return None
            wider = self.near(mentors, pairs)
            if wider.size == mentors.size:
                return pairs
            mentors = wider

    def searched(
        self, changed: Ints, opened: Callable[[Ints], Part], hoped: Ints
    ) -> Searched:
        """Widen the neighbourhood of `changed` until nothing can be won by it.

        `opened` makes a part of these mentors around what all others have; `hoped` is
        the gain of each pair with which it has all that comes before scores.
        """
        mentors = self.nearest(changed)
        while True:
            some = opened(mentors)
            best = joint(some)
            enough = bool((best.given.gain >= hoped[some.pairs]).all())
            wider = self.near(mentors, some.pairs)
            every = wider.size == mentors.size
            if enough or every or self.pairs(wider).size > MOST_PAIRS:
                return Searched(some, best.given, best.proven and (enough or every))
            mentors = wider
