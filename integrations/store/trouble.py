"""What databases say when they cannot just now, as `Unavailable`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from scheduler.errors import Overtaken, Refused, Troth, Unavailable

#: PostgreSQL, appendix A: connection exceptions, transaction rollback, insufficient
#: resources, operator intervention; 55P03 lock not available.
_SQLSTATES = ("08", "40", "53", "57", "55P03")
#: SQLite result codes: BUSY, LOCKED, IOERR, FULL, CANTOPEN.
_SQLITE_CODES = frozenset({5, 6, 10, 13, 14})
#: Serialization failure and deadlock: another transaction was faster.
_OVERTAKEN = "40"


@contextmanager
def translated() -> Iterator[None]:
    """Raise `Unavailable` for what passes by itself; bugs stay what they are."""
    try:
        yield
    except (SQLAlchemyError, asyncpg.PostgresError, OSError) as error:
        meant = meaning(error)
        if meant is None:
            raise
        raise meant from error


def meaning(error: Exception) -> Troth | None:
    """What a driver's error means for the caller; None for a bug of ours."""
    match error:
        case DBAPIError():
            return _unavailable(passing(error))
        case StatementError(orig=Refused() as refused):
            return refused  # by the type of a column
        case PoolTimeout():
            return _unavailable("every connection is in use")
        case asyncpg.PostgresError():
            # Refused while connecting, before SQLAlchemy is there to wrap it.
            state = error.sqlstate or ""
            return _unavailable(state if state.startswith(_SQLSTATES) else "")
        case OSError():
            return _unavailable(type(error).__name__)
        case _:
            return None


def _unavailable(reason: str) -> Unavailable | None:
    if not reason:
        return None
    kind = Overtaken if reason.startswith(_OVERTAKEN) else Unavailable
    return kind(f"database: {reason}")


def passing(error: DBAPIError) -> str:
    """Why it failed, in a word without data, if trying again may help; else empty."""
    if error.connection_invalidated:
        return "the connection was lost"
    state = str(getattr(error.orig, "sqlstate", None) or "")
    if state.startswith(_SQLSTATES):
        return state
    code = getattr(error.orig, "sqlite_errorcode", None)
    if isinstance(code, int) and code & 0xFF in _SQLITE_CODES:
        return str(getattr(error.orig, "sqlite_errorname", code))
    return ""
