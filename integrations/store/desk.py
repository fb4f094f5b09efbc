"""What coordinators are shown: weekly counts and consents, and the SQL for them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from integrations.store.columns import column, key, maybe, metadata
from integrations.store.rows import Rows
from integrations.store.transaction import Transaction
from integrations.store.types import Document, Instant
from scheduler.consent import Consent
from scheduler.ids import PairId, PersonId, ProgrammeId
from scheduler.snapshot import Group, InBand, Snapshot

snapshot = sa.Table(
    "snapshot",
    metadata,
    key("programme"),
    sa.Column("as_of", Instant, primary_key=True),
    column("bands", Document(tuple[InBand, ...])),
    column("groups", Document(tuple[Group, ...])),
    maybe("after"),
    column("is_whole", sa.Boolean),
)

consent = sa.Table(
    "consent",
    metadata,
    key("pair"),
    key("person"),
    column("given", sa.Boolean),
    column("at", Instant),
    sa.Index("ix_consent_person", "person"),
)

_SNAPSHOTS: Rows[Snapshot] = Rows(snapshot, Snapshot)
_CONSENTS: Rows[Consent] = Rows(consent, Consent)


class SqlSnapshots:
    """The weekly counts of programmes."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def find(self, programme: ProgrammeId, as_of: datetime) -> Snapshot | None:
        """The count of this instant, whole or not."""
        return await self._transaction.find(
            _SNAPSHOTS, snapshot.c.programme == programme, snapshot.c.as_of == as_of
        )

    async def latest(self, programme: ProgrammeId) -> Snapshot | None:
        """The newest that is whole."""
        whole = sa.select(snapshot).where(
            snapshot.c.programme == programme, snapshot.c.is_whole
        )
        row = await self._transaction.row(
            whole.order_by(snapshot.c.as_of.desc()).limit(1)
        )
        return None if row is None else _SNAPSHOTS.load(row)

    async def put(self, one: Snapshot) -> None:
        """Add or change one."""
        await self._transaction.put(_SNAPSHOTS, one)


class SqlConsents:
    """What people last said about showing their figures."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def of_pair(self, pair: PairId) -> tuple[Consent, ...]:
        """What the two said, by person."""
        return await self._transaction.every(_CONSENTS, consent.c.pair == pair)

    async def put(self, one: Consent) -> None:
        """Add or change one."""
        await self._transaction.put(_CONSENTS, one)

    async def forget(self, person: PersonId) -> None:
        """Forget everything this person said about it."""
        await self._transaction.write(
            sa.delete(consent).where(consent.c.person == person)
        )
