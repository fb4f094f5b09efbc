"""Whose mail came back gets it at an address that works, and the calendar as it is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduler.bounces import RETURNED
from scheduler.copies import domain_of
from scheduler.effects import OutboxState
from scheduler.errors import NotFound, Refused, Taken
from scheduler.evidence import EvidenceKind
from scheduler.ids import ProgrammeId
from scheduler.invite import Method
from scheduler.outbox import message_id
from scheduler.people import Pair, Person
from scheduler.ports.mail import Answer, Bounce
from scheduler.usecases.give_address import give_address
from tests.usecases.mailing import MailingWorld, mail_pair
from tests.usecases.world import SENDER

NEW = "leyla@new.example"


async def give(world: MailingWorld, pair: Pair, email: str = NEW) -> Person:
    return await give_address(
        pair.programme,
        pair.mentee,
        email,
        begin=world.begin,
        clock=world.clock,
        ids=world.ids,
        links=world.links,
        sender=SENDER,
    )


async def returns(world: MailingWorld, pair: Pair) -> None:
    """Everything that was sent to Leyla so far comes back."""
    for row in await world.outbox(pair):
        name = message_id(row.key, domain_of(SENDER))
        await world.hear(Bounce("leyla@example.org", name, hard=True))


@pytest.mark.parametrize("email", [NEW, "leyla@example.org"])
async def test_what_came_back_is_sent_to_the_address_that_works(email: str) -> None:
    world, pair = await mail_pair("mail", "mail")
    await returns(world, pair)
    meeting = await world.meeting(pair, 1)
    ida = await world.answer(pair, Answer.DECLINED, meeting, by="ida@example.org")
    await world.hear(ida)
    await world.settle()
    before = len(world.post.sent)
    for _ in range(2):
        await give(world, pair, email)
        await world.work()
    got = [m for _, m in world.post.sent[before:] if m.to.email == email]
    assert [m.method for m in got].count("REQUEST") == 1
    newest = (await world.invites(pair, pair.mentee))[-1]
    assert newest.method is Method.REQUEST
    assert meeting.key.original_start in newest.exdates
    assert newest.sequence > max(i.sequence for i in (await world.invites(pair))[:-1])
    assert email in {a.email for a in newest.attendees}
    dead = [r for r in await world.outbox(pair) if r.state is OutboxState.DEAD]
    assert dead == []
    kinds = [e.kind for e in await world.evidence(pair)]
    assert kinds.count(EvidenceKind.CONNECTION_BROKEN) == 1
    assert kinds.count(EvidenceKind.CONNECTION_BACK) == 1


async def test_before_anything_is_agreed_the_letter_goes_out_again() -> None:
    world = MailingWorld()
    await world.open()
    pair = await world.pair()
    await world.live_through(timedelta(days=1), timedelta(hours=6))
    await returns(world, pair)
    assert {r.trouble for r in await world.outbox(pair)} >= {RETURNED}
    await give(world, pair)
    await world.live_through(timedelta(days=1), timedelta(hours=6))
    assert [m.subject for _, m in world.post.sent if m.to.email == NEW]


async def test_an_address_is_changed_only_for_whom_mail_does_not_reach() -> None:
    world, pair = await mail_pair("mail", "mail")
    with pytest.raises(Refused) as refused:
        await give(world, pair)
    assert refused.value.code == "E_ADDRESS_WORKS"
    await returns(world, pair)
    with pytest.raises(Refused) as refused:
        await give(world, pair, "nowhere")
    assert refused.value.code == "E_EMAIL"
    with pytest.raises(Taken):
        await give(world, pair, "ida@example.org")
    with pytest.raises(NotFound):
        await give_address(
            ProgrammeId("elsewhere"),
            pair.mentee,
            NEW,
            begin=world.begin,
            clock=world.clock,
            ids=world.ids,
            links=world.links,
            sender=SENDER,
        )
