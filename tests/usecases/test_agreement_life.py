"""An agreement lived through the use cases: what is written, to whom, and when."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from scheduler.agreement import Agreement, AgreementState
from scheduler.cadence import WEEKLY
from scheduler.effects import PutCopy, SendInvite, SendLetter
from scheduler.errors import NotFound, Refused, Taken
from scheduler.ids import PersonId, ProgrammeId
from scheduler.letters import LetterKind
from scheduler.people import Hours, Pair
from scheduler.usecases.accept_agreement import accept_agreement
from scheduler.usecases.change_template import change_template
from scheduler.usecases.edit_draft import edit_draft
from scheduler.usecases.propose_terms import propose_terms
from scheduler.usecases.tend_pair import tend_pair
from scheduler.usecases.withdraw_terms import withdraw_terms
from scheduler.venue import Venue, VenueKind
from scheduler.versions import latest, ruling
from tests.usecases.world import World

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow

MINUTES = (30, 45, 60)
ACTS = ("accept", "accept", "propose", "withdraw", "edit", "old", "work", "wait")


async def versions_of(world: World, pair: Pair) -> tuple[Agreement, ...]:
    async with world.store(read_only=True) as uow:
        return await uow.agreements.of_pair(pair.id)


async def act(world: World, pair: Pair, chance: Random, texts: list[str]) -> None:
    """One thing that somebody might do; being refused changes nothing."""
    text = latest(await versions_of(world, pair))
    assert text
    texts.append(text.digest)
    person = chance.choice(pair.both())
    terms = replace(text.terms, minutes=chance.choice(MINUTES))
    ports = {"begin": world.begin, "clock": world.clock}
    drawing = ports | {"ids": world.ids}
    match chance.choice(ACTS):
        case "accept":
            await accept_agreement(pair.id, person, text.digest, **ports)
        case "propose":
            await propose_terms(pair.id, person, text.digest, terms, **drawing)
        case "withdraw":
            await withdraw_terms(pair.id, person, text.digest, **drawing)
        case "edit":
            await edit_draft(world.programme, pair.id, text.digest, terms, **ports)
        case "old":
            await accept_agreement(pair.id, person, chance.choice(texts), **ports)
        case "wait":
            world.clock.advance(timedelta(hours=chance.randint(1, 48)))
        case _:
            await world.work()


async def check(world: World, pair: Pair) -> bool:
    """Nothing is written before both say yes; whether something may be now."""
    versions = await versions_of(world, pair)
    both = frozenset(pair.both())
    agreed = any(v.accepted_by == both for v in versions)
    if not agreed:
        assert await world.series(pair) == ()
        assert not any(paper.held for paper in world.calendars.values())
        kinds = {
            row.effect.letter.kind if isinstance(row.effect, SendLetter) else row.effect
            for row in await world.outbox(pair)
        }
        assert kinds == {LetterKind.PLEASE_AGREE}
    return agreed


@pytest.mark.parametrize("batch", range(10))
async def test_nothing_is_written_before_both_accept_the_same_version(
    batch: int,
) -> None:
    agreed = 0
    for seed in range(batch * 60, batch * 60 + 60):
        chance = Random(seed)  # noqa: S311 - the same history for the same number
        world, texts = await World().open(), [""]
        pair = await world.pair()
        await world.connect(pair.mentor)
        for _ in range(chance.randint(1, 10)):
            with suppress(Refused):
                await act(world, pair, chance, texts)
            if await check(world, pair):
                agreed += 1
                break
    assert agreed > 10


async def test_a_proposal_that_is_withdrawn_asks_both_for_the_draft_again():
    world = await World().open()
    pair = await world.pair()
    await world.propose(pair, pair.mentor, minutes=60)
    proposal = (await versions_of(world, pair))[-1]
    ports = {"begin": world.begin, "clock": world.clock, "ids": world.ids}
    for _ in range(2):
        draft = await withdraw_terms(pair.id, pair.mentor, proposal.digest, **ports)
    assert (draft.state, draft.terms.minutes) == (AgreementState.DRAFT, 45)
    rows = [row.key for row in await world.outbox(pair) if draft.id in row.key]
    assert len(rows) == 2
    with pytest.raises(Taken, match="E_AGREEMENT_CHANGED"):
        await accept_agreement(
            pair.id,
            pair.mentee,
            proposal.digest,
            begin=world.begin,
            clock=world.clock,
        )
    with pytest.raises(NotFound):
        await withdraw_terms(pair.id, PersonId("stranger"), draft.digest, **ports)


async def test_withdrawing_a_change_leaves_what_is_in_force():
    world = await World().open()
    pair = await world.agreed_pair()
    await world.propose(pair, pair.mentor, minutes=60)
    proposal = (await versions_of(world, pair))[-1]
    ports = {"begin": world.begin, "clock": world.clock, "ids": world.ids}
    with pytest.raises(Refused, match="E_NOT_YOURS"):
        await withdraw_terms(pair.id, pair.mentee, proposal.digest, **ports)
    stands = await withdraw_terms(pair.id, pair.mentor, proposal.digest, **ports)
    assert (stands.state, stands.terms.minutes) == (AgreementState.IN_FORCE, 45)
    await world.propose(pair, pair.mentee, minutes=30)
    await world.accept(pair, pair.mentor)
    rules = ruling(await versions_of(world, pair))
    assert rules and (rules.version, rules.terms.minutes) == (3, 30)


async def test_a_draft_is_the_coordinators_until_somebody_says_yes():
    world = await World().open()
    pair = await world.pair()
    (draft,) = await versions_of(world, pair)
    longer = replace(draft.terms, minutes=60)
    ports = {"begin": world.begin, "clock": world.clock}
    over = replace(draft.terms, first_day=date(2025, 1, 1), last_day=date(2026, 3, 2))
    with pytest.raises(Refused, match="E_DATES"):
        await edit_draft(world.programme, pair.id, draft.digest, over, **ports)
    with pytest.raises(Refused, match="E_DATES"):
        await world.propose(
            pair, pair.mentor, first_day=over.first_day, last_day=over.last_day
        )
    with pytest.raises(NotFound):
        await edit_draft(ProgrammeId("another"), pair.id, draft.digest, longer, **ports)
    new = await edit_draft(world.programme, pair.id, draft.digest, longer, **ports)
    assert (new.version, new.terms.minutes) == (1, 60)
    with pytest.raises(Taken, match="E_AGREEMENT_CHANGED"):
        await accept_agreement(
            pair.id, pair.mentor, draft.digest, begin=world.begin, clock=world.clock
        )
    await world.accept(pair, pair.mentor)
    with pytest.raises(Taken, match="E_AGREEMENT_CHANGED"):
        await edit_draft(world.programme, pair.id, new.digest, draft.terms, **ports)


async def test_a_template_is_for_pairs_to_come():
    world = await World().open()
    pair = await world.pair()
    async with world.store(read_only=True) as uow:
        template = (await uow.programmes.get(world.programme)).template
    await change_template(
        world.programme,
        replace(template, minutes=30, off_limits=("Marks",)),
        begin=world.begin,
    )
    other = await world.pair("oleg", "mary")
    (old,) = await versions_of(world, pair)
    (new,) = await versions_of(world, other)
    assert (old.terms.minutes, old.terms.off_limits) == (45, ())
    assert (new.terms.minutes, new.terms.off_limits) == (30, ("Marks",))


async def test_quiet_days_are_kept_for_letters_once_they_are_in_force():
    world = await World().open()
    pair = await world.pair()
    await world.propose(pair, pair.mentor, mentor_quiet=frozenset({4}))
    async with world.store(read_only=True) as uow:
        assert (await uow.people.get(pair.mentor)).quiet_days == frozenset()
    await world.accept(pair, pair.mentee)
    async with world.store(read_only=True) as uow:
        assert (await uow.people.get(pair.mentor)).quiet_days == {4}
        assert (await uow.people.get(pair.mentee)).quiet_days == frozenset()
    await world.work()
    (series,) = await world.series(pair)
    assert all(m.span and m.span.start.weekday() != 4 for m in series.live())


MONDAYS = Hours.parse("Mon 13:00-18:00")


@pytest.mark.parametrize(
    "changes",
    [
        {"cadence": WEEKLY},
        {"minutes": 60},
        {"mentor_hours": MONDAYS},
        {"mentee_hours": Hours.parse("Mon 08:00-12:00")},
        {"mentor_quiet": frozenset({1, 2})},
        {"mentee_country": "US"},
        {"last_day": date(2026, 12, 6)},
    ],
    ids=str,
)
async def test_what_places_meetings_plans_the_future_anew_and_leaves_the_past(
    changes: dict[str, Any],
) -> None:
    world = await World().open()
    pair = await world.agreed_pair("mentor")
    await world.work()
    await world.live_through(timedelta(weeks=5), timedelta(weeks=1))
    (old,) = await world.series(pair)
    agreed = world.clock.now()
    await world.propose(pair, pair.mentor, **changes)
    assert await world.series(pair) == (old,)
    await world.accept(pair, pair.mentee)
    await world.work()
    await world.live_through(timedelta(hours=1), timedelta(minutes=30))
    before, new = await world.series(pair)
    noticed = agreed + timedelta(hours=24)
    kept = [m for m in old.meetings if old.periods[m.period].first <= noticed.date()]
    assert list(before.meetings) == kept
    assert new.periods[0].first == next(
        p.first for p in old.periods if p.first > noticed.date()
    )
    assert all(m.span and m.span.start > noticed for m in new.live())
    rules = ruling(await versions_of(world, pair))
    assert rules and new.agreement == rules.id


@pytest.mark.parametrize(
    "changes",
    [
        {"first_day": date(2026, 3, 2)},
        {"notice_hours": 48},
        {"book_without_asking": True},
        {"off_limits": ("Marks",)},
        {"review_weeks": None},
        {"venue": Venue(VenueKind.PLACE, "The library")},
    ],
    ids=str,
)
async def test_other_terms_leave_the_series_alone(changes: dict[str, Any]) -> None:
    world = await World().open()
    pair = await world.agreed_pair("mentor")
    await world.work()
    (old,) = await world.series(pair)
    await world.propose(pair, pair.mentor, **changes)
    text = await world.accept(pair, pair.mentee)
    await world.work()
    (series,) = await world.series(pair)
    assert series == replace(old, agreement=text.id)


LINK = Venue(VenueKind.LINK, "https://meet.example/ida")


async def test_where_they_meet_stands_in_every_copy_from_the_start():
    world = await World().open()
    pair = await world.pair()
    await world.connect(pair.mentor)
    await world.propose(pair, pair.mentor, venue=LINK)
    await world.accept(pair, pair.mentee)
    await world.work()
    effects = [row.effect for row in await world.outbox(pair)]
    invites = [e.invite for e in effects if isinstance(e, SendInvite | PutCopy)]
    assert len(invites) == 2
    assert {invite.location for invite in invites} == {LINK.text}
    letters = [e.letter for e in effects if isinstance(e, SendLetter)]
    (told,) = [one for one in letters if one.kind is LetterKind.INVITATION]
    assert told.facts.where == LINK.text


async def test_another_place_moves_nothing_and_is_told_once_by_mail():
    world = await World().open()
    pair = await world.agreed_pair("mentor")
    await world.work()
    (old,) = await world.series(pair)
    await world.propose(pair, pair.mentor, venue=LINK, notice_hours=48)
    await world.accept(pair, pair.mentee)
    await world.work()
    (series,) = await world.series(pair)
    assert series.meetings == old.meetings
    effects = [row.effect for row in await world.outbox(pair)]
    sent = [e.invite for e in effects if isinstance(e, SendInvite)]
    assert [invite.location for invite in sent] == ["", LINK.text]
    first, second = sent
    assert replace(second, location="", sequence=0, stamp=first.stamp) == first
    assert second.sequence == 1
    paper = world.paper(pair.mentor)
    (held,) = paper.held.values()
    # The next meeting says so; the others do when they are next.
    line = f"LOCATION:{LINK.text}".encode()
    assert paper.written(held.uid).count(line) == 1


async def test_it_ends_by_itself_and_both_are_asked_once_before():
    world = await World().open()
    pair = await world.agreed_pair()
    await world.work()
    told: list[str] = []
    for _ in range(28):
        again = await tend_pair(
            pair.id,
            begin=world.begin,
            clock=world.clock,
            ids=world.ids,
            links=world.links,
        )
        rules = ruling(await versions_of(world, pair))
        assert again or not rules
        if rules is None:
            break
        world.clock.advance(timedelta(weeks=1))
    assert world.clock.now().date() > date(2026, 9, 6)
    for row in await world.outbox(pair):
        if isinstance(row.effect, SendLetter):
            letter = row.effect.letter
            if letter.kind is LetterKind.RENEW:
                told.append(str(letter.to))
    assert sorted(told) == sorted(pair.both())
    text = latest(await versions_of(world, pair))
    assert text and text.state is AgreementState.ENDED
    await world.propose(pair, pair.mentor, last_day=date(2027, 3, 7))
    await world.accept(pair, pair.mentee)
    await world.work()
    ahead = [m for s in await world.series(pair) for m in s.live()]
    assert any(m.span and m.span.start > world.clock.now() for m in ahead)
