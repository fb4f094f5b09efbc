"""Who did what, and the seal on each day of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import sqlalchemy as sa

from integrations.store.columns import column, metadata, text
from integrations.store.rows import Rows
from integrations.store.tables import audit
from integrations.store.transaction import Transaction
from scheduler.access import Audited
from scheduler.auditing import Sealed
from scheduler.ids import ProgrammeId

audit_seal = sa.Table(
    "audit_seal",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    column("rows", sa.Integer),
    text("digest"),
    text("seal"),
)

_AUDIT: Rows[Audited] = Rows(audit, Audited)
_SEALS: Rows[Sealed] = Rows(audit_seal, Sealed)


class SqlAudit:
    """Append-only: who did what, by ids."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, row: Audited) -> None:
        """Add a row."""
        await self._transaction.write(sa.insert(audit).values(_AUDIT.dump(row)))

    async def about(self, about: str) -> tuple[Audited, ...]:
        """Oldest first."""
        acts = sa.select(audit).where(audit.c.about == about)
        rows = await self._transaction.rows(acts.order_by(audit.c.at, audit.c.no))
        return _AUDIT.all(rows)

    async def by(self, actor: str) -> tuple[Audited, ...]:
        """What this one did, oldest first."""
        acts = sa.select(audit).where(audit.c.actor == actor)
        rows = await self._transaction.rows(acts.order_by(audit.c.at, audit.c.no))
        return _AUDIT.all(rows)

    async def of_programme(
        self, programme: ProgrammeId, *, before: int | None = None, most: int = 100
    ) -> tuple[tuple[int, Audited], ...]:
        """One page with its numbers, newest first: those with a number below."""
        page = sa.select(audit).where(audit.c.programme == programme)
        if before is not None:
            page = page.where(audit.c.no < before)
        return await self._numbered(page.order_by(audit.c.no.desc()).limit(most))

    async def of_day(
        self, day: date, *, after: int = 0, most: int = 1000
    ) -> tuple[tuple[int, Audited], ...]:
        """One page of a day in UTC, in order of their numbers, those behind `after`."""
        start = datetime.combine(day, time(), UTC)
        page = sa.select(audit).where(
            audit.c.at >= start,
            audit.c.at < start + timedelta(days=1),
            audit.c.no > after,
        )
        return await self._numbered(page.order_by(audit.c.no).limit(most))

    async def first_at(self) -> datetime | None:
        """When the oldest row was written."""
        oldest = sa.select(audit.c.at).order_by(audit.c.at).limit(1)
        row = await self._transaction.row(oldest)
        return None if row is None else row.at

    async def seals(self) -> tuple[Sealed, ...]:
        """The seal of every day that has one, oldest first."""
        return await self._transaction.every(_SEALS)

    async def put_seal(self, sealed: Sealed) -> None:
        """Add the seal of a day, or close the same day with another key."""
        await self._transaction.put(_SEALS, sealed)

    async def _numbered(
        self, page: sa.Select[tuple[object, ...]]
    ) -> tuple[tuple[int, Audited], ...]:
        rows = await self._transaction.rows(page)
        return tuple((row.no, _AUDIT.load(row)) for row in rows)
