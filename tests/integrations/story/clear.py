"""The fewest dates that can clash, found the slow and obvious way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.integrations.story.people import BERLIN, FIRST, NEW_YORK, at

Busy = tuple[datetime, datetime]
LENGTH = timedelta(minutes=45)


def fewest_unclear(busy: Sequence[Busy]) -> int:
    """Of 13 meetings: over every quarter hour of two weeks, on both clocks."""
    return min(
        sum(not _is_clear(start, busy) for start in _dates(day, quarter, where))
        for where in (NEW_YORK, BERLIN)
        for day in range(14)
        for quarter in range(4 * 24)
    )


def _dates(day: int, quarter: int, where: ZoneInfo) -> list[datetime]:
    return [
        at(FIRST + timedelta(days=day + 14 * n), quarter // 4, where, quarter % 4 * 15)
        for n in range(13)
    ]


def _is_clear(start: datetime, busy: Sequence[Busy]) -> bool:
    end = start + LENGTH
    return (
        _within(start, end, NEW_YORK, 9, 13)
        and _within(start, end, BERLIN, 14, 19)
        and not any(s < end and start < e for s, e in busy)
    )


def _within(
    start: datetime, end: datetime, where: ZoneInfo, opens: int, closes: int
) -> bool:
    first, last = start.astimezone(where), end.astimezone(where)
    day = first.date()
    return (
        day.weekday() < 5
        and at(day, opens, where) <= start
        and end <= at(day, closes, where)
        and last.date() == day
    )
