"""Looking back: three private questions, and what one may do afterwards."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Form, Request, Response
from starlette.responses import RedirectResponse

from config.services import Services
from scheduler.errors import Refused
from scheduler.reviewing import MOST_CHARACTERS, Answered, Question, Review
from scheduler.usecases.answer_review import Said, answer_review
from scheduler.usecases.see_pair import SeenPair
from scheduler.usecases.see_review import see_review
from web.again import AgainRoute
from web.guard import CheckedForm, Given, PersonVisitor
from web.own import own_sheet, view_pair

router = APIRouter(
    prefix="/pair/{pair}", include_in_schema=False, route_class=AgainRoute
)

#: The questions as they are asked, and each answer as it is said.
ASKED: dict[Question, tuple[str, dict[str, str]]] = {
    Question.RHYTHM: (
        "Does the rhythm suit you?",
        {
            "suits": "Yes, as it is",
            "more often": "More often would be good",
            "less often": "Less often would be good",
        },
    ),
    Question.TALKS: (
        "Do your talks reach what matters to you?",
        {"mostly": "Mostly", "now and then": "Now and then", "not yet": "Not yet"},
    ),
    Question.HEARD: (
        "Do you feel heard?",
        {"mostly": "Mostly", "now and then": "Now and then", "not yet": "Not yet"},
    ),
}

Choice = Annotated[str, Form(max_length=20)]
Words = Annotated[str, Form(max_length=4 * MOST_CHARACTERS)]


class Sent(NamedTuple):
    """The form as it came in."""

    choices: dict[str, str]
    words: dict[str, str]
    share: bool

    def read(self) -> Said:
        """The answers; `Refused` E_REVIEW with the field of one that is missing."""
        answers = tuple(
            Answered(q, self.choices[q.value], self.words[q.value]) for q in Question
        )
        return Said(answers, self.share)

    @classmethod
    def of(cls, review: Review | None) -> Sent:
        """The form as it was last answered."""
        known = {a.question: a for a in review.answers} if review else {}
        return cls(
            {q.value: known[q].choice if q in known else "" for q in Question},
            {q.value: known[q].words if q in known else "" for q in Question},
            bool(review and review.share),
        )


async def sent(
    *,
    rhythm: Choice = "",
    talks: Choice = "",
    heard: Choice = "",
    rhythm_words: Words = "",
    talks_words: Words = "",
    heard_words: Words = "",
    share: Annotated[str, Form(max_length=10)] = "",
) -> Sent:
    """The fields of the form."""
    said = {"rhythm": rhythm_words, "talks": talks_words, "heard": heard_words}
    return Sent(
        {"rhythm": rhythm, "talks": talks, "heard": heard},
        {name: words.strip() for name, words in said.items()},
        share == "yes",
    )


@router.get("/review")
async def review(
    request: Request,
    services: Given,
    visitor: PersonVisitor,
    pair: str,
    again: str = "",
) -> Response:
    """The questions; once answered, one's own answers and what one may do."""
    view = await view_pair(services, visitor, pair)
    return await _sheet(request, services, view, again=bool(again))


async def _sheet(
    request: Request,
    services: Services,
    view: SeenPair,
    *,
    again: bool = False,
    form: Sent | None = None,
    error: Refused | None = None,
) -> Response:
    seen = await see_review(
        view.pair.id, view.me.id, begin=services.begin, now=view.now
    )
    return own_sheet(
        request,
        view,
        "review.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK,
        seen=seen,
        asked=ASKED,
        form=form or Sent.of(seen.own),
        is_form=bool(error or again or seen.own is None),
        most=MOST_CHARACTERS,
        error=error,
    )


@router.post("/review", dependencies=[CheckedForm])
async def answer(
    request: Request,
    services: Given,
    visitor: PersonVisitor,
    pair: str,
    form: Annotated[Sent, Depends(sent)],
) -> Response:
    """Keep the answers; sending them twice changes nothing."""
    view = await view_pair(services, visitor, pair)
    try:
        said = form.read()
    except Refused as refused:
        return await _sheet(request, services, view, form=form, error=refused)
    await answer_review(
        view.pair.id, view.me.id, said, begin=services.begin, clock=services.clock
    )
    return RedirectResponse(f"/pair/{pair}/review", HTTPStatus.SEE_OTHER)
