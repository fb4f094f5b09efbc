"""Closing every secret again with the newest key: `troth keys rotate`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from integrations.store.accounts import account, channel
from integrations.store.sealing import Seals
from integrations.store.tables import calendar
from integrations.store.trouble import translated

_AT_ONCE = 100
#: Every table with secrets; a test finds those with a column `sealed`.
SEALED = (calendar, account, channel)


def _unseen(_done: int) -> None:
    """Nobody watches."""


async def renew_secrets(
    engine: AsyncEngine, seals: Seals, *, progress: Callable[[int], None] = _unseen
) -> int:
    """Close all of them again while the service runs, and say how many there were.

    A few rows a transaction, so that nobody waits long. A row that somebody changed
    meanwhile is left as it is: it has been closed with the newest key already.
    """
    done = 0
    for table in SEALED:
        last = ""
        while rows := await _renew_page(engine, seals, table, last):
            done, last = done + len(rows), rows[-1].id
            progress(done)
    return done


async def _renew_page(
    engine: AsyncEngine, seals: Seals, table: sa.Table, last: str
) -> list[Any]:
    """The rows of one transaction, behind the last one that was done."""
    page = (
        sa.select(table.c.id, table.c.sealed)
        .where(table.c.id > last)
        .order_by(table.c.id)
        .limit(_AT_ONCE)
    )
    with translated():
        async with engine.begin() as connection:
            rows = list((await connection.execute(page)).all())
            for row in rows:
                await connection.execute(_renewed(table, row, seals))
    return rows


def _renewed(table: sa.Table, row: Any, seals: Seals) -> sa.Update:
    return (
        sa.update(table)
        .where(table.c.id == row.id, table.c.sealed == row.sealed)
        .values(sealed=seals.renew(row.sealed))
    )
