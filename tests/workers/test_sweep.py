"""With Redis, without it, and while it comes and goes: the same work is done."""

import asyncio
import pickle
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from arq.connections import ArqRedis
from arq.worker import func
from redis.asyncio import Redis

from integrations.system import SystemClock, SystemIds
from scheduler.ports.store import Begin
from scheduler.work import WorkKind
from tests.workers.bench import Bench, soon
from workers.keep import KeptWorker
from workers.queue import Bell, LocalBell, RedisBell, connect
from workers.run import Runner
from workers.sweep import Sweep, work
from workers.valkey import Valkey

NOWHERE = "unix:///nowhere/troth.sock"


@pytest.fixture
async def redis(valkey: str) -> AsyncIterator[str]:
    pool = await connect(valkey)
    await pool.flushall()
    yield valkey
    await pool.aclose(close_connection_pool=True)


@asynccontextmanager
async def working(
    runner: Runner, bell: Bell, redis_url: str = ""
) -> AsyncIterator[asyncio.Event]:
    stop = asyncio.Event()
    task = asyncio.create_task(work(runner, bell, stop, redis_url=redis_url))
    try:
        yield stop
    finally:
        stop.set()
        await task
        await bell.close()


class TestWithoutRedis:
    async def test_a_whole_run_is_done_by_polling(self):
        """F07: everything, also what follows from other work."""
        bench = Bench()
        runner = bench.runner(_chain(bench))
        bell = LocalBell(runner.stirred)
        async with working(runner, bell):
            await bench.add(*(f"{n}/3" for n in range(40)))
            await bell.ring()
            await soon(lambda: len(bench.done) == 160)
        assert set(bench.done.values()) == {1}

    async def test_a_ring_inside_the_process_saves_the_wait(self):
        bench = Bench()
        runner = bench.runner()
        bell = LocalBell(runner.stirred)
        loop = asyncio.get_running_loop()
        async with working(runner, bell):
            await asyncio.sleep(0.1)
            began = loop.time()
            await bench.add("a")
            await bell.ring(["whatever"])
            await soon(lambda: bench.done["a"] == 1)
            assert loop.time() - began < 0.5

    async def test_a_redis_that_never_was_there_changes_nothing(self):
        bench = Bench()
        runner, bell = bench.runner(), RedisBell(NOWHERE)
        async with working(runner, bell, NOWHERE):
            await bench.add(*"abc")
            await soon(lambda: len(bench.done) == 3)
        assert not bell.is_heard


class TestABell:
    async def test_never_raises_and_soon_gives_up(self, tmp_path: Path):
        """A Redis that takes the connection and never says a word."""
        silent, held = tmp_path / "s", []

        async def hold(reader: object, writer: asyncio.StreamWriter) -> None:
            held.append(writer)

        async with await asyncio.start_unix_server(hold, silent):
            bell = RedisBell(f"unix://{silent}", patience=0.1)
            loop = asyncio.get_running_loop()
            began = loop.time()
            for _ in range(20):
                await bell.ring(["a"])
            assert loop.time() - began < 1.0
            assert not bell.is_heard
            assert await bell.state() == "away"
            for writer in held:
                writer.close()

    @pytest.mark.servers
    async def test_rings_again_when_redis_is_back(self, redis: str):
        bell = RedisBell(NOWHERE, rest=0.0)
        await bell.ring(["a"])
        assert not bell.is_heard
        bell = RedisBell(redis, rest=0.0)
        await bell.ring(["a"])
        assert bell.is_heard
        assert await bell.state() == "ok"
        await bell.close()

    @pytest.mark.servers
    async def test_carries_ids_in_chunks(self, redis: str):
        bell = RedisBell(redis)
        await bell.ring([str(n) for n in range(95)])
        for _ in range(5):
            await bell.ring()
        pool = await connect(redis)
        assert await pool.zcard("arq:queue") == 10 + 1
        await pool.aclose(close_connection_pool=True)
        await bell.close()


@pytest.mark.servers
class TestWithRedis:
    async def test_what_was_rung_is_done(self, redis: str):
        bench = Bench()
        runner, bell = bench.runner(_chain(bench)), RedisBell(redis)
        async with working(runner, bell, redis):
            await bench.add(*(f"{n}/2" for n in range(30)))
            await bell.ring()
            await soon(lambda: len(bench.done) == 90)
        assert set(bench.done.values()) == {1}

    async def test_two_workers_share_it(self, redis: str):
        """F54 in small: two workers on one store never do one thing twice at once."""
        bench = Bench()
        by: dict[str, int] = {}

        def doing(who: int):
            async def do(subject: str, begin: Begin) -> None:
                by[subject] = who
                await asyncio.sleep(0.01)
                bench.done[subject] += 1

            return do

        one, two = bench.runner(doing(1)), bench.runner(doing(2))
        async with (
            working(one, RedisBell(redis), redis),
            working(two, RedisBell(redis), redis),
        ):
            await bench.add(*(str(n) for n in range(200)))
            await soon(lambda: len(bench.done) == 200)
        assert set(bench.done.values()) == {1}

    async def test_flushed_again_and_again_nothing_is_lost(self, redis: str):
        """F06, K3."""
        bench = Bench()
        runner, bell = bench.runner(_chain(bench)), RedisBell(redis)
        pool = await connect(redis)
        async with working(runner, bell, redis):
            for n in range(60):
                await bench.add(f"{n}/3")
                await bell.ring()
                if n * 7 % 11 < 5:
                    await pool.flushall()
                await asyncio.sleep(0.005)
            await soon(lambda: len(bench.done) == 240)
        await pool.aclose(close_connection_pool=True)
        assert set(bench.done.values()) == {1}

    async def test_what_redis_holds_is_never_run(self, redis: str, tmp_path: Path):
        """F08, S15: jobs of somebody else's making, pickles among them."""
        canary = tmp_path / "canary"

        class Trap:
            def __reduce__(self) -> tuple[object, ...]:
                return Path.touch, (canary,)

        pool = await connect(redis)
        raw: Redis = Redis(connection_pool=pool.connection_pool)
        for n, payload in enumerate(_hostile(Trap())):
            await raw.set(f"arq:job:{n}", payload)
            await raw.zadd("arq:queue", {f"{n}": 1 + n})
        bench = Bench()
        runner, bell = bench.runner(), RedisBell(redis)
        async with working(runner, bell, redis):
            await bench.add(*"abc")
            await bell.ring()
            await soon(lambda: len(bench.done) == 3)
            await asyncio.sleep(0.3)
        assert not canary.exists()
        await pool.aclose(close_connection_pool=True)

    async def test_a_queue_that_breaks_every_worker_only_costs_time(self, redis: str):
        pool = await connect(redis)
        raw: Redis = Redis(connection_pool=pool.connection_pool)
        await raw.zadd("arq:queue", {b"\xff\xfe": 1})
        bench = Bench()
        runner, bell = bench.runner(_chain(bench)), RedisBell(redis)
        async with working(runner, bell, redis):
            await bench.add("a/2")
            await soon(lambda: len(bench.done) == 3, patience=30)
        await raw.set("arq:queue", "no sorted set")
        async with working(runner := bench.runner(), bell := RedisBell(redis), redis):
            await bench.add("b")
            await soon(lambda: bench.done["b"] == 1, patience=30)
        await pool.aclose(close_connection_pool=True)

    async def test_killed_and_started_again_work_goes_on(self, tmp_path: Path):
        """F05: the process stays alive, and nothing is lost or done twice."""
        async with _kept_valkey(tmp_path / "valkey") as valkey:
            bench = Bench()
            runner, bell = bench.runner(_chain(bench)), RedisBell(valkey.url, rest=0.1)
            async with working(runner, bell, valkey.url):
                for round_ in range(4):
                    await bench.add(*(f"{round_}-{n}/2" for n in range(20)))
                    await bell.ring()
                    await asyncio.sleep(0.03)
                    if valkey.process and valkey.process.returncode is None:
                        valkey.process.kill()
                    await soon(lambda n=round_ + 1: len(bench.done) == 60 * n)
        assert set(bench.done.values()) == {1}

    async def test_stops_at_once_when_nothing_is_in_hand(self, redis: str):
        bench = Bench()
        loop = asyncio.get_running_loop()
        runner, bell = bench.runner(), RedisBell(redis)
        async with working(runner, bell, redis):
            await bench.add("a")
            await soon(lambda: bench.done["a"] == 1)
            began = loop.time()
        assert loop.time() - began < 2.0


async def test_what_a_killed_worker_had_in_hand_is_found_when_its_lease_is_over():
    """K5, without the waiting: the clock says when, one look does it."""
    bench = Bench()
    await bench.add("a")
    gone = bench.runner(_endless)
    await gone.take()
    runner = bench.runner()
    sweep = Sweep(runner, LocalBell(runner.stirred))
    for _ in range(4):
        bench.clock.advance(timedelta(seconds=11))
        assert await sweep.look() == 0
    bench.clock.advance(timedelta(seconds=1))
    assert await sweep.look() == 1
    await runner.idle()
    assert bench.done["a"] == 1
    await gone.stop(grace=0)


@pytest.mark.slow
async def test_with_the_machine_s_own_clock(any_begin: Begin):
    """On every store; PostgreSQL's transactions get into each other's way."""
    bench = Bench(begin=any_begin)
    bench.clock = SystemClock()  # type: ignore[assignment]
    bench.ids = SystemIds()  # type: ignore[assignment]
    runner = bench.runner(_chain(bench))
    async with working(runner, LocalBell(runner.stirred)):
        await bench.add(*(f"{n}/3" for n in range(20)))
        await soon(lambda: len(bench.done) == 80, patience=30)


@asynccontextmanager
async def _kept_valkey(folder: Path) -> AsyncIterator[Valkey]:
    valkey = Valkey(folder)
    await valkey.start()
    watch = asyncio.create_task(valkey.watch())
    try:
        yield valkey
    finally:
        watch.cancel()
        await valkey.stop()


def _chain(bench: Bench):
    """Work `name/n` that decides `name/n-1` when it is done."""

    async def do(subject: str, begin: Begin) -> None:
        name, n = subject.split("/")
        async with begin() as uow:
            if n != "0":
                following = f"{name}/{int(n) - 1}"
                await uow.work.add(WorkKind.PLAN, following, bench.clock.now())
            await uow.commit()
        bench.done[subject] += 1

    return do


async def _endless(subject: str, begin: Begin) -> None:
    await asyncio.Event().wait()


def _hostile(trap: object) -> list[bytes]:
    job = {"t": None, "f": "ring", "a": [["x"]], "k": {}, "et": 1}
    return [
        pickle.dumps(trap),
        pickle.dumps(job | {"a": [trap]}),
        b"",
        b"\x80\x04K\x01.",
        b"{}",
        b"[1, 2]",
        b'{"t":1,"f":"ring","a":[[1,null,{"a":2}]],"k":{},"et":1}',
        b'{"t":1,"f":"ring","a":[],"k":{"ids":7},"et":1}',
        b'{"t":1,"f":"__import__","a":["os"],"k":{},"et":1}',
    ]


async def test_an_arq_worker_that_swallows_a_cancellation_is_ended_all_the_same():
    """As redis-py does when an answer and the cancellation meet."""
    worker = KeptWorker([func(_endless, name="ring")], redis_pool=ArqRedis())
    swallowed = 0

    async def polling() -> None:
        nonlocal swallowed
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                swallowed += 1
                if swallowed == 3:
                    raise

    worker.main_task = asyncio.create_task(polling())
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await worker.end(0)
    assert worker.main_task.cancelled()
