"""Whoever chooses first chooses for both; what is chosen is one meeting, or none."""

from __future__ import annotations

import asyncio
from copy import deepcopy
from datetime import timedelta

import pytest

from scheduler.consistency import Record
from scheduler.effects import PutCopy, RemoveCopy, SendInvite
from scheduler.endings import Ending
from scheduler.errors import NotFound, Refused, Taken, Unavailable
from scheduler.evidence import EvidenceKind
from scheduler.invite import Method
from scheduler.letters import LetterKind
from scheduler.people import Pair
from scheduler.series import (
    LedgerState,
    Meeting,
    MeetingState,
    Offer,
    OfferKind,
    OfferState,
    Placer,
)
from scheduler.timespan import Span
from scheduler.usecases.answer_question import answer_question
from scheduler.usecases.choose_time import SlotTaken
from scheduler.usecases.leave_out import leave_out
from scheduler.usecases.more_times import more_times
from scheduler.usecases.move_meeting import move_meeting
from scheduler.usecases.say_met import say_met
from scheduler.usecases.undo_choice import undo_choice
from tests.usecases.breaking import Crash
from tests.usecases.noticing import WINDOW, NoticingWorld

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def fallen(
    mentor: str = "caldav", mentee: str = "mail"
) -> tuple[NoticingWorld, Pair, Offer]:
    """A pair whose second meeting fell out, and what was offered for it."""
    world = await NoticingWorld().open()
    pair = await world.booked(mentor, mentee)
    series = await world.standing(pair)
    meeting = await world.meeting(pair, 1)
    original = meeting.key.original_start
    world.calendar(pair.mentor).person_deletes(series.uid, original)
    await world.settle(HOUR)
    [offer] = await world.offers(pair)
    return world, pair, offer


async def clashing() -> tuple[NoticingWorld, Pair, Offer]:
    """A pair with something on top of its third meeting, and what was offered."""
    world = await NoticingWorld().open()
    pair = await world.booked("caldav", "mail")
    meeting = await world.meeting(pair, 2)
    assert meeting.span
    world.calendar(pair.mentor).person_adds_busy(meeting.span)
    await world.settle(HOUR)
    [offer] = await world.offers(pair)
    return world, pair, offer


async def replacements(world: NoticingWorld, pair: Pair) -> list[Meeting]:
    return [m for m in (await world.standing(pair)).meetings if m.key.n]


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


async def test_a_choice_can_be_undone_for_a_day() -> None:
    world, pair, offer = await fallen()
    done = await world.choose(offer, offer.times[-1], pair.mentee)
    await world.settle(HOUR)
    [new] = await replacements(world, pair)
    for _ in range(2):
        await undo_choice(pair.id, done.meeting, pair.mentor, **world.ports)
        await world.settle(HOUR)
    [gone] = await replacements(world, pair)
    assert gone.state is MeetingState.CANCELLED
    assert new.uid
    assert world.calendar(pair.mentor).stands(new.uid, WINDOW) == ()
    assert len(await world.effects(pair, RemoveCopy)) == 1
    cancel = (await world.effects(pair, SendInvite))[-1].invite
    assert (cancel.method, cancel.uid) == (Method.CANCEL, new.uid)
    [row] = await world.ledger(pair)
    assert row.state is LedgerState.OPEN
    again = [o for o in await world.offers(pair) if o.state is OfferState.OPEN]
    assert len(again) == 1


async def test_a_moved_meeting_goes_back_where_it_was() -> None:
    world, pair, offer = await clashing()
    was = (await world.meeting(pair, 2)).span
    done = await world.choose(offer, offer.times[0], pair.mentee)
    calendar = world.calendar(pair.mentor)
    await world.settle(HOUR)
    with pytest.raises(Taken) as caught:  # what was on top of it still is
        await undo_choice(pair.id, done.meeting, pair.mentee, **world.ports)
    assert caught.value.code == "E_SLOT_TAKEN"
    private = next(s.uid for s in calendar.shelf.objects.values() if "priv" in s.uid)
    calendar.person_deletes(private)
    await world.settle(HOUR)
    await undo_choice(pair.id, done.meeting, pair.mentee, **world.ports)
    assert (await world.meeting(pair, 2)).span == was


async def test_after_a_day_it_is_too_late_to_undo() -> None:
    world, pair, offer = await fallen()
    done = await world.choose(offer, offer.times[-1], pair.mentee)
    world.clock.advance(DAY + timedelta(minutes=1))
    with pytest.raises(Taken) as caught:
        await undo_choice(pair.id, done.meeting, pair.mentee, **world.ports)
    assert caught.value.code == "E_UNDO_OVER"
    own = (await world.meeting(pair, 0)).key
    with pytest.raises(Taken):  # nobody chose this one
        await undo_choice(pair.id, own, pair.mentee, **world.ports)


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


@pytest.mark.parametrize("yes", [True, False])
async def test_an_answer_about_a_vanished_series_is_acted_on(yes: bool) -> None:
    world = await NoticingWorld().open()
    pair = await world.booked("caldav", "mail")
    series = await world.standing(pair)
    world.calendar(pair.mentor).person_deletes(series.uid)
    await world.settle()
    [letter] = await world.letters(pair, LetterKind.ASK)
    assert letter.about
    for _ in range(2):
        await answer_question(
            pair.id, letter.about, pair.mentor, yes=yes, **world.ports
        )
    await world.settle()
    live = (await world.standing(pair)).live()
    cancels = [
        e.invite
        for e in await world.effects(pair, SendInvite)
        if e.invite.method is Method.CANCEL
    ]
    if yes:
        assert live == ()
        assert len(cancels) == 1
        assert len(await world.letters(pair, LetterKind.FELL_OUT, pair.mentee)) == 1
        assert len(await world.effects(pair, PutCopy)) == 1  # never made again
    else:
        assert live == series.live()
        assert cancels == []
    assert len(await world.letters(pair, LetterKind.ASK)) == 1


async def test_only_who_was_asked_can_answer() -> None:
    world, pair, offer = await fallen()
    with pytest.raises(NotFound):
        await answer_question(
            pair.id, offer.about, pair.mentee, yes=True, **world.ports
        )


async def test_not_this_time_opens_the_ledger_and_offers_other_times() -> None:
    world = await NoticingWorld().open()
    pair = await world.booked("caldav", "mail")
    meeting = await world.meeting(pair, 0)
    assert meeting.span
    world.clock.set(meeting.span.end + 20 * HOUR)
    await world.work()
    port = {"begin": world.begin, "clock": world.clock}
    await say_met(pair.id, pair.mentee, meeting.key, met=False, **port)
    await world.settle(2 * HOUR)
    [row] = await world.ledger(pair)
    assert (row.period, row.state) == (0, LedgerState.OPEN)
    [offer] = await world.offers(pair)
    assert offer.kind is OfferKind.REPLACE
    assert len(await world.letters(pair, LetterKind.FELL_OUT)) == 2
    await say_met(pair.id, pair.mentee, meeting.key, met=True, **port)
    await world.settle(2 * HOUR)
    [row] = await world.ledger(pair)
    assert row.state is LedgerState.REPLACED
    [offer] = await world.offers(pair)
    assert offer.state is OfferState.OVER


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


async def test_saying_that_it_moved_moves_it_for_both() -> None:
    world = await NoticingWorld().open()
    pair = await world.booked("caldav", "mail")
    meeting = await world.meeting(pair, 0)
    assert meeting.span
    world.clock.set(meeting.span.end + 20 * HOUR)
    await world.work()
    port = {"begin": world.begin, "clock": world.clock}
    await say_met(pair.id, pair.mentor, meeting.key, met=False, **port)
    start = meeting.span.start + 3 * DAY
    for _ in range(2):
        await move_meeting(pair.id, meeting.key, pair.mentee, start, **world.ports)
        await world.settle(HOUR)
    after = await world.meeting(pair, 0)
    assert after.span and after.span.start == start
    series = await world.standing(pair)
    assert after.span in world.calendar(pair.mentor).stands(series.uid, WINDOW)
    moved = [e.invite for e in await world.effects(pair, SendInvite)][1:]
    assert [i.span for i in moved] == [after.span]
    assert len(await world.letters(pair, LetterKind.MOVED)) == 2
    ending = Record(pair.id, (series,), tuple(await world.evidence(pair))).seen()
    assert ending[meeting.key].ending(world.clock.now()) is Ending.AHEAD
    with pytest.raises(Refused):
        await move_meeting(
            pair.id, meeting.key, pair.mentee, meeting.span.start, **world.ports
        )
