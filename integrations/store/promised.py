"""What the two promise each other: the table, and the SQL that keeps it."""

from __future__ import annotations

import sqlalchemy as sa

from integrations.store.columns import column, key, maybe, metadata, text
from integrations.store.rows import Rows
from integrations.store.transaction import Transaction
from integrations.store.types import Document
from scheduler.ids import PairId, PersonId, PromiseId
from scheduler.promises import Promise, Reminded, Turn
from scheduler.series import MeetingKey

promise = sa.Table(
    "promise",
    metadata,
    key("id"),
    text("pair", index=True),
    text("by", index=True),
    text("text"),
    column("turns", Document(tuple[Turn, ...])),
    column("reminded", Document(tuple[Reminded, ...])),
    maybe("about", Document(MeetingKey)),
)

_PROMISES: Rows[Promise] = Rows(promise, Promise)


class SqlPromises:
    """What the two promised each other."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def get(self, wanted: PromiseId) -> Promise:
        """One promise."""
        return await self._transaction.get("promise", _PROMISES, promise.c.id == wanted)

    async def put(self, one: Promise) -> None:
        """Add or change one."""
        await self._transaction.put(_PROMISES, one)

    async def remove(self, one: PromiseId) -> None:
        """Forget one, if it is there."""
        await self._transaction.write(sa.delete(promise).where(promise.c.id == one))

    async def of_pair(self, pair: PairId) -> tuple[Promise, ...]:
        """Both people's, sorted by when they were made."""
        return await self._sorted(promise.c.pair == pair)

    async def of_person(self, person: PersonId) -> tuple[Promise, ...]:
        """Those this person made, in any pair, sorted by when they were made."""
        return await self._sorted(promise.c.by == person)

    async def _sorted(self, where: sa.ColumnElement[bool]) -> tuple[Promise, ...]:
        found = await self._transaction.every(_PROMISES, where)
        return tuple(sorted(found, key=lambda one: (one.made_at, one.id)))
