"""The agenda of a pair, and what either wants to talk about."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from scheduler.agenda import PartKind, parts
from scheduler.usecases.add_topic import add_topic
from scheduler.usecases.read_agenda import read_agenda
from scheduler.usecases.tick_topic import tick_topic
from web.again import AgainRoute
from web.guard import CheckedForm, Given, PersonVisitor
from web.own import own_sheet, view_pair

router = APIRouter(
    prefix="/pair/{pair}", include_in_schema=False, route_class=AgainRoute
)

#: What stands above each standing part on the page.
HEADINGS = {
    PartKind.FIRST: "A first meeting",
    PartKind.WELL: "One thing that went well",
    PartKind.QUESTION: "A question for both",
    PartKind.LOOK: "How is this for you?",
    PartKind.LAST: "Before you part",
}


@router.get("/agenda")
async def agenda(
    request: Request, services: Given, visitor: PersonVisitor, pair: str
) -> Response:
    """Topics and standing questions, to read or to print."""
    view = await view_pair(services, visitor, pair)
    async with services.begin(read_only=True) as uow:
        told = await read_agenda(uow, view.pair.id, view.now, links=services.links)
    asked = parts(told.agenda, view.me.language) if told else ()
    return own_sheet(
        request,
        view,
        "agenda.html",
        told=told,
        parts=asked,
        headings=HEADINGS,
    )


@router.post("/topics", dependencies=[CheckedForm])
async def add(
    services: Given,
    visitor: PersonVisitor,
    pair: str,
    topic: Annotated[str, Form(max_length=2000)],
    back: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Put something on the agenda."""
    view = await view_pair(services, visitor, pair)
    await add_topic(
        view.pair.id, view.me.id, topic, begin=services.begin, clock=services.clock
    )
    page = "/agenda" if back == "agenda" else ""
    return RedirectResponse(f"/pair/{pair}{page}", HTTPStatus.SEE_OTHER)


@router.post("/topics/{topic}", dependencies=[CheckedForm])
async def tick(
    services: Given, visitor: PersonVisitor, pair: str, topic: str
) -> Response:
    """Say that it was talked about."""
    view = await view_pair(services, visitor, pair)
    await tick_topic(
        view.pair.id, view.me.id, topic, begin=services.begin, clock=services.clock
    )
    return RedirectResponse(f"/pair/{pair}/agenda", HTTPStatus.SEE_OTHER)
