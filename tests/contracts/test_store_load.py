"""Many writers on one SQLite file, as many processes would be (promises.md F10, K6)."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from integrations.store.engine import open_engine
from scheduler.ids import PairId, PersonId
from scheduler.ports.store import Begin
from scheduler.topics import Topic
from tests.stores import sql_store

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PAIR = PairId("p")
COUNT = Topic("count", PAIR, PersonId("ada"), "0", NOW)
WRITERS, TIMES = 8, 25


async def add_one(begin: Begin) -> None:
    async with begin() as uow:
        [before] = await uow.topics.of_pair(PAIR)
        await uow.topics.put(replace(before, text=str(int(before.text) + 1)))
        await uow.commit()


async def test_eight_writers_are_never_told_that_it_is_locked(
    sqlite_engine: AsyncEngine,
):
    begin = sql_store(sqlite_engine)
    async with begin() as uow:
        await uow.topics.put(COUNT)
        await uow.commit()
    # An engine each: no turns between them, only SQLite's own lock.
    engines = [open_engine(str(sqlite_engine.url)) for _ in range(WRITERS)]

    async def write(engine: AsyncEngine) -> None:
        mine = sql_store(engine)
        for _ in range(TIMES):
            await add_one(mine)

    async with asyncio.timeout(60):
        await asyncio.gather(*map(write, engines))
    for engine in engines:
        await engine.dispose()
    async with begin(read_only=True) as uow:
        [count] = await uow.topics.of_pair(PAIR)
    assert int(count.text) == WRITERS * TIMES
