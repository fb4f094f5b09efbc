"""A clock that is moved by hand, and names that a seed decides: both repeat exactly."""

import hashlib
from datetime import UTC, datetime, timedelta

from integrations.system import written
from scheduler.ids import Uid

_CHANCE_BITS = 80


class SetClock:
    """Shows the instant it was set to until somebody moves it."""

    def __init__(self, now: datetime) -> None:
        self._now = _utc(now)

    def now(self) -> datetime:
        """The instant it was set to, in UTC."""
        return self._now

    def set(self, now: datetime) -> None:
        """Go to an instant; also backwards, as real clocks do."""
        self._now = _utc(now)

    def advance(self, by: timedelta) -> datetime:
        """Go on by this much, and give the new instant."""
        self._now += by
        return self._now


def _utc(when: datetime) -> datetime:
    if when.tzinfo is None:
        raise ValueError(f"no zone: {when!r}")
    return when.astimezone(UTC)


class SeededIds:
    """The same names in the same order for the same seed; they sort as they came."""

    def __init__(self, seed: int | str = 0) -> None:
        self._seed = seed
        self._count = 0

    def _draw(self) -> bytes:
        self._count += 1
        return hashlib.sha256(f"{self._seed}/{self._count}".encode()).digest()

    def new(self) -> str:
        """A name for a row: 26 characters, sortable by the order of making."""
        drawn = int.from_bytes(self._draw()[:10])
        return written(self._count << _CHANCE_BITS | drawn)

    def uid(self, domain: str) -> Uid:
        """An iCalendar UID with 128 bits that only the seed decides."""
        return Uid(f"{self._draw()[:16].hex()}@{domain}")

    def token(self) -> str:
        """64 characters that are safe in an address."""
        return self._draw().hex()
