"""Three private questions at the agreed interval: theirs alone until both share."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.errors import NotFound, Refused
from scheduler.ids import PersonId
from scheduler.letters import LetterKind
from scheduler.people import Pair
from scheduler.reviewing import CHOICES, Answered, Question, Review, review_days
from scheduler.usecases.answer_review import Said, answer_review
from scheduler.usecases.see_review import SeenReview, see_review
from tests.usecases.resting import DAY, RestingWorld, a_resting_pair

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow

HOURS = timedelta(hours=6)


def said(choice: int = 0, words: str = "", *, share: bool = False) -> Said:
    answers = tuple(Answered(q, CHOICES[q][choice], words) for q in Question)
    return Said(answers, share)


async def answer(world: RestingWorld, pair: Pair, by: PersonId, what: Said) -> Review:
    return await answer_review(pair.id, by, what, begin=world.begin, clock=world.clock)


async def seen(world: RestingWorld, pair: Pair, by: PersonId) -> SeenReview:
    return await see_review(pair.id, by, begin=world.begin, now=world.clock.now())


async def days(world: RestingWorld, pair: Pair) -> tuple[date, ...]:
    async with world.store(read_only=True) as uow:
        return review_days(await uow.agreements.of_pair(pair.id))


async def until_the_first(world: RestingWorld, pair: Pair) -> date:
    first = (await days(world, pair))[0]
    at = datetime.combine(first, datetime.min.time(), world.clock.now().tzinfo)
    await world.live_through(at - world.clock.now() + DAY, HOURS)
    return first


async def test_each_is_written_to_once_when_it_is_due():
    world, pair = await a_resting_pair()
    assert (await seen(world, pair, pair.mentor)).day is None
    with pytest.raises(Refused, match="E_NO_REVIEW"):
        await answer(world, pair, pair.mentor, said())
    first = await until_the_first(world, pair)
    await world.live_through(10 * DAY, HOURS)
    assert set(world.told(LetterKind.REVIEW).values()) == {1}
    assert len(world.told(LetterKind.REVIEW)) == 2
    known = await seen(world, pair, pair.mentor)
    assert known.day == first and known.own is None
    assert known.next_day == (await days(world, pair))[1]


async def test_who_answered_before_is_not_written_to():
    world, pair = await a_resting_pair()
    first = (await days(world, pair))[0]
    at = datetime.combine(first, datetime.min.time(), world.clock.now().tzinfo)
    await world.live_through(at - world.clock.now() - DAY, HOURS)
    # The day has begun in Berlin and in New York, and nobody reads letters yet.
    world.clock.advance(at + timedelta(hours=4, minutes=30) - world.clock.now())
    await answer(world, pair, pair.mentor, said())
    await world.live_through(5 * DAY, HOURS)
    assert list(world.told(LetterKind.REVIEW)) == ["leyla@example.org"]


async def test_a_pause_puts_it_off_and_a_closing_ends_it():
    world, pair = await a_resting_pair()
    first = (await days(world, pair))[0]
    await world.pause(pair, first + timedelta(days=7), first - timedelta(days=7))
    await world.live_through(
        datetime.combine(first, datetime.min.time(), world.clock.now().tzinfo)
        - world.clock.now()
        + 6 * DAY,
        HOURS,
    )
    assert not world.told(LetterKind.REVIEW)
    await world.live_through(3 * DAY, HOURS)
    assert world.told(LetterKind.REVIEW).total() == 2
    await world.close(pair, by=pair.mentee)
    with pytest.raises(Refused, match="E_NO_REVIEW"):
        await answer(world, pair, pair.mentor, said())


async def test_the_same_answers_twice_are_one_and_others_take_their_place():
    world, pair = await a_resting_pair()
    await until_the_first(world, pair)
    first = await answer(world, pair, pair.mentor, said(words="slowly"))
    world.clock.advance(DAY)
    assert await answer(world, pair, pair.mentor, said(words="slowly")) == first
    again = await answer(world, pair, pair.mentor, said(2))
    assert (await seen(world, pair, pair.mentor)).own == again


async def test_a_stranger_neither_sees_nor_answers():
    world, pair = await a_resting_pair()
    await until_the_first(world, pair)
    with pytest.raises(NotFound):
        await seen(world, pair, PersonId("stranger"))
    with pytest.raises(NotFound):
        await answer(world, pair, PersonId("stranger"), said())


acts = st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 2)), max_size=8)


@settings(max_examples=15, deadline=None)
@given(acts)
def test_nobody_sees_the_other_s_answers_before_both_share(history: list[Any]) -> None:
    asyncio.run(a_history(history))


async def a_history(history: list[tuple[bool, bool, int]]) -> None:
    world, pair = await a_resting_pair("mail", "mail")
    first = (await days(world, pair))[0]
    at = datetime.combine(first, datetime.min.time(), world.clock.now().tzinfo)
    world.clock.advance(at - world.clock.now() + DAY)
    shares: dict[PersonId, bool] = {}
    for is_mentor, share, choice in history:
        person = pair.mentor if is_mentor else pair.mentee
        await answer(world, pair, person, said(choice, "a canary", share=share))
        shares[person] = share
        for reader in pair.both():
            known = await seen(world, pair, reader)
            both = len(shares) == 2 and all(shares.values())
            assert (known.other is not None) == both
            assert (known.own is not None) == (reader in shares)
    for row in await world.outbox(pair):
        assert "canary" not in repr(row)
    for entry in await world.evidence(pair):
        assert "canary" not in repr(entry)


@pytest.mark.parametrize("question", Question)
def test_an_answer_is_one_of_three_and_a_word_is_short(question: Question):
    with pytest.raises(Refused) as refused:
        Answered(question, "splendid")
    assert refused.value.field == question.value
    with pytest.raises(Refused) as refused:
        Answered(question, CHOICES[question][0], "x" * 1001)
    assert refused.value.field == f"{question.value}_words"
