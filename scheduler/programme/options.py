"""The slots that one pair could have, and what each is worth.

On both wall clocks: a slot on the mentee's takes the mentor's time by another amount
whenever only one of the clocks changes, so it holds all of that on the mentor's
pattern, all year. It is kept where it beats every slot on the mentor's clock in there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta

import numpy as np
from numpy.typing import NDArray

from scheduler.face import dates_of
from scheduler.marks import MARKS
from scheduler.people import Role
from scheduler.programme.choices import Ints
from scheduler.programme.wall import apart, cells_of, offsets, pattern_of
from scheduler.programme.wanted import held
from scheduler.scores import Scores
from scheduler.slots import PlanRequest, Slot

_MINUTE = 60
#: For a clear meeting; less at most the other for discomfort.
POINTS, _MOST_DISCOMFORT = 1000, 999


@dataclass(frozen=True, slots=True, eq=False)
class Anchored:
    """Slots on one wall clock; none is worth less than nothing.

    `column` is the search's (`scheduler.scores`); all numbers are small, for they are
    kept for every pair of a programme. On the mentor's pattern a slot holds
    `length` cells from `cell` on, which is `ahead` cells past its place on the pattern
    of its own clock.
    """

    anchor: Role
    column: Ints
    cell: Ints
    score: Ints
    clear: Ints
    ahead: int
    length: int

    def kept(self, which: NDArray[np.bool_] | Ints) -> Anchored:
        """These slots of them."""
        return Anchored(
            self.anchor,
            self.column[which],
            self.cell[which],
            self.score[which],
            self.clear[which],
            self.ahead,
            self.length,
        )


def options(request: PlanRequest, scores: tuple[Scores, ...]) -> tuple[Anchored, ...]:
    """Every slot of a pair that has a clear meeting, on each clock that is tried."""
    found = [_anchored(request, one) for one in scores]
    if len(found) < 2:
        return tuple(found)
    mentor, mentee = found
    return mentor, mentee.kept(_better(request, mentee, mentor))


def option(request: PlanRequest, scores: Scores, column: int) -> Anchored:
    """One slot of a pair, which has a clear meeting, however good the others are."""
    return _among(request, scores, np.array([column]))


def column_of(request: PlanRequest, slot: Slot) -> int | None:
    """The column of a slot; None for one that a plan of these dates cannot have."""
    firsts = dates_of(request.cadence, request.first, request.turns).firsts
    minute = 60 * slot.time.hour + slot.time.minute
    if minute % 15 or slot.time.replace(hour=0, minute=0) != time.min:
        return None
    if slot.minutes != request.minutes or (slot.first, slot.week) not in firsts:
        return None
    return MARKS * firsts.index((slot.first, slot.week)) + minute // 15


def slot_of(request: PlanRequest, anchor: Role, column: int) -> Slot:
    """The slot of a column, as a value."""
    row, mark = divmod(column, MARKS)
    dates = dates_of(request.cadence, request.first, request.turns)
    first, week = dates.firsts[row]
    at = time(mark // 4, 15 * (mark % 4))
    return Slot(first, at, request.of(anchor).zone, anchor, request.minutes, week)


def _anchored(request: PlanRequest, scores: Scores) -> Anchored:
    found = _among(request, scores, np.flatnonzero(np.array(list(scores.clear))))
    order = np.lexsort((found.column, -found.score, found.cell))
    once = order[np.diff(found.cell[order], prepend=-1) != 0]
    return found.kept(once)


def _among(request: PlanRequest, scores: Scores, column: Ints) -> Anchored:
    """These columns, all of which have a clear meeting."""
    clear = np.array(list(scores.clear))[column]
    discomfort = np.array(list(scores.discomfort))[column] // (_MINUTE * clear)
    score = POINTS * clear - np.minimum(discomfort, _MOST_DISCOMFORT)
    cell = cells_of(request.cadence, request.first, request.turns)[column]
    least, most = _ahead(request, scores.anchor)
    pattern = pattern_of(request.cadence)
    return Anchored(
        scores.anchor,
        column.astype(np.int32),
        ((cell + least) % pattern.cells).astype(np.int32),
        score.astype(np.int32),
        clear.astype(np.int16),
        least,
        -(-held(request) // 15) + most - least,
    )


def _ahead(request: PlanRequest, anchor: Role) -> tuple[int, int]:
    """The least and the most that the mentor's clock is ahead of the anchor's."""
    mentor, own = request.mentor.zone, request.of(anchor).zone
    if mentor == own:
        return 0, 0
    first, last = request.first, request.first + timedelta(days=request.days)
    amounts = apart(offsets(first, last, mentor), offsets(first, last, own))
    return int(amounts[0]), int(amounts[-1])


def _better(
    request: PlanRequest, mentee: Anchored, mentor: Anchored
) -> NDArray[np.bool_]:
    """Which slots beat all on the mentor's clock that lie in the time they hold."""
    cells = pattern_of(request.cadence).cells
    best = np.full(cells, -1)
    best[mentor.cell] = mentor.score
    spare = mentee.length - mentor.length
    held = [best[(mentee.cell + more) % cells] for more in range(spare + 1)]
    return np.asarray(mentee.score > np.max(held, axis=0))
