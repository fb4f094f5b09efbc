"""Booking: only after both said yes, once, and with everything that follows from it."""

from scheduler.effects import SendInvite
from scheduler.evidence import EvidenceKind
from tests.usecases.world import World


async def agreed() -> tuple[World, object]:
    world = World()
    await world.open()
    pair = await world.pair()
    for person in pair.both():
        await world.accept(pair, person)
    return world, pair


async def test_nothing_is_booked_before_both_accept():
    world = World()
    await world.open()
    pair = await world.pair()
    await world.plan(pair.id)
    await world.accept(pair, pair.mentor)
    assert await world.plan(pair.id) is None
    assert await world.series(pair.id) == ()


async def test_a_series_is_booked_once_with_a_request_for_each():
    world, pair = await agreed()
    for _ in range(3):
        assert await world.plan(pair.id) is None
    (series,) = await world.series(pair.id)
    assert len(series.live()) == 13
    async with world.begin(read_only=True) as uow:
        rows = await uow.outbox.of_pair(pair.id)
        evidence = await uow.evidence.of_pair(pair.id)
        copies = await uow.copies.of_uids([series.uid])
    requests = [r.effect for r in rows if isinstance(r.effect, SendInvite)]
    assert {r.to for r in requests} == set(pair.both())
    assert {r.invite.uid for r in requests} == {series.uid}
    assert {r.invite.sequence for r in requests} == {0}
    assert len(requests) == len(copies) == 2
    booked = [row.about for row in evidence if row.kind is EvidenceKind.BOOKED]
    assert sorted(booked) == [str(m.key) for m in series.live()]
