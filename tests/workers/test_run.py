"""Work is done, again when it failed, and never more at once than there is room."""

import asyncio
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from scheduler.errors import Refused, Unavailable
from scheduler.ports.store import Begin
from scheduler.work import WorkKind, retry_at
from tests.workers.bench import NOW, Bench
from workers.run import Pace, tick

HOUR = timedelta(hours=1)


async def test_due_work_is_done_once_and_forgotten():
    bench = Bench()
    await bench.add(*"abc")
    await bench.add("later", at=NOW + HOUR)
    assert await tick(bench.runner()) == 3
    assert bench.done == {"a": 1, "b": 1, "c": 1}
    assert await bench.next_due() == NOW + HOUR


async def test_work_comes_back_when_its_handler_says():
    bench = Bench()

    async def hourly(subject: str, begin: Begin) -> datetime:
        bench.done[subject] += 1
        return bench.clock.now() + HOUR

    await bench.add("a")
    await tick(bench.runner(hourly))
    assert await bench.next_due() == NOW + HOUR
    await tick(bench.runner(hourly))
    assert bench.done["a"] == 1


async def test_work_that_follows_from_work_is_done_in_the_same_tick():
    bench = Bench()

    async def countdown(subject: str, begin: Begin) -> None:
        bench.done[subject] += 1
        if n := int(subject):
            async with begin() as uow:
                await uow.work.add(WorkKind.PLAN, str(n - 1), bench.clock.now())
                await uow.commit()

    await bench.add("5")
    await tick(bench.runner(countdown))
    assert len(bench.done) == 6


async def test_a_tick_ends_though_work_is_always_due_again():
    bench = Bench()

    async def again(subject: str, begin: Begin) -> datetime:
        bench.done[subject] += 1
        return bench.clock.now()

    await bench.add("a")
    assert await tick(bench.runner(again), most=25) == 25


@pytest.mark.parametrize(
    "error",
    [
        Unavailable("no answer"),
        Refused("E_URL_BLOCKED", "ada@example.org may not"),
        ValueError("ada@example.org"),
        KeyError("ada@example.org"),
        ExceptionGroup("two", [OSError("ada@example.org"), ValueError()]),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_what_fails_is_put_back_with_a_pause_and_told_without_content(error):
    bench = Bench()

    async def fail(subject: str, begin: Begin) -> None:
        bench.done[subject] += 1
        raise error

    await bench.add("a")
    with capture_logs() as logs:
        await tick(bench.runner(fail))
    assert bench.done["a"] == 1
    due = await bench.next_due()
    assert due is not None
    assert NOW + timedelta(seconds=1) <= due <= NOW + timedelta(seconds=60)
    put_back = [entry for entry in logs if entry["event"] == "work put back"]
    assert len(put_back) == 1
    assert "ada" not in str(put_back)


async def test_nothing_is_ever_dropped_however_often_it_fails():
    bench, tries = Bench(), 40

    async def fail(subject: str, begin: Begin) -> None:
        bench.done[subject] += 1
        if bench.done[subject] <= tries:
            raise RuntimeError

    await bench.add("a")
    for _ in range(tries):
        await tick(bench.runner(fail))
        due = await bench.next_due()
        assert due is not None
        assert due - bench.clock.now() <= timedelta(hours=4)
        bench.clock.set(due)
    await tick(bench.runner(fail))
    assert bench.done["a"] == tries + 1
    assert await bench.next_due() is None


async def test_a_server_that_names_a_time_is_left_alone_until_then():
    bench = Bench()

    async def busy(subject: str, begin: Begin) -> None:
        raise Unavailable("429", after=7200)

    await bench.add("a")
    await tick(bench.runner(busy))
    due = await bench.next_due()
    assert due is not None
    assert due >= NOW + 2 * HOUR


@given(
    attempts=st.integers(1, 10_000),
    chance=st.floats(0, 1, exclude_max=True),
    after=st.none() | st.floats(0, 100_000),
)
@settings(max_examples=50)
def test_pauses_are_bounded_and_never_too_short(attempts, chance, after):
    wait = retry_at(NOW, attempts=attempts, chance=chance, after=after) - NOW
    assert wait >= timedelta(seconds=max(1, after or 0))
    assert wait <= max(timedelta(hours=4), timedelta(seconds=after or 0))


async def test_a_store_that_says_not_now_is_asked_again_at_once():
    bench = Bench()
    refusals = 3

    @asynccontextmanager
    async def busy(*, fence=None, read_only=False):
        nonlocal refusals
        async with store(fence=fence, read_only=read_only) as uow:
            if fence and refusals:
                refusals -= 1
                raise Unavailable("database: 40001")
            yield uow

    async def write(subject: str, begin: Begin) -> None:
        async with begin() as uow:
            await uow.settings.fewer("p")
            await uow.commit()
        bench.done[subject] += 1

    store, bench.begin = bench.begin, busy
    await bench.add("a")
    await tick(bench.runner(write))
    assert bench.done["a"] == 1
    assert await bench.next_due() is None


async def test_a_hundred_triggers_at_once_are_one_or_two_reads():
    """F51: push, poll and click at once."""
    bench = Bench()

    async def read(subject: str, begin: Begin) -> datetime:
        bench.done[subject] += 1
        await asyncio.sleep(0.01)
        return bench.clock.now() + HOUR

    runners = [bench.runner(read) for _ in range(4)]

    async def trigger(n: int) -> None:
        await bench.add("calendar")
        await runners[n % 4].take()

    await asyncio.gather(*(trigger(n) for n in range(100)))
    for runner in runners:
        await tick(runner)
    assert 1 <= bench.done["calendar"] <= 2
    assert await bench.next_due() == NOW + HOUR


async def test_never_more_in_hand_than_there_are_slots():
    bench, most = Bench(), 0

    async def watch(subject: str, begin: Begin) -> None:
        nonlocal most
        most = max(most, runner.in_hand)
        await asyncio.sleep(0.001)
        bench.done[subject] += 1

    await bench.add(*(str(n) for n in range(60)))
    runner = bench.runner(watch, Pace(slots=7, beat=3600.0))
    names = await runner.due(100)
    await asyncio.gather(*(runner.heed(names[n::6]) for n in range(6)))
    await runner.idle()
    assert len(bench.done) == 60
    assert most <= 7


async def test_those_who_wait_for_room_do_not_lease_one_row_each():
    """Forty rings at once: chunks, whatever the moment at which a slot is free."""
    bench, opened = Bench(), 0

    @asynccontextmanager
    async def counted(*, fence=None, read_only=False):
        nonlocal opened
        opened += 1
        async with store(fence=fence, read_only=read_only) as uow:
            yield uow

    async def work(subject: str, begin: Begin) -> None:
        await asyncio.sleep(int(subject) * 37 % 101 / 5000)
        bench.done[subject] += 1

    await bench.add(*(str(n) for n in range(400)))
    store, bench.begin = bench.begin, counted
    runner = bench.runner(work, Pace(beat=3600.0, patience=0.01))
    names = await runner.due(400)
    opened = 0
    await asyncio.gather(*(runner.heed(names[n::40]) for n in range(40)))
    await runner.idle()
    assert len(bench.done) == 400
    assert opened - 400 <= 60  # each of the 400 is settled in one of its own


async def test_work_that_takes_too_long_is_given_up_and_tried_again():
    bench = Bench()

    async def endless(subject: str, begin: Begin) -> None:
        await asyncio.Event().wait()

    await bench.add("a")
    await tick(bench.runner(endless, Pace(beat=3600.0, longest=0.01)))
    due = await bench.next_due()
    assert due is not None
    assert due > NOW
