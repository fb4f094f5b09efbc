"""What a person does in a calendar is told to the other once, and is never undone.

Each act is done in a calendar as strict as CalDAV; then work is done over and over. In
the end there is one row of evidence, one row of the ledger, one letter for each and one
change of the other one's copy, and nothing written over the hand that acted.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scheduler.effects import MoveInCopy, SendInvite, SendLetter, TakeOutOfCopy
from scheduler.evidence import EvidenceKind, SourceKind
from scheduler.invite import Method
from scheduler.letters import LetterKind
from scheduler.people import Pair
from scheduler.series import (
    LedgerState,
    MeetingState,
    OfferKind,
    OfferState,
    Placer,
)
from scheduler.timespan import Span
from scheduler.work import WorkKind
from tests.usecases.breaking import Crash
from tests.usecases.noticing import POLL, WINDOW, NoticingWorld, a_pair, delete

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ROUTES = [("caldav", "caldav"), ("caldav", "mail")]


def times_of(world: NoticingWorld, pair: Pair) -> list[datetime]:
    return [at for at, _ in world.post.times]


@pytest.mark.parametrize(("mentor", "mentee"), ROUTES)
async def test_a_deleted_meeting_is_told_and_offered_once(mentor, mentee) -> None:
    world, pair = await a_pair(mentor, mentee)
    await delete(world, pair, 1)
    await world.settle()
    meeting = await world.meeting(pair, 1)
    assert meeting.state is MeetingState.CANCELLED
    [row] = await world.ledger(pair)
    assert (row.period, row.state) == (1, LedgerState.OPEN)
    [offer] = await world.offers(pair)
    assert (offer.kind, offer.about) == (OfferKind.REPLACE, meeting.key)
    assert 1 <= len(offer.times) <= 3
    for person in pair.both():
        [letter] = await world.letters(pair, LetterKind.FELL_OUT, person)
        assert letter.offer == offer.id
        assert letter.facts.times == offer.times
    [fell] = [e for e in await world.evidence(pair) if e.kind is EvidenceKind.CANCELLED]
    assert (fell.by, fell.source) == (pair.mentor, SourceKind.CALDAV)


async def test_the_partner_on_mail_gets_a_cancel_with_a_higher_number() -> None:
    world, pair = await a_pair()
    await delete(world, pair, 1)
    await world.settle()
    meeting = await world.meeting(pair, 1)
    request, cancel = await world.effects(pair, SendInvite)
    assert request.invite.method is Method.REQUEST
    assert cancel.invite.method is Method.CANCEL
    assert cancel.to == pair.mentee
    assert cancel.invite.recurrence_id == meeting.key.original_start
    assert cancel.invite.sequence > request.invite.sequence
    assert cancel.invite.stamp > request.invite.stamp


async def test_the_partner_with_a_calendar_has_it_taken_out_and_gets_no_mail() -> None:
    world, pair = await a_pair("caldav", "caldav")
    series = await world.standing(pair)
    calendar = world.calendar(pair.mentee)
    before = calendar.stands(series.uid, WINDOW)
    await delete(world, pair, 1)
    await world.settle()
    meeting = await world.meeting(pair, 1)
    assert meeting.span
    after = calendar.stands(series.uid, WINDOW)
    assert set(before) - set(after) == {meeting.span}
    assert await world.effects(pair, SendInvite) == []
    [out] = await world.effects(pair, TakeOutOfCopy)
    assert out.person == pair.mentee


async def test_the_hand_that_deleted_is_never_undone() -> None:
    """promises.md I17: nothing is written into the calendar it was deleted from."""
    world, pair = await a_pair("caldav", "caldav")
    series = await world.standing(pair)
    await delete(world, pair, 1)
    calendar = world.calendar(pair.mentor)
    before = calendar.stands(series.uid, WINDOW)
    await world.live_through(3 * DAY, 6 * HOUR)
    assert calendar.stands(series.uid, WINDOW) == before


async def test_whatever_repeats_each_notice_is_given_once() -> None:
    world, pair = await a_pair()
    await delete(world, pair, 1)
    await world.settle(HOUR)
    rows = await world.outbox(pair)
    mails = len(world.post.sent)
    for _ in range(5):
        await world.do(WorkKind.OBSERVE, pair.id)
        for person in pair.both():
            for connection in await world.connections(person):
                await world.do(WorkKind.SYNC, connection.id)
        await world.do(WorkKind.OBSERVE, pair.id)
    await world.work()
    assert [r.key for r in await world.outbox(pair)] == [r.key for r in rows]
    assert len(world.post.sent) == mails


async def test_both_deleting_the_same_meeting_is_one_notice() -> None:
    world, pair = await a_pair("caldav", "caldav")
    series = await world.standing(pair)
    original = (await world.meeting(pair, 1)).key.original_start
    for person in pair.both():
        world.calendar(person).person_deletes(series.uid, original)
    await world.settle()
    assert len(await world.letters(pair, LetterKind.FELL_OUT)) == 2
    assert len(await world.ledger(pair)) == 1
    # and the next deletion is still seen, by either
    later = (await world.meeting(pair, 2)).key.original_start
    world.calendar(pair.mentee).person_deletes(series.uid, later)
    await world.settle()
    assert len(await world.letters(pair, LetterKind.FELL_OUT)) == 4


@pytest.mark.parametrize(("mentor", "mentee"), ROUTES)
async def test_a_moved_meeting_is_moved_for_the_other(mentor, mentee) -> None:
    world, pair = await a_pair(mentor, mentee)
    series = await world.standing(pair)
    meeting = await world.meeting(pair, 1)
    assert meeting.span
    span = Span(meeting.span.start + DAY, meeting.span.end + DAY)
    calendar = world.calendar(pair.mentor)
    calendar.person_moves(series.uid, meeting.key.original_start, span)
    await world.settle()
    after = await world.meeting(pair, 1)
    assert (after.span, after.placed_by) == (span, Placer.PERSON)
    assert after.is_live
    letters = await world.letters(pair, LetterKind.MOVED)
    assert [x.facts.next for x in letters] == [span, span]
    assert await world.ledger(pair) == []
    if mentee == "mail":
        _, moved = await world.effects(pair, SendInvite)
        assert moved.invite.method is Method.REQUEST
        assert moved.invite.span == span
    else:
        assert span in world.calendar(pair.mentee).stands(series.uid, WINDOW)
        [move] = await world.effects(pair, MoveInCopy)
        assert move.person == pair.mentee


async def test_a_move_back_and_forth_is_told_each_time() -> None:
    world, pair = await a_pair()
    series = await world.standing(pair)
    meeting = await world.meeting(pair, 1)
    assert meeting.span
    other = Span(meeting.span.start + DAY, meeting.span.end + DAY)
    for span in (other, meeting.span, other):
        calendar = world.calendar(pair.mentor)
        calendar.person_moves(series.uid, meeting.key.original_start, span)
        await world.settle(HOUR)
        assert (await world.meeting(pair, 1)).span == span
    assert len(await world.letters(pair, LetterKind.MOVED, pair.mentee)) == 3
    assert len(await world.effects(pair, SendInvite)) == 4


async def test_a_move_onto_something_else_stands_and_is_offered_another_time() -> None:
    world, pair = await a_pair("caldav", "caldav")
    series = await world.standing(pair)
    meeting = await world.meeting(pair, 1)
    assert meeting.span
    span = Span(meeting.span.start + DAY, meeting.span.end + DAY)
    world.calendar(pair.mentee).person_adds_busy(span)
    await world.settle(HOUR)
    calendar = world.calendar(pair.mentor)
    calendar.person_moves(series.uid, meeting.key.original_start, span)
    await world.settle()
    assert (await world.meeting(pair, 1)).span == span
    offers = [o for o in await world.offers(pair) if o.kind is OfferKind.MOVE]
    assert offers
    assert all(span not in o.times for o in offers)
    assert len(await world.letters(pair, LetterKind.CLASH, pair.mentor)) == len(offers)


async def test_a_new_clash_is_an_offer_once_and_nothing_else() -> None:
    world, pair = await a_pair("caldav", "ics")
    meeting = await world.meeting(pair, 2)
    assert meeting.span
    before = (await world.standing(pair)).live()
    feed = world.calendar(pair.mentee)
    feed.person_adds_busy(Span(meeting.span.start - HOUR, meeting.span.end))
    await world.settle()
    after = (await world.standing(pair)).live()
    assert [m.span for m in after] == [m.span for m in before]
    [offer] = await world.offers(pair)
    assert (offer.kind, offer.about) == (OfferKind.MOVE, meeting.key)
    assert len(await world.letters(pair, LetterKind.CLASH)) == 2
    feed.person_adds_busy(Span(meeting.span.start, meeting.span.end + HOUR))
    await world.settle()
    assert len(await world.offers(pair)) == 2  # another thing on top, told once


async def test_where_they_agreed_the_best_time_is_booked_at_once() -> None:
    world = await NoticingWorld().open()
    pair = await world.pair()
    await world.connect_as(pair.mentor)
    await world.propose(pair, pair.mentor, book_without_asking=True)
    await world.accept(pair, pair.mentee)
    await world.work()
    await world.live_through(2 * POLL, POLL)
    await delete(world, pair, 1)
    await world.settle()
    assert await world.letters(pair, LetterKind.FELL_OUT) == []
    assert len(await world.letters(pair, LetterKind.REPAIRED)) == 2
    [row] = await world.ledger(pair)
    assert row.state is LedgerState.BOOKED
    [offer] = await world.offers(pair)
    assert offer.state is OfferState.TAKEN
    replacement = [m for m in (await world.standing(pair)).meetings if m.key.n]
    assert [m.span for m in replacement] == [offer.chosen]


async def test_no_letter_says_who_it_was() -> None:
    """Neither facts nor anything else in a letter differs between the two."""
    world, pair = await a_pair("caldav", "caldav")
    await delete(world, pair, 1)
    await world.settle()
    one, two = await world.letters(pair, LetterKind.FELL_OUT)
    assert replace(one, to=None) == replace(two, to=None)


async def test_no_letter_goes_out_in_quiet_hours() -> None:
    """Deleted at 22:30 in Berlin: the calendar's notice goes, the letter waits."""
    world, pair = await a_pair()
    world.clock.set(datetime(2026, 3, 4, 21, 30, tzinfo=UTC))
    await world.work()
    sent = len(world.post.times)
    await delete(world, pair, 1)
    await world.live_through(14 * HOUR, HOUR)
    assert len(await world.effects(pair, SendInvite)) == 2
    for zone, name in (("Europe/Berlin", "ida"), ("America/New_York", "leyla")):
        hours = world.post.hours(zone, name)
        letters = [h for h in hours if h >= 21 or h < 7]
        is_mail_only = name == "leyla"
        assert len(letters) <= int(is_mail_only)  # the CANCEL is no letter
    assert len(world.post.times) > sent


async def test_who_dies_while_observing_leaves_the_same() -> None:
    start, pair = await a_pair("caldav", "caldav")
    await delete(start, pair, 1)
    series = await start.standing(pair)
    moved = await start.meeting(pair, 3)
    assert moved.span
    span = Span(moved.span.start + DAY, moved.span.end + DAY)
    original = moved.key.original_start
    start.calendar(pair.mentee).person_moves(series.uid, original, span)
    for person in pair.both():
        for connection in await start.connections(person):
            await start.do(WorkKind.SYNC, connection.id)

    async def life(dies_at: int | None) -> NoticingWorld:
        world = deepcopy(start)
        world.fuse.at = dies_at and start.fuse.steps + dies_at
        try:
            await world.do(WorkKind.OBSERVE, pair.id)
        except Crash:
            assert dies_at
        await world.live_through(HOUR, 20 * timedelta(minutes=1))
        return world

    whole = await life(None)
    expected = await picture(whole, pair)
    assert expected["letters"]
    died = 0
    for step in range(1, 6):
        world = await life(step)
        died += world.fuse.steps >= start.fuse.steps + step
        assert await picture(world, pair) == expected, f"died at {step}"
    assert died >= 3


async def picture(world: NoticingWorld, pair: Pair) -> dict[str, Any]:
    """What people see, and what is on record."""
    series = await world.standing(pair)
    rows = await world.outbox(pair)
    return {
        "calendars": [
            world.calendar(p).stands(series.uid, WINDOW) for p in pair.both()
        ],
        "meetings": [(m.key, m.span, m.state) for m in series.meetings],
        "letters": sorted(r.key for r in rows if isinstance(r.effect, SendLetter)),
        "effects": sorted(
            (r.key, r.state.value) for r in rows if not isinstance(r.effect, SendLetter)
        ),
        "mails": sorted((m.to.email, m.subject) for m in world.post.read().values()),
        "evidence": sorted((e.kind.value, e.about) for e in await world.evidence(pair)),
        "ledger": [(r.period, r.state) for r in await world.ledger(pair)],
        "offers": len(await world.offers(pair)),
    }
