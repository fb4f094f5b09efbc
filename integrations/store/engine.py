"""Engines. On SQLite every transaction that may write takes the write lock at BEGIN."""

import asyncio
from typing import Any

import aiosqlite
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

READ_ONLY = {"troth_read_only": True}
#: For statements that may stand in no transaction, such as VACUUM.
BY_HAND = {"troth_by_hand": True}
_PRAGMAS = (
    "PRAGMA busy_timeout = 30000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
)


def open_engine(url: str, **options: Any) -> AsyncEngine:
    """Make an engine for this address; nothing is opened before it is used.

    What a statement was given never stands in its errors, hence in no log.
    """
    is_sqlite = url.startswith("sqlite")
    if is_sqlite:
        options["connect_args"] = {"async_creator_fn": open_or_close}
    engine = create_async_engine(url, hide_parameters=True, **options)
    if is_sqlite:
        lock_at_begin(engine.sync_engine)
    return engine


async def open_or_close(*args: Any, **options: Any) -> aiosqlite.Connection:
    """Open a connection; whoever is cancelled meanwhile leaves none open behind.

    aiosqlite lets go of a connection that its thread opens after the cancellation.
    """
    connection = aiosqlite.connect(*args, **options)
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does for its own

    async def open_it() -> aiosqlite.Connection:
        return await connection

    opening = asyncio.create_task(open_it())
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        await (await opening).close()
        raise


def lock_at_begin(engine: Engine) -> None:
    """Let us, not the driver, write BEGIN, so that it can be BEGIN IMMEDIATE."""

    def on_connect(connection: DBAPIConnection, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    def on_begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("troth_by_hand", False):
            return
        read_only = options.get("troth_read_only", False)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
