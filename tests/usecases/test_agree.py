"""Agreeing: the same text, both of them, and each change is the other's to answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from scheduler.agreement import AgreementState
from scheduler.errors import NotFound, Refused, Taken
from scheduler.evidence import EvidenceKind
from scheduler.ids import PersonId
from scheduler.people import Hours
from scheduler.planning import first_period
from scheduler.roster import PairWish, PersonWish
from scheduler.usecases.accept_agreement import accept_agreement
from scheduler.usecases.add_pair import add_pair
from scheduler.usecases.preview_plan import preview_plan
from tests.usecases.world import NOW, World


async def test_a_pair_that_is_added_twice_is_one_and_asked_once():
    world = await World().open()
    first, second = await world.pair(), await world.pair()
    assert first == second
    asked = [r for r in await world.outbox(first) if r.key.startswith("please-agree")]
    assert len(asked) == 2


async def test_what_the_list_does_not_say_is_the_programmes():
    world = await World().open()
    wish = PairWish(1, PersonWish("a@example.org"), PersonWish("b@example.org"))
    pair = await add_pair(
        world.programme, wish, begin=world.begin, clock=world.clock, ids=world.ids
    )
    async with world.store(read_only=True) as uow:
        (draft,) = await uow.agreements.of_pair(pair.id)
        mentor = await uow.people.get(pair.mentor)
    assert (mentor.name, mentor.zone, mentor.language) == ("a", "Europe/Berlin", "en")
    assert draft.state is AgreementState.DRAFT
    assert draft.terms.first_day == date(2026, 3, 3)
    assert draft.terms.last_day == date(2026, 3, 3) + timedelta(weeks=26)
    assert draft.terms.mentor_hours == Hours.parse("Mon-Fri 08:00-18:00")


async def test_mentor_and_mentee_are_two():
    world = await World().open()
    wish = PairWish(1, PersonWish("A@example.org"), PersonWish("a@Example.org"))
    with pytest.raises(Refused, match="E_SAME_PERSON"):
        await add_pair(
            world.programme, wish, begin=world.begin, clock=world.clock, ids=world.ids
        )


async def test_an_old_text_is_not_accepted():
    world = await World().open()
    pair = await world.pair()
    async with world.store(read_only=True) as uow:
        (old,) = await uow.agreements.of_pair(pair.id)
    await world.propose(pair, pair.mentor, minutes=60)
    with pytest.raises(Taken, match="E_AGREEMENT_CHANGED"):
        await accept_agreement(
            pair.id, pair.mentee, old.digest, begin=world.begin, clock=world.clock
        )
    assert (await world.accept(pair, pair.mentee)).terms.minutes == 60


async def test_what_is_in_force_rules_until_both_accept_the_next():
    world = await World().open()
    pair = await world.agreed_pair()
    await world.propose(pair, pair.mentor, minutes=60)
    async with world.store(read_only=True) as uow:
        versions = await uow.agreements.of_pair(pair.id)
    states = [v.state for v in versions]
    assert states == [AgreementState.IN_FORCE, AgreementState.PROPOSED]
    for _ in range(2):
        await world.accept(pair, pair.mentee)
    async with world.store(read_only=True) as uow:
        versions = await uow.agreements.of_pair(pair.id)
        evidence = await uow.evidence.of_pair(pair.id)
    states = [v.state for v in versions]
    assert states == [AgreementState.REPLACED, AgreementState.IN_FORCE]
    accepted = [e for e in evidence if e.kind is EvidenceKind.ACCEPTED]
    assert len(accepted) == 2


async def test_the_author_of_a_proposal_has_accepted_it_and_the_other_is_asked():
    world = await World().open()
    pair = await world.pair()
    for _ in range(2):
        await world.propose(pair, pair.mentor, minutes=60)
    async with world.store(read_only=True) as uow:
        versions = await uow.agreements.of_pair(pair.id)
    assert [v.accepted_by for v in versions] == [frozenset(), {pair.mentor}]
    asked = [r for r in await world.outbox(pair) if versions[-1].id in r.key]
    assert len(asked) == 1
    assert pair.mentee in asked[0].key


async def test_strangers_and_closed_pairs_agree_on_nothing():
    world = await World().open()
    pair = await world.pair()
    with pytest.raises(NotFound):
        await world.accept(pair, PersonId("stranger"))
    async with world.store() as uow:
        await uow.pairs.put(replace(pair, closed=date(2026, 3, 1)))
        await uow.commit()
    with pytest.raises(Refused, match="E_PAIR_CLOSED"):
        await world.accept(pair, pair.mentor)
    with pytest.raises(Refused, match="E_PAIR_CLOSED"):
        await world.propose(pair, pair.mentor, minutes=60)


async def test_the_first_period_waits_for_the_notice():
    world = await World().open()
    pair = await world.pair()
    async with world.store(read_only=True) as uow:
        (draft,) = await uow.agreements.of_pair(pair.id)
    zones = ("Europe/Berlin", "Pacific/Auckland")
    early = replace(draft.terms, first_day=date(2026, 1, 1), notice_hours=24)
    assert first_period(draft.terms, NOW, zones) == date(2026, 3, 9)
    # 24 hours later it is Tuesday 10:00 in Berlin and 22:00 in Auckland.
    assert first_period(early, NOW, zones) == date(2026, 3, 4)
    late = NOW + timedelta(hours=4)  # Wednesday 02:00 in Auckland by then
    assert first_period(early, late, zones) == date(2026, 3, 5)


async def test_a_preview_writes_nothing_and_is_what_is_booked():
    world = await World().open()
    pair = await world.pair()
    shelves = world.store.shelves
    preview = await preview_plan(pair.id, begin=world.begin, clock=world.clock)
    assert world.store.shelves is shelves
    for person in pair.both():
        await world.accept(pair, person)
    await world.work()
    (series,) = await world.series(pair)
    assert preview.result
    planned = [m.start for m in preview.result.meetings]
    assert planned == [m.span.start for m in series.live() if m.span]


async def test_a_preview_says_whose_calendar_is_not_known():
    world = await World().open()
    pair = await world.pair()
    await world.connect(pair.mentee)
    preview = await preview_plan(pair.id, begin=world.begin, clock=world.clock)
    assert preview.unknown == {pair.mentee}
    assert preview.result is None
