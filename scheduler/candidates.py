"""Every slot there is on one wall clock, with how many of its meetings are not clear.

Slots lie on the quarter hours of every day of period 0 or, monthly, of the first to
fourth or last such weekday. Instants are numbers here (`scheduler.marks`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

from scheduler.availability import openings
from scheduler.cadence import (
    Cadence,
    Period,
    add_months,
    nth_weekday,
    periods,
)
from scheduler.comfort import Comfort
from scheduler.localtime import midnight, zone
from scheduler.marks import Marks, seconds
from scheduler.people import Role
from scheduler.placing import Clear
from scheduler.slots import WEEKS, PlanRequest, Slot, date_of


@dataclass(frozen=True, slots=True)
class Row:
    """The dates of one weekday, one for each period, and the periods' instants.

    `first` is the first of the dates, `days` count them from the plan's first day.
    """

    first: date
    week: int | None
    days: tuple[int, ...]
    bounds: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One slot: a time of day on the dates of a row.

    `originals` are its starts, one for each period; `unclear` counts those at which a
    meeting is not clear.
    """

    clock: Clock
    row: Row
    mark: int
    originals: tuple[int, ...]
    unclear: int

    def slot(self) -> Slot:
        """The slot as a value."""
        hour, quarter = divmod(self.mark, 4)
        return Slot(
            self.row.first,
            time(hour, 15 * quarter),
            self.clock.where.key,
            self.clock.anchor,
            self.clock.request.minutes,
            self.row.week,
        )


class Clock:
    """What all slots on one anchor's wall clock share."""

    def __init__(self, request: PlanRequest, anchor: Role) -> None:
        self.request = request
        self.anchor = anchor
        self.where = zone(request.of(anchor).zone)
        self.dates = request.dates(anchor)
        people, gap = (request.mentor, request.mentee), timedelta(minutes=request.gap)
        self._marks = Marks(request.first, request.days, self.where)
        ordered = self._marks.clear(openings(*people, self.dates, gap), request.minutes)
        self.clear = Clear(frozenset(ordered), ordered)
        self.comfort = Comfort(people, self.dates, request.minutes)

    def candidates(self) -> Iterator[Candidate]:
        """All slots, by date or by weekday and week, then by time."""
        clear = self.clear.starts
        for row in self._rows():
            columns = zip(*(self._marks.days[day] for day in row.days), strict=True)
            for mark, originals in enumerate(columns):
                unclear = sum(start not in clear for start in originals)
                yield Candidate(self, row, mark, originals, unclear)

    def _rows(self) -> Iterator[Row]:
        cadence, begin = self.request.cadence, self.request.first
        for first, week in _firsts(cadence, begin):
            turns = periods(
                cadence, begin if week is None else first, self.request.turns
            )
            days = tuple(
                (date_of(first, week, cadence, turn.index) - begin).days
                for turn in turns
            )
            yield Row(first, week, days, tuple(map(self._bounds, turns)))

    def _bounds(self, turn: Period) -> tuple[int, int]:
        first, until = (
            midnight(turn.first, self.where),
            midnight(turn.until, self.where),
        )
        return seconds(first), seconds(until)


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
