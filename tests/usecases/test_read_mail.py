"""An answer by mail is believed, asked about or ignored; each mail is taken once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from scheduler.effects import OutboxState, SendInvite, TakeOutOfCopy
from scheduler.evidence import EvidenceKind, SourceKind
from scheduler.ids import Uid
from scheduler.invite import Method
from scheduler.letters import LetterKind
from scheduler.outbox import message_id
from scheduler.people import Pair
from scheduler.ports.mail import Answer, Bounce, Claim, Ignored, Incoming, Reply
from scheduler.series import CopyState, MeetingState, OfferKind
from scheduler.usecases.read_mail import read_mail
from tests.usecases.breaking import Crash
from tests.usecases.noticing import WINDOW, NoticingWorld
from tests.usecases.world import SENDER

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Mailbox:
    """A mailbox that shows a mail until it is marked done."""

    def __init__(self, *mails: Incoming) -> None:
        self.mails = list(mails)

    async def unseen(self) -> AsyncIterator[Incoming]:
        for mail in list(self.mails):
            yield mail

    async def done(self, mail: str) -> None:
        self.mails = [m for m in self.mails if m.id != mail]


async def a_pair() -> tuple[NoticingWorld, Pair, Reply]:
    """A mentee on mail, and an acceptance of the series as a start for answers."""
    world = await NoticingWorld().open()
    pair = await world.booked("caldav", "mail")
    series = await world.standing(pair)
    reply = Reply(
        series.uid, "leyla@example.org", Answer.ACCEPTED, 0, world.clock.now()
    )
    return world, pair, reply


async def arrives(world: NoticingWorld, *reads: Reply | Bounce | Ignored) -> Mailbox:
    box = Mailbox(*(Incoming(f"<{n}@mail>", read) for n, read in enumerate(reads)))
    await take(world, box)
    return box


async def take(world: NoticingWorld, box: Mailbox) -> None:
    await read_mail(
        mail_in=box, open_calendar=world.open_calendar, months=13, **world.ports
    )
    await world.settle(HOUR)


async def outcomes(world: NoticingWorld) -> list[str]:
    async with world.store(read_only=True) as uow:
        pairs = await uow.pairs.of_programme(world.programme)
        about = ["", *(p.id for p in pairs)]
        for pair in pairs:
            for series in await uow.series.of_pair(pair.id):
                about += [str(m.key) for m in series.meetings]
        rows = [row for key in about for row in await uow.audit.about(key)]
    return [row.cause for row in rows if row.act == "mail read"]


async def test_an_acceptance_is_kept_on_the_copy() -> None:
    world, pair, reply = await a_pair()
    box = await arrives(world, replace(reply, prodid="-//Xandikos//EN"))
    copy = await world.copy(pair.mentee, Uid(reply.uid))
    assert copy
    assert (copy.partstat, copy.whole_object) == ("ACCEPTED", True)
    assert box.mails == []
    assert await outcomes(world) == ["accepted"]


async def test_an_accepted_date_is_evidence_once() -> None:
    world, pair, reply = await a_pair()
    meeting = await world.meeting(pair, 1)
    one = replace(reply, recurrence_id=meeting.key.original_start)
    await arrives(world, one, one)
    rows = [e for e in await world.evidence(pair) if e.about == str(meeting.key)]
    accepted = [e for e in rows if e.kind is EvidenceKind.ACCEPTED]
    assert [e.by for e in accepted] == [pair.mentee]


async def test_a_declined_date_falls_out_for_the_other() -> None:
    world, pair, reply = await a_pair()
    series = await world.standing(pair)
    meeting = await world.meeting(pair, 1)
    decline = replace(
        reply, answer=Answer.DECLINED, recurrence_id=meeting.key.original_start
    )
    await arrives(world, decline)
    assert (await world.meeting(pair, 1)).state is MeetingState.CANCELLED
    stands = world.calendar(pair.mentor).stands(series.uid, WINDOW)
    assert meeting.span not in stands
    [out] = await world.effects(pair, TakeOutOfCopy)
    assert out.person == pair.mentor
    assert len(await world.effects(pair, SendInvite)) == 1  # no CANCEL to who declined
    [row] = [e for e in await world.evidence(pair) if e.kind is EvidenceKind.DECLINED]
    assert (row.by, row.source) == (pair.mentee, SourceKind.MAIL)
    assert len(await world.letters(pair, LetterKind.FELL_OUT)) == 2
    assert len(await world.ledger(pair)) == 1


async def test_a_declined_series_is_told_once_and_not_made_again() -> None:
    world, pair, reply = await a_pair()
    await arrives(world, replace(reply, answer=Answer.DECLINED))
    await world.settle()
    assert (await world.standing(pair)).live() == ()
    assert len(await world.series(pair)) == 1
    for person in pair.both():
        assert len(await world.letters(pair, LetterKind.FELL_OUT, person)) == 1
    copy = await world.copy(pair.mentee, Uid(reply.uid))
    assert copy
    assert (copy.state, copy.partstat) == (CopyState.REMOVED_BY_PERSON, "DECLINED")
    assert len(await world.effects(pair, SendInvite)) == 1


@pytest.mark.parametrize("is_clear", [True, False])
async def test_a_proposed_time_is_taken_over_or_refused(is_clear: bool) -> None:
    world, pair, reply = await a_pair()
    meeting = await world.meeting(pair, 1)
    assert meeting.span
    start, end = meeting.span.start + DAY, meeting.span.end + DAY
    if not is_clear:
        world.calendar(pair.mentor).person_adds_busy(
            replace(meeting.span, start=start, end=end)
        )
    counter = replace(
        reply,
        answer=Answer.COUNTER,
        recurrence_id=meeting.key.original_start,
        proposed_start=start,
        proposed_end=end,
    )
    world.clock.advance(5 * timedelta(minutes=1))
    await arrives(world, counter, counter)
    after = await world.meeting(pair, 1)
    invites = [e.invite for e in await world.effects(pair, SendInvite)][1:]
    if is_clear:
        assert after.span and after.span.start == start
        [moved] = invites
        assert (moved.method, moved.span.start) == (Method.REQUEST, start)
        series = await world.standing(pair)
        stands = world.calendar(pair.mentor).stands(series.uid, WINDOW)
        assert after.span in stands
    else:
        assert after.span == meeting.span
        assert {i.method for i in invites} == {Method.DECLINECOUNTER}
        assert invites[0].sequence == counter.sequence
        offers = [o for o in await world.offers(pair) if o.kind is OfferKind.MOVE]
        assert offers


@pytest.mark.parametrize(
    ("answer", "asked"), [(Answer.DECLINED, True), (Answer.ACCEPTED, False)]
)
async def test_who_is_not_vouched_for_is_asked_and_changes_nothing(
    answer: Answer, asked: bool
) -> None:
    """promises.md F46."""
    world, pair, reply = await a_pair()
    meeting = await world.meeting(pair, 1)
    before = await world.standing(pair)
    forged = replace(
        reply,
        answer=answer,
        certain=False,
        recurrence_id=meeting.key.original_start,
    )
    await arrives(world, forged, forged)
    assert await world.standing(pair) == before
    letters = await world.letters(pair, LetterKind.ASK)
    assert [x.to for x in letters] == ([pair.mentee] if asked else [])


async def test_a_stale_answer_says_nothing_and_a_stale_refusal_is_asked() -> None:
    world, pair, reply = await a_pair()
    series = await world.standing(pair)
    meeting = await world.meeting(pair, 1)
    assert meeting.span
    original = meeting.key.original_start
    span = replace(
        meeting.span, start=meeting.span.start + DAY, end=meeting.span.end + DAY
    )
    world.calendar(pair.mentor).person_moves(series.uid, original, span)
    await world.settle(HOUR)
    stale = replace(reply, recurrence_id=original, sequence=0)
    await arrives(world, stale, replace(stale, answer=Answer.DECLINED))
    assert (await world.meeting(pair, 1)).span == span
    assert await outcomes(world) == ["stale", "asked"]
    assert len(await world.letters(pair, LetterKind.ASK)) == 1


async def test_what_is_no_answer_of_ours_changes_nothing() -> None:
    """promises.md, bad input 66: ignored, with the reason in the audit, no bounce."""
    world, pair, reply = await a_pair()
    before = await world.standing(pair)
    keys = [r.key for r in await world.outbox(pair)]
    await arrives(
        world,
        replace(reply, uid="somebody-elses@uid"),
        replace(reply, attendee="party@crasher.test", answer=Answer.DECLINED),
        replace(reply, attendee="ida@example.org", answer=Answer.DECLINED),
        replace(reply, recurrence_id=datetime.fromisoformat("2031-01-01T00:00Z")),
        Ignored("no uid"),
        Bounce("leyla@example.org", "never-sent@programme.example", hard=True),
    )
    assert await world.standing(pair) == before
    assert [r.key for r in await world.outbox(pair)] == keys
    assert sorted(await outcomes(world)) == [
        "no such date",
        "no uid",
        "not on mail",
        "nothing we sent",
        "stranger",
        "unknown object",
    ]


async def test_an_alias_answers_for_its_owner() -> None:
    world, pair, reply = await a_pair()
    alias = replace(
        reply, attendee="l@alias.test", others=(Claim("Leyla@Example.org", True),)
    )
    await arrives(world, alias)
    copy = await world.copy(pair.mentee, Uid(reply.uid))
    assert copy and copy.partstat == "ACCEPTED"


async def test_a_mail_read_twice_is_taken_once() -> None:
    start, pair, reply = await a_pair()
    meeting = await start.meeting(pair, 1)
    decline = replace(
        reply, answer=Answer.DECLINED, recurrence_id=meeting.key.original_start
    )

    async def life(dies_at: int | None) -> list[object]:
        world = deepcopy(start)
        box = Mailbox(Incoming("<1@mail>", decline))
        world.fuse.at = dies_at and start.fuse.steps + dies_at
        try:
            await take(world, box)
        except Crash:
            await take(world, box)
        await take(world, Mailbox(Incoming("<1@mail>", decline)))
        rows = await world.outbox(pair)
        return [
            sorted((r.key, r.state) for r in rows),
            sorted(e.id for e in await world.evidence(pair)),
            await outcomes(world),
            (await world.meeting(pair, 1)).state,
        ]

    whole = await life(None)
    for step in range(1, 5):
        assert await life(step) == whole, f"died at {step}"


async def test_a_bounce_of_ours_is_shown_to_the_coordinator() -> None:
    world, pair, _ = await a_pair()
    sent = [
        r
        for r in await world.outbox(pair)
        if isinstance(r.effect, SendInvite) and r.effect.to == pair.mentee
    ]
    name = message_id(sent[0].key, SENDER.email.rpartition("@")[2])
    await arrives(world, Bounce("leyla@example.org", name, hard=True))
    async with world.store(read_only=True) as uow:
        dead = await uow.outbox.dead(world.programme)
    assert [r.id for r in dead] == [sent[0].id]
    assert dead[0].state is OutboxState.DEAD
