"""Booking: only after both said yes, once, and with everything that follows from it."""

import asyncio
from datetime import timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.effects import OutboxState, PutCopy, SendInvite, SendLetter
from scheduler.evidence import EvidenceKind
from scheduler.ids import PersonId
from scheduler.letters import LetterKind
from scheduler.people import Pair
from scheduler.work import WorkKind
from tests.usecases.world import World


def letters(rows, kind):
    return [
        r.effect.letter.to
        for r in rows
        if isinstance(r.effect, SendLetter) and r.effect.letter.kind is kind
    ]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["connect", "propose", "accept", "work", "wait"]),
        st.booleans(),
        st.sampled_from([30, 45, 60]),
    ),
    max_size=12,
)


@given(STEPS)
@settings(max_examples=40, deadline=None)
def test_no_calendar_is_written_before_both_accept(steps: list[Any]):
    asyncio.run(a_history(steps))


async def take(
    world: World, pair: Pair, person: PersonId, step: str, number: int
) -> None:
    match step:
        case "connect":
            await world.connect(person)
        case "propose":
            await world.propose(pair, person, minutes=number)
        case "accept":
            await world.accept(pair, person)
        case "work":
            await world.work()
        case "wait":
            world.clock.advance(timedelta(hours=number))


async def a_history(steps: list[Any]) -> None:
    world = await World().open()
    pair = await world.pair()
    said_yes: dict[str, set[str]] = {}
    for step, is_mentor, number in steps:
        person = pair.mentor if is_mentor else pair.mentee
        await take(world, pair, person, step, number)
        async with world.store(read_only=True) as uow:
            latest = (await uow.agreements.of_pair(pair.id))[-1]
        if step in {"propose", "accept"}:
            said_yes.setdefault(latest.digest, set()).add(person)
        if any(yes == set(pair.both()) for yes in said_yes.values()):
            return
        await world.work()
        assert sum(paper.writes for paper in world.calendars.values()) == 0
        assert await world.series(pair) == ()
        rows = await world.outbox(pair)
        assert {type(r.effect) for r in rows} == {SendLetter}


async def test_a_series_is_booked_once_with_a_request_for_each():
    world = await World().open()
    pair = await world.agreed_pair()
    for _ in range(3):
        await world.work()
        await world.do(WorkKind.PLAN, pair.id)
    (series,) = await world.series(pair)
    rows = await world.outbox(pair)
    requests = [r.effect for r in rows if isinstance(r.effect, SendInvite)]
    assert {r.to for r in requests} == set(pair.both())
    assert {r.invite.uid for r in requests} == {series.uid}
    assert {r.invite.sequence for r in requests} == {0}
    assert len(requests) == 2
    async with world.store(read_only=True) as uow:
        evidence = await uow.evidence.of_pair(pair.id)
    booked = [row.about for row in evidence if row.kind is EvidenceKind.BOOKED]
    assert sorted(booked) == [str(m.key) for m in series.live()]


async def test_exactly_one_route_for_each():
    world = await World().open()
    pair = await world.agreed_pair("mentor")
    await world.work()
    (series,) = await world.series(pair)
    rows = await world.outbox(pair)
    written = [r.effect.person for r in rows if isinstance(r.effect, PutCopy)]
    mailed = [r.effect.to for r in rows if isinstance(r.effect, SendInvite)]
    assert (written, mailed) == ([pair.mentor], [pair.mentee])
    assert letters(rows, LetterKind.INVITATION) == [pair.mentor]
    (held,) = world.paper(pair.mentor).held.values()
    assert held.uid == series.uid
    assert sorted(held.dates.values()) == [m.span for m in series.live()]
    assert {r.state for r in rows if not isinstance(r.effect, SendLetter)} == {
        OutboxState.DONE
    }


async def test_one_mentor_of_several_pairs_is_never_booked_twice_at_a_time():
    world = await World().open()
    pairs = [await world.pair("ida", name) for name in ("leyla", "noor", "tomasz")]
    for pair in pairs:
        for person in pair.both():
            await world.accept(pair, person)
    plans = (world.do(WorkKind.PLAN, pair.id) for pair in pairs)
    again = await asyncio.gather(*plans)
    assert again.count(None) == 1, "all saw the same best slot, and one was faster"
    await world.live_through(timedelta(minutes=1), timedelta(seconds=10))
    spans = []
    for pair in pairs:
        (series,) = await world.series(pair)
        spans += [m.span for m in series.live() if m.span]
    assert len(spans) == 39
    assert not any(a.overlaps(b) for a, b in pairwise(sorted(spans)))
