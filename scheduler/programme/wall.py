"""Wall clocks as arrays: when a slot's meetings begin, and on which cell it lies.

Instants are seconds since 1970, as in `scheduler.marks`; cells are quarter hours of a
pattern, Monday first. A monthly pattern has four weeks, the first to fourth such
weekday; the last one lies on the fourth, with which it falls together in some months.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from scheduler.cadence import Cadence
from scheduler.face import dates_of
from scheduler.marks import MARKS, QUARTER, Marks, marks_of
from scheduler.people import Role
from scheduler.programme.choices import Ints, Pattern
from scheduler.slots import PlanRequest

#: Days before a plan's first on which its first meeting may lie in UTC, and after.
_AROUND = 3


def pattern_of(cadence: Cadence) -> Pattern:
    """One turn of this cadence in quarter hours."""
    return Pattern(MARKS, 7, 4 if cadence.unit == "month" else cadence.every)


def pattern_day(cadence: Cadence, day: date) -> int:
    """On which day of the pattern a date lies; a month's fifth week is its fourth."""
    if cadence.unit == "week":
        return (day.toordinal() - 1) % cadence.days
    return 7 * min((day.day - 1) // 7, 3) + day.weekday()


@lru_cache(maxsize=256)
def cells_of(cadence: Cadence, first: date, turns: int) -> Ints:
    """The cell of every column of a plan that begins on `first` (`Clock.slot`)."""
    days = [
        pattern_day(cadence, day) for day, _ in dates_of(cadence, first, turns).firsts
    ]
    return np.asarray((np.array(days)[:, None] * MARKS + np.arange(MARKS)).ravel())


@lru_cache(maxsize=256)
def _table(first: date, days: int, zone_name: str) -> Ints:
    """The instants of `Marks.days`, a day a row."""
    marks = marks_of(first, days, zone_name)
    return np.array([list(day) for day in marks.days])


@lru_cache(maxsize=256)
def _turns(cadence: Cadence, first: date, turns: int) -> Ints:
    """The day of each row's k-th meeting, counted from `first`: a row a row."""
    return np.array(dates_of(cadence, first, turns).days).T


def instants(request: PlanRequest, anchor: Role, columns: Ints) -> Ints:
    """The original starts of these slots, `[slot, period]`."""
    row, mark = np.divmod(columns, MARKS)
    days = _turns(request.cadence, request.first, request.turns)[row]
    table = _table(request.first, request.days, request.of(anchor).zone)
    return np.asarray(table[days, mark[:, None]])


def days_of(starts: Ints, first: date, last: date, zone_name: str) -> Ints:
    """The local date of each instant, as an ordinal (1 is a Monday)."""
    marks = _around(first, last, zone_name)
    day = np.searchsorted(np.array(marks.midnights), starts, side="right") - 1
    return np.asarray(day + first.toordinal() - _AROUND)


def offsets(first: date, last: date, zone_name: str) -> Ints:
    """Quarter hours that the clock is ahead of UTC, at noon of each day."""
    marks = _around(first, last, zone_name)
    noon = np.array([day[MARKS // 2] for day in marks.days])
    begin = (first - timedelta(days=_AROUND)).toordinal() - date(1970, 1, 1).toordinal()
    utc = (begin + np.arange(noon.size)) * (MARKS * QUARTER) + MARKS // 2 * QUARTER
    return np.asarray((utc - noon) // QUARTER)


def _around(first: date, last: date, zone_name: str) -> Marks:
    days = (last - first).days + 1 + 2 * _AROUND
    return marks_of(first - timedelta(days=_AROUND), days, zone_name)


def apart(ahead: Ints, other: Ints) -> Ints:
    """The amounts by which one clock is ahead of another, from both `offsets`."""
    return np.unique(ahead - other)
