"""Weekly counts and consents in memory."""

from __future__ import annotations

from datetime import datetime

from integrations.memory.shelves import Transaction
from scheduler.consent import Consent
from scheduler.ids import PairId, PersonId, ProgrammeId
from scheduler.snapshot import Snapshot


class MemorySnapshots:
    """The weekly counts of programmes."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def find(self, programme: ProgrammeId, as_of: datetime) -> Snapshot | None:
        """The count of this instant, whole or not."""
        return self._transaction.read.snapshots.get((programme, as_of))

    async def latest(self, programme: ProgrammeId) -> Snapshot | None:
        """The newest that is whole."""
        whole = self._transaction.read.snapshots.where(
            lambda one: one.programme == programme and one.is_whole
        )
        return whole[-1] if whole else None

    async def put(self, one: Snapshot) -> None:
        """Add or change one."""
        self._transaction.write.snapshots.put((one.programme, one.as_of), one)


class MemoryConsents:
    """What people last said about showing their figures."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def of_pair(self, pair: PairId) -> tuple[Consent, ...]:
        """What the two said, by person."""
        return self._transaction.read.consents.where(lambda one: one.pair == pair)

    async def put(self, one: Consent) -> None:
        """Add or change one."""
        self._transaction.write.consents.put((one.pair, one.person), one)

    async def forget(self, person: PersonId) -> None:
        """Forget everything this person said about it."""
        shelf = self._transaction.write.consents
        for one in shelf.where(lambda one: one.person == person):
            shelf.remove((one.pair, one.person))
