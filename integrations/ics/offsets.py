"""Clocks in whole numbers: what a wall time means in seconds since 1970.

The same readings as `integrations.ics.clocks`: of a skipped wall time the offset
before the change, of a repeated one the first. A day on which nothing changes has one
offset; it is asked for once. Days are counted from 1970-01-01.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

DAY = 86_400
_START = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall time
_STRETCH = 64


class NotPlain(Exception):
    """Only the careful way can read this; `why`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Offsets(dict[int, int | None]):
    """Day -> the offset in seconds of all of it; None on a day with a change.

    Remembers the days from `low` to `high`; what lies beyond them is None, so that a
    file cannot make it large.
    """

    def __init__(self, zone: tzinfo, low: int, high: int) -> None:
        super().__init__()
        self._zone = zone
        self._low = low
        self._high = high

    def __missing__(self, day: int) -> int | None:
        """Look a stretch of days up together."""
        if not self._low <= day <= self._high:
            return None
        first = day - day % _STRETCH
        found = list(map(self._zone.utcoffset, _midnights(first)))
        days = range(first, first + _STRETCH)
        if found.count(found[0]) == len(found):
            self.update(dict.fromkeys(days, _seconds(found[0])))
            return self[day]
        offsets = [_seconds(offset) for offset in found]
        if max(offsets) - min(offsets) >= DAY:
            raise NotPlain("a day that its time zone left out")
        for place, each in enumerate(days):
            same = offsets[place] == offsets[place + 1]
            self[each] = offsets[place] if same else None
        return self[day]


@lru_cache(maxsize=256)
def _midnights(first: int) -> tuple[datetime, ...]:
    """Of a stretch of days, and of the day after it."""
    return tuple(_START + timedelta(first + n) for n in range(_STRETCH + 1))


class Clock:
    """The clock of one zone."""

    __slots__ = ("_zone", "offsets")

    def __init__(self, zone: tzinfo, low: int, high: int) -> None:
        self._zone = zone
        self.offsets = _offsets(zone, low, high)

    def at(self, day: int, second: int) -> int:
        """Seconds since 1970 of a wall time."""
        offset = self.offsets[day]
        if offset is None:
            wall = _START + timedelta(day, second)
            offset = _seconds(self._zone.utcoffset(wall))
        return day * DAY + second - offset

    def starts(self, days: Sequence[int], second: int) -> list[int]:
        """`at` for many days."""
        offsets = list(map(self.offsets.__getitem__, days))
        if None in offsets:
            return [self.at(day, second) for day in days]
        pairs = zip(days, offsets, strict=True)
        return [day * DAY + second - (offset or 0) for day, offset in pairs]

    def day(self, when: int) -> int:
        """The day that this clock shows at an instant."""
        shown = (_START + timedelta(seconds=when)).replace(tzinfo=UTC)
        wall = shown.astimezone(self._zone).replace(tzinfo=None)
        return (wall - _START).days


@lru_cache(maxsize=32)
def _offsets(zone: tzinfo, low: int, high: int) -> Offsets:
    """What a zone says does not depend on the calendar, so all calendars share it."""
    return Offsets(zone, low, high)


def _seconds(offset: timedelta | None) -> int:
    return offset.days * DAY + offset.seconds if offset else 0
