"""F54: two whole stacks on one database, by error or on purpose."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from integrations.store.engine import open_engine
from integrations.system import SystemClock, SystemIds
from scheduler.ids import PersonId
from scheduler.ports.store import Begin
from scheduler.work import LEASE, WorkKind
from tests.stores import ENGINES, sql_store
from tests.workers.bench import doing, soon
from workers.queue import LocalBell
from workers.run import Runner
from workers.sweep import work


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> AsyncEngine:
    found: AsyncEngine = request.getfixturevalue(f"{request.param}_engine")
    return found


async def test_each_piece_of_work_is_in_one_pair_of_hands(engine: AsyncEngine):
    """Each writes under its fence; nothing is done by both, nothing by neither."""
    clock, done, stop = SystemClock(), Counter[str](), asyncio.Event()
    url = engine.url.render_as_string(hide_password=False)
    engines = [open_engine(url) for _ in range(2)]
    stores = [sql_store(one, seed) for seed, one in enumerate(engines, 1)]

    async def do(subject: str, begin: Begin) -> None:
        async with begin() as uow:
            known = await uow.settings.fewer(PersonId(subject))
            await uow.settings.set_fewer(PersonId(subject), known | {str(len(known))})
            await uow.commit()
        done[subject] += 1

    async with stores[0]() as uow:
        for n in range(120):
            await uow.work.add(WorkKind.PLAN, f"s{n}", clock.now())
        await uow.commit()
    runners = [
        Runner(begin=store, clock=clock, ids=SystemIds(), handlers=doing(do))
        for store in stores
    ]
    stacks = [
        asyncio.create_task(work(runner, LocalBell(runner.stirred), stop))
        for runner in runners
    ]
    await soon(lambda: len(done) == 120, patience=60)
    stop.set()
    await asyncio.gather(*stacks)
    assert set(done.values()) == {1}
    async with stores[1]() as uow:
        far = clock.now() + 2 * LEASE + timedelta(days=1)
        assert await uow.work.take(far, until=far, most=10) == ()
        for n in range(120):
            assert await uow.settings.fewer(PersonId(f"s{n}")) == {"0"}
    for one in engines:
        await one.dispose()
