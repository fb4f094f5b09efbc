"""Topics and promises by mail: from whom they are taken, and what is answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from scheduler.effects import SendLetter
from scheduler.evidence import EvidenceKind, SourceKind
from scheduler.letters import Letter, LetterKind
from scheduler.outbox import message_id
from scheduler.people import Pair
from scheduler.ports.mail import Claim, Incoming, Note
from tests.usecases.noticing import NoticingWorld
from tests.usecases.test_read_mail import Mailbox, outcomes, take

IDA, LEYLA = "ida@example.org", "leyla@example.org"
DAY = timedelta(days=1)
#: NOW of the world is Monday 2 March 2026.
FRIDAY = date(2026, 3, 6)
DOMAIN = "programme.example"


def note(*lines: str, by: str = LEYLA, certain: bool = True, to: str = "") -> Note:
    return Note(Claim(by, certain), lines, (to,) if to else ())


async def a_pair() -> tuple[NoticingWorld, Pair]:
    world = await NoticingWorld().open()
    return world, await world.booked("caldav", "mail")


async def arrives(world: NoticingWorld, *notes: Note) -> None:
    stamp = world.clock.now().isoformat()
    await take(
        world, Mailbox(*(Incoming(f"{stamp}/{n}", x) for n, x in enumerate(notes)))
    )


async def answers(world: NoticingWorld, pair: Pair) -> list[Letter]:
    async with world.store() as uow:
        rows = await uow.outbox.of_pair(pair.id)
    told = [r.effect.letter for r in rows if isinstance(r.effect, SendLetter)]
    return [letter for letter in told if letter.kind is LetterKind.NOT_READ]


async def said(world: NoticingWorld, pair: Pair) -> tuple[list[str], list[str]]:
    """The texts of its topics and promises, each with whose it is."""
    async with world.store() as uow:
        topics = await uow.topics.of_pair(pair.id)
        promises = await uow.promises.of_pair(pair.id)
    return (
        [f"{t.text} ({t.by})" for t in topics],
        [f"{p.text} by {p.due} ({p.by})" for p in promises],
    )


async def test_what_its_sender_asks_for_is_kept_and_not_answered():
    world, pair = await a_pair()
    await arrives(world, note("topic: my talk", "promise: send it, by Friday"))
    who = pair.mentee
    assert await said(world, pair) == (
        [f"my talk ({who})"],
        [f"send it by {FRIDAY} ({who})"],
    )
    assert await answers(world, pair) == []
    async with world.store() as uow:
        rows = await uow.evidence.of_pair(pair.id)
    (made,) = [r for r in rows if r.kind is EvidenceKind.PROMISED]
    assert (made.by, made.source) == (who, SourceKind.MAIL)
    assert "noted" in await outcomes(world)


@pytest.mark.parametrize(
    "unsure",
    [
        note("topic: my talk", "promise: send it, by Friday", certain=False),
        note(),
        note("promise: send it"),
        note("promise: send it, by whenever"),
    ],
)
async def test_anything_else_is_not_kept_and_answered_once_with_a_link(unsure: Note):
    world, pair = await a_pair()
    for _ in range(3):
        await arrives(world, unsure)
    assert await said(world, pair) == ([], [])
    (letter,) = await answers(world, pair)
    assert letter.to == pair.mentee
    assert "send it" not in repr(letter) and "talk" not in repr(letter)
    world.clock.advance(2 * DAY)
    await arrives(world, unsure)
    assert len(await answers(world, pair)) == 2


async def test_a_line_that_is_understood_is_kept_beside_one_that_is_not():
    world, pair = await a_pair()
    await arrives(world, note("topic: my talk", "promise: send it"))
    assert (await said(world, pair))[0] == [f"my talk ({pair.mentee})"]
    (letter,) = await answers(world, pair)
    assert dict(letter.facts.counts) == {"kept": 1}


async def test_to_strangers_nothing_is_answered():
    world, pair = await a_pair()
    await arrives(world, note("topic: x", by="mallory@evil.test"))
    assert await answers(world, pair) == []
    assert await said(world, pair) == ([], [])


async def test_the_same_mail_twice_is_one():
    world, pair = await a_pair()
    mail = Incoming("<1@mail>", note("promise: send it, by Friday"))
    for _ in range(2):
        await take(world, Mailbox(mail))
    await arrives(world, note("promise: Send it, by Friday"))
    assert len((await said(world, pair))[1]) == 1


async def test_the_same_words_until_another_day_are_a_new_date():
    world, pair = await a_pair()
    await arrives(world, note("promise: send it, by Friday"))
    await arrives(world, note("promise: send it, in 2 weeks"))
    async with world.store() as uow:
        (one,) = await uow.promises.of_pair(pair.id)
    assert one.dates == (FRIDAY, date(2026, 3, 16))


async def test_of_several_pairs_it_is_the_one_whose_letter_is_answered():
    world, pair = await a_pair()
    other = await world.pair("ida", "max")
    for theirs in (other, pair):
        async with world.store() as uow:
            rows = await uow.outbox.of_pair(theirs.id)
        row = next(
            r
            for r in rows
            if isinstance(r.effect, SendLetter) and r.effect.letter.to == pair.mentor
        )
        name = message_id(row.key, DOMAIN)
        text = f"promise: for {theirs.id} alone, by Friday"
        await arrives(world, note(text, by=IDA, to=name))
        assert len((await said(world, theirs))[1]) == 1


async def test_once_a_pair_is_closed_nothing_is_taken_or_answered():
    world, pair = await a_pair()
    async with world.store() as uow:
        closed = replace(await uow.pairs.get(pair.id), closed=FRIDAY)
        await uow.pairs.put(closed)
        await uow.commit()
    await arrives(world, note("topic: my talk"))
    assert await answers(world, pair) == []
    assert await said(world, pair) == ([], [])
