"""Agendas as documents at Google: which there are, and how far each has come."""

from __future__ import annotations

import sqlalchemy as sa

from integrations.store.columns import column, key, metadata, text
from integrations.store.rows import Rows
from integrations.store.transaction import Transaction
from integrations.store.types import Choice, Document, Instant
from scheduler.documents import AgendaDocument, DocumentState, Run
from scheduler.ids import PairId

document = sa.Table(
    "document",
    metadata,
    key("id"),
    text("pair", index=True),
    text("owner"),
    text("account"),
    column("begun_at", Instant),
    column("state", Choice(DocumentState)),
    text("file"),
    text("link"),
    column("runs", Document(tuple[Run, ...])),
    column("attached", Document(tuple[str, ...])),
    column("is_left_alone", sa.Boolean),
)

_ROWS: Rows[AgendaDocument] = Rows(document, AgendaDocument)


class SqlDocuments:
    """Documents that Troth made for meetings."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def of_pair(self, pair: PairId) -> tuple[AgendaDocument, ...]:
        """Sorted by when they were begun."""
        found = await self._transaction.every(_ROWS, document.c.pair == pair)
        return tuple(sorted(found, key=lambda one: (one.begun_at, one.id)))

    async def put(self, one: AgendaDocument) -> None:
        """Add or change one."""
        await self._transaction.put(_ROWS, one)
