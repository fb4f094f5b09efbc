"""Agendas as documents: the rows that remember them, in memory."""

from __future__ import annotations

from integrations.memory.shelves import Transaction
from scheduler.documents import AgendaDocument
from scheduler.ids import PairId


class MemoryDocuments:
    """Documents that Troth made for meetings."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def of_pair(self, pair: PairId) -> tuple[AgendaDocument, ...]:
        """Sorted by when they were begun."""
        found = self._transaction.read.documents.where(lambda one: one.pair == pair)
        return tuple(sorted(found, key=lambda one: (one.begun_at, one.id)))

    async def put(self, one: AgendaDocument) -> None:
        """Add or change one."""
        self._transaction.write.documents.put(one.id, one)
