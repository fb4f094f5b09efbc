"""The zones that calendars are invented in, and what wall times mean there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from scheduler.timespan import Span
from tests.integrations.ics.invented.meant import DAY

_NONE, MINUTE = timedelta(0), timedelta(minutes=1)


@dataclass(frozen=True)
class Place:
    """A zone, what Windows calls it, and the months that are looked at."""

    zone: str
    windows: str
    first: tuple[int, int]
    last: tuple[int, int]

    @property
    def window(self) -> Span:
        start, end = datetime(*self.first, 1), datetime(*self.last, 1)
        return Span(start.replace(tzinfo=UTC), end.replace(tzinfo=UTC))


PLACES = (
    Place("Europe/Berlin", "W. Europe Standard Time", (2026, 2), (2026, 12)),
    Place("America/New_York", "Eastern Standard Time", (2026, 2), (2026, 12)),
    # Half an hour off; until November 2011 it changed a minute after midnight.
    Place("America/St_Johns", "Newfoundland Standard Time", (2011, 2), (2012, 5)),
    # Half an hour off, no clock changes; and three quarters.
    Place("Asia/Kolkata", "India Standard Time", (2026, 2), (2026, 12)),
    Place("Asia/Kathmandu", "Nepal Standard Time", (2026, 2), (2026, 12)),
    # Southern: half an hour off, changing by half an hour, three quarters, midnight.
    Place("Australia/Adelaide", "Cen. Australia Standard Time", (2026, 2), (2026, 12)),
    Place("Australia/Lord_Howe", "Lord Howe Standard Time", (2026, 2), (2026, 12)),
    Place("Pacific/Chatham", "Chatham Islands Standard Time", (2026, 2), (2026, 12)),
    Place("America/Santiago", "Pacific SA Standard Time", (2026, 2), (2026, 12)),
    # Changed their rules: summer time given up, which began at midnight; kept all year
    # from then on; given up in the year looked at; half an hour back; half an hour
    # forth; a day left out; winter time for Ramadan alone.
    Place("America/Sao_Paulo", "E. South America Standard Time", (2018, 8), (2020, 1)),
    Place("Europe/Istanbul", "Turkey Standard Time", (2016, 2), (2017, 4)),
    Place("Asia/Tehran", "Iran Standard Time", (2022, 2), (2023, 5)),
    Place("Asia/Pyongyang", "North Korea Standard Time", (2015, 5), (2016, 2)),
    Place("America/Caracas", "Venezuela Standard Time", (2015, 12), (2016, 10)),
    Place("Pacific/Apia", "Samoa Standard Time", (2011, 8), (2012, 11)),
    Place("Africa/Casablanca", "Morocco Standard Time", (2026, 1), (2026, 10)),
)
ZONES = tuple(place.zone for place in PLACES)


@cache
def instant(wall: datetime, zone: str) -> datetime:
    """The first instant that shows this wall time; else by the offset two days before.

    Found by trying the offsets that the zone has around then.
    """
    where = ZoneInfo(zone)
    around = [wall.replace(tzinfo=UTC) + n * DAY for n in (-2, -1, 0, 1, 2)]
    offsets = [when.astimezone(where).utcoffset() or _NONE for when in around]
    for when in sorted((wall - offset).replace(tzinfo=UTC) for offset in offsets):
        if shown(when, zone) == wall:
            return when
    return (wall - offsets[0]).replace(tzinfo=UTC)


def shown(when: datetime, zone: str) -> datetime:
    """What the clocks of a zone show at an instant."""
    return when.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@dataclass(frozen=True)
class Turn:
    """A change of the clocks; wall times from `low` to `high` are skipped or double."""

    low: datetime
    high: datetime
    skips: bool


@cache
def turns(zone: str, window: Span) -> tuple[Turn, ...]:
    """Every change in the window, minute by minute on the days that have one."""
    found, day = [], window.start
    while day < window.end:
        if _offset(day, zone) != _offset(day + DAY, zone):
            found += [
                _turn(day + n * MINUTE, zone)
                for n in range(24 * 60)
                if _offset(day + n * MINUTE, zone)
                != _offset(day + (n + 1) * MINUTE, zone)
            ]
        day += DAY
    return tuple(found)


def _turn(last: datetime, zone: str) -> Turn:
    """The change in the minute after `last`."""
    at = (last + MINUTE).replace(tzinfo=None)
    walls = at + _offset(last, zone), at + _offset(last + MINUTE, zone)
    return Turn(min(walls), max(walls), skips=walls[0] < walls[1])


def _offset(when: datetime, zone: str) -> timedelta:
    return when.astimezone(ZoneInfo(zone)).utcoffset() or _NONE
