"""The store on SQLite or PostgreSQL: opens units of work, each one transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from integrations.store.accounts import SqlAccounts, SqlChannels
from integrations.store.agendas import (
    SqlEnclosures,
    SqlLines,
    SqlNotes,
    SqlTopics,
)
from integrations.store.audited import SqlAudit
from integrations.store.calendars import SqlCalendars
from integrations.store.desk import SqlConsents, SqlSnapshots
from integrations.store.documents import SqlDocuments
from integrations.store.doors import SqlDoors, SqlInbox, SqlRepeats
from integrations.store.engine import READ_ONLY
from integrations.store.erased import SqlErasures
from integrations.store.outbox import SqlOutbox
from integrations.store.people import (
    SqlAgreements,
    SqlPairs,
    SqlPeople,
    SqlProgrammes,
    SqlSettings,
)
from integrations.store.promised import SqlPromises
from integrations.store.records import (
    SqlCopies,
    SqlEvidence,
    SqlLedger,
    SqlOffers,
)
from integrations.store.retained import SqlRetention
from integrations.store.reviewed import SqlReviews
from integrations.store.sealing import Seals
from integrations.store.series import SqlSeries
from integrations.store.transaction import Transaction
from integrations.store.trouble import translated
from integrations.store.work import SqlWork
from integrations.turn import Turn
from scheduler.errors import LeaseLost, Overtaken
from scheduler.ports.store import UnitOfWork
from scheduler.ports.system import Ids
from scheduler.work import Lease


class SqlUnit:
    """Every repository over one transaction."""

    def __init__(
        self,
        transaction: Transaction,
        *,
        seals: Seals,
        ids: Ids,
        fence: Lease | None = None,
    ) -> None:
        self._transaction = transaction
        self._fence = fence
        self.programmes = SqlProgrammes(transaction)
        self.people = SqlPeople(transaction)
        self.pairs = SqlPairs(transaction)
        self.agreements = SqlAgreements(transaction)
        self.accounts, self.channels = (
            SqlAccounts(transaction, seals),
            SqlChannels(transaction, seals),
        )
        self.series = SqlSeries(transaction)
        self.calendars = SqlCalendars(transaction, seals, self.series)
        self.copies = SqlCopies(transaction)
        self.ledger = SqlLedger(transaction)
        self.evidence = SqlEvidence(transaction)
        self.offers = SqlOffers(transaction)
        self.promises = SqlPromises(transaction)
        self.topics = SqlTopics(transaction)
        self.notes = SqlNotes(transaction)
        self.lines = SqlLines(transaction)
        self.enclosures, self.documents = (
            SqlEnclosures(transaction),
            SqlDocuments(transaction),
        )
        self.reviews = SqlReviews(transaction)
        self.work = SqlWork(transaction, ids)
        self.outbox = SqlOutbox(transaction, self.work)
        self.doors = SqlDoors(transaction)
        self.audit = SqlAudit(transaction)
        self.inbox = SqlInbox(transaction)
        self.repeats = SqlRepeats(transaction)
        self.settings = SqlSettings(transaction)
        self.snapshots = SqlSnapshots(transaction)
        self.consents = SqlConsents(transaction)
        self.retention = SqlRetention(transaction)
        self.erasures = SqlErasures(transaction)

    async def commit(self) -> None:
        """Keep everything; `LeaseLost` when the fence has fallen.

        `Unavailable`: it may or may not have been kept. Doing it all again is safe,
        since effects, evidence and answers have keys of their own (promises.md F12).
        """
        if self._fence is not None:
            await self.work.check(self._fence)
        await self._transaction.commit()


class SqlStore:
    """Opens units of work on one engine; a `Begin` (scheduler/ports/store.py).

    A unit of work sees one state of the database from its first statement on. When
    somebody else changed a row under it, PostgreSQL says so and we raise
    `Overtaken`; on SQLite whoever may write waits for its turn instead. The turn is
    ours, not the driver's, so that writers of this process go in order.
    """

    def __init__(self, engine: AsyncEngine, *, keys: tuple[str, ...], ids: Ids) -> None:
        self._seals = Seals(keys)
        self._ids = ids
        self._turn = Turn() if engine.dialect.name == "sqlite" else nullcontext()
        if engine.dialect.name == "sqlite":
            self._writing = engine
            self._reading = engine.execution_options(**READ_ONLY)
        else:
            self._writing = engine.execution_options(isolation_level="REPEATABLE READ")
            self._reading = self._writing.execution_options(postgresql_readonly=True)

    @asynccontextmanager
    async def __call__(
        self, *, fence: Lease | None = None, read_only: bool = False
    ) -> AsyncIterator[UnitOfWork]:
        """Open one unit of work; nothing is kept unless it is committed."""
        try:
            if read_only:
                async with self._open(fence, read_only=True) as unit:
                    yield unit
            else:
                async with self._turn, self._open(fence, read_only=False) as unit:
                    yield unit
        except Overtaken as error:
            if fence and not await self._holds(fence):
                raise LeaseLost(f"work {fence.work.id} is in other hands") from error
            raise

    @asynccontextmanager
    async def _open(
        self, fence: Lease | None, *, read_only: bool
    ) -> AsyncIterator[SqlUnit]:
        async with self._connected(read_only=read_only) as connection:
            transaction = Transaction(connection, read_only=read_only)
            try:
                yield SqlUnit(
                    transaction, seals=self._seals, ids=self._ids, fence=fence
                )
            finally:
                transaction.end()

    @asynccontextmanager
    async def _connected(self, *, read_only: bool) -> AsyncIterator[AsyncConnection]:
        engine = self._reading if read_only else self._writing
        with translated():
            connection = await engine.connect()
        try:
            yield connection
        finally:
            await connection.close()  # rolls back what was not committed

    async def _holds(self, fence: Lease) -> bool:
        async with self._open(None, read_only=True) as unit:
            return await unit.work.holds(fence)
