"""Workers that stop, hang or get lost leave nothing undone."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.ids import PersonId
from scheduler.ports.store import Begin
from scheduler.work import LEASE
from tests.workers.bench import NOW, Bench, soon
from workers.run import Pace, Runner, tick


class TestStopping:
    async def test_waits_for_what_is_nearly_done(self):
        bench, go = Bench(), asyncio.Event()

        async def slow(subject: str, begin: Begin) -> None:
            await go.wait()
            await bench.count(subject, begin)

        await bench.add("a")
        runner = bench.runner(slow)
        await runner.take()
        stopping = asyncio.create_task(runner.stop(grace=5))
        await asyncio.sleep(0)
        go.set()
        await stopping
        assert bench.done["a"] == 1
        assert await bench.next_due() is None

    async def test_puts_back_what_is_not_done_and_takes_nothing_more(self):
        """F03: no lease is left behind."""
        bench = Bench()

        async def endless(subject: str, begin: Begin) -> None:
            await asyncio.Event().wait()

        await bench.add("a")
        runner = bench.runner(endless)
        await runner.take()
        await runner.stop(grace=0.01)
        assert runner.in_hand == 0
        assert await runner.take() == frozenset()
        assert await bench.next_due() == NOW
        await tick(bench.runner())
        assert bench.done["a"] == 1

    async def test_frees_those_who_wait_for_room(self):
        bench = Bench()

        async def endless(subject: str, begin: Begin) -> None:
            await asyncio.Event().wait()

        await bench.add("a", "b")
        runner = bench.runner(endless, Pace(slots=1, beat=3600.0))
        names = await runner.due(10)
        heeding = asyncio.create_task(runner.heed(names))
        await soon(lambda: runner.in_hand == 1)
        await runner.stop(grace=0.01)
        async with asyncio.timeout(5):
            await heeding


async def test_twenty_interruptions_are_counted_and_the_work_is_done():
    """F02: a deploy loop; our own counter, not the queue's."""
    bench = Bench()

    async def endless(subject: str, begin: Begin) -> None:
        await asyncio.Event().wait()

    await bench.add("a")
    for _ in range(20):
        runner = bench.runner(endless)
        assert len(await runner.take()) == 1
        await runner.stop(grace=0)
    (lease,) = await bench.look()
    assert lease.work.attempts == 21
    await tick(bench.runner())
    assert bench.done["a"] == 1


class Lives:
    """Workers that come, stop, or go on unseen and late with work in hand."""

    def __init__(self) -> None:
        self.bench = Bench()
        self.added = 0
        self.unseen: list[Runner] = []
        self.runner = self.bench.runner(self.effect)

    async def effect(self, subject: str, begin: Begin) -> None:
        person = PersonId(subject)
        async with begin(read_only=True) as uow:
            before = await uow.settings.fewer(person)
        await asyncio.sleep(0)
        async with begin() as uow:
            await uow.settings.set_fewer(person, before | {str(len(before))})
            await uow.commit()
        await asyncio.sleep(0)

    async def live(self, act: str) -> None:
        match act:
            case "add":
                self.added += 1
                await self.bench.add(f"s{self.added}", at=self.bench.clock.now())
            case "take":
                await self.runner.take()
                await asyncio.sleep(0)
            case "stop":
                await self.runner.stop(grace=0)
                self.runner = self.bench.runner(self.effect)
            case "get lost":
                self.unseen.append(self.runner)
                self.runner = self.bench.runner(self.effect)
            case _:
                self.bench.clock.advance(LEASE / 2)

    async def end(self) -> None:
        for runner in (self.runner, *self.unseen):
            await runner.idle()
        self.bench.clock.advance(LEASE)
        await tick(self.bench.runner(self.effect))


@given(st.lists(st.sampled_from(["take", "stop", "get lost", "wait", "add"])))
@settings(max_examples=40, deadline=None)
def test_whatever_happens_to_workers_all_work_is_done_in_the_end(acts):
    async def live() -> None:
        lives = Lives()
        for act in ["add", *acts]:
            await lives.live(act)
        await lives.end()
        assert await lives.bench.next_due() is None
        async with lives.bench.begin(read_only=True) as uow:
            for n in range(1, lives.added + 1):
                assert await uow.settings.fewer(PersonId(f"s{n}"))

    asyncio.run(live())
