"""Strangers and unknown objects change nothing, and no letter says who it was.

promises.md F46 and S16; product.md: both partners read the same.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from integrations.mail.wording.render import Wording
from scheduler.effects import SendLetter
from scheduler.letters import LetterKind
from scheduler.ports.mail import Answer, Ignored, Reader
from tests.usecases.mailing import MailingWorld, claims, later, mail_pair
from tests.usecases.world import SENDER

DAY = timedelta(days=1)
ACCEPTED = Answer.ACCEPTED
DECLINED, COUNTER = Answer.DECLINED, Answer.COUNTER


@pytest.mark.parametrize("answer", Answer)
@pytest.mark.parametrize("whole", [True, False])
async def test_strangers_and_unknown_objects_change_nothing(answer, whole) -> None:
    world, pair = await mail_pair("mail", "mail")
    meeting = await world.meeting(pair, 1)
    reply = await world.answer(
        pair, answer, None if whole else meeting, to=later(meeting, DAY)
    )
    before = await world.state(pair)
    mails = len(world.post.sent)
    await world.hear(
        replace(reply, attendee="mallory@example.org"),
        replace(reply, attendee=SENDER.email),
        replace(reply, uid="never-made@programme.example"),
        Ignored("no calendar"),
    )
    assert await world.state(pair) == before
    assert len(world.post.sent) == mails
    assert sorted(await world.outcomes(pair)) == [
        "no calendar",
        "stranger",
        "stranger",
        "unknown object",
    ]


async def test_a_date_that_is_none_of_the_series_changes_nothing() -> None:
    world, pair = await mail_pair()
    meeting = await world.meeting(pair, 1)
    reply = await world.answer(pair, DECLINED, meeting)
    before = await world.state(pair)
    other = meeting.key.original_start + 3 * DAY
    await world.hear(replace(reply, recurrence_id=other))
    assert await world.outcomes(pair) == ["no such date"]
    assert await world.state(pair) == before


async def test_nobody_declines_for_the_partner() -> None:
    """The other pair's UID is of no use to anybody but those two."""
    world, pair = await mail_pair("mail", "mail")
    other = await world.pair("oleg", "tess")
    for person in other.both():
        await world.accept(other, person)
    await world.work()
    before = await world.state(other)
    reply = await world.answer(other, DECLINED, by="leyla@example.org")
    await world.hear(reply)
    assert await world.outcomes(other) == ["stranger"]
    assert await world.state(other) == before
    assert (await world.standing(pair)).live()


async def test_an_alias_is_who_the_mail_came_from() -> None:
    world, pair = await mail_pair()
    reply = await world.answer(pair, ACCEPTED, by="l.aydin@elsewhere.example")
    named = claims("x@elsewhere.example", "Leyla@Example.org")
    await world.hear(replace(reply, others=named))
    assert await world.outcomes(pair) == ["accepted"]


async def test_an_alias_that_nobody_vouches_for_is_asked_about() -> None:
    world, pair = await mail_pair()
    meeting = await world.meeting(pair, 1)
    reply = await world.answer(pair, DECLINED, meeting, by="l.aydin@elsewhere.example")
    unsure = claims("leyla@example.org", certain=False)
    await world.hear(replace(reply, others=unsure))
    assert await world.outcomes(pair) == ["asked"]


async def test_what_is_over_cannot_be_declined() -> None:
    world, pair = await mail_pair()
    meeting = await world.meeting(pair, 0)
    reply = await world.answer(pair, DECLINED, meeting)
    assert meeting.span
    world.clock.set(meeting.span.end)
    before = await world.state(pair)
    world.mailbox.put(reply)
    await world.read()
    assert await world.outcomes(pair) == ["over"]
    assert await world.state(pair) == before


async def test_no_letter_says_who_it_was() -> None:
    """product.md: nobody is named as the one who cancelled; both read the same."""
    world, pair = await mail_pair("mail", "mail")
    meetings = [await world.meeting(pair, n) for n in (1, 2, 3)]
    far = later(meetings[2], timedelta(days=21))
    await world.hear(
        await world.answer(pair, DECLINED, meetings[0]),
        await world.answer(pair, COUNTER, meetings[1], to=later(meetings[1], DAY)),
        await world.answer(pair, COUNTER, meetings[2], to=far),
    )
    facts: dict[Any, list[Any]] = {}
    for row in await world.outbox(pair):
        if isinstance(row.effect, SendLetter):
            letter = row.effect.letter
            facts.setdefault((letter.kind, letter.about), []).append(letter.facts)
    kinds = {kind for kind, _ in facts}
    assert kinds >= {LetterKind.FELL_OUT, LetterKind.MOVED, LetterKind.CLASH}
    assert all(a == b for a, b in facts.values())
    reader = await a_reader(world, pair)
    for row in await world.outbox(pair):
        if isinstance(row.effect, SendLetter) and row.effect.letter.to == pair.mentor:
            mail = Wording().letter(
                row.effect.letter, reader, lambda purpose, about="": "https://x.example"
            )
            for word in ("declined", "cancelled", "Leyla moved", "Leyla cannot"):
                assert word not in mail.text


async def a_reader(world: MailingWorld, pair: Any) -> Reader:
    async with world.store(read_only=True) as uow:
        return Reader(
            await uow.programmes.get(pair.programme),
            await uow.people.get(pair.mentor),
            await uow.people.get(pair.mentee),
            pair,
        )
