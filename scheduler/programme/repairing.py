"""Mentees with several mentors: undo double bookings at the least loss.

Every mentor's best timetable is known when this begins; a mentor's *response* is the
best one around what everybody else has. Three steps, of which none makes a new double
booking: while two meetings of a person overlap, the mentor who loses least yields;
then whoever can do better around the others does; then a mentor who lost takes the
time of one neighbour, who responds, where both together gain by it. Mentors who share
a mentee never move at the same time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scheduler.programme.choices import Choices, Given, Ints, Room
from scheduler.programme.sharing import Sharing
from scheduler.programme.solving import solve

#: Rounds of a neighbour's giving way, after which what was found is good enough.
_ROUNDS = 12


def repaired(choices: Choices, room: Room, sharing: Sharing, blind: Given) -> Given:
    """As good as `blind` can be made without a person in two meetings at once."""
    return _Repair(choices, room, sharing, blind).done()


class _Repair:
    def __init__(
        self, choices: Choices, room: Room, sharing: Sharing, blind: Given
    ) -> None:
        self._choices, self._room, self._sharing = choices, room, sharing
        self._given = blind.copy()
        self._mentors = int(choices.mentor.max(initial=-1)) + 1
        links = sharing.links
        self._one = choices.mentor[links.one]
        self._other = choices.mentor[links.other]
        self._best = self._worth(blind)

    def done(self) -> Given:
        self._part()
        self._improve()
        for _ in range(_ROUNDS):
            if not self._exchange():
                break
        return self._given

    def _worth(self, given: Given) -> Ints:
        """What each mentor's pairs gain together."""
        gains = np.zeros(self._mentors, np.int64)
        np.add.at(gains, self._choices.mentor, given.gain)
        return gains

    def _pairs(self, mentors: Ints) -> Ints:
        chosen = np.zeros(self._mentors, np.bool_)
        chosen[mentors] = True
        return np.flatnonzero(chosen[self._choices.mentor])

    def _response(self, mentors: Ints, ignored: Ints | None = None) -> Given:
        """The best of these mentors around what all others have."""
        chosen = np.zeros(self._mentors, np.bool_)
        chosen[mentors] = True
        choices = self._choices
        some = choices.of(np.flatnonzero(chosen[choices.mentor[choices.pair]]))
        free = self._sharing.free(some, self._given, ignored)
        return solve(some.kept(free), self._sharing.pattern, self._room)

    def _take(self, mentors: Ints, response: Given) -> None:
        self._given.put(self._pairs(mentors), response)

    def _apart(self, mentors: Ints, rank: Ints) -> Ints:
        """Those of these mentors who come before all their neighbours among them."""
        late = mentors.size
        order = np.full(self._mentors, late)
        order[mentors[np.argsort(rank, kind="stable")]] = np.arange(mentors.size)
        before = np.full(self._mentors, late)
        np.minimum.at(before, self._one, order[self._other])
        return mentors[order[mentors] < before[mentors]]

    def _part(self) -> None:
        """End all clashes: in each round some mentors yield, and none is made."""
        while True:
            clashes = self._sharing.clashes(self._given)
            mentors = np.unique(self._one[clashes])
            if not mentors.size:
                return
            response = self._response(mentors)
            loss = self._worth(self._given) - self._worth(response)
            yielding = self._apart(mentors, loss[mentors])
            self._take(yielding, response)

    def _improve(self) -> None:
        while True:
            now = self._worth(self._given)
            mentors = np.flatnonzero(now < self._best)
            response = self._response(mentors)
            gain = self._worth(response) - now
            mentors = mentors[gain[mentors] > 0]
            if not mentors.size:
                return
            self._take(self._apart(mentors, -gain[mentors]), response)

    def _exchange(self) -> bool:
        """Let those who lost take a neighbour's time; whether anything was gained."""
        lost = self._best - self._worth(self._given)
        losing = lost[self._one] > 0
        both = np.unique(self._one[losing] * self._mentors + self._other[losing])
        gained = False
        for _ in range(_ROUNDS):
            if not both.size:
                break
            first, second = np.divmod(both, self._mentors)
            chosen = self._far_apart(first, second, -lost[first])
            gained |= self._swap(first[chosen], second[chosen])
            both = both[~chosen]
        return gained

    def _far_apart(self, first: Ints, second: Ints, rank: Ints) -> NDArray[np.bool_]:
        """Which twos of mentors come before all others that touch or border them."""
        order = np.empty(first.size, np.int64)
        order[np.argsort(rank, kind="stable")] = np.arange(first.size)
        mine = np.full(self._mentors, first.size)
        np.minimum.at(mine, first, order)
        np.minimum.at(mine, second, order)
        around = mine.copy()
        np.minimum.at(around, self._one, mine[self._other])
        return np.asarray((around[first] == order) & (around[second] == order))

    def _swap(self, first: Ints, second: Ints) -> bool:
        """Each first takes its best as if its second were not there, who responds."""
        before = self._given.copy()
        ignored = np.full(self._mentors, -1)
        ignored[first] = second
        now = self._worth(before)
        self._take(first, self._response(first, ignored[self._choices.mentor]))
        self._take(second, self._response(second))
        gain = self._worth(self._given) - now
        worse = gain[first] + gain[second] <= 0
        self._take(np.concatenate((first[worse], second[worse])), before)
        return not worse.all()
