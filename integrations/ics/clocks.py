"""What a wall time means in UTC: by IANA name, by VTIMEZONE, or unknown.

A name that is known wins over a VTIMEZONE that contradicts it: the file's copy of the
rules is often old, its name never is. Windows names and names behind a vendor's path
count as known. A zone without either is read in every way there is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from typing import Protocol

from integrations.ics.windows import windows_names
from scheduler.errors import Refused
from scheduler.localtime import zone

_NONE = timedelta(0)


class Clock(Protocol):
    """A way to read wall times.

    A skipped wall time is read with the offset before the change, of a repeated one
    the first is meant. A wall time may mean anything from `utc - early` to
    `utc + late`.
    """

    @property
    def early(self) -> timedelta:
        """How much sooner than `utc` a wall time may be."""

    @property
    def late(self) -> timedelta:
        """How much later than `utc` a wall time may be."""

    def utc(self, wall: datetime) -> datetime:
        """The instant of a naive wall time."""

    def wall(self, when: datetime) -> datetime:
        """What this clock shows at an instant, naive."""


@dataclass(frozen=True, slots=True)
class Named:
    """The clock of a zone that Python knows."""

    zone: tzinfo
    early: timedelta = _NONE
    late: timedelta = _NONE

    def utc(self, wall: datetime) -> datetime:
        """As `scheduler.localtime.instant` says."""
        return wall.replace(tzinfo=self.zone).astimezone(UTC)

    def wall(self, when: datetime) -> datetime:
        """By the zone."""
        return when.astimezone(self.zone).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Unknown:
    """The clock of a zone that nobody knows: somewhere from UTC-12 to UTC+14."""

    early: timedelta = timedelta(hours=14)
    late: timedelta = timedelta(hours=12)

    def utc(self, wall: datetime) -> datetime:
        """As if the clock showed UTC."""
        return wall.replace(tzinfo=UTC)

    def wall(self, when: datetime) -> datetime:
        """As if the clock showed UTC."""
        return when.replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Table:
    """The clock of a VTIMEZONE: its changes, and the offset after each.

    `offsets` has one more than `changes` (naive UTC, ascending): the one before all.
    """

    changes: tuple[datetime, ...]
    offsets: tuple[timedelta, ...]
    early: timedelta = _NONE
    late: timedelta = _NONE

    def utc(self, wall: datetime) -> datetime:
        """Old offset up to the end of a gap, and up to the end of a repeated hour."""
        index = bisect_right(self.changes, wall - timedelta(days=2))
        while index < len(self.changes) and wall >= self.changes[index] + max(
            self.offsets[index], self.offsets[index + 1]
        ):
            index += 1
        return (wall - self.offsets[index]).replace(tzinfo=UTC)

    def wall(self, when: datetime) -> datetime:
        """By the offset then in force."""
        naive = when.replace(tzinfo=None)
        return naive + self.offsets[bisect_right(self.changes, naive)]


UTC_CLOCK = Named(UTC)


class Clocks:
    """The clocks of one file: by name, else from its VTIMEZONEs, else unknown."""

    def __init__(self, own: Callable[[str], Clock | None]) -> None:
        self._own = own
        self._found: dict[str, Clock] = {}

    def named(self, name: str) -> Clock:
        """The clock of this TZID."""
        found = self._found.get(name)
        if found is None:
            found = known_clock(name) or self._own(name) or Unknown()
            self._found[name] = found
        return found


def known_clock(name: str) -> Clock | None:
    """The clock of an IANA or Windows name, a vendor's path in front forgiven."""
    plain = name.strip().strip("/")
    parts = plain.split("/") if name.strip().startswith("/") else []
    tails = ["/".join(parts[n:]) for n in range(1, min(len(parts), 8))]
    for guess in (plain, *tails):
        if guess.upper() in {"UTC", "Z", "GMT"}:
            return UTC_CLOCK
        for known in _spellings(guess[:100]):
            try:
                return Named(zone(known))
            except Refused:
                continue
    return None


def _spellings(name: str) -> Iterator[str]:
    """The name, then what else it may be; looked up only when asked."""
    if name:
        yield name
        low = name.lower()
        yield windows_names().get(low, name)
        yield _small_names().get(low, name)


@cache
def _small_names() -> dict[str, str]:
    """IANA names in small letters -> as they are written.

    From the list in `tzdata`: to ask the system, each of its files has to be opened.
    """
    from importlib.resources import files  # noqa: PLC0415 - seldom needed

    names = files("tzdata").joinpath("zones").read_text().split()
    return {name.lower(): name for name in names}
