"""Every slot there is on one wall clock, with how many of its meetings are not clear.

Slots lie on the quarter hours of every day of period 0 or, monthly, of the first to
fourth or last such weekday. Instants are numbers here (`scheduler.marks`), and a slot
is the number of its column: its row in `scheduler.face.Dates`, and its quarter hour.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import time
from functools import cached_property

from scheduler.bits import column_sums, ones, stretch
from scheduler.comfort import Columns, discomfort
from scheduler.face import Dates, Face, dates_of, face_of
from scheduler.grid import Bitmap, Grid, clear_starts
from scheduler.localtime import zone
from scheduler.marks import MARKS, seconds
from scheduler.people import Hours, Role
from scheduler.placing import Clear
from scheduler.slots import PlanRequest, Slot, Why


@dataclass(frozen=True, slots=True)
class Both:
    """What the search is asked, and both people's time on one grid.

    `bitmaps` may serve many requests: with other lengths, gaps, cadences and partners,
    as long as the grid fits (`Grid.of`).
    """

    request: PlanRequest
    mentor: Bitmap
    mentee: Bitmap

    def __post_init__(self) -> None:
        if self.mentor.grid != self.mentee.grid or not self.grid.fits(self.request):
            raise ValueError(f"{self.mentor.grid}, {self.mentee.grid}: {self.request}")

    @classmethod
    def of(cls, request: PlanRequest) -> Both:
        """With the bit sets made for this request."""
        grid = Grid.of(request)
        return cls(
            request,
            Bitmap.of(request.mentor, grid),
            Bitmap.of(request.mentee, grid),
        )

    @property
    def grid(self) -> Grid:
        """The one that both are on."""
        return self.mentor.grid

    def with_hours(self, role: Role, hours: Hours) -> Both:
        """The same question, with other hours of one of the two."""
        one = replace(self.request.of(role), hours=hours)
        if role is Role.MENTOR:
            asked = replace(self.request, mentor=one)
            return Both(asked, self.mentor.opened(one), self.mentee)
        asked = replace(self.request, mentee=one)
        return Both(asked, self.mentor, self.mentee.opened(one))

    def clear(self) -> int:
        """The cells at which a meeting of both may begin."""
        request = self.request
        length, gap = 60 * request.minutes, 60 * request.gap
        return clear_starts(self.mentor, self.mentee, length, gap)


class Clock:
    """All slots on one anchor's wall clock, as columns.

    `starts` are the cells at which a meeting is clear and a quarter hour of this
    clock begins; `counts` says for each column how many of its meetings are clear.
    """

    def __init__(self, both: Both, anchor: Role, starts: int) -> None:
        request, grid = both.request, both.grid
        self.both = both
        self.request = request
        self.anchor = anchor
        self.zone = request.of(anchor).zone
        self.dates: Dates = dates_of(request.cadence, request.first, request.turns)
        self.face: Face = face_of(self.zone, request.first, request.days, grid)
        starts &= self.face.held
        if request.until is not None:
            starts &= self._inside()
        self.starts = starts
        self.wall = self.face.laid(starts)
        self.counts: Sequence[int] = column_sums(
            [self.dates.stacked(self.wall)], self.dates.width, request.turns
        )

    @cached_property
    def clear(self) -> Clear:
        """The clear starts, to look among."""
        return Clear(self.both.grid, self.starts)

    @cached_property
    def discomfort(self) -> Sequence[int]:
        """For each column the sum over its clear meetings and both, in seconds."""
        request, both = self.request, self.both
        return discomfort(
            Columns(self.face, self.dates, self.starts, self.wall),
            request.minutes,
            ((request.mentor, both.mentor), (request.mentee, both.mentee)),
            self.counts,
        )

    def slot(self, column: int) -> Slot:
        """The slot as a value."""
        row, mark = divmod(column, MARKS)
        first, week = self.dates.firsts[row]
        hour, quarter = divmod(mark, 4)
        at = time(hour, 15 * quarter)
        where = zone(self.zone).key
        return Slot(first, at, where, self.anchor, self.request.minutes, week)

    def originals(self, column: int) -> tuple[int, ...]:
        """Its original starts, one for each period."""
        row, mark = divmod(column, MARKS)
        days, ahead = self.face.marks.days, self.face.ahead
        return tuple(days[ahead + turn[row]][mark] for turn in self.dates.days)

    def not_clear(self, column: int) -> tuple[int, ...]:
        """Its periods, counted from 0, whose meeting is not clear where it was meant.

        `counts[column]` are the others.
        """
        cells = map(self.both.grid.cell, self.originals(column))
        return tuple(k for k, cell in enumerate(cells) if not self.starts >> cell & 1)

    def bounds(self, column: int) -> list[tuple[int, int]]:
        """The instants between which each of its periods lies, half-open."""
        midnights, ahead, row = (
            self.face.marks.midnights,
            self.face.ahead,
            column // MARKS,
        )
        turns = (self.dates.period(row, k) for k in range(self.request.turns))
        return [(midnights[ahead + a], midnights[ahead + b]) for a, b in turns]

    def has(self, originals: tuple[int, ...]) -> bool:
        """Whether one of these slots has just these original starts."""
        columns = self._by_first.get(originals[0], ())
        return any(self.originals(column) == originals for column in columns)

    @cached_property
    def _by_first(self) -> dict[int, list[int]]:
        """The columns, by the first of their original starts."""
        found: dict[int, list[int]] = {}
        for row, day in enumerate(self.dates.days[0]):
            for mark, start in enumerate(self.face.marks.days[self.face.ahead + day]):
                found.setdefault(start, []).append(MARKS * row + mark)
        return found

    def why(self, start: int) -> Iterator[Why]:
        """What keeps a meeting from being clear at this mark, in the order of telling.

        Of people whose calendars could be read; with anybody else nothing is planned.
        """
        request, grid = self.request, self.both.grid
        cell, cells = grid.cell(start), 60 * request.minutes // grid.step
        gap = 60 * request.gap // grid.step
        mentor, mentee = self.both.mentor, self.both.mentee
        if not mentor.in_hours(cell, cells):
            yield Why.OUTSIDE_MENTOR_HOURS
        if not mentee.in_hours(cell, cells):
            yield Why.OUTSIDE_MENTEE_HOURS
        if mentor.busy >> cell - gap & ones(cells + 2 * gap):
            yield Why.MENTOR_BUSY
        if mentee.busy >> cell - gap & ones(cells + 2 * gap):
            yield Why.MENTEE_BUSY
        if not self._inside() >> cell & 1:
            yield Why.OUTSIDE_DATES

    def _inside(self) -> int:
        """The cells from which a meeting ends in time; --until is not included."""
        grid, dates = self.both.grid, self.request.dates(self.anchor)
        latest = seconds(dates.end) - 60 * self.request.minutes
        return stretch(grid.reached(seconds(dates.start)), grid.cell(latest) + 1)
