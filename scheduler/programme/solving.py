"""Everybody their best slot, each mentor apart."""

from __future__ import annotations

import numpy as np

from scheduler.programme.choices import Choices, Given, Pattern, Room
from scheduler.programme.exact import best
from scheduler.programme.packing import packed

NO_LIMITS = Room()


def solve(choices: Choices, pattern: Pattern, room: Room = NO_LIMITS) -> Given:
    """The greatest sum of gains with no mentor in two meetings at once.

    Exact, and blind to a mentee who has two mentors.
    """
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
