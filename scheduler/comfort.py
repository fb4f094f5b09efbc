"""How comfortable the clear meetings of each slot are: the third thing that ranks them.

Discomfort of one person is |(start - opens) - (closes - end)| + 2 max(0, 60 - g), in
minutes: far from the middle of their window, or with little air. g is the free time
(hours minus busy) on the meeting's tighter side, in whole quarter hours.

Air is counted as the sets of starts that leave one to four quarters of an hour on both
sides. Distance is the same on every date on which both clocks stand as far apart, so it
is worked out once for each quarter hour of a week and multiplied; only on the days of a
clock change it is worked out for every start.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from scheduler.availability import Availability
from scheduler.bits import added, column_sums, members, ones, stretch
from scheduler.face import Dates, Face
from scheduler.grid import Bitmap
from scheduler.marks import DAY, MARKS, QUARTER, Marks, marks_of, moment, seconds
from scheduler.people import Hours
from scheduler.timespan import Span

_A_DAY = timedelta(days=1)
_WEEK = 7 * MARKS
#: Quarters of an hour on both sides that are worth having.
_AIR = 4


@dataclass(frozen=True, slots=True)
class Columns:
    """All slots on one wall clock, and the clear starts among their meetings.

    `starts` are cells of the grid, `wall` the same on the wall clock.
    """

    face: Face
    dates: Dates
    starts: int
    wall: int

    def sums(self, planes: Iterable[int]) -> Sequence[int]:
        """For each slot the sum over its meetings of numbers on the wall clock."""
        stacked = [self.dates.stacked(plane) for plane in planes]
        return column_sums(stacked, self.dates.width, len(self.dates.days))


def discomfort(
    columns: Columns,
    minutes: int,
    people: Sequence[tuple[Availability, Bitmap]],
    clear: Sequence[int],
) -> list[int]:
    """For each slot the sum over its clear meetings and all people, in seconds.

    `clear` says how many are clear.
    """
    cells = 60 * minutes // columns.face.grid.step
    bitmaps = [bitmap for _, bitmap in people]
    most, short = _AIR * len(bitmaps), 2 * QUARTER
    airy = _airy(columns, cells, bitmaps)
    total = [short * (most * n - a) for n, a in zip(clear, airy, strict=True)]
    for one, _ in people:
        total = _distant(total, columns, 60 * minutes, one)
    return total


def _airy(columns: Columns, cells: int, bitmaps: Sequence[Bitmap]) -> Sequence[int]:
    """For each slot the quarters of air beside clear meetings, at most four each."""
    quarter, planes = columns.face.grid.quarter, list[int]()
    for bitmap in bitmaps:
        for n in range(1, _AIR + 1):
            leaves = bitmap.around(cells, n * quarter) & columns.starts
            planes = added(planes, [leaves])
    return columns.sums(columns.face.laid(plane) for plane in planes)


def _distant(
    total: list[int], columns: Columns, length: int, one: Availability
) -> list[int]:
    """With the seconds from the middle of this one's windows added."""
    apart = _apart(columns.face, one.zone)
    hours = one.hours.without(one.quiet_days)
    weekdays = tuple(first.weekday() for first, _ in columns.dates.firsts)
    for shift, days in apart.steady:
        counts = columns.sums([columns.wall & days])
        far = _week_of_distances(hours, length, shift, weekdays)
        total = [t + n * f for t, n, f in zip(total, counts, far, strict=True)]
    for day in apart.odd:
        starts = columns.wall >> MARKS * day & ones(MARKS)
        if starts:
            _add_day(total, columns, day, starts, length, one)
    return total


def _add_day(
    total: list[int],
    columns: Columns,
    day: int,
    starts: int,
    length: int,
    one: Availability,
) -> None:
    """Add what the clear starts of one day are from the middle of their windows."""
    marks, ahead = columns.face.marks, columns.face.ahead
    begins, ends = (moment(marks.midnights[ahead + d]) for d in (day, day + 1))
    windows = one.windows(Span(begins - _A_DAY, ends + _A_DAY))
    rows = [r for turn in columns.dates.days for r, d in enumerate(turn) if d == day]
    for mark in members(starts):
        start = marks.days[ahead + day][mark]
        window = windows.covering(Span(moment(start), moment(start + length)))
        if window is None:
            raise ValueError(f"not clear: {moment(start)}")
        edges = seconds(window.start) + seconds(window.end)
        for row in rows:
            total[MARKS * row + mark] += abs(2 * start + length - edges)


@lru_cache(maxsize=128)
def _week_of_distances(
    hours: Hours, length: int, shift: int, weekdays: tuple[int, ...]
) -> tuple[int, ...]:
    """Seconds from the middle of the window, for the quarter hours of these weekdays.

    The quarter hours are another clock's, on which it is earlier by `shift` seconds; 0
    where the meeting does not fit into a window.
    """
    found = [0] * _WEEK
    late = shift % QUARTER
    for window in hours.windows:
        opens, closes = (
            DAY * window.weekday + 60 * at for at in (window.opens, window.closes)
        )
        first = -((late - opens) // QUARTER)
        last = (closes - length - late) // QUARTER
        for n in range(first, last + 1):
            found[n] = abs(2 * (QUARTER * n + late) + length - opens - closes)
    twice = found + found
    ahead = ((MARKS * day + shift // QUARTER) % _WEEK for day in weekdays)
    return tuple(far for n in ahead for far in twice[n : n + MARKS])


@dataclass(frozen=True, slots=True)
class _Apart:
    """How far apart two clocks stand, over the days of a face.

    `steady` are (seconds by which the other is ahead, the quarter hours of those
    days); `odd` are the days near a change of either.
    """

    steady: tuple[tuple[int, int], ...]
    odd: tuple[int, ...]


@lru_cache(maxsize=256)
def _apart(face: Face, other: str) -> _Apart:
    mine, theirs = face.marks, marks_of(face.grid.first, face.grid.days, other)
    steady: dict[int, int] = {}
    odd = []
    for day in range(face.days):
        shift = _shift(mine, theirs, face.ahead + day)
        if shift is None:
            odd.append(day)
        else:
            its = stretch(MARKS * day, MARKS * (day + 1))
            steady[shift] = steady.get(shift, 0) | its
    return _Apart(tuple(steady.items()), tuple(odd))


def _shift(mine: Marks, theirs: Marks, day: int) -> int | None:
    """Seconds by which their clock is ahead on a day of mine; None where it changes."""
    begins, ends = mine.midnights[day], mine.midnights[day + 1]
    first = bisect_right(theirs.midnights, begins) - 1
    last = bisect_left(theirs.midnights, ends)
    if first < 0 or last >= len(theirs.midnights):
        return None
    if theirs.midnights[last] - theirs.midnights[first] != DAY * (last - first):
        return None
    if ends - begins != DAY or any(d in theirs.bent for d in range(first, last)):
        return None
    return begins - theirs.midnights[first] + DAY * (first - day)
