"""A working store without a database: the same promises, for as long as it lives."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from integrations.memory.accounts import MemoryAccounts, MemoryChannels
from integrations.memory.agendas import (
    MemoryEnclosures,
    MemoryLines,
    MemoryNotes,
    MemoryTopics,
)
from integrations.memory.desk import MemoryConsents, MemorySnapshots
from integrations.memory.documents import MemoryDocuments
from integrations.memory.doors import (
    MemoryDoors,
    MemoryInbox,
    MemoryRepeats,
)
from integrations.memory.people import (
    MemoryAgreements,
    MemoryPairs,
    MemoryPeople,
    MemoryProgrammes,
    MemorySettings,
)
from integrations.memory.privacy import MemoryAudit, MemoryErasures, MemoryRetention
from integrations.memory.promised import MemoryPromises
from integrations.memory.records import (
    MemoryCopies,
    MemoryEvidence,
    MemoryLedger,
    MemoryOffers,
)
from integrations.memory.reviewed import MemoryReviews
from integrations.memory.series import MemoryCalendars, MemorySeries
from integrations.memory.shelves import Shelves, Transaction
from integrations.memory.work import MemoryOutbox, MemoryWork
from integrations.turn import Turn
from scheduler.ports.store import UnitOfWork
from scheduler.ports.system import Ids
from scheduler.work import Lease


class MemoryUnit:
    """Every repository over one copy of the shelves."""

    def __init__(
        self, store: MemoryStore, transaction: Transaction, fence: Lease | None
    ) -> None:
        self._store, self._transaction = store, transaction
        self._fence = fence
        self.programmes = MemoryProgrammes(transaction)
        self.people = MemoryPeople(transaction)
        self.pairs = MemoryPairs(transaction)
        self.agreements = MemoryAgreements(transaction)
        self.accounts, self.channels = (
            MemoryAccounts(transaction),
            MemoryChannels(transaction),
        )
        self.series = MemorySeries(transaction)
        self.calendars = MemoryCalendars(transaction, self.series)
        self.copies = MemoryCopies(transaction)
        self.ledger = MemoryLedger(transaction)
        self.evidence = MemoryEvidence(transaction)
        self.offers = MemoryOffers(transaction)
        self.promises = MemoryPromises(transaction)
        self.reviews = MemoryReviews(transaction)
        self.topics = MemoryTopics(transaction)
        self.notes = MemoryNotes(transaction)
        self.lines = MemoryLines(transaction)
        self.enclosures, self.documents = (
            MemoryEnclosures(transaction),
            MemoryDocuments(transaction),
        )
        self.work = MemoryWork(transaction, store.ids)
        self.outbox = MemoryOutbox(transaction, self.work)
        self.doors = MemoryDoors(transaction)
        self.audit = MemoryAudit(transaction)
        self.inbox = MemoryInbox(transaction)
        self.repeats = MemoryRepeats(transaction)
        self.settings = MemorySettings(transaction)
        self.snapshots = MemorySnapshots(transaction)
        self.consents = MemoryConsents(transaction)
        self.retention = MemoryRetention(transaction)
        self.erasures = MemoryErasures(transaction)

    async def commit(self) -> None:
        """Keep everything; `LeaseLost` when the fence has fallen."""
        shelves = self._transaction.write
        if self._fence is not None:
            await self.work.check(self._fence)
        self._transaction.end()
        self._store.shelves = shelves


class MemoryStore:
    """Opens units of work in memory; a `Begin` (scheduler/ports/store.py).

    Values are frozen, so that a copy of the shelves is a copy of everything. Those
    who may write come one after the other, as they do on SQLite; those who only read
    see what was kept when they began.
    """

    def __init__(self, *, ids: Ids) -> None:
        self.ids = ids
        self.shelves = Shelves()
        self._turn = Turn()

    @asynccontextmanager
    async def __call__(
        self, *, fence: Lease | None = None, read_only: bool = False
    ) -> AsyncIterator[UnitOfWork]:
        """Open one unit of work; nothing is kept unless it is committed."""
        if read_only:
            async with self._open(fence, read_only=True) as unit:
                yield unit
        else:
            async with self._turn, self._open(fence, read_only=False) as unit:
                yield unit

    @asynccontextmanager
    async def _open(
        self, fence: Lease | None, *, read_only: bool
    ) -> AsyncIterator[MemoryUnit]:
        transaction = Transaction(self.shelves, read_only=read_only)
        try:
            yield MemoryUnit(self, transaction, fence)
        finally:
            transaction.end()
