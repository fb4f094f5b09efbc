"""Effects that were decided, and the work of doing them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from integrations.store.rows import Rows
from integrations.store.tables import outbox
from integrations.store.transaction import Transaction
from integrations.store.work import SqlWork
from scheduler.effects import OutboxState, Outgoing
from scheduler.erasing import speaks_of
from scheduler.ids import OutboxId, PairId, PersonId, ProgrammeId
from scheduler.work import WorkKind

_ROWS: Rows[Outgoing] = Rows(outbox, Outgoing)


def load_row(row: sa.Row[Any]) -> Outgoing:
    """The effect of a row."""
    return _ROWS.load(row)


class SqlOutbox:
    """Rows of the outbox."""

    def __init__(self, transaction: Transaction, work: SqlWork) -> None:
        self._transaction = transaction
        self._work = work

    async def add(self, row: Outgoing) -> bool:
        """Add it and its SEND work; False when its key is there already."""
        if not await self._transaction.add(outbox, _ROWS.dump(row), "key"):
            return False
        await self._work.add(WorkKind.SEND, row.id, row.due_at)
        return True

    async def get(self, row: OutboxId) -> Outgoing:
        """One row."""
        return await self._transaction.get("effect", _ROWS, outbox.c.id == row)

    async def put(self, row: Outgoing) -> None:
        """Change a row."""
        await self._transaction.put(_ROWS, row)

    async def is_waiting_before(self, row: Outgoing) -> bool:
        """Whether an older row of its chain is still waiting."""
        if not row.chain:
            return False
        older = _ROWS.select(
            outbox.c.chain == row.chain,
            outbox.c.id < row.id,
            outbox.c.state == OutboxState.WAITING,
        )
        found = await self._transaction.row(older.with_only_columns(outbox.c.id))
        return found is not None

    async def of_pair(self, pair: PairId) -> tuple[Outgoing, ...]:
        """Everything that was decided for a pair."""
        return await self._transaction.every(_ROWS, outbox.c.pair == pair)

    async def alone(self, person: PersonId) -> tuple[Outgoing, ...]:
        """Letters to this person that belong to no pair; their keys name them."""
        named = outbox.c.key.contains(person, autoescape=True)
        rows = await self._transaction.every(_ROWS, outbox.c.pair.is_(None), named)
        return tuple(row for row in rows if speaks_of(row, person))

    async def dead(self, programme: ProgrammeId) -> tuple[Outgoing, ...]:
        """What could not be done, for the coordinator."""
        return await self._transaction.every(
            _ROWS, outbox.c.programme == programme, outbox.c.state == OutboxState.DEAD
        )
