"""Where the quarter hours of a wall clock lie on a grid, and which dates slots have.

Between two clock changes wall time is UTC and a constant, so a whole stretch of
quarter hours is moved onto the wall clock by one shift. There a slot that turns with
the weeks is a column: its meetings lie a constant number of bits apart. Monthly slots
become columns by gathering the days of each month.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from scheduler.bits import every, thinned
from scheduler.cadence import Cadence, add_months, nth_weekday
from scheduler.grid import Grid
from scheduler.marks import MARKS, QUARTER, Marks, marks_of
from scheduler.slots import WEEKS, date_of


@dataclass(frozen=True, slots=True)
class Face:
    """The quarter hours of `days` days, from `first` on, of one zone's wall clock.

    `shifts` are (first quarter hour, how many, cell of the first): in each the two
    run side by side. `held` are all cells at which a quarter hour begins; in the
    second pass of a repeated hour none does.
    """

    zone: str
    grid: Grid
    first: date
    days: int
    shifts: tuple[tuple[int, int, int], ...]
    held: int

    @property
    def marks(self) -> Marks:
        """The quarter hours as instants, for all days of the grid."""
        return marks_of(self.grid.first, self.grid.days, self.zone)

    @property
    def ahead(self) -> int:
        """Days of the grid before the first."""
        return (self.first - self.grid.first).days

    def laid(self, cells: int) -> int:
        """The quarter hours, counted on the wall clock, whose cell is in the set."""
        found, step = 0, self.grid.quarter
        for at, count, cell in self.shifts:
            found |= thinned(cells >> cell, step, count) << at
        return found


@lru_cache(maxsize=256)
def face_of(zone_name: str, first: date, days: int, grid: Grid) -> Face:
    """The face of a zone's clock, kept: all pairs of a programme ask for the same."""
    marks = marks_of(grid.first, grid.days, zone_name)
    ahead = (first - grid.first).days
    shifts: list[tuple[int, int, int]] = []
    for at, count, cell in _pieces(marks, grid, ahead, days):
        if shifts:
            before, so_far, its_cell = shifts[-1]
            if cell == its_cell + so_far * grid.quarter:
                shifts[-1] = before, so_far + count, its_cell
                continue
        shifts.append((at, count, cell))
    held = 0
    for _, count, cell in shifts:
        held |= every(grid.quarter, count) << cell
    return Face(zone_name, grid, first, days, tuple(shifts), held)


def _pieces(
    marks: Marks, grid: Grid, ahead: int, days: int
) -> Iterator[tuple[int, int, int]]:
    """Quarter hours in a row, as far apart in UTC; the days from `ahead` on."""
    for day in range(days):
        starts = marks.days[ahead + day]
        if isinstance(starts, range):
            yield day * MARKS, MARKS, grid.cell(starts[0])
            continue
        begins = 0
        for mark in range(1, MARKS + 1):
            if mark == MARKS or starts[mark] - starts[mark - 1] != QUARTER:
                yield day * MARKS + begins, mark - begins, grid.cell(starts[begins])
                begins = mark


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of every slot: row r has its k-th meeting `days[k][r]` days on.

    `firsts` are each row's first date and its week of the month; None for weeks.
    Days are counted from the plan's first. `bounds[k]` are the days between which
    period k lies, for the rows of which `late` is false; for the others it is the
    next period's.
    """

    firsts: tuple[tuple[date, int | None], ...]
    days: tuple[tuple[int, ...], ...]
    bounds: tuple[tuple[int, int], ...]
    late: tuple[bool, ...]

    @property
    def width(self) -> int:
        """How many slots there are: rows, and the quarter hours of a day."""
        return MARKS * len(self.firsts)

    def stacked(self, wall: int) -> int:
        """A set of quarter hours of the wall clock as rows of `width`, one a period."""
        if self.firsts[0][1] is None:
            return wall
        size = MARKS // 8
        raw = wall.to_bytes(self.bounds[-1][1] * size, "little")
        gathered = (raw[size * d : size * (d + 1)] for turn in self.days for d in turn)
        return int.from_bytes(b"".join(gathered), "little")

    def period(self, row: int, turn: int) -> tuple[int, int]:
        """The days, the second not included, of this turn of a row."""
        return self.bounds[turn + self.late[row]]


@lru_cache(maxsize=256)
def dates_of(cadence: Cadence, begin: date, turns: int) -> Dates:
    """The dates of every slot from `begin` on, in the order in which slots are told."""
    firsts = tuple(_firsts(cadence, begin))
    days = tuple(
        tuple(
            (date_of(first, week, cadence, turn) - begin).days for first, week in firsts
        )
        for turn in range(turns)
    )
    if cadence.unit == "week":
        edges = [cadence.days * turn for turn in range(turns + 1)]
    else:
        months = (add_months(begin, turn) for turn in range(turns + 2))
        edges = [max(0, (month - begin).days) for month in months]
    late = tuple(
        week is not None and first.month != begin.month for first, week in firsts
    )
    bounds = tuple(pairwise(edges))
    return Dates(firsts, days, bounds, late)


def _firsts(cadence: Cadence, begin: date) -> Iterator[tuple[date, int | None]]:
    """The first date of every slot, on or after `begin`, and its week of the month."""
    if cadence.unit == "week":
        for ahead in range(cadence.days):
            yield begin + timedelta(days=ahead), None
        return
    for weekday in range(7):
        for week in WEEKS:
            first = nth_weekday(begin, weekday, week)
            if first < begin:
                first = nth_weekday(add_months(begin, 1), weekday, week)
            yield first, week
