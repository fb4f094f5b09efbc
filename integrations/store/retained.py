"""Dropping what is old, a few rows at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from integrations.store.accounts import channel
from integrations.store.calendars import first_end, load_object
from integrations.store.outbox import load_row
from integrations.store.tables import (
    audit,
    calendar_object,
    inbox,
    link,
    outbox,
    repeat,
    session,
    token,
)
from integrations.store.transaction import Transaction
from scheduler.effects import OutboxState
from scheduler.retention import Kept, emptied, without_past

#: From when the age of a row counts, where whole rows are dropped.
_SINCE: dict[Kept, sa.Column[Any]] = {
    Kept.AUDIT: audit.c.at,
    Kept.INBOX: inbox.c.at,
    Kept.REPEATS: repeat.c.at,
    Kept.LINKS: link.c.expires_at,
    Kept.SESSIONS: session.c.seen_at,
    Kept.TOKENS: token.c.expires_at,
    Kept.CHANNELS: channel.c.expires,
}


class SqlRetention:
    """What is kept for a time, and then no longer."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def drop(self, kind: Kept, before: datetime, *, most: int) -> int:
        """Drop up to `most` of what was over before then; how many that were."""
        if kind is Kept.BUSY:
            return await self._busy(before, most)
        if kind is Kept.MAIL:
            return await self._mail(before, most)
        since = _SINCE[kind]
        return await self._delete(since.table, since < before, most)

    async def _delete(
        self, table: sa.Table, is_old: sa.ColumnElement[bool], most: int
    ) -> int:
        keys = list(table.primary_key)
        old = await self._transaction.rows(sa.select(*keys).where(is_old).limit(most))
        if not old:
            return 0
        named = sa.tuple_(*keys).in_([tuple(row) for row in old])
        await self._transaction.write(sa.delete(table).where(named))
        return len(old)

    async def _busy(self, before: datetime, most: int) -> int:
        old = sa.select(calendar_object).where(
            calendar_object.c.first_end < before, calendar_object.c.uid == ""
        )
        rows = await self._transaction.rows(old.limit(most))
        for row in rows:
            left = without_past(load_object(row), before)
            this = (
                calendar_object.c.calendar == row.calendar,
                calendar_object.c.id == row.id,
            )
            change: sa.Executable = sa.delete(calendar_object).where(*this)
            if left:
                values = {
                    "occurrences": left.occurrences,
                    "first_end": first_end(left),
                }
                change = sa.update(calendar_object).where(*this).values(values)
            await self._transaction.write(change)
        return len(rows)

    async def _mail(self, before: datetime, most: int) -> int:
        over = sa.select(outbox).where(
            sa.not_(outbox.c.emptied),
            outbox.c.due_at < before,
            outbox.c.state != OutboxState.WAITING,
        )
        rows = await self._transaction.rows(over.limit(most))
        await empty(self._transaction, rows)
        return len(rows)


async def empty(transaction: Transaction, rows: Sequence[sa.Row[Any]]) -> None:
    """Forget what rows of the outbox said; what was waiting is given up."""
    for row in rows:
        bare = emptied(load_row(row))
        waiting = bare.state is OutboxState.WAITING
        values = {
            "effect": bare.effect,
            "trouble": bare.trouble,
            "until": bare.until,
            "state": OutboxState.DROPPED if waiting else bare.state,
            "emptied": True,
        }
        await transaction.write(
            sa.update(outbox).where(outbox.c.id == row.id).values(values)
        )
