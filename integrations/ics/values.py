"""Dates, times, lengths and periods as iCalendar writes them (RFC 5545 section 3.3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from integrations.ics.clocks import UTC_CLOCK, Clock
from integrations.ics.sieve import Property

#: Troth speaks about these years; a single event outside them is left out.
FIRST_YEAR, LAST_YEAR = 1970, 2100
#: No event counts for more than these.
MAX_DAYS = 400
#: A rule may begin this early: address books count birthdays from 1604.
FIRST_RULE_YEAR = 1600

_EARLIEST, _LATEST = datetime(2, 1, 1), datetime(9998, 12, 31)  # noqa: DTZ001 - wall
_WHEN = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z)?)?", re.IGNORECASE)
_LENGTH = re.compile(
    r"([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?",
    re.IGNORECASE,
)
_LONGEST = 10**6


class Unreadable(ValueError):
    """A value that is not what its property may hold."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A DATE or DATE-TIME as written: a wall time (naive) and the clock it is read on.

    A DATE has the wall time 00:00. `floating` ones name no zone, so that another clock
    may be put under them.
    """

    wall: datetime
    clock: Clock
    whole_day: bool = False
    floating: bool = False

    @property
    def utc(self) -> datetime:
        """The instant; where the zone is unknown, as if the clock showed UTC."""
        return self.clock.utc(min(max(self.wall, _EARLIEST), _LATEST))

    def on(self, clock: Clock) -> Moment:
        """The same wall time on this clock, if it names none itself."""
        return replace(self, clock=clock) if self.floating else self


@dataclass(frozen=True, slots=True)
class Length:
    """Days on the wall clock, then exact time (RFC 5545 section 3.3.6)."""

    days: int = 0
    exact: timedelta = timedelta(0)

    @property
    def rough(self) -> timedelta:
        """With days of 24 hours."""
        return timedelta(days=self.days) + self.exact

    def cut(self, days: int) -> Length:
        """At most this many days."""
        if self.days >= days:
            return Length(days)
        return replace(self, exact=min(self.exact, timedelta(days=days - self.days)))


NOTHING, ONE_DAY = Length(), Length(1)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads values of one calendar.

    `home` is the clock of floating times and whole days; `named` finds that of a TZID.
    """

    home: Clock
    named: Callable[[str], Clock]

    def moments(self, given: Property) -> Iterator[Moment]:
        """Every value of the line, periods as their start."""
        for part in given.value.split(","):
            if part.strip():
                yield self._moment(part.partition("/")[0], given)

    def readable(self, given: Property) -> Iterator[Moment]:
        """Every value of the line that can be read."""
        for part in given.value.split(","):
            with suppress(Unreadable):
                yield self._moment(part.partition("/")[0], given)

    def moment(self, given: Property) -> Moment:
        """The one value of the line."""
        return self._moment(given.value, given)

    def periods(self, given: Property) -> Iterator[tuple[Moment, Length | None]]:
        """Every value of the line; those that are no period have no length."""
        for part in given.value.split(","):
            start, slash, end = part.partition("/")
            if not start.strip():
                continue
            first = self._moment(start, given)
            if not slash:
                yield first, None
            elif end.strip().upper().startswith(("P", "+P", "-P")):
                yield first, _forwards(length(end))
            else:
                last = self._moment(end, given)
                yield first, _forwards(Length(exact=last.utc - first.utc))

    def _moment(self, text: str, given: Property) -> Moment:
        match = _WHEN.fullmatch(text.strip())
        if match is None:
            raise Unreadable(text[:40])
        wall = _wall(match)
        if match[4] is None:
            return Moment(wall, self.home, whole_day=True, floating=True)
        if match[7]:
            return Moment(wall, UTC_CLOCK)
        if name := given.parameters.get("TZID"):
            return Moment(wall, self.named(name))
        return Moment(wall, self.home, floating=True)


def _forwards(long: Length) -> Length:
    if long.rough < timedelta(0):
        raise Unreadable("a period that ends before it starts")
    return long


def _wall(match: re.Match[str]) -> datetime:
    year, month, day = (int(match[n]) for n in (1, 2, 3))
    hour, minute, second = (int(match[n] or 0) for n in (4, 5, 6))
    try:
        # A leap second is the second before it.
        return datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001
    except ValueError:
        raise Unreadable(match[0]) from None


def length(text: str) -> Length:
    """A DURATION; may be negative."""
    match = _LENGTH.fullmatch(text.strip())
    if match is None or match[0][-1:].upper() in {"P", "T"}:
        raise Unreadable(text[:40])
    weeks, days, hours, minutes, seconds = (
        min(int(group[:12]), _LONGEST) if group else 0 for group in match.groups()[1:]
    )
    sign = -1 if match[1] == "-" else 1
    exact = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return Length(sign * (7 * weeks + days), sign * exact)


def stamp(given: Property | None) -> datetime | None:
    """DTSTAMP, LAST-MODIFIED: an instant, or None where it cannot be read."""
    match = _WHEN.fullmatch(given.value.strip()) if given else None
    if match is None:
        return None
    try:
        return _wall(match).replace(tzinfo=UTC)
    except Unreadable:
        return None


def written_day(moment: Moment, home: Clock) -> date:
    """The day a value means where days are counted.

    A time in UTC is a day of the calendar's own clock, unless it is midnight: then the
    writer meant the day it spells.
    """
    at_midnight = moment.wall.time() == datetime.min.time()
    if moment.clock is not UTC_CLOCK or at_midnight:
        return moment.wall.date()
    return home.wall(moment.utc).date()


def refuses(line: Property, owner: str) -> bool:
    """Whether this guest is the owner and does not come, or sends somebody else."""
    address = line.value.strip().lower().removeprefix("mailto:").strip()
    also = line.parameters.get("EMAIL", "").lower()
    answer = line.parameters.get("PARTSTAT", "").upper()
    return owner in {address, also} and answer in {"DECLINED", "DELEGATED"}


def sequence(text: str) -> int:
    """SEQUENCE, 0 where it cannot be read."""
    return int(text) if text.isdecimal() and len(text) < 10 else 0
