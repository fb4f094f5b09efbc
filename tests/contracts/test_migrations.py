"""A fresh database and the tables the code knows are the same thing."""

import asyncio
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect
from sqlalchemy.ext.asyncio import AsyncEngine

from integrations.store.columns import metadata
from integrations.store.engine import open_engine
from integrations.store.migrate import upgrade


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


def nullable(connection: Connection) -> dict[str, dict[str, bool]]:
    look = inspect(connection)
    return {
        table: {one["name"]: one["nullable"] for one in look.get_columns(table)}
        for table in metadata.tables
    }


class TestTheNewestSchema:
    async def test_is_what_the_code_knows(self, any_engine: AsyncEngine):
        async with any_engine.connect() as connection:
            assert await connection.run_sync(differences) == []

    async def test_lets_nothing_be_empty_that_a_value_must_have(
        self, any_engine: AsyncEngine
    ):
        async with any_engine.connect() as connection:
            found = await connection.run_sync(nullable)
        assert found == {
            table.name: {column.name: bool(column.nullable) for column in table.columns}
            for table in metadata.tables.values()
        }

    async def test_stays_as_it_is_when_it_is_brought_up_again(
        self, any_engine: AsyncEngine
    ):
        await upgrade(any_engine)
        async with any_engine.connect() as connection:
            assert await connection.run_sync(differences) == []


async def test_several_processes_may_bring_up_one_empty_database(tmp_path: Path):
    address = f"sqlite+aiosqlite:///{tmp_path / 'troth.sqlite3'}"
    engines = [open_engine(address) for _ in range(4)]
    await asyncio.gather(*map(upgrade, engines))
    async with engines[0].connect() as connection:
        assert await connection.run_sync(differences) == []
    for engine in engines:
        await engine.dispose()
