"""Whatever two people do, in any order, a rest frees them and a closing ends it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from scheduler.asker import Asker
from scheduler.errors import Gone, NotFound, Refused, Taken, Unavailable
from scheduler.ids import PersonId
from scheduler.people import Pair
from scheduler.series import OfferState
from scheduler.usecases.say_met import say_met
from scheduler.usecases.undo_pause import undo_pause
from tests.usecases.breaking import Crash
from tests.usecases.noticing import HOUR, POLL
from tests.usecases.resting import DAY, RestingWorld, a_resting_pair, holds

pytestmark = pytest.mark.slow

ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("pause", "pause", "undo", "resume", "close"),
                *("delete", "choose", "say", "wait"),
            ]
        ),
        st.booleans(),
        st.integers(0, 4),
        st.integers(1, 8),
        st.booleans(),
    ),
    min_size=2,
    max_size=7,
)
ROUTES = st.sampled_from([("caldav", "caldav"), ("caldav", "mail"), ("mail", "mail")])
MAY_REFUSE = (Refused, Taken, NotFound, Gone, Unavailable)


@given(ACTS, ROUTES)
# Shrinking a history of weeks takes minutes: what failed is told as it was drawn.
@settings(max_examples=15, deadline=None, phases=[Phase.reuse, Phase.generate])
def test_nothing_lies_ahead_in_a_rest(acts: list[Any], routes: tuple[str, str]) -> None:
    asyncio.run(a_history(acts, routes))


async def a_history(acts: list[Any], routes: tuple[str, str]) -> None:
    world, pair = await a_resting_pair(*routes)
    for act in acts:
        for _ in range(1 + act[4]):  # a second click changes nothing
            try:
                await do(world, pair, *act[:4])
            except MAY_REFUSE:
                continue
        await holds(world, pair)
        await world.live_through(2 * POLL, POLL)
        await holds(world, pair)
    await world.live_through(DAY, 6 * HOUR)
    await holds(world, pair)
    await calendars_agree(world, pair)


async def do(
    world: RestingWorld, pair: Pair, act: str, is_mentor: bool, a: int, b: int
) -> None:
    person = pair.mentor if is_mentor else pair.mentee
    today = world.today()
    match act:
        case "pause":
            first = today + timedelta(days=7 * a) if a else None
            await world.pause(pair, today + timedelta(days=7 * (a + b)), first)
        case "resume":
            await world.resume(pair, by=person)
        case "undo":
            await undo_pause(pair.id, Asker(world.programme, person), **world.ports)
        case "close":
            if a > 2:
                await world.close(pair, by=person)
        case "wait":
            await world.live_through(b * DAY, 12 * HOUR)
        case _:
            await do_about_one(world, pair, act, person, a, b)


async def do_about_one(
    world: RestingWorld, pair: Pair, act: str, person: PersonId, a: int, b: int
) -> None:
    meeting = await world.meeting(pair, a)
    if act == "delete" and await world.connections(person):
        series = await world.standing(pair)
        calendar = world.calendar(person)
        calendar.person_deletes(series.uid, meeting.key.original_start)
    elif act == "choose":
        offers = [o for o in await world.offers(pair) if o.state is OfferState.OPEN]
        for offer in offers[:1]:
            await world.choose(offer, offer.times[0], person)
    elif act == "say":
        await say_met(
            pair.id,
            person,
            meeting.key,
            met=b > 4,
            begin=world.begin,
            clock=world.clock,
        )


async def calendars_agree(world: RestingWorld, pair: Pair) -> None:
    """Each calendar that Troth writes shows what stands ahead, and nothing else."""
    now = world.clock.now()
    stands = {
        m.span
        for s in await world.series(pair)
        for m in s.live()
        if m.span and m.span.start > now
    }
    shown = await world.written(pair)
    for person in pair.both():
        if await world.connections(person):
            ahead = {span for one, span in shown if one == person and span.start > now}
            assert ahead == stands


async def a_pause(world: RestingWorld, pair: Pair) -> None:
    await world.pause(pair, date(2026, 6, 1), date(2026, 4, 1), by=pair.mentor)


async def an_end(world: RestingWorld, pair: Pair) -> None:
    await world.close(pair, by=pair.mentee)


async def an_undo(world: RestingWorld, pair: Pair) -> None:
    await undo_pause(pair.id, Asker(world.programme, pair.mentor), **world.ports)


async def picture(world: RestingWorld, pair: Pair) -> dict[str, Any]:
    """What people see, and what is on record, without names that were drawn."""
    rows = await world.outbox(pair)
    return {
        "calendars": sorted(
            (p == pair.mentor, s) for p, s in await world.written(pair)
        ),
        "mails": Counter(
            (m.to.email, m.subject, m.method) for m in world.post.read().values()
        ),
        "rows": Counter((type(r.effect).__name__, r.state) for r in rows),
        "series": [[m.state for m in s.meetings] for s in await world.series(pair)],
        "evidence": Counter(e.kind for e in await world.evidence(pair)),
        "ledger": [(r.period, r.state) for r in await world.ledger(pair)],
    }


@pytest.mark.parametrize("act", [a_pause, an_end, an_undo])
async def test_who_dies_at_any_step_and_clicks_again_gets_the_same(
    act: Callable[[RestingWorld, Pair], Awaitable[None]],
) -> None:
    start, pair = await a_resting_pair("caldav", "mail")
    if act is an_undo:
        await a_pause(start, pair)
        await start.settle(HOUR)
    whole = await life(start, pair, act, None)
    expected = await picture(whole, pair)
    steps = whole.fuse.steps - start.fuse.steps
    assert steps > 20
    for k in range(1, steps + 1, 2):
        world = await life(start, pair, act, k)
        assert await picture(world, pair) == expected, f"died at step {k}"


async def life(
    start: RestingWorld,
    pair: Pair,
    act: Callable[[RestingWorld, Pair], Awaitable[None]],
    dies_at: int | None,
) -> RestingWorld:
    """A click, once more if the process died, and some hours, with one death."""
    world = deepcopy(start)
    world.fuse.at = dies_at and start.fuse.steps + dies_at
    try:
        await act(world, pair)
    except Crash:
        await act(world, pair)
    await world.live_through(3 * HOUR, HOUR)
    return world
