"""A question about a meeting: it is off, it is moved, we leave it out together.

Two buttons, and nothing changes until one of them is sent.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from scheduler.errors import NotFound
from scheduler.usecases.answer_question import answer_question
from scheduler.usecases.read_question import read_question
from web.again import AgainRoute
from web.guard import CheckedForm, Given, PersonVisitor
from web.own import own_sheet, view_pair
from web.pages.met import find_meeting

router = APIRouter(
    prefix="/pair/{pair}", include_in_schema=False, route_class=AgainRoute
)


@router.get("/question/{key:path}")
async def ask(
    request: Request, services: Given, visitor: PersonVisitor, pair: str, key: str
) -> Response:
    """What is asked, and two answers."""
    view = await view_pair(services, visitor, pair)
    meeting = find_meeting(view, key)
    question = await read_question(
        view.pair.id, meeting.key, view.me.id, begin=services.begin
    )
    if question is None:
        raise NotFound("question")
    return own_sheet(
        request,
        view,
        "asked.html",
        facts=question.facts,
        together=bool(question.facts.counts),
    )


@router.post("/question/{key:path}", dependencies=[CheckedForm])
async def answer(
    services: Given,
    visitor: PersonVisitor,
    pair: str,
    key: str,
    is_so: Annotated[Literal["yes", "no"], Form()],
) -> Response:
    """Act on a yes; a no leaves everything as planned."""
    view = await view_pair(services, visitor, pair)
    meeting = find_meeting(view, key)
    await answer_question(
        view.pair.id,
        meeting.key,
        view.me.id,
        yes=is_so == "yes",
        **services.acting,
    )
    await services.bell.ring(())
    return RedirectResponse(f"/pair/{pair}", HTTPStatus.SEE_OTHER)
