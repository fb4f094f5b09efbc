"""Wall clocks: zones by name, and what a wall time means in UTC.

A wall time that a clock change skips is read with the offset before the change, so
that 02:30 becomes 03:30; of a repeated one the first is meant (RFC 5545 section
3.3.5). `zoneinfo` with `fold=0` does both.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scheduler.errors import Refused

WEEKDAYS = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)


@lru_cache(maxsize=512)
def zone(name: str, *, field: str | None = None) -> ZoneInfo:
    """The zone of this IANA name; `Refused` with E_TZ_UNKNOWN when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refused(
            "E_TZ_UNKNOWN",
            f"There is no time zone {name[:64]!r}; give one like Europe/Berlin.",
            field=field,
        ) from None


def instant(day: date, at: time, where: ZoneInfo) -> datetime:
    """The UTC instant of a wall time; skipped and repeated times as said above."""
    return datetime.combine(day, at, where).astimezone(UTC)


def midnight(day: date, where: ZoneInfo) -> datetime:
    """The UTC instant at which `day` begins in this zone."""
    return instant(day, time.min, where)


def wall_minute(day: date, minute: int, where: ZoneInfo) -> datetime:
    """The UTC instant `minute` wall minutes into `day`; 1440 is the next midnight."""
    if minute == 24 * 60:
        return midnight(day + timedelta(days=1), where)
    return instant(day, time(minute // 60, minute % 60), where)


def is_skipped(day: date, at: time, where: ZoneInfo) -> bool:
    """Whether a clock change leaves this wall time out."""
    back = instant(day, at, where).astimezone(where)
    return (back.date(), back.time()) != (day, at)


def is_repeated(day: date, at: time, where: ZoneInfo) -> bool:
    """Whether a clock change makes this wall time happen twice."""
    local = datetime.combine(day, at, where)
    return not is_skipped(day, at, where) and (
        local.utcoffset() != local.replace(fold=1).utcoffset()
    )
