"""Work a second on SQLite: the runner with Redis and without it, and arq alone.

Each piece of work is one transaction of its own. arq keeps nothing but its queue; the
runner also leases, fences and settles each piece in the database, which is what lets a
killed worker lose nothing.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from arq.worker import Worker, func

from benchmarks.measure import Plan, Row, installed, say
from integrations.store.engine import open_engine
from integrations.store.migrate import upgrade
from integrations.store.unit import SqlStore
from integrations.system import SystemClock, SystemIds
from scheduler.ids import PersonId
from scheduler.ports.store import Begin
from scheduler.work import WorkKind
from workers.queue import LocalBell, RedisBell, connect, dump, load
from workers.run import Runner
from workers.sweep import work
from workers.valkey import Valkey

PIECES = 400


class Field:
    """A database of its own, and how often each piece of work was done in it."""

    def __init__(self, begin: Begin) -> None:
        self.begin = begin
        self.subjects = [f"piece-{n}" for n in range(PIECES)]
        self.done: Counter[str] = Counter()
        self.is_done = asyncio.Event()

    async def do(self, subject: str, begin: Begin) -> None:
        """One piece of work: one transaction."""
        async with begin() as uow:
            await uow.settings.set_fewer(PersonId(subject), frozenset({"done"}))
            await uow.commit()
        self.done[subject] += 1
        if len(self.done) == PIECES:
            self.is_done.set()

    async def check(self) -> None:
        """Each was done once, and is in the database."""
        async with self.begin(read_only=True) as uow:
            kept = [await uow.settings.fewer(PersonId(s)) for s in self.subjects]
        if set(self.done.values()) != {1} or not all(kept):
            raise SystemExit("work: not everything was done, or not once")


async def runner(field: Field, redis_url: str) -> float:
    """Seconds that our worker takes from its start until all is done and settled."""
    clock = SystemClock()
    async with field.begin() as uow:
        for subject in field.subjects:
            await uow.work.add(WorkKind.SYNC, subject, clock.now())
        await uow.commit()

    async def handle(subject: str, begin: Begin, _now: datetime) -> None:
        await field.do(subject, begin)

    one = Runner(
        begin=field.begin,
        clock=clock,
        ids=SystemIds(),
        handlers=dict.fromkeys(WorkKind, handle),
    )
    bell = RedisBell(redis_url) if redis_url else LocalBell(one.stirred)
    stop, began = asyncio.Event(), perf_counter()
    working = asyncio.create_task(work(one, bell, stop, redis_url=redis_url))
    await field.is_done.wait()
    await one.idle()
    seconds = perf_counter() - began
    stop.set()
    await working
    await bell.close()
    return seconds


async def job(ctx: dict[str, Field], subject: str) -> None:
    """The same piece of work as a task of arq."""
    field = ctx["field"]
    await field.do(subject, field.begin)


async def alone(field: Field, redis_url: str) -> float:
    """Seconds that arq takes for the same, with the options that our worker has."""
    pool = await connect(redis_url)
    for subject in field.subjects:
        await pool.enqueue_job("job", subject)
    began = perf_counter()
    worker = Worker(
        [func(job, name="job")],
        redis_pool=pool,
        ctx={"field": field},
        burst=True,
        handle_signals=False,
        max_jobs=100,
        poll_delay=0.1,
        keep_result=0,
        job_serializer=dump,
        job_deserializer=load,
        log_results=False,
    )
    await worker.async_run()
    seconds = perf_counter() - began
    await pool.aclose(close_connection_pool=True)
    return seconds


@asynccontextmanager
async def _field() -> AsyncIterator[Field]:
    with TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite+aiosqlite:///{Path(folder) / 'troth.sqlite3'}")
        await upgrade(engine)
        yield Field(SqlStore(engine, keys=("benchmark",), ids=SystemIds()))
        await engine.dispose()


async def _once(way: Callable[[Field, str], Awaitable[float]], url: str) -> float:
    async with _field() as field:
        seconds = await way(field, url)
        await field.check()
    return seconds


async def _all(rounds: int) -> tuple[float, float, float]:
    took: tuple[list[float], ...] = ([], [], [])
    with TemporaryDirectory() as folder:
        valkey = Valkey(Path(folder))
        await valkey.start()
        try:
            for _ in range(rounds):
                took[0].append(await _once(runner, valkey.url))
                took[1].append(await _once(runner, ""))
                took[2].append(await _once(alone, valkey.url))
        finally:
            await valkey.stop()
    with_redis, without, arq = map(median, took)
    return with_redis, without, arq


def versions() -> Iterator[str]:
    """Of all that is measured here."""
    yield from installed("arq", "redis", "sqlalchemy", "aiosqlite")


def run(plan: Plan) -> Iterator[Row]:
    """400 pieces of work, one worker, one transaction each."""
    say("work a second")
    with_redis, without, arq = asyncio.run(_all(1 if plan.is_small else 3))
    for name, ours in (("with Redis", with_redis), ("without Redis", without)):
        yield Row(
            f"{PIECES} pieces of work on SQLite {name}, leased and settled",
            f"{PIECES / ours:,.0f} a second",
            f"arq alone, neither: {PIECES / arq:,.0f} a second",
            arq / ours,
        )
