"""The store, for those who look after what is kept: retention, audit, erasing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from scheduler.access import Audited
from scheduler.auditing import Sealed
from scheduler.erasing import Erasure
from scheduler.ids import PersonId, ProgrammeId
from scheduler.retention import Kept


class Audit(Protocol):
    """Append-only: who did what, by ids."""

    async def add(self, row: Audited) -> None: ...
    async def about(self, about: str) -> tuple[Audited, ...]:
        """Oldest first."""

    async def by(self, actor: str) -> tuple[Audited, ...]:
        """What this one did, oldest first."""

    async def of_programme(
        self, programme: ProgrammeId, *, before: int | None = None, most: int = 100
    ) -> tuple[tuple[int, Audited], ...]:
        """One page with its numbers, newest first: those with a number below."""

    async def of_day(
        self, day: date, *, after: int = 0, most: int = 1000
    ) -> tuple[tuple[int, Audited], ...]:
        """One page of a day in UTC, in order of their numbers, those behind `after`."""

    async def first_at(self) -> datetime | None:
        """When the oldest row was written."""

    async def seals(self) -> tuple[Sealed, ...]:
        """The seal of every day that has one, oldest first."""

    async def put_seal(self, sealed: Sealed) -> None:
        """Add the seal of a day, or close the same day with another key."""


class Retention(Protocol):
    """What is kept for a time, and then no longer (promises.md S24)."""

    async def drop(self, kind: Kept, before: datetime, *, most: int) -> int:
        """Drop up to `most` of what was over before then; how many that were.

        Of BUSY the occurrences that ended; of MAIL what rows said that are not
        waiting, while their keys stay; of AUDIT nothing of the day of `before`.
        """


class Erasures(Protocol):
    """People who asked that everything about them be erased."""

    async def find(self, person: PersonId) -> Erasure | None: ...
    async def put(self, erasure: Erasure) -> None: ...
    async def shut_doors(self, person: PersonId) -> None:
        """Forget every link, session and token of a person."""

    async def mail_keys(self, person: PersonId) -> tuple[str, ...]:
        """The keys of every row of the outbox that may speak of them."""

    async def erase(self, person: PersonId) -> None:
        """Forget everything about a person; a repeat finds nothing more to do.

        Their row stays, empty, and so do ids and times of what happened: the
        partner's figures are a fold over those.
        """


class SentCopies(Protocol):
    """Copies of sent mail that lie in folders here."""

    async def forget(self, message_ids: Sequence[str], words: Sequence[str]) -> int:
        """Delete those with one of these ids, or of these words; how many they were."""


class Files(Protocol):
    """The files of the database, in which deleted bytes may still stand."""

    async def scrub(self) -> bool:
        """Overwrite what was deleted; False while somebody else is in the way."""
