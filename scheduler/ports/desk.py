"""What the store keeps for coordinators: weekly counts, and who shows their figures."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from scheduler.consent import Consent
from scheduler.ids import PairId, PersonId, ProgrammeId
from scheduler.snapshot import Snapshot


class Snapshots(Protocol):
    """The weekly counts of programmes, one for each (programme, instant)."""

    async def find(
        self, programme: ProgrammeId, as_of: datetime
    ) -> Snapshot | None: ...
    async def latest(self, programme: ProgrammeId) -> Snapshot | None:
        """The newest that is whole."""

    async def put(self, one: Snapshot) -> None: ...


class Consents(Protocol):
    """What people last said about showing their figures, by pair and person."""

    async def of_pair(self, pair: PairId) -> tuple[Consent, ...]: ...
    async def put(self, one: Consent) -> None: ...
    async def forget(self, person: PersonId) -> None:
        """Forget everything this person said about it."""
