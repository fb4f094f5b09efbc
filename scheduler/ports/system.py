"""The clock, names and chance. Only integrations/system.py reads the real ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from scheduler.ids import Uid


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """The present instant, in UTC."""


class Ids(Protocol):
    """New names, never given twice."""

    def new(self) -> str:
        """A name for a row: 26 characters, sortable by the time it was made."""

    def uid(self, domain: str) -> Uid:
        """An iCalendar UID with 128 random bits: who knows it may answer for it."""

    def token(self) -> str:
        """256 random bits, safe in an address: for sessions and tokens."""


class Seal(Protocol):
    """Closes what a page hands out and wants back unread and unchanged."""

    def close(self, place: Sequence[str], secrets: Sequence[str]) -> str:
        """Encrypt `secrets` so that they open in this place alone."""

    def open(self, place: Sequence[str], sealed: str) -> tuple[str, ...]:
        """Open them again; `Rejected` for anything else."""


class Stamp(Protocol):
    """Signs texts, so that whoever has no key can change none unseen."""

    def make(self, text: str) -> str:
        """The stamp of a text, with the newest key."""

    def is_good(self, text: str, stamp: str) -> bool:
        """Whether this is its stamp, with any of the keys."""


class DoorBell(Protocol):
    """Says that something is due. May lose or repeat rings: the store remembers."""

    async def ring(self, work: Sequence[str]) -> None:
        """Wake whoever does these; never raises, since a lost ring loses nothing."""

    async def state(self) -> str:
        """One word for whoever asks how we are: `ok`, `away`, `none`; never raises."""
