"""The three private questions over the API, for a token of one of the two alone."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from scheduler.ids import PairId, PersonId
from scheduler.reviewing import CHOICES, MOST_CHARACTERS, Answered, Question, Review
from scheduler.usecases.answer_review import Said, answer_review
from scheduler.usecases.see_review import see_review
from web.api.caller import OwnPair, PersonCaller
from web.api.repeats import RepeatRoute
from web.api.shapes import Shape, Short
from web.guard import Given

router = APIRouter(
    prefix="/api/v1/pairs/{pair}", tags=["reviews"], route_class=RepeatRoute
)


class AnswerShape(Shape):
    """One answer, and a word about it."""

    choice: Short
    words: Annotated[str, Field(max_length=MOST_CHARACTERS)] = ""

    def read(self, question: Question) -> Answered:
        """As the domain has it; `Refused` E_REVIEW for another choice."""
        return Answered(question, self.choice, self.words.strip())


class AnswersShape(Shape):
    """All three, and whether they may be shared if the other's may."""

    rhythm: AnswerShape
    talks: AnswerShape
    heard: AnswerShape
    share: bool = False

    @classmethod
    def of(cls, review: Review | None) -> AnswersShape | None:
        """As they stand; None where there are none to see."""
        if review is None:
            return None
        said = {
            a.question.value: AnswerShape(choice=a.choice, words=a.words)
            for a in review.answers
        }
        return cls(**said, share=review.share)

    def read(self) -> Said:
        """As the domain has it."""
        shapes = (self.rhythm, self.talks, self.heard)
        answers = tuple(s.read(q) for s, q in zip(shapes, Question, strict=True))
        return Said(answers, self.share)


class ReviewShape(Shape):
    """The review that can be answered; `theirs` only once both have chosen to share."""

    day: date | None
    next_day: date | None
    choices: dict[str, list[str]]
    mine: AnswersShape | None
    theirs: AnswersShape | None


async def _seen(services: Given, pair: PairId, person: PersonId) -> ReviewShape:
    seen = await see_review(
        pair, person, begin=services.begin, now=services.clock.now()
    )
    return ReviewShape(
        day=seen.day,
        next_day=seen.next_day,
        choices={q.value: list(CHOICES[q]) for q in Question},
        mine=AnswersShape.of(seen.own),
        theirs=AnswersShape.of(seen.other),
    )


@router.get("/review")
async def review(found: PersonCaller, services: Given, theirs: OwnPair) -> ReviewShape:
    """What is the caller's to see."""
    return await _seen(services, theirs.id, found.person)


@router.post("/review")
async def answer(
    found: PersonCaller, services: Given, theirs: OwnPair, body: AnswersShape
) -> ReviewShape:
    """Answer the questions, or answer them anew."""
    await answer_review(
        theirs.id,
        found.person,
        body.read(),
        begin=services.begin,
        clock=services.clock,
    )
    return await _seen(services, theirs.id, found.person)
