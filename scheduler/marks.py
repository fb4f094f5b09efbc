"""The quarter-hour marks of one wall clock, as whole seconds since 1970 (UTC).

The slot search asks millions of times whether a start is clear. So instants are plain
integers here, in `placing` and in `comfort`, and become datetimes again in `search`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from scheduler.localtime import midnight, wall_minute
from scheduler.timespan import Span

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
    repeated one the first.
    """

    def __init__(self, first: date, days: int, where: ZoneInfo) -> None:
        self.midnights = [
            seconds(midnight(first + timedelta(days=d), where)) for d in range(days + 1)
        ]
        self.days: list[Sequence[int]] = [
            range(self.midnights[d], self.midnights[d + 1], QUARTER)
            if self.midnights[d + 1] - self.midnights[d] == DAY
            else _changed(first + timedelta(days=d), where)
            for d in range(days)
        ]

    def clear(self, openings: Iterable[Span], minutes: int) -> list[int]:
        """Every mark at which a meeting fits into an opening, sorted, each once."""
        found: set[int] = set()
        for opening in openings:
            earliest = ceil(opening.start.timestamp())
            latest = seconds(opening.end) - 60 * minutes
            if earliest <= latest:
                found.update(self._between(earliest, latest))
        return sorted(found)

    def _between(self, earliest: int, latest: int) -> Iterator[int]:
        day = max(bisect_right(self.midnights, earliest) - 1, 0)
        while day < len(self.days) and self.midnights[day] <= latest:
            marks = self.days[day]
            if isinstance(marks, tuple):  # after a clock change they are not in order
                marks = sorted(marks)
            yield from marks[bisect_left(marks, earliest) : bisect_right(marks, latest)]
            day += 1


def _changed(day: date, where: ZoneInfo) -> tuple[int, ...]:
    return tuple(seconds(wall_minute(day, 15 * mark, where)) for mark in range(MARKS))
