"""Closing every secret again with the newest key: `troth keys rotate`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from integrations.store.sealing import Seals
from integrations.store.tables import calendar
from integrations.store.trouble import translated

_AT_ONCE = 100


def _unseen(_done: int) -> None:
    """Nobody watches."""


async def renew_secrets(
    engine: AsyncEngine, seals: Seals, *, progress: Callable[[int], None] = _unseen
) -> int:
    """Close all of them again while the service runs, and say how many there were.

    A few rows a transaction, so that nobody waits long. A row that somebody changed
    meanwhile is left as it is: it has been closed with the newest key already.
    """
    done, last = 0, ""
    while True:
        page = (
            sa.select(calendar.c.id, calendar.c.sealed)
            .where(calendar.c.id > last)
            .order_by(calendar.c.id)
            .limit(_AT_ONCE)
        )
        with translated():
            async with engine.begin() as connection:
                rows = (await connection.execute(page)).all()
                for row in rows:
                    await connection.execute(_renewed(row, seals))
        if not rows:
            return done
        done, last = done + len(rows), rows[-1].id
        progress(done)


def _renewed(row: Any, seals: Seals) -> sa.Update:
    return (
        sa.update(calendar)
        .where(calendar.c.id == row.id, calendar.c.sealed == row.sealed)
        .values(sealed=seals.renew(row.sealed))
    )
