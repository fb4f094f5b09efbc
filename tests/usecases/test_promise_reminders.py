"""The reminder of a promise, from the day that passes to the mail that goes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from scheduler.effects import OutboxState, Outgoing, SendLetter
from scheduler.errors import Refused, Unavailable
from scheduler.ids import PersonId
from scheduler.letters import LetterKind
from scheduler.people import Pair
from scheduler.promises import Promise
from scheduler.promising import Said, keep, move_to, release
from scheduler.usecases.make_promise import make_promise
from scheduler.usecases.turn_promise import turn_promise
from tests.usecases.resting import RestingWorld

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: NOW of the world is Monday 2 March 2026; Ida lives in Berlin.
TUESDAY = date(2026, 3, 3)


async def a_pair() -> tuple[RestingWorld, Pair]:
    world = await RestingWorld().open()
    return world, await world.booked("caldav", "mail")


def ports(world: RestingWorld) -> dict[str, Any]:
    return {"begin": world.begin, "clock": world.clock}


async def promise(
    world: RestingWorld,
    pair: Pair,
    text: str,
    day: date = TUESDAY,
    by: PersonId | None = None,
) -> Promise:
    owner = by or pair.mentor
    return await make_promise(pair.id, owner, Said(text, day), **ports(world))


async def rows(world: RestingWorld, pair: Pair) -> list[Outgoing]:
    return [
        row
        for row in await world.outbox(pair)
        if isinstance(row.effect, SendLetter)
        and row.effect.letter.kind is LetterKind.PROMISE
    ]


async def sent(world: RestingWorld, pair: Pair) -> list[tuple[PersonId | None, int]]:
    """To whom, and of how many promises, for each reminder that went out."""
    done = [r for r in await rows(world, pair) if r.state is OutboxState.DONE]
    letters = [r.effect.letter for r in done if isinstance(r.effect, SendLetter)]
    return [(x.to, len(x.facts.promises)) for x in letters]


async def until(world: RestingWorld, at: datetime) -> None:
    await world.live_through(at - world.clock.now(), HOUR)


async def test_its_owner_alone_gets_one_mail_on_the_morning_after():
    world, pair = await a_pair()
    for text in ("send the list", "read the paper"):
        await promise(world, pair, text)
    await promise(world, pair, "later", date(2026, 3, 30))
    start = world.clock.now()
    await until(world, start.replace(day=4, hour=5))
    assert await rows(world, pair) == []
    await until(world, start.replace(day=4, hour=6, minute=30))
    assert await sent(world, pair) == [(pair.mentor, 2)]
    await until(world, start.replace(day=20))
    assert len(await rows(world, pair)) == 1


async def test_no_word_of_a_promise_is_in_the_outbox_the_audit_or_the_evidence():
    world, pair = await a_pair()
    one = await promise(world, pair, "send the canary")
    await world.live_through(3 * DAY, 3 * HOUR)
    assert await sent(world, pair) == [(pair.mentor, 1)]
    async with world.store() as uow:
        told = await uow.outbox.of_pair(pair.id)
        seen = await uow.evidence.of_pair(pair.id)
        audit = await uow.audit.about(pair.id)
        audit += await uow.audit.about(one.id)
    letters = [r for r in told if not is_agenda(r)]
    assert "canary" not in repr((letters, seen, audit))


def is_agenda(row: Outgoing) -> bool:
    """The agenda, which both are to read before they meet, holds what is open."""
    effect = row.effect
    return isinstance(effect, SendLetter) and bool(effect.letter.facts.agenda)


async def test_a_new_date_has_a_reminder_of_its_own():
    world, pair = await a_pair()
    one = await promise(world, pair, "send the list")
    await world.live_through(3 * DAY, 3 * HOUR)
    new = move_to(date(2026, 3, 9))
    await turn_promise(pair.id, pair.mentor, one.id, new, **ports(world))
    await world.live_through(10 * DAY, 3 * HOUR)
    assert await sent(world, pair) == [(pair.mentor, 1)] * 2


async def test_two_mails_are_72_hours_apart():
    world, pair = await a_pair()
    await promise(world, pair, "send the list", date(2026, 3, 3))
    await promise(world, pair, "read the paper", date(2026, 3, 4))
    await promise(world, pair, "call Tess", date(2026, 3, 5))
    await world.live_through(14 * DAY, 3 * HOUR)
    first, second = (row.due_at for row in await rows(world, pair))
    assert second - first >= 72 * HOUR
    assert await sent(world, pair) == [(pair.mentor, 1), (pair.mentor, 2)]


async def test_72_hours_apart_in_all_pairs_of_a_person_together():
    world, pair = await a_pair()
    other = await world.pair("ida", "max")
    await promise(world, pair, "send the list")
    await promise(world, other, "read the paper")
    await world.live_through(14 * DAY, 3 * HOUR)
    [first] = await rows(world, pair)
    [second] = await rows(world, other)
    assert abs(second.due_at - first.due_at) >= 72 * HOUR


async def test_72_hours_count_from_when_it_really_went_out():
    world, pair = await a_pair()
    await promise(world, pair, "send the list")
    await promise(world, pair, "read the paper", date(2026, 3, 5))
    start = world.clock.now()
    await until(world, start.replace(day=3, hour=20))
    world.post.trouble = Unavailable("no mail today")
    await until(world, start.replace(day=6, hour=15))
    world.post.trouble = None
    await world.live_through(14 * DAY, 3 * HOUR)
    mails = [
        at
        for at, (_, message) in zip(world.post.times, world.post.sent, strict=True)
        if message.subject == LetterKind.PROMISE.value
    ]
    (first, _), (second, _) = mails
    assert second - first >= 72 * HOUR


async def test_what_is_kept_or_let_go_before_it_goes_out_is_not_in_it():
    world, pair = await a_pair()
    kept = await promise(world, pair, "send the list")
    gone = await promise(world, pair, "read the paper")
    await until(world, world.clock.now().replace(day=3, hour=20))
    world.post.trouble = Unavailable("no mail today")
    await until(world, world.clock.now().replace(day=4, hour=10))
    assert [row.state for row in await rows(world, pair)] == [OutboxState.WAITING]
    await turn_promise(pair.id, pair.mentor, kept.id, keep, **ports(world))
    await turn_promise(pair.id, pair.mentee, gone.id, release, **ports(world))
    world.post.trouble = None
    await world.live_through(5 * DAY, 3 * HOUR)
    assert [row.state for row in await rows(world, pair)] == [OutboxState.DROPPED]


async def test_none_while_they_pause_and_then_on_the_first_morning():
    world, pair = await a_pair()
    await promise(world, pair, "send the list")
    await world.pause(pair, date(2026, 3, 16), by=pair.mentor)
    start = world.clock.now()
    await until(world, start.replace(day=15, hour=23))
    assert await rows(world, pair) == []
    await until(world, start.replace(day=16, hour=12))
    assert await sent(world, pair) == [(pair.mentor, 1)]


async def test_none_for_whoever_wants_fewer_letters_or_after_a_closing():
    world, pair = await a_pair()
    await promise(world, pair, "send the list")
    async with world.store() as uow:
        await uow.settings.set_fewer(pair.mentor, frozenset({"promise"}))
        await uow.commit()
    await promise(world, pair, "read it", date(2026, 3, 9), by=pair.mentee)
    await world.live_through(4 * DAY, 3 * HOUR)
    await world.close(pair, by=pair.mentor)
    with pytest.raises(Refused, match="E_PAIR_CLOSED"):
        await promise(world, pair, "one more", date(2026, 3, 9))
    await world.live_through(14 * DAY, 3 * HOUR)
    assert await sent(world, pair) == []


async def test_a_day_is_over_where_its_owner_lives_even_after_a_move():
    world, pair = await a_pair()
    one = await promise(world, pair, "send the list")
    async with world.store() as uow:
        ida = await uow.people.get(pair.mentor)
        await uow.people.put(replace(ida, zone="Pacific/Pago_Pago"))
        await uow.commit()
    start = world.clock.now()
    # Seven on Wednesday in Pago Pago is 18:00 in UTC.
    await until(world, start.replace(day=4, hour=17))
    assert await rows(world, pair) == []
    await until(world, start.replace(day=4, hour=19))
    assert await sent(world, pair) == [(pair.mentor, 1)]
    assert one.due == TUESDAY
