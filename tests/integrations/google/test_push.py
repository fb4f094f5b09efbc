"""Google tells us of changes, well or badly: what is known is what it would tell.

promises.md F14 to F17, Y1, Y2, Y9.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from config.settings import Settings
from integrations.google.fake.faults import Drop, Rule
from integrations.google.fake.push import Push
from scheduler.channels import POLL, POLL_BESIDE_PUSH
from tests.integrations.google.pushed import Pushed, pushed
from tests.web.world import SITE

DAY = timedelta(days=1)


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Pushed]:
    async with pushed(Settings(data_dir=tmp_path, public_url=SITE)) as made:
        yield made


async def told(whole: Pushed) -> Pushed:
    """A channel that was heard, and the poll after it."""
    await whole.for_a(2 * POLL)
    return whole


async def test_an_idle_day_costs_few_calls_beside_push(whole: Pushed) -> None:
    """Y9: at most 20, the day of a renewal included."""
    await told(whole)
    days = [await whole.for_a(DAY) for _ in range(15)]
    for calls in days:
        assert calls.total() <= 20
        assert calls["events.list"] <= 13
    assert sum(calls["events.watch"] for calls in days) == 4
    assert sum(calls["channels.stop"] for calls in days) == 4
    live = [c for c in whole.google.channels.values() if c.stopped is None]
    assert len([c for c in live if c.expiration > whole.clock.now()]) == 1


@pytest.mark.slow
@pytest.mark.parametrize("site", ["http://127.0.0.1:8000", SITE])
async def test_an_idle_day_without_push_is_96_polls(tmp_path: Path, site: str) -> None:
    """Y9: at most 100. Without https nothing is even asked for."""
    async with pushed(Settings(data_dir=tmp_path, public_url=site)) as whole:
        await whole.for_a(DAY, lambda _: 0)
        for _ in range(4):
            calls = await whole.for_a(DAY, lambda _: 0)
            assert 95 <= calls["events.list"] <= 96
            assert calls.total() <= 100
        watched = [r for r in whole.google.requests if r.method == "events.watch"]
        assert len(watched) == (2 if site == SITE else 0)


async def test_one_change_costs_one_list_call(whole: Pushed) -> None:
    await told(whole)
    for n in range(5):
        whole.acts(n)
        calls = await whole.for_a(timedelta(seconds=1))
        assert calls == {"events.list": 1}
        assert await whole.is_current()


@pytest.mark.parametrize("times", [2, 10])
async def test_a_notification_that_comes_often_changes_nothing_more(
    tmp_path: Path, times: int
) -> None:
    """F14: the same state hash, and the same number of reads."""
    settings = Settings(data_dir=tmp_path, public_url=SITE)
    ends = []
    for copies in (1, times):
        async with pushed(settings) as whole:
            await told(whole)
            for n in range(4):
                whole.acts(n)
                calls = await whole.for_a(timedelta(minutes=1), lambda _: copies)  # noqa: B023
                assert calls == {"events.list": 1}
            whole.acts(2, gone=True)
            await whole.for_a(timedelta(minutes=1), lambda _: copies)  # noqa: B023
            ends.append(await whole.state())
    assert ends[0] == ends[1]


@pytest.mark.parametrize("lost", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("seed", range(3))
async def test_it_is_known_within_a_poll_whatever_becomes_of_notifications(
    whole: Pushed, seed: int, lost: float
) -> None:
    """F15: in any order, an hour late, 0, 10 or all of them lost."""
    draw = Random(seed)  # noqa: S311
    await told(whole)
    late: list[Push] = []
    for n in range(12):
        whole.acts(n)
        late += whole.google.take_pushes()
        await whole.for_a(timedelta(minutes=draw.randrange(1, 12)))
    await whole.for_a(timedelta(hours=1))
    draw.shuffle(late)
    for push in late:
        if draw.random() >= lost:
            assert await whole.post(push) == 200
    await whole.for_a(POLL_BESIDE_PUSH if lost else timedelta(seconds=1))
    assert await whole.is_current()


@pytest.mark.slow
async def test_with_all_push_lost_it_is_known_within_15_minutes(whole: Pushed) -> None:
    """Y2, where no message ever came through."""
    await whole.for_a(DAY, lambda _: 0)
    for n in range(30):
        whole.acts(n)
        await whole.for_a(POLL, lambda _: 0)
        assert await whole.is_current()
        await whole.for_a(timedelta(minutes=n), lambda _: 0)


async def test_push_that_breaks_off_is_missed_once(whole: Pushed) -> None:
    """Y2, where messages came until now: two hours for the first, then 15 minutes."""
    await told(whole)
    whole.acts(0)
    await whole.for_a(POLL_BESIDE_PUSH, lambda _: 0)
    assert await whole.is_current()
    for n in range(1, 12):
        whole.acts(n)
        await whole.for_a(POLL, lambda _: 0)
        assert await whole.is_current()
    whole.acts(12)
    await whole.for_a(POLL)
    assert (await whole.for_a(DAY)).total() <= 20


@pytest.mark.parametrize("applied", [False, True])
async def test_an_answer_that_is_lost_makes_no_second_channel(
    whole: Pushed, *, applied: bool
) -> None:
    whole.google.play(Rule("events.watch", Drop(applied=applied)))
    await whole.for_a(DAY)
    assert len(whole.google.channels) == 1
    assert (await whole.for_a(DAY)).total() <= 20
    whole.acts(1)
    await whole.for_a(timedelta(seconds=1))
    assert await whole.is_current()
