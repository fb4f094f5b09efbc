"""The quarter-hour marks of one wall clock, as whole seconds since 1970 (UTC).

The slot search asks millions of times whether a start is clear. So instants are plain
integers here and in everything below `search`, and become datetimes again there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from math import gcd
from zoneinfo import ZoneInfo

from scheduler.localtime import midnight, wall_minute, zone

QUARTER = 15 * 60
DAY = 24 * 60 * 60
#: Marks of one day on the wall clock; a clock change does not alter their number.
MARKS = DAY // QUARTER


def seconds(when: datetime) -> int:
    """The instant as seconds since 1970; anything finer is cut off."""
    return int(when.timestamp())


def moment(at: int) -> datetime:
    """The instant that `seconds` came from."""
    return datetime.fromtimestamp(at, UTC)


class Marks:
    """The marks of `days` days from `first` on one wall clock.

    `days[d][m]` is the instant at which the wall clock of day d says 15m minutes past
    midnight: for a time that a clock change skips with the offset before it, for a
    repeated one the first. `bent` are the days that a clock change makes longer or
    shorter. Nothing in it changes once it is made, so that many may share one.
    """

    def __init__(self, first: date, days: int, where: ZoneInfo) -> None:
        self.first = first
        self.where = where
        self.midnights = [
            seconds(midnight(first + timedelta(days=d), where)) for d in range(days + 1)
        ]
        self.days: list[Sequence[int]] = [
            range(self.midnights[d], self.midnights[d + 1], QUARTER)
            if self.midnights[d + 1] - self.midnights[d] == DAY
            else _changed(first + timedelta(days=d), where)
            for d in range(days)
        ]
        self.bent = [d for d, marks in enumerate(self.days) if isinstance(marks, tuple)]

    @property
    def grain(self) -> int:
        """The longest step, in seconds, that leads to every mark and midnight.

        A quarter of an hour, unless the zone's offset is odd, as some were until 1972.
        """
        regular = (self.midnights[d] for d in (0, *(b + 1 for b in self.bent)))
        odd = (start for d in self.bent for start in self.days[d])
        return gcd(QUARTER, *regular, *odd)

    @property
    def regular(self) -> Iterator[tuple[int, int]]:
        """First and last (not included) of each run of days without a clock change."""
        edges = [-1, *self.bent, len(self.days)]
        for before, after in pairwise(edges):
            if before + 1 < after:
                yield before + 1, after


@lru_cache(maxsize=128)
def marks_of(first: date, days: int, zone_name: str) -> Marks:
    """The marks of a zone, kept: all pairs of a programme ask for the same few."""
    return Marks(first, days, zone(zone_name))


def _changed(day: date, where: ZoneInfo) -> tuple[int, ...]:
    return tuple(seconds(wall_minute(day, 15 * mark, where)) for mark in range(MARKS))
