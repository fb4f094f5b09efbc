"""Where a programme lost by repair: its mentors there once more, and exactly.

A mentor who lost, with those nearest by shared mentees, is a small programme that
branch and bound solves around what all others have. Where these are all there is, as in
most programmes of some dozen pairs, nothing better is left.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scheduler.programme.choices import Choices, Given, Ints, Room
from scheduler.programme.joint import joint
from scheduler.programme.part import part
from scheduler.programme.sharing import Sharing

#: Mentors of one neighbourhood.
_MENTORS = 8
#: Options of all neighbourhoods together, those that lost most first.
_OPTIONS = 40_000
#: Timetables worked out for one of them.
_NODES = 60


def polish(
    choices: Choices, room: Room, sharing: Sharing, given: Given, blind: Given
) -> None:
    """Make `given` better in place, wherever a neighbourhood allows it."""
    looked_at = 0
    for mentors in _neighbourhoods(choices.mentor, sharing, given, blind):
        if looked_at > _OPTIONS:
            return
        some = part(choices, sharing, room, mentors, given)
        looked_at += some.choices.cell.size
        found = joint(some, _NODES, some.of(given)).given
        if found.gain.sum() > given.gain[some.pairs].sum():
            some.into(given, found)


def _neighbourhoods(
    mentor: Ints, sharing: Sharing, given: Given, blind: Given
) -> Iterator[Ints]:
    lost = np.bincount(mentor, (blind.gain - given.gain).astype(np.float64))
    one, other = mentor[sharing.links.one], mentor[sharing.links.other]
    order = np.argsort(one, kind="stable")
    begin = np.searchsorted(one[order], np.arange(lost.size + 1))
    done: set[int] = set()
    for centre in np.argsort(-lost, kind="stable").tolist():
        if lost[centre] <= 0:
            return
        if centre not in done:
            found = [centre]
            for near in found:
                if len(found) >= _MENTORS:
                    break
                ring = other[order[begin[near] : begin[near + 1]]]
                found += [n for n in dict.fromkeys(ring.tolist()) if n not in found]
            done.update(found[:_MENTORS])
            yield np.array(sorted(found[:_MENTORS]))
