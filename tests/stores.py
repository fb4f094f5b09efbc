"""Every store a test may run on; PostgreSQL is a server, the others are not."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from integrations.memory.store import MemoryStore
from integrations.memory.system import SeededIds
from integrations.store.unit import SqlStore
from scheduler.ports.store import Begin

#: Parameters of a fixture: the databases.
ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.servers)]
#: Parameters of a fixture: the databases, and memory.
STORES = ["memory", *ENGINES]

KEYS = ("a key that only the tests know",)


def sql_store(engine: AsyncEngine, seed: int = 0) -> SqlStore:
    return SqlStore(engine, keys=KEYS, ids=SeededIds(seed))


@pytest.fixture
def memory_begin() -> Begin:
    """A store in memory: for tests of decisions, where the database does not matter."""
    return MemoryStore(ids=SeededIds())


@pytest.fixture(params=STORES)
def any_begin(request: pytest.FixtureRequest) -> Begin:
    """Each store in turn. Not async: it asks for async fixtures by name."""
    if request.param == "memory":
        return MemoryStore(ids=SeededIds())
    return sql_store(request.getfixturevalue(f"{request.param}_engine"))
