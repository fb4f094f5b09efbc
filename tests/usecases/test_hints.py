"""What a message leads to: one read, whatever its kind, number and order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.channels import LIFE, POLL, POLL_BESIDE_PUSH, Heard
from scheduler.secret import Secret
from scheduler.work import LEASE, WorkKind
from tests.usecases.watched import HOUR, heard
from tests.usecases.world import NOW

DAY = timedelta(days=1)


@pytest.mark.parametrize("times", [1, 2, 10])
async def test_a_message_that_comes_often_is_one_read(times: int) -> None:
    """F14: the same state however often each message comes."""
    world = await heard()
    reads = len(world.reads)
    world.change()
    await world.deliver(lambda _: times)
    assert len(await world.due()) == 1
    await world.work()
    assert len(world.reads) == reads + 1
    assert await world.known() == set(world.held.held)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.1, 1.0]))
async def test_late_lost_and_disordered_messages_end_the_same(
    seed: int, lost: float
) -> None:
    """F15: an hour late, in any order, 0, 10 or all lost: known within one poll."""
    draw = Random(seed)  # noqa: S311
    world = await heard()
    for n in range(6):
        world.change(n)
        await world.until(world.clock.now() + timedelta(minutes=10))
        if draw.random() < 0.5:
            draw.shuffle(world.watching.sent)
            await world.deliver(lambda _: draw.random() >= lost)
    last = world.clock.now()
    await world.until(last + HOUR)
    await world.deliver(lambda _: draw.random() >= lost)
    await world.until(last + POLL_BESIDE_PUSH)
    assert await world.known() == set(world.held.held)


async def test_a_channel_that_falls_silent_costs_one_long_wait_and_no_more() -> None:
    """Y2: the first change that nobody told of brings the polls back."""
    world = await heard()
    world.change(1)
    await world.deliver(lambda _: 0)
    await world.until(NOW + 3 * HOUR)
    assert await world.known() == set(world.held.held)
    for n in range(2, 9):
        world.change(n)
        await world.deliver(lambda _: 0)
        await world.until(world.clock.now() + POLL)
        assert await world.known() == set(world.held.held)
    world.change(9)
    assert await world.deliver() == [Heard.HINT]
    reads = len(world.reads)
    await world.until(world.clock.now() + 10 * HOUR)
    assert len(world.reads) - reads <= 7


async def test_a_hint_while_the_calendar_is_being_read_is_not_lost() -> None:
    world = await heard()
    world.change(1)
    await world.deliver()
    now = world.clock.now()
    async with world.store() as uow:
        (lease,) = await uow.work.take(now, until=now + LEASE, most=1)
        await uow.commit()
    again = await world.do(WorkKind.SYNC, world.calendar)
    world.change(2)
    await world.deliver()
    async with world.store() as uow:
        await uow.work.finish(lease, again_at=again)
        await uow.commit()
    await world.work()
    assert await world.known() == set(world.held.held)
    assert world.clock.now() == now


async def test_a_thousand_forgeries_are_no_work() -> None:
    """F16: wrong or no token, unknown or old channel, another resource."""
    world = await heard()
    (row,) = await world.channels()
    good = {
        "channel": row.id,
        "token": row.token.reveal,
        "resource": row.resource,
        "state": "exists",
    }
    wrong = [
        {"token": ""},
        {"token": "t" * 43},
        {"channel": "c" * 26},
        {"channel": ""},
        {"resource": ""},
        {"resource": "another"},
        {"state": "add"},
        {"state": ""},
    ]
    before = world.store.shelves
    for n in range(1_000):
        assert not (await world.hear(good | wrong[n % len(wrong)])).is_believed
    assert world.store.shelves is before
    world.clock.advance(LIFE)
    assert await world.hear(good) is Heard.EXPIRED
    async with world.store() as uow:
        await uow.channels.put(replace(row, token=Secret(""), expires=NOW + 2 * LIFE))
        await uow.commit()
    assert await world.hear(good | {"token": ""}) is Heard.TOKEN
