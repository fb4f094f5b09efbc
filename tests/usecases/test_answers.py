"""What an answer by mail is worth, and what follows for whoever was invited.

Answers come from anybody who can write a mail. What is believed, asked about and
ignored is a table; what is believed has the same ends as if it were done in a calendar
(promises.md F45).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from scheduler.effects import TakeOutOfCopy
from scheduler.errors import Unavailable
from scheduler.evidence import EvidenceKind, SourceKind
from scheduler.invite import Method
from scheduler.letters import LetterKind
from scheduler.people import Hours
from scheduler.ports.mail import Answer
from scheduler.series import CopyState, LedgerState, MeetingState, OfferKind, Placer
from scheduler.usecases.answer_question import answer_question
from tests.usecases.mailing import MailingWorld, later, mail_pair
from tests.usecases.noticing import WINDOW
from tests.usecases.world import SENDER

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ACCEPTED, TENTATIVE = Answer.ACCEPTED, Answer.TENTATIVE
DECLINED, COUNTER = Answer.DECLINED, Answer.COUNTER


async def the_table(world: MailingWorld, pair: Any, whole: bool, stale: bool) -> Any:
    """The third meeting; `stale`: it, or the whole series, has another time since."""
    meeting = await world.meeting(pair, 2)
    if stale and not whole:
        await world.moves(pair, meeting, later(meeting, DAY))
    if stale and whole:
        hours = Hours.parse("Mon-Thu 15:00-18:00")
        await world.propose(pair, pair.mentor, mentor_hours=hours)
        await world.accept(pair, pair.mentee)
        await world.work()
        assert (await world.standing(pair)).uid == (await world.invites(pair))[0].uid
    return await world.meeting(pair, 2)


TABLE = [
    # answer, whole, certain, stale: outcome
    (ACCEPTED, True, True, False, "accepted"),
    (ACCEPTED, True, True, True, "stale"),
    (ACCEPTED, True, False, False, "not vouched for"),
    (ACCEPTED, False, True, False, "accepted"),
    (ACCEPTED, False, True, True, "stale"),
    (ACCEPTED, False, False, False, "not vouched for"),
    (TENTATIVE, True, True, False, "tentative"),
    (TENTATIVE, False, True, False, "tentative"),
    (TENTATIVE, False, False, True, "stale"),
    (DECLINED, True, True, False, "declined"),
    (DECLINED, True, True, True, "asked"),
    (DECLINED, True, False, False, "asked"),
    (DECLINED, True, False, True, "asked"),
    (DECLINED, False, True, False, "declined"),
    (DECLINED, False, True, True, "asked"),
    (DECLINED, False, False, False, "asked"),
    (DECLINED, False, False, True, "asked"),
    (COUNTER, True, True, False, "no proposal"),
    (COUNTER, True, False, True, "stale"),
    (COUNTER, False, True, False, "moved"),
    (COUNTER, False, True, True, "stale"),
    (COUNTER, False, False, False, "asked"),
    (COUNTER, False, False, True, "stale"),
]
QUIET = {"stale", "not vouched for", "no proposal", "not on mail"}


@pytest.mark.parametrize("route", ["mail", "caldav"])
@pytest.mark.parametrize(("answer", "whole", "certain", "stale", "outcome"), TABLE)
async def test_what_an_answer_is_worth(
    answer, whole, certain, stale, outcome, route
) -> None:
    world, pair = await mail_pair("caldav", "mail")
    meeting = await the_table(world, pair, whole, stale)
    person = "leyla@example.org" if route == "mail" else "ida@example.org"
    reply = await world.answer(
        pair,
        answer,
        None if whole else meeting,
        by=person,
        certain=certain,
        to=later(meeting, 2 * DAY) if answer is COUNTER else None,
    )
    reply = replace(reply, sequence=reply.sequence - stale)
    expected = outcome if route == "mail" else "not on mail"
    before = await world.state(pair)
    known = len(await world.evidence(pair))
    await world.hear(reply)
    assert await world.outcomes(pair) == [expected]
    assert (await world.state(pair) == before) == (expected in QUIET)
    asked = await world.letters(pair, LetterKind.ASK)
    assert [x.to for x in asked] == ([pair.mentee] if expected == "asked" else [])
    cancelled = {EvidenceKind.DECLINED, EvidenceKind.CANCELLED, EvidenceKind.MOVED}
    done = [e for e in (await world.evidence(pair))[known:] if e.kind in cancelled]
    assert bool(done) == (expected in {"declined", "moved"})


async def test_an_accepted_series_is_noted_with_what_its_program_can_do() -> None:
    world, pair = await mail_pair()
    reply = await world.answer(pair, ACCEPTED, prodid="-//Xandikos//EN")
    await world.hear(reply)
    series = await world.standing(pair)
    copy = await world.copy(pair.mentee, series.uid)
    assert copy and (copy.partstat, copy.whole_object) == ("ACCEPTED", True)
    await world.hear(await world.answer(pair, TENTATIVE))
    copy = await world.copy(pair.mentee, series.uid)
    assert copy and (copy.partstat, copy.whole_object) == ("TENTATIVE", True)


async def test_one_declined_meeting_falls_out_for_both_and_is_offered_anew() -> None:
    world, pair = await mail_pair()
    meeting = await world.meeting(pair, 1)
    await world.hear(await world.answer(pair, DECLINED, meeting))
    gone = await world.meeting(pair, 1)
    assert gone.state is MeetingState.CANCELLED
    [row] = await world.ledger(pair)
    assert (row.period, row.state) == (gone.period, LedgerState.OPEN)
    [fell] = [e for e in await world.evidence(pair) if e.kind is EvidenceKind.DECLINED]
    assert (fell.by, fell.source) == (pair.mentee, SourceKind.MAIL)
    [offer] = await world.offers(pair)
    assert (offer.kind, offer.about) == (OfferKind.REPLACE, meeting.key)
    for person in pair.both():
        [letter] = await world.letters(pair, LetterKind.FELL_OUT, person)
        assert letter.facts.times == offer.times


async def test_the_partner_loses_it_and_the_decliner_gets_no_cancel() -> None:
    world, pair = await mail_pair("caldav", "mail")
    meeting, series = await world.meeting(pair, 1), await world.standing(pair)
    await world.hear(await world.answer(pair, DECLINED, meeting))
    [out] = await world.effects(pair, TakeOutOfCopy)
    assert out.person == pair.mentor
    assert meeting.span not in world.calendar(pair.mentor).stands(series.uid, WINDOW)
    assert [i.method for i in await world.invites(pair)] == [Method.REQUEST]
    copy = await world.copy(pair.mentee, series.uid)
    assert copy and copy.state is CopyState.THERE  # the other dates are still hers


async def test_a_partner_on_mail_gets_the_cancel_with_the_next_number() -> None:
    world, pair = await mail_pair("mail", "mail")
    meeting = await world.meeting(pair, 1)
    await world.hear(await world.answer(pair, DECLINED, meeting))
    theirs = await world.invites(pair, pair.mentor)
    request, cancel = theirs
    assert cancel.method is Method.CANCEL
    assert cancel.recurrence_id == meeting.key.original_start
    assert (cancel.sequence, request.sequence) == (1, 0)
    assert cancel.stamp > request.stamp
    assert len(await world.invites(pair, pair.mentee)) == 1


async def test_a_declined_series_is_told_once_and_never_made_again() -> None:
    world, pair = await mail_pair("mail", "mail")
    await world.hear(await world.answer(pair, DECLINED))
    series = await world.standing(pair)
    assert series.live() == ()
    copy = await world.copy(pair.mentee, series.uid)
    assert copy and copy.state is CopyState.REMOVED_BY_PERSON
    for person in pair.both():
        [letter] = await world.letters(pair, LetterKind.FELL_OUT, person)
        assert dict(letter.facts.counts)["fallen"] > 1
    assert await world.offers(pair) == []
    kept = await world.invites(pair)
    [_, cancel] = [i for i in kept if i in await world.invites(pair, pair.mentor)]
    assert (cancel.method, cancel.recurrence_id) == (Method.CANCEL, None)
    await world.settle(2 * DAY)
    assert await world.invites(pair) == kept
    assert len(await world.letters(pair, LetterKind.FELL_OUT)) == 2


async def test_a_proposed_time_that_is_clear_is_taken_over() -> None:
    world, pair = await mail_pair("mail", "mail")
    meeting = await world.meeting(pair, 1)
    wanted = later(meeting, DAY)
    await world.hear(await world.answer(pair, COUNTER, meeting, to=wanted))
    there = await world.meeting(pair, 1)
    assert (there.span, there.placed_by) == (wanted, Placer.PERSON)
    for person in pair.both():
        [_, request] = await world.invites(pair, person)
        assert request.method is Method.REQUEST
        assert (request.recurrence_id, request.span) == (
            meeting.key.original_start,
            wanted,
        )
        [letter] = await world.letters(pair, LetterKind.MOVED, person)
        assert (letter.facts.meeting, letter.facts.next) == (meeting.span, wanted)
    assert await world.ledger(pair) == []


async def test_a_meeting_is_not_in_its_own_way() -> None:
    world, pair = await mail_pair("caldav", "mail")
    meeting, series = await world.meeting(pair, 1), await world.standing(pair)
    wanted = later(meeting, timedelta(minutes=15))
    await world.hear(await world.answer(pair, COUNTER, meeting, to=wanted))
    assert (await world.meeting(pair, 1)).span == wanted
    stands = world.calendar(pair.mentor).stands(series.uid, WINDOW)
    assert wanted in stands and meeting.span not in stands
    await world.settle()
    assert await world.offers(pair) == []


NOT_TAKEN_OVER = {
    "somebody is busy": timedelta(days=1),
    "the partner's night": timedelta(hours=14),
    "a day on which nobody works": timedelta(days=5),
    "another period": timedelta(days=21),
}


@pytest.mark.parametrize("why", NOT_TAKEN_OVER)
async def test_a_proposed_time_that_does_not_suit_is_refused_and_others_offered(
    why,
) -> None:
    world, pair = await mail_pair("caldav", "mail")
    meeting = await world.meeting(pair, 1)
    wanted = later(meeting, NOT_TAKEN_OVER[why])
    if why == "somebody is busy":
        # seen only by whoever reads the calendar again
        world.calendar(pair.mentor).person_adds_busy(wanted)
        world.clock.advance(timedelta(minutes=5))
    await world.hear(await world.answer(pair, COUNTER, meeting, to=wanted))
    assert await world.outcomes(pair) == ["refused"]
    assert (await world.meeting(pair, 1)) == meeting
    request, refusal = await world.invites(pair, pair.mentee)
    assert refusal.method is Method.DECLINECOUNTER
    assert (refusal.recurrence_id, refusal.span) == (
        meeting.key.original_start,
        meeting.span,
    )
    assert refusal.sequence == request.sequence
    [offer] = await world.offers(pair)
    assert offer.kind is OfferKind.MOVE
    assert wanted not in offer.times
    assert len(await world.letters(pair, LetterKind.CLASH)) == 2
    assert {m.method for _, m in world.post.sent} >= {"DECLINECOUNTER"}


async def test_a_number_that_was_never_sent_is_not_taken_over() -> None:
    """promises.md I11, bad input 66: ours alone counts up."""
    world, pair = await mail_pair("mail", "mail")
    meeting = await world.meeting(pair, 1)
    wanted = later(meeting, timedelta(days=21))
    reply = await world.answer(pair, COUNTER, meeting, to=wanted)
    await world.hear(replace(reply, sequence=9000))
    await world.hear(await world.answer(pair, DECLINED, meeting))
    assert max(i.sequence for i in await world.invites(pair)) == 1


async def test_a_calendar_that_cannot_be_read_takes_nothing_over() -> None:
    world, pair = await mail_pair("caldav", "mail")
    meeting = await world.meeting(pair, 1)
    world.trouble = Unavailable("calendar: 503")
    world.clock.advance(3 * HOUR)
    wanted = later(meeting, DAY)
    await world.hear(await world.answer(pair, COUNTER, meeting, to=wanted))
    assert await world.outcomes(pair) == ["refused"]
    assert (await world.meeting(pair, 1)).span == meeting.span


@pytest.mark.parametrize("yes", [True, False])
async def test_whoever_is_asked_decides_on_a_page(yes) -> None:
    world, pair = await mail_pair()
    meeting = await world.meeting(pair, 1)
    reply = await world.answer(pair, DECLINED, meeting, certain=False)
    await world.hear(reply, reply)
    [letter] = await world.letters(pair, LetterKind.ASK)
    assert (letter.to, letter.about) == (pair.mentee, meeting.key)
    for _ in range(2):
        await say(world, pair, meeting, yes=yes)
    state = (await world.meeting(pair, 1)).state
    assert state is (MeetingState.CANCELLED if yes else MeetingState.LIVE)
    assert len(await world.letters(pair, LetterKind.FELL_OUT)) == 2 * yes


async def say(world: MailingWorld, pair: Any, meeting: Any, *, yes: bool) -> None:
    await answer_question(
        pair.id,
        meeting.key,
        pair.mentee,
        yes=yes,
        begin=world.begin,
        clock=world.clock,
        ids=world.ids,
        links=world.links,
        sender=SENDER,
    )
    await world.work()
