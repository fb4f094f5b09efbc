"""Times to offer for a meeting that fell out, or that should move.

At most three, all clear for both and inside the period, never closer than half a
period to a neighbour, none sooner than the minimum notice, none on a quiet day. They
are spread over the period, so that somebody who is away on one day finds another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from scheduler.availability import Availability
from scheduler.bits import members, stretch
from scheduler.face import face_of
from scheduler.grid import Bitmap, Grid, clear_starts
from scheduler.localtime import zone
from scheduler.marks import moment, seconds
from scheduler.timespan import Span

MOST = 3
#: Two offers begin at least this, and a meeting's length, apart.
_APART = 60 * 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a replacement must fit into.

    `fallen` is the time that does not suit any more: nothing that overlaps it is
    offered. `period` is half-open, from the anchor's midnights; `neighbours` are the
    starts of the pair's other live meetings, `half` is half a period. Nothing begins
    before `earliest`: now and the minimum notice. `zone` is the anchor's.
    """

    fallen: Span
    period: Span
    neighbours: tuple[datetime, ...]
    half: timedelta
    earliest: datetime
    zone: str


def offers(
    wanted: Wanted,
    mentor: Availability,
    mentee: Availability,
    *,
    gap: timedelta = timedelta(0),
) -> tuple[Span, ...]:
    """The times to offer, nearest to the fallen one first; empty when there is none.

    Each day on the anchor's clock gives the clear start nearest to the usual time of
    day. The day nearest to the fallen meeting is taken, then twice the one farthest
    from those taken. Only where days run out do other times of theirs fill up.
    """
    starts = _clear(wanted, mentor, mentee, gap)
    away = _Distance(seconds(wanted.fallen.start))
    apart = max(_APART, int(wanted.fallen.length.total_seconds()))
    chosen: list[int] = []
    for pool in (_usual(starts, wanted), starts):
        while len(chosen) < MOST:
            left = [s for s in pool if all(abs(s - c) >= apart for c in chosen)]
            if not left:
                break
            chosen.append(_farthest(left, chosen, away))
    return tuple(
        Span(moment(start), moment(start) + wanted.fallen.length)
        for start in sorted(chosen, key=away)
    )


class _Distance:
    """Orders starts by how near they are to one, the earlier of two equal ones."""

    def __init__(self, start: int) -> None:
        self._start = start

    def __call__(self, start: int) -> tuple[int, int]:
        return abs(start - self._start), start


def _farthest(left: Iterable[int], chosen: Sequence[int], away: _Distance) -> int:
    """The one farthest from all chosen; of equals, and at first, the nearest."""

    def order(start: int) -> tuple[int, tuple[int, int]]:
        return -min((abs(start - c) for c in chosen), default=0), away(start)

    return min(left, key=order)


def _clear(
    wanted: Wanted, mentor: Availability, mentee: Availability, gap: timedelta
) -> list[int]:
    begin = max(wanted.period.start, wanted.earliest)
    if begin >= wanted.period.end:
        return []
    where, ends = zone(wanted.zone), wanted.period.end
    length, air = (int(d.total_seconds()) for d in (wanted.fallen.length, gap))
    first, last = (at.astimezone(where).date() for at in (begin, ends))
    days, zones = (last - first).days + 1, (wanted.zone, mentor.zone, mentee.zone)
    grid = Grid.over(first, days, zones, (length, air))
    both = (Bitmap.of(mentor, grid), Bitmap.of(mentee, grid))
    starts = clear_starts(*both, length, air)
    starts &= face_of(wanted.zone, first, days, grid).held
    earliest, latest = ceil(begin.timestamp()), seconds(ends) - length
    starts &= stretch(grid.reached(earliest), grid.cell(latest) + 1)
    fallen, half = seconds(wanted.fallen.start), int(wanted.half.total_seconds())
    neighbours = [seconds(start) for start in wanted.neighbours]
    return [
        start
        for start in map(grid.instant, members(starts))
        if abs(start - fallen) >= length
        and all(abs(start - other) >= half for other in neighbours)
    ]


def _usual(starts: Iterable[int], wanted: Wanted) -> list[int]:
    """Of each day the start nearest to the fallen one's time of day."""
    where = zone(wanted.zone)
    local = wanted.fallen.start.astimezone(where)
    usual = 60 * local.hour + local.minute
    best: dict[object, tuple[int, int]] = {}
    for start in starts:
        clock = moment(start).astimezone(where)
        off = abs(60 * clock.hour + clock.minute - usual), start
        best[clock.date()] = min(off, best.get(clock.date(), off))
    return [start for _, start in best.values()]
