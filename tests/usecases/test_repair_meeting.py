"""Whoever chooses first chooses for both; what is chosen is one meeting, or none."""

from __future__ import annotations

import asyncio
from copy import deepcopy
from datetime import timedelta

import pytest

from scheduler.effects import PutCopy, RemoveCopy, SendInvite
from scheduler.endings import Ending
from scheduler.errors import NotFound, Refused, Taken, Unavailable
from scheduler.evidence import EvidenceKind
from scheduler.invite import Method
from scheduler.letters import LetterKind
from scheduler.series import (
    LedgerState,
    MeetingState,
    OfferKind,
    OfferState,
    Placer,
)
from scheduler.timespan import Span
from scheduler.usecases.answer_question import answer_question
from scheduler.usecases.choose_time import SlotTaken
from scheduler.usecases.leave_out import leave_out
from scheduler.usecases.more_times import more_times
from scheduler.usecases.read_report import read_report
from tests.usecases.breaking import Crash
from tests.usecases.noticing import (
    WINDOW,
    clashing,
    fallen,
    replacements,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def test_a_choice_is_a_meeting_in_both_calendars_and_a_letter_to_both() -> None:
    world, pair, offer = await fallen()
    done = await world.choose(offer, offer.times[1], pair.mentee)
    await world.settle(HOUR)
    [new] = await replacements(world, pair)
    assert done.meeting == new.key
    assert new.key.original_start == offer.about.original_start
    assert (new.span, new.placed_by) == (offer.times[1], Placer.TROTH)
    assert new.uid
    assert world.calendar(pair.mentor).stands(new.uid, WINDOW) == (offer.times[1],)
    invites = [e.invite for e in await world.effects(pair, SendInvite)]
    [invite] = [i for i in invites if i.uid == new.uid]
    assert (invite.method, invite.span) == (Method.REQUEST, offer.times[1])
    for person in pair.both():
        [letter] = await world.letters(pair, LetterKind.REPAIRED, person)
        assert (letter.facts.next, letter.about) == (offer.times[1], new.key)
    [row] = await world.ledger(pair)
    assert row.state is LedgerState.BOOKED
    assert not (await world.meeting(pair, 1)).is_live


async def test_choosing_again_changes_nothing_whoever_does_it() -> None:
    world, pair, offer = await fallen()
    first = await world.choose(offer, offer.times[0], pair.mentee)
    rows = await world.outbox(pair)
    for person, span in ((pair.mentee, offer.times[0]), (pair.mentor, offer.times[2])):
        again = await world.choose(offer, span, person)
        assert again.meeting == first.meeting
        assert (again.offer.chosen, again.offer.chosen_by) == (
            offer.times[0],
            pair.mentee,
        )
    assert len(await replacements(world, pair)) == 1
    assert await world.outbox(pair) == rows


async def test_two_who_choose_at_once_get_one_meeting() -> None:
    world, pair, offer = await fallen()
    answers = await asyncio.gather(
        world.choose(offer, offer.times[0], pair.mentor),
        world.choose(offer, offer.times[1], pair.mentee),
        return_exceptions=True,
    )
    chosen = [a for a in answers if not isinstance(a, BaseException)]
    assert chosen
    assert all(isinstance(a, Unavailable) for a in answers if a not in chosen)
    assert len(await replacements(world, pair)) == 1


async def test_a_lost_time_is_answered_with_the_next_ones() -> None:
    """promises.md, bad input 56: 409 E_SLOT_TAKEN and three next times."""
    world, pair, offer = await fallen()
    lost = offer.times[0]
    world.calendar(pair.mentor).person_adds_busy(lost)
    world.clock.advance(timedelta(minutes=5))
    with pytest.raises(SlotTaken) as caught:
        await world.choose(offer, lost, pair.mentee)
    assert caught.value.code == "E_SLOT_TAKEN"
    again = caught.value.offer
    assert again
    assert 1 <= len(again.times) <= 3
    assert not any(lost.overlaps(t) for t in again.times)
    assert await replacements(world, pair) == []
    await world.choose(again, again.times[0], pair.mentee)
    assert len(await replacements(world, pair)) == 1


async def test_a_calendar_that_does_not_answer_is_not_free() -> None:
    world, pair, offer = await fallen()
    world.clock.advance(2 * HOUR)
    world.trouble = Unavailable("no answer")
    with pytest.raises(Unavailable):
        await world.choose(offer, offer.times[0], pair.mentee)
    assert await replacements(world, pair) == []


async def test_strangers_and_other_times_are_refused() -> None:
    world, pair, offer = await fallen()
    stranger = (await world.pair("nora", "omar")).mentor
    with pytest.raises(NotFound):
        await world.choose(offer, offer.times[0], stranger)
    other = Span(offer.times[0].start + DAY * 40, offer.times[0].end + DAY * 40)
    with pytest.raises(Refused):
        await world.choose(offer, other, pair.mentee)


async def test_an_offer_to_move_moves_the_same_meeting() -> None:
    world, pair, offer = await clashing()
    assert offer.kind is OfferKind.MOVE
    done = await world.choose(offer, offer.times[0], pair.mentee)
    await world.settle(HOUR)
    series = await world.standing(pair)
    meeting = await world.meeting(pair, 2)
    assert done.meeting == meeting.key
    assert (meeting.span, meeting.is_live) == (offer.times[0], True)
    assert meeting.span in world.calendar(pair.mentor).stands(series.uid, WINDOW)
    moved = (await world.effects(pair, SendInvite))[-1].invite
    assert moved.recurrence_id == meeting.key.original_start
    assert await replacements(world, pair) == []
    assert len(await world.letters(pair, LetterKind.MOVED)) == 2


async def test_other_times_are_other_times() -> None:
    world, pair, offer = await fallen()
    again = await more_times(
        pair.id,
        offer.about,
        pair.mentee,
        open_calendar=world.open_calendar,
        months=13,
        **world.ports,
    )
    assert again
    assert not any(a.overlaps(b) for a in again.times for b in offer.times)
    period = (await world.standing(pair)).span_of(1)
    assert all(period.covers(t) for t in again.times)


async def test_leaving_out_takes_both() -> None:
    world, pair, offer = await fallen()
    key = offer.about
    assert not await leave_out(pair.id, key, pair.mentor, **world.ports)
    assert not await leave_out(pair.id, key, pair.mentor, **world.ports)
    [asked] = await world.letters(pair, LetterKind.ASK)
    assert asked.to == pair.mentee
    assert (await world.meeting(pair, 1)).state is MeetingState.CANCELLED
    assert await leave_out(pair.id, key, pair.mentee, **world.ports)
    assert await leave_out(pair.id, key, pair.mentee, **world.ports)
    await world.settle(HOUR)
    [row] = await world.ledger(pair)
    assert row.state is LedgerState.SKIPPED
    with pytest.raises(Taken):
        await world.choose(offer, offer.times[0], pair.mentee)


async def test_a_meeting_ahead_left_out_together_leaves_both_calendars() -> None:
    world, pair, _ = await fallen("caldav", "caldav")
    series = await world.standing(pair)
    meeting = await world.meeting(pair, 3)
    await leave_out(pair.id, meeting.key, pair.mentee, **world.ports)
    await answer_question(pair.id, meeting.key, pair.mentor, yes=True, **world.ports)
    await world.settle(HOUR)
    assert (await world.meeting(pair, 3)).state is MeetingState.SKIPPED
    for person in pair.both():
        stands = world.calendar(person).stands(series.uid, WINDOW)
        assert meeting.span not in stands
    skipped = [e for e in await world.evidence(pair) if e.kind is EvidenceKind.SKIPPED]
    assert len(skipped) == 1
    assert len(await world.ledger(pair)) == 1  # the one that fell out, and no other


async def test_a_replacement_left_out_together_ends_as_skipped_as_well() -> None:
    world, pair, offer = await fallen()
    await world.choose(offer, offer.times[0], pair.mentee)
    await world.settle(HOUR)
    await leave_out(pair.id, offer.about, pair.mentee, **world.ports)
    assert await leave_out(pair.id, offer.about, pair.mentor, **world.ports)
    later = world.clock.now() + 60 * DAY
    report = await read_report(pair.id, begin=world.begin, now=later)
    [period] = [p for p in report.periods if p.index == 1]
    assert {m.ending for m in period.meetings} == {Ending.SKIPPED}
    [row] = await world.ledger(pair)
    assert row.state is LedgerState.SKIPPED


async def test_who_dies_while_choosing_leaves_the_same() -> None:
    start, pair, offer = await fallen()

    async def life(dies_at: int | None) -> list[object]:
        world = deepcopy(start)
        world.fuse.at = dies_at and start.fuse.steps + dies_at
        try:
            await world.choose(offer, offer.times[0], pair.mentee)
        except Crash:
            await world.choose(offer, offer.times[0], pair.mentee)
        world.fuse.at = None
        await world.live_through(timedelta(minutes=20), timedelta(minutes=10))
        [new] = await replacements(world, pair)
        return [
            new.span,
            len(await world.letters(pair, LetterKind.REPAIRED)),
            [r.state for r in await world.ledger(pair)],
            [o.state for o in await world.offers(pair)],
            len(await world.effects(pair, PutCopy)),
            len(await world.effects(pair, SendInvite)),
            sorted(m.subject for m in world.post.read().values()),
        ]

    whole = await life(None)
    for step in range(1, 7):
        assert await life(step) == whole, f"died at {step}"


async def test_a_replacement_that_falls_out_too_is_offered_again() -> None:
    world, pair, offer = await fallen("caldav", "caldav")
    await world.choose(offer, offer.times[-1], pair.mentee)
    await world.settle(HOUR)
    [new] = await replacements(world, pair)
    assert new.uid
    world.calendar(pair.mentee).person_deletes(new.uid)
    await world.settle(HOUR)
    [gone] = await replacements(world, pair)
    assert gone.state is MeetingState.CANCELLED
    assert world.calendar(pair.mentor).stands(new.uid, WINDOW) == ()
    [removed] = await world.effects(pair, RemoveCopy)
    assert removed.person == pair.mentor
    [row] = await world.ledger(pair)
    assert row.state is LedgerState.OPEN
    assert len(await world.letters(pair, LetterKind.FELL_OUT, pair.mentor)) == 2
    [again] = [o for o in await world.offers(pair) if o.state is OfferState.OPEN]
    await world.choose(again, again.times[0], pair.mentor)
    await world.settle(HOUR)
    assert [m.key.n for m in await replacements(world, pair)] == [1, 2]
