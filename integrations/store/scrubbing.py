"""Take deleted bytes out of the files of the database."""

from __future__ import annotations

import asyncio

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from integrations.store.engine import BY_HAND
from integrations.store.trouble import translated
from scheduler.errors import Unavailable

#: How often, and for how long, readers are waited for.
_TRIES, _PAUSE = 20, 0.25


class DatabaseFiles:
    """SQLite writes a file anew and empties its log. PostgreSQL does so by itself.

    There, dead rows go with the next VACUUM and the log with the next checkpoints:
    when is the database's own business (docs/operations.md).
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def scrub(self) -> bool:
        """Overwrite what was deleted; False while somebody else is in the way."""
        if self._engine.dialect.name != "sqlite":
            return True
        engine = self._engine.execution_options(**BY_HAND)
        try:
            with translated():
                async with engine.connect() as connection:
                    await connection.exec_driver_sql("VACUUM")
                    return await _emptied(connection)
        except Unavailable:
            return False


async def _emptied(connection: AsyncConnection) -> bool:
    """Whether the log could be emptied: no reader may still be in it."""
    for _ in range(_TRIES):
        done = await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        if done.one()[0] == 0:
            return True
        await asyncio.sleep(_PAUSE)
    return False
