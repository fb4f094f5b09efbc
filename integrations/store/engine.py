"""Engines. On SQLite every transaction that may write takes the write lock at BEGIN."""

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

READ_ONLY = {"troth_read_only": True}
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
    engine = create_async_engine(url, hide_parameters=True, **options)
    if engine.dialect.name == "sqlite":
        lock_at_begin(engine.sync_engine)
    return engine


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
        read_only = options.get("troth_read_only", False)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
