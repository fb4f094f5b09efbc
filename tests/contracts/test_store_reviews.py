"""Reviews: every store gives them back as they were, each person's apart."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from scheduler.ids import PairId, PersonId
from scheduler.ports.store import Begin
from scheduler.reviewing import CHOICES, Answered, Question, Review

NOW = datetime(2026, 6, 1, 9, 0, 0, 123456, tzinfo=UTC)
PAIR, OTHER = PairId("p"), PairId("q")
ADA, BOB = PersonId("ada"), PersonId("bob")


def a_review(name: str, by: PersonId, pair: PairId = PAIR, months: int = 0) -> Review:
    answers = tuple(
        Answered(q, CHOICES[q][1], f"{name} on {q.value}") for q in Question
    )
    return Review(name, pair, by, date(2026, 6 + months, 1), NOW, answers, share=True)


class TestReviews:
    async def test_come_back_as_they_were_sorted_by_day(self, any_begin: Begin):
        early, bobs = a_review("a", BOB), a_review("b", BOB, months=1)
        adas = a_review("c", ADA, months=1)
        async with any_begin() as uow:
            for one in (bobs, adas, early, a_review("d", ADA, OTHER)):
                await uow.reviews.put(one)
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            assert await uow.reviews.of_pair(PAIR) == (early, adas, bobs)
            assert await uow.reviews.of_pair(PairId("none")) == ()

    async def test_an_answer_takes_the_place_of_the_one_before(self, any_begin: Begin):
        first = a_review("a", ADA)
        later = replace(first, share=False, at=NOW + timedelta(days=1))
        async with any_begin() as uow:
            await uow.reviews.put(first)
            await uow.reviews.put(later)
            assert await uow.reviews.of_pair(PAIR) == (later,)

    async def test_one_person_s_are_forgotten_in_every_pair(self, any_begin: Begin):
        bobs = a_review("b", BOB)
        async with any_begin() as uow:
            for one in (a_review("a", ADA), bobs, a_review("c", ADA, OTHER)):
                await uow.reviews.put(one)
            await uow.reviews.forget(ADA)
            await uow.reviews.forget(ADA)
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            assert await uow.reviews.of_pair(PAIR) == (bobs,)
            assert await uow.reviews.of_pair(OTHER) == ()
