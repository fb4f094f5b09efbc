"""Closing leaves nothing ahead, says goodbye once, and keeps what was."""

from __future__ import annotations

from datetime import date

import pytest

from scheduler.agreement import AgreementState
from scheduler.errors import Refused, Taken
from scheduler.evidence import EvidenceKind
from scheduler.letters import LetterKind
from scheduler.series import LedgerState, MeetingState, OfferState, SeriesState
from scheduler.usecases.say_met import say_met
from scheduler.work import WorkKind
from tests.usecases.noticing import HOUR
from tests.usecases.resting import DAY, RestingWorld, a_resting_pair, holds


@pytest.mark.parametrize(
    ("mentor", "mentee"), [("caldav", "mail"), ("caldav", "caldav"), ("mail", "mail")]
)
async def test_nothing_of_theirs_lies_ahead_and_each_is_told_once(mentor, mentee):
    world, pair = await a_resting_pair(mentor, mentee)
    await world.live_through(20 * DAY, DAY)
    held = (await world.standing(pair)).live()[0]
    await say_met(
        pair.id, pair.mentor, held.key, met=True, begin=world.begin, clock=world.clock
    )
    await world.settle()
    now = world.clock.now()
    for _ in range(2):
        closed = await world.close(pair, by=pair.mentor)
        assert closed.closed
        await world.settle()
    (series,) = await world.series(pair)
    assert series.state is SeriesState.ENDED
    assert not [m for m in series.live() if m.span and m.span.start >= now]
    assert all(span.start < now for _, span in await world.written(pair))
    assert world.told(LetterKind.GOODBYE).total() == 2
    assert world.told(LetterKind.PAIR_CLOSED) == {"co@example.org": 1}
    [letter, other] = await world.letters(pair, LetterKind.GOODBYE)
    assert letter.facts == other.facts
    assert dict(letter.facts.counts) == {"held": 1, "promises kept": 0}
    async with world.store(read_only=True) as uow:
        versions = await uow.agreements.of_pair(pair.id)
        (audited,) = [a for a in await uow.audit.about(pair.id) if a.act == "closed"]
    assert versions[-1].state is AgreementState.ENDED
    assert audited.actor == f"person:{pair.mentor}"
    await holds(world, pair)
    sent = len(world.post.read())
    await world.live_through(60 * DAY, DAY)
    assert len(world.post.read()) == sent
    assert len(await world.series(pair)) == 1


async def test_a_closed_pair_leaves_no_offer_row_or_question_behind():
    world, pair = await a_resting_pair("caldav", "caldav")
    series = await world.standing(pair)
    fallen = await world.meeting(pair, 1)
    calendar = world.calendar(pair.mentor)
    calendar.person_deletes(series.uid, fallen.key.original_start)
    await world.settle(HOUR)
    [offer] = await world.offers(pair)
    await world.close(pair)
    [over] = await world.offers(pair)
    assert over.state is OfferState.OVER
    assert [r.state for r in await world.ledger(pair)] == [LedgerState.SKIPPED]
    with pytest.raises((Refused, Taken)):
        await world.choose(offer, offer.times[0], pair.mentee)
    assert not world.told(LetterKind.PAIR_CLOSED)


async def test_a_pair_that_never_agreed_closes_as_well():
    world = RestingWorld()
    await world.open()
    pair = await world.pair()
    await world.work()
    for _ in range(2):
        await world.close(pair, by=pair.mentee)
        await world.live_through(DAY, HOUR)
    assert world.told(LetterKind.GOODBYE).total() == 2
    kinds = [e.kind for e in await world.evidence(pair)]
    assert kinds == [EvidenceKind.CLOSED]
    with pytest.raises(Refused, match="E_PAIR_CLOSED"):
        await world.accept(pair, pair.mentor)
    with pytest.raises(Refused, match="E_PAUSE"):
        await world.pause(pair, date(2026, 5, 1))


async def test_a_pair_that_is_gone_has_no_duties():
    world, _ = await a_resting_pair()
    assert await world.do(WorkKind.TEND, "gone") is None
    assert await world.do(WorkKind.OBSERVE, "gone") is None


async def test_what_a_pause_took_stays_skipped_behind_a_closing():
    world, pair = await a_resting_pair()
    await world.pause(pair, date(2026, 6, 1))
    await world.close(pair)
    await world.settle()
    (series,) = await world.series(pair)
    assert {m.state for m in series.meetings} == {MeetingState.SKIPPED}
    assert not await world.written(pair)
    await holds(world, pair)
