"""The best timetable of one mentor, exactly: over places in time and sets of mentees.

`values[place, set]` is the most that the mentees of `set`, none of them placed yet, can
still gain from `place` on. At a place the mentor waits, or meets one of the set and is
free again `length` places later. All mentors of a batch are worked out at once: they
have the same number of mentees and of rows, and lie along the last axis.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Limit:
    """How many meetings a mentor has in one day, or one week.

    `room[place, mentor]` stands at the first place of each day (or week) that the
    mentor has, and says how many it may hold, at most `most`; -1 at all other places.
    """

    most: int
    room: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Mentors of one shape.

    `gains[row, place, mentor]` is what a meeting that starts there brings; where it is
    impossible it is less than minus everything that can be gained. Row r places mentee
    `mentees[r]` (a number from 0) for `lengths[r]` places; a mentee may have several
    rows, and meets once at most.
    """

    gains: Ints
    mentees: tuple[int, ...]
    lengths: tuple[int, ...]
    limits: tuple[Limit, ...] = ()

    @property
    def count(self) -> int:
        """How many mentees each of them has."""
        return max(self.mentees) + 1


@dataclass(frozen=True, slots=True, eq=False)
class Timetable:
    """Who meets when: `row[mentee, mentor]` and `place`, both -1 where never."""

    row: Ints
    place: Ints


def best(batch: Batch) -> Timetable:
    """The timetables of the greatest total gain, of each mentor apart."""
    return _trace(batch, _values(batch))


def _values(batch: Batch) -> Ints:
    """`values[place, *meetings left in day and week, set, mentor]`."""
    _, places, mentors = batch.gains.shape
    counts = tuple(limit.most + 1 for limit in batch.limits)
    shape = (places + max(batch.lengths), *counts, 1 << batch.count, mentors)
    values: Ints = np.zeros(shape, batch.gains.dtype)
    moves = [_Move(batch, row, values) for row in range(len(batch.mentees))]
    for place in range(places - 1, -1, -1):
        np.copyto(values[place], values[place + 1])
        for move in moves:
            move.at(place)
        for axis, limit in enumerate(batch.limits):
            _open(values[place], axis, limit.room[place])
    return values


class _Move:
    """Placing one row's mentee: views into the values, all over the same memory."""

    def __init__(self, batch: Batch, row: int, values: Ints) -> None:
        self._gains = batch.gains[row]
        self._possible = (self._gains >= 0).any(axis=1).tolist()
        self._length = batch.lengths[row]
        low, mentors = 1 << batch.mentees[row], values.shape[-1]
        split = values.reshape(*values.shape[:-2], -1, 2, low, mentors)
        depth = len(batch.limits)
        counted: list[Any] = [slice(None), *[slice(1, None)] * depth, slice(None), 1]
        self._before = split[tuple(counted)]
        counted = [slice(None), *[slice(-1)] * depth, slice(None), 0]
        self._after = split[tuple(counted)]
        self._spare: Ints = np.empty(self._after.shape[1:], values.dtype)

    def at(self, place: int) -> None:
        if self._possible[place]:
            after = self._after[place + self._length]
            np.add(after, self._gains[place], out=self._spare)
            before = self._before[place]
            np.maximum(before, self._spare, out=before)


def _open(layer: Ints, axis: int, room: Ints) -> None:
    """Where a day begins, what was left of the day before gives way to its room."""
    opens = np.flatnonzero(room >= 0)
    if opens.size:
        counts = np.moveaxis(layer, axis, 0)
        counts[..., opens] = np.moveaxis(counts[room[opens], ..., opens], 0, -1)


def _trace(batch: Batch, values: Ints) -> Timetable:
    """Walk forward from the full set; where waiting loses nothing, wait."""
    _, places, mentors = batch.gains.shape
    found = Timetable(
        np.full((batch.count, mentors), -1), np.full((batch.count, mentors), -1)
    )
    walk = _Walk(batch, values)
    for place in range(places):
        meeting = walk.meeting(place)
        for row in range(len(batch.mentees)):
            if not meeting.size:
                break
            met = walk.meet(meeting, row, place)
            mentee = batch.mentees[row]
            found.row[mentee, meeting[met]] = row
            found.place[mentee, meeting[met]] = place
            meeting = meeting[~met]
    return found


class _Walk:
    """Where each mentor stands on the way through the values."""

    def __init__(self, batch: Batch, values: Ints) -> None:
        self._batch, self._values = batch, values
        mentors = values.shape[-1]
        self._all = np.arange(mentors)
        self._set = np.full(mentors, (1 << batch.count) - 1)
        self._left = [np.zeros(mentors, np.int64) for _ in batch.limits]
        self._free_at = np.zeros(mentors, np.int64)
        self._now = values[(0, *self._left, self._set, self._all)]

    def meeting(self, place: int) -> Ints:
        """The mentors who meet somebody that begins here."""
        for left, limit in zip(self._left, self._batch.limits, strict=True):
            room = limit.room[place]
            np.copyto(left, room, where=room >= 0)
        later = self._values[(place + 1, *self._left, self._set, self._all)]
        return np.flatnonzero((later != self._now) & (self._free_at <= place))

    def meet(self, mentors: Ints, row: int, place: int) -> Ints:
        """Whether each of them meets this row's mentee here; who does, moves on."""
        batch, bit = self._batch, 1 << self._batch.mentees[row]
        free_at = place + batch.lengths[row]
        gain = batch.gains[row, place, mentors]
        open_sets = self._set[mentors]
        left = [left[mentors] - 1 for left in self._left]
        then = self._values[(free_at, *left, open_sets & ~bit, mentors)]
        met = (open_sets & bit > 0) & (gain >= 0) & (then + gain == self._now[mentors])
        who = mentors[met]
        self._set[who] ^= bit
        self._free_at[who] = free_at
        self._now[who] = then[met]
        for mine in self._left:
            mine[who] -= 1
        return np.asarray(met)
