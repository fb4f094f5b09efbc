"""Mails that came back: what is believed of a report, and what it stops (F38)."""

from __future__ import annotations

from typing import Any

from scheduler.bounces import RETURNED
from scheduler.copies import domain_of
from scheduler.effects import OutboxState, SendInvite
from scheduler.evidence import EvidenceKind
from scheduler.outbox import message_id
from scheduler.ports.mail import Answer, Bounce
from tests.usecases.mailing import MailingWorld, mail_pair
from tests.usecases.world import SENDER

DECLINED = Answer.DECLINED


async def a_mail_to_leyla(world: MailingWorld, pair: Any) -> tuple[Any, str]:
    """An invitation of hers, and its Message-ID."""
    [row] = [
        r
        for r in await world.outbox(pair)
        if isinstance(r.effect, SendInvite) and r.effect.to == pair.mentee
    ]
    name = message_id(row.key, domain_of(SENDER))
    assert any(sent == name for sent, _ in world.post.sent)
    return row, name


async def test_mail_that_comes_back_for_good_stops_letters_and_is_shown() -> None:
    world, pair = await mail_pair("mail", "mail")
    row, name = await a_mail_to_leyla(world, pair)
    await world.hear(Bounce("leyla@example.org", name, hard=True))
    async with world.store(read_only=True) as uow:
        [dead] = await uow.outbox.dead(pair.programme)
        person = await uow.people.get(pair.mentee)
    assert (dead.id, dead.state, dead.trouble) == (row.id, OutboxState.DEAD, RETURNED)
    assert person.bounced_at == world.clock.now()
    before = len(world.post.sent)
    meeting = await world.meeting(pair, 1)
    await world.hear(await world.answer(pair, DECLINED, meeting, by="ida@example.org"))
    await world.settle()
    assert {m.to.email for _, m in world.post.sent[before:]} == {"ida@example.org"}
    broken = [
        e
        for e in await world.evidence(pair)
        if e.kind is EvidenceKind.CONNECTION_BROKEN
    ]
    assert [(e.about, e.by) for e in broken] == [(pair.mentee, pair.mentee)]


async def test_forged_and_passing_reports_stop_nothing() -> None:
    world, pair = await mail_pair("mail", "mail")
    _, name = await a_mail_to_leyla(world, pair)
    before = await world.state(pair)
    await world.hear(
        Bounce("leyla@example.org", name, hard=False),
        Bounce("leyla@example.org", "guessed@programme.example", hard=True),
        Bounce("ida@example.org", name, hard=True),
        Bounce("nobody@example.org", name, hard=True),
    )
    assert await world.state(pair) == before
    async with world.store(read_only=True) as uow:
        people = [await uow.people.get(p) for p in pair.both()]
    assert [p.bounced_at for p in people] == [None, None]
    assert sorted(await world.outcomes(pair)) == ["late", *["nothing we sent"] * 3]
