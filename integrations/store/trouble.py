"""What databases say when they cannot just now, as `Unavailable`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from scheduler.errors import Overtaken, Unavailable

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
    except DBAPIError as error:
        if reason := passing(error):
            if reason.startswith(_OVERTAKEN):
                raise Overtaken(f"database: {reason}") from error
            raise Unavailable(f"database: {reason}") from error
        raise
    except PoolTimeout as error:
        raise Unavailable("database: every connection is in use") from error
    except asyncpg.PostgresError as error:
        # Refused while connecting, before SQLAlchemy is there to wrap it.
        if (error.sqlstate or "").startswith(_SQLSTATES):
            raise Unavailable(f"database: {error.sqlstate}") from error
        raise
    except OSError as error:
        raise Unavailable(f"database: {type(error).__name__}") from error


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
