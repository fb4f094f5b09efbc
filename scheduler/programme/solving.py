"""Everybody their best slot, each mentor apart."""

from __future__ import annotations

import numpy as np

from scheduler.programme.choices import Choices, Given, Pattern, Room
from scheduler.programme.exact import best
from scheduler.programme.large import large_mentors, timetable
from scheduler.programme.packing import packed

NO_LIMITS = Room()


def solve(choices: Choices, pattern: Pattern, room: Room = NO_LIMITS) -> Given:
    """The greatest sum of gains with no mentor in two meetings at once.

    Blind to a mentee who has two mentors. Exact, but for mentors of very many mentees
    (`scheduler.programme.large`).
    """
    large = large_mentors(choices)
    if not large.size:
        return _exactly(choices, pattern, room)
    others = ~np.isin(choices.mentor[choices.pair], large)
    given = _exactly(choices.of(np.flatnonzero(others)), pattern, room)
    for mentor in large.tolist():
        pairs = np.flatnonzero(choices.mentor == mentor)
        given.put(pairs, timetable(choices, pattern, room, mentor, _exactly))
    return given


def _exactly(choices: Choices, pattern: Pattern, room: Room) -> Given:
    given = Given.nothing(choices.mentor.size)
    for one in packed(choices, pattern, room):
        found = best(one.batch)
        mentee, mentor = np.nonzero(found.row >= 0)
        row, place = found.row[mentee, mentor], found.place[mentee, mentor]
        which = one.rows[row, mentor]
        pair = choices.pair[which]
        given.row[pair] = which
        given.cell[pair] = one.cells[place, mentor]
        given.gain[pair] = one.batch.gains[row, place, mentor]
    return given
