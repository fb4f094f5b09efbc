"""Whoever holds a lease may write, and nobody whose lease ran out."""

import asyncio
from contextlib import asynccontextmanager

from structlog.testing import capture_logs

from scheduler.errors import Unavailable
from scheduler.ports.store import Begin
from scheduler.work import LEASE
from tests.workers.bench import Bench
from workers.run import tick


class TestALease:
    async def test_that_ran_out_is_taken_over_and_the_late_write_refused(self):
        """F04: a worker that hangs, and comes back."""
        bench, go, written = Bench(), asyncio.Event(), []

        async def hang(subject: str, begin: Begin) -> None:
            await go.wait()
            async with begin() as uow:
                await uow.settings.set_fewer("late", frozenset("x"))
                await uow.commit()
            written.append(subject)

        await bench.add("a")
        hung = bench.runner(hang)
        assert len(await hung.take()) == 1
        bench.clock.advance(LEASE)
        await tick(bench.runner())
        assert bench.done["a"] == 1
        go.set()
        with capture_logs() as logs:
            await hung.idle()
        assert written == []
        assert [entry["event"] for entry in logs] == ["lease lost"]
        async with bench.begin(read_only=True) as uow:
            assert await uow.settings.fewer("late") == frozenset()

    async def test_is_kept_by_the_heartbeat_for_as_long_as_the_work_takes(self):
        bench, go = Bench(), asyncio.Event()

        async def slow(subject: str, begin: Begin) -> None:
            await go.wait()
            await bench.count(subject, begin)

        await bench.add("a")
        slowly = bench.runner(slow)
        await slowly.take()
        for _ in range(20):
            bench.clock.advance(LEASE / 3)
            await slowly.extend()
            assert await bench.runner().take() == frozenset()
        go.set()
        await slowly.idle()
        assert bench.done["a"] == 1
        assert await bench.next_due() is None

    async def test_that_is_lost_ends_the_task_that_held_it(self):
        bench, ended = Bench(), []

        async def slow(subject: str, begin: Begin) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(subject)

        await bench.add("a")
        slowly = bench.runner(slow)
        await slowly.take()
        bench.clock.advance(LEASE)
        await tick(bench.runner())
        await slowly.extend()
        await slowly.idle()
        assert ended == ["a"]
        assert bench.done["a"] == 1

    async def test_is_given_up_when_the_store_is_away_for_longer_than_it_lasts(self):
        bench, away = Bench(), False

        @asynccontextmanager
        async def begin(*, fence=None, read_only=False):
            if away:
                raise Unavailable("database: the connection was lost")
            async with store(fence=fence, read_only=read_only) as uow:
                yield uow

        async def slow(subject: str, begin: Begin) -> None:
            await asyncio.Event().wait()

        store, bench.begin = bench.begin, begin
        await bench.add("a")
        runner = bench.runner(slow)
        await runner.take()
        away = True
        await runner.extend()
        assert runner.in_hand == 1
        bench.clock.advance(LEASE)
        await runner.extend()
        await runner.idle()
        away = False
        await tick(bench.runner())
        assert bench.done["a"] == 1
