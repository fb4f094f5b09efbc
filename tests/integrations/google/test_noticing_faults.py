"""Reads that break off, begin anew or are refused: rows F18 to F29 of promises.md."""

from __future__ import annotations

from datetime import timedelta

import pytest

from integrations.google.fake.faults import Refuse, Rule
from integrations.google.fake.problems import FORBIDDEN, FULL_SYNC
from integrations.google.fake.world import Behaviour
from scheduler.connections import Health
from scheduler.evidence import EvidenceKind, SourceKind
from scheduler.letters import LetterKind
from scheduler.people import Pair
from scheduler.usecases.gather import gather_side
from scheduler.work import WorkKind
from tests.integrations.google.booked import HOUR, GoogleWorld
from tests.integrations.google.noticed import adds, begun, home
from tests.integrations.google.test_noticing import acts, fallen, letters
from tests.usecases.breaking import Crash
from tests.usecases.noticing import POLL

#: A minute together: for `make test`.
pytestmark = pytest.mark.slow

QUARTER = timedelta(minutes=15)


# F18, F19: what is read anew, and what breaks off ----------------------------------


async def paged() -> tuple[GoogleWorld, Pair]:
    """The organiser's calendar takes several pages."""
    world, pair = await begun(Behaviour(page_limit=2))
    for n in range(7):
        adds(world, pair.mentor, world.clock.now() + timedelta(days=n, hours=11))
    await world.settle(6 * POLL)
    return world, pair


async def change_much(world: GoogleWorld, pair: Pair) -> None:
    for n in range(4):
        adds(world, pair.mentor, world.clock.now() + timedelta(days=n, hours=13))
    await world.deletes(pair.mentor, pair, await world.start(pair, 1))


@pytest.mark.parametrize("page", range(1, 10))
async def test_f18_a_410_on_any_page_ends_as_a_read_that_went_well(page: int) -> None:
    world, pair = await paged()
    await change_much(world, pair)
    user = world.emails[pair.mentor]
    rule = Rule("events.list", Refuse(FULL_SYNC), nth=page, times=1, user=user)
    world.google.play(rule)
    await world.live_through(timedelta(hours=2), QUARTER)
    world.google.play()
    await world.live_through(QUARTER, QUARTER)
    assert len(await world.objects(pair.mentor)) == 12
    assert await fallen(world, pair) == [1]
    assert set(await letters(world, pair)) == {LetterKind.FELL_OUT}


async def test_f18_a_token_refused_in_a_loop_is_one_full_read_in_15_minutes() -> None:
    world, pair = await begun(guest_connected=False)
    rule = Rule(
        "events.list", Refuse(FULL_SYNC), times=10_000, user=world.emails[pair.mentor]
    )
    world.clock.advance(QUARTER)
    world.google.play(rule)
    before = len(world.google.requests)
    for _ in range(60):
        await world.do(WorkKind.SYNC, await home(world, pair.mentor))
        world.clock.advance(timedelta(minutes=1))
    asked = world.google.requests[before:]
    whole = [r for r in asked if "syncToken" not in dict(r.query)]
    assert len(whole) == 4
    assert await fallen(world, pair) == []


async def test_f19_a_crash_between_any_two_calls_loses_and_doubles_nothing() -> None:
    """Rows and cursor are kept together, so a read that broke off never was."""
    point, steps = 0, 1
    while point < steps:
        point += 1
        world, pair = await paged()
        await change_much(world, pair)
        world.fuse.steps, world.fuse.at = 0, point
        with_crash = False
        try:
            await world.do(WorkKind.SYNC, await home(world, pair.mentor))
        except Crash:
            with_crash = True
        steps = world.fuse.steps + with_crash
        world.fuse.at = None
        await world.live_through(timedelta(hours=1), QUARTER)
        assert len(await world.objects(pair.mentor)) == 12
        assert await fallen(world, pair) == [1]
        told = await letters(world, pair)
        assert told == {LetterKind.FELL_OUT: sorted(pair.both())}
    assert steps > 10


# F20: sparse cancelled instances ----------------------------------------------------


@pytest.mark.parametrize("who", ["mentor", "mentee"])
async def test_f20_a_sparse_cancelled_instance_is_a_date_taken_out(who: str) -> None:
    world, pair = await begun(Behaviour(sparse=True, deleting_declines=False))
    person = getattr(pair, who)
    await world.deletes(person, pair, await world.start(pair, 1))
    await world.settle(6 * POLL)
    assert await fallen(world, pair) == [1]
    assert await acts(world, pair) == {
        (EvidenceKind.CANCELLED, person, SourceKind.GOOGLE)
    }


# F29: a calendar that is not there any more -----------------------------------------


@pytest.mark.parametrize("who", ["mentor", "mentee"])
async def test_f29_a_calendar_that_is_gone_is_unknown_not_empty(who: str) -> None:
    world, pair = await begun()
    person = getattr(pair, who)
    rule = Rule(
        "events.list", Refuse(FORBIDDEN), times=10_000, user=world.emails[person]
    )
    world.google.play(rule)
    before = await world.standing(pair)
    await world.live_through(timedelta(hours=30), HOUR)
    assert (await world.standing(pair)).meetings == before.meetings
    assert set(await letters(world, pair)) == set()
    async with world.store(read_only=True) as uow:
        side = await gather_side(uow, person, world.clock.now())
    assert side.stale(world.clock.now())
    assert len(await world.letters(pair, LetterKind.BROKEN)) in {0, 1}
    broken = [
        e
        for e in await world.evidence(pair)
        if e.kind is EvidenceKind.CONNECTION_BROKEN
    ]
    assert [(e.by, e.source) for e in broken] == [(person, SourceKind.GOOGLE)]
    world.google.play()
    await world.live_through(HOUR, QUARTER)
    assert (await world.standing(pair)).meetings == before.meetings


async def test_f29_one_calendar_of_several_that_is_gone_offers_nothing() -> None:
    world, pair = await begun()
    await world.connected(pair.mentee, "team@group.calendar.test")
    await world.settle(HOUR)
    (_, other) = sorted(
        await world.connections(pair.mentee), key=lambda c: c.url.reveal == "primary"
    )[::-1]
    assert other.health is Health.FAILING
    async with world.store(read_only=True) as uow:
        side = await gather_side(uow, pair.mentee, world.clock.now())
    assert [c.id for c in side.stale(world.clock.now())] == [other.id]
    assert await fallen(world, pair) == []
