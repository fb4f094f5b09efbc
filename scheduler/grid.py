"""A person's hours and busy time as bit sets on one grid of cells.

A cell is as long as divides a quarter of an hour, the length of a meeting and the gap
alike, and every offset from UTC that the two clocks have in that time: 15 minutes as a
rule, else 5, 3 or 1. So every start and end that is ever asked about, and the gap
around them, lies on an edge of a cell. That makes whole cells exact: something busy
from b to e meets a stretch between two edges exactly when one of the cells that it
touches lies in the stretch; and the stretch lies inside a window exactly when all its
cells do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from math import gcd

from scheduler.availability import Availability
from scheduler.bits import ones, runs, stretch, widened
from scheduler.marks import DAY, QUARTER, marks_of, seconds
from scheduler.people import Hours
from scheduler.slots import PlanRequest
from scheduler.timespan import Span, Spans

#: Days before the first and after the last of a plan on which something can still
#: touch a meeting: zones lie up to 26 hours apart, a gap is at most 24 long.
_AHEAD, _PAST = 2, 3
_ONE = ord("1")


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells of `step` seconds over `days` days of UTC from `first` on."""

    first: date
    days: int
    step: int

    def __post_init__(self) -> None:
        if self.days < 1 or self.step < 1 or QUARTER % self.step:
            raise ValueError(f"not a grid: {self}")

    @classmethod
    def of(cls, request: PlanRequest) -> Grid:
        """The coarsest grid on which this request is answered exactly.

        Requests with the same days, and lengths and gaps in quarters of an hour, share
        it, and so can share the bit sets of their people.
        """
        zones = request.mentor.zone, request.mentee.zone
        lengths = 60 * request.minutes, 60 * request.gap
        return cls.over(request.first, _days(request), zones, lengths)

    @classmethod
    def over(
        cls, first: date, days: int, zones: Iterable[str], lengths: Iterable[int]
    ) -> Grid:
        """The coarsest grid for meetings on these days of any of the zones' clocks.

        `lengths` are those of the meetings and of the gap, in seconds.
        """
        first -= timedelta(days=_AHEAD)
        days += _AHEAD + _PAST
        grains = (marks_of(first, days, name).grain for name in zones)
        return cls(first, days, gcd(*grains, *lengths))

    def fits(self, request: PlanRequest) -> bool:
        """Whether it reaches over all days asked for, and lengths are whole cells."""
        ahead = (request.first - self.first).days
        if ahead < _AHEAD or ahead + _days(request) + _PAST > self.days:
            return False
        return not (60 * request.minutes % self.step or 60 * request.gap % self.step)

    @property
    def start(self) -> datetime:
        """The instant at which cell 0 begins."""
        return datetime.combine(self.first, time.min, UTC)

    @property
    def cells(self) -> int:
        """How many there are."""
        return self.days * DAY // self.step

    @property
    def quarter(self) -> int:
        """Cells in a quarter of an hour."""
        return QUARTER // self.step

    def cell(self, at: int) -> int:
        """The cell in which an instant (seconds since 1970) lies, or would lie."""
        return (at - _origin(self.first)) // self.step

    def reached(self, at: int) -> int:
        """The first cell that begins at this instant or later."""
        return -((_origin(self.first) - at) // self.step)

    def instant(self, cell: int) -> int:
        """Seconds since 1970 at which a cell begins."""
        return _origin(self.first) + cell * self.step

    def touched(self, spans: Spans) -> int:
        """The cells that share an instant with these spans.

        For stretches that do not overlap the powers of two of their ends, less those
        of their starts, are the cells between; where one ends and the next begins the
        two cancel out.
        """
        start, cells = self.start, self.cells
        a_day, step, last = DAY // self.step, self.step, 0
        begins, ends = (bytearray(b"0") * (cells + 1) for _ in range(2))
        for span in spans.overlapping(Span(start, start + timedelta(days=self.days))):
            since, before = span.start - start, start - span.end
            first = since.days * a_day + since.seconds // step
            until = -before.days * a_day - before.seconds // step
            if until > last:  # else it ends in a cell that the one before touches
                begins[~first if first > last else ~last] = _ONE
                last = until
                ends[~until if until < cells else ~cells] = _ONE
        return int(ends, 2) - int(begins, 2)


def _days(request: PlanRequest) -> int:
    """All days that any cadence can use of those asked for."""
    if request.until is None:
        return request.days
    return max(request.days, (request.until - request.first).days)


@lru_cache(maxsize=64)
def _origin(first: date) -> int:
    return seconds(datetime.combine(first, time.min, UTC))


@dataclass(frozen=True, slots=True)
class Bitmap:
    """One person's time on a grid; made once per change, and used for many pairs.

    `hours` are the cells inside a window of theirs. A meeting lies inside one window,
    so `seams` are the cells at which one follows another without a break: it may begin
    there, and not run across. `busy` are the cells that something touches, `free` the
    hours without them. Of someone who cannot be known no cell is in their hours.
    """

    grid: Grid
    hours: int
    seams: int
    busy: int
    free: int

    @classmethod
    def of(cls, one: Availability, grid: Grid) -> Bitmap:
        """The bit sets of this person."""
        if one.busy is None:
            return cls(grid, 0, 0, 0, 0)
        return cls(grid, 0, 0, grid.touched(one.busy), 0).opened(one)

    def opened(self, one: Availability) -> Bitmap:
        """The same person, just as busy, with these hours."""
        hours, opens = _hours(one, self.grid)
        free = hours ^ (hours & self.busy)
        return Bitmap(self.grid, hours, opens & (hours << 1), self.busy, free)

    def in_hours(self, cell: int, cells: int) -> bool:
        """Whether so many cells from this one on lie in one window."""
        whole = ones(cells)
        if self.hours >> cell & whole != whole:
            return False
        return not self.seams >> cell + 1 & ones(cells - 1)

    def around(self, cells: int, air: int) -> int:
        """Starts of this many free cells in one window, with `air` more on both sides.

        This one's busy time alone; the gap asked for does not count.
        """
        return fitting(self.free, self.seams, cells + 2 * air) << air


def fitting(free: int, seams: int, cells: int) -> int:
    """Starts of so many free cells in a row that run across no seam."""
    if not seams or cells == 1:
        return runs(free, cells)
    joined = free & (free >> 1)
    joined ^= joined & (seams >> 1)
    return runs(joined, cells - 1)


def clear_starts(mentor: Bitmap, mentee: Bitmap, length: int, gap: int) -> int:
    """The cells at which a meeting of both may begin; both on the same grid.

    `length` and `gap` are whole cells, in seconds.
    """
    step, seams = mentor.grid.step, mentor.seams | mentee.seams
    if gap:
        busy = widened(mentor.busy | mentee.busy, gap // step)
        hours = mentor.hours & mentee.hours
        free = hours ^ (hours & busy)
    else:
        free = mentor.free & mentee.free
    return fitting(free, seams, length // step)


def _hours(one: Availability, grid: Grid) -> tuple[int, int]:
    """The cells of the hours, and the first cells of windows where one may be a seam.

    Between clock changes the week repeats itself; the days of a change are worked out
    each for itself. Local days begin up to a day before those of the grid.
    """
    hours = one.hours.without(one.quiet_days)
    marks = marks_of(grid.first, grid.days, one.zone)
    a_day = DAY // grid.step
    inside = opens = 0
    week = _week(hours, grid.step)
    for first, last in marks.regular:
        at = grid.cell(marks.midnights[first]) + a_day
        ahead = (grid.first.weekday() + first) % 7
        inside |= _repeated(week.inside, ahead, last - first) << at
        if week.has_midnight:
            opens |= _repeated(week.opens, ahead, last - first) << at
    for day in marks.bent:
        for span in hours.on(grid.first + timedelta(days=day), marks.where):
            begins = a_day + grid.reached(seconds(span.start))
            inside |= stretch(begins, a_day + grid.cell(seconds(span.end)))
            opens |= 1 << begins
    for off in one.days_off:
        day = (off - grid.first).days
        if 0 <= day < grid.days:
            edges = (grid.cell(marks.midnights[d]) + a_day for d in (day, day + 1))
            cut = inside & stretch(*edges)
            inside ^= cut
    mask = ones(grid.cells)
    return inside >> a_day & mask, opens >> a_day & mask


@dataclass(frozen=True, slots=True)
class _Week:
    """Seven days of hours, Monday first, as the bytes of two sets of cells."""

    inside: bytes
    opens: bytes
    has_midnight: bool


@lru_cache(maxsize=1024)
def _week(hours: Hours, step: int) -> _Week:
    size = DAY // step // 8
    inside, opens = [0] * 7, [0] * 7
    for window in hours.windows:
        begins = -(-60 * window.opens // step)
        inside[window.weekday] |= stretch(begins, 60 * window.closes // step)
        opens[window.weekday] |= 1 << begins
    return _Week(
        b"".join(day.to_bytes(size, "little") for day in inside),
        b"".join(day.to_bytes(size + 1, "little")[:size] for day in opens),
        any(window.opens == 0 for window in hours.windows),
    )


def _repeated(week: bytes, ahead: int, days: int) -> int:
    """So many days of the week's, from the weekday `ahead` of Monday on."""
    size = len(week) // 7
    weeks = week * ((ahead + days) // 7 + 1)
    return int.from_bytes(weeks[ahead * size : (ahead + days) * size], "little")
