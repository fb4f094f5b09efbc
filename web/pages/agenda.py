"""The agenda of a pair: what either wants to talk about, and what is to be read."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse

from config.services import Services
from scheduler import topics
from scheduler.agenda import PartKind, parts
from scheduler.errors import NotFound, Refused
from scheduler.topics import Topic
from scheduler.usecases.add_topic import add_topic
from scheduler.usecases.change_topic import change_topic
from scheduler.usecases.enclose_link import enclose_link
from scheduler.usecases.see_agenda import see_agenda
from scheduler.usecases.see_pair import SeenPair
from scheduler.usecases.take_off_link import take_off_link
from web.again import AgainRoute
from web.guard import CheckedForm, Given, PersonVisitor
from web.own import own_sheet, view_pair

router = APIRouter(
    prefix="/pair/{pair}", include_in_schema=False, route_class=AgainRoute
)

#: What stands above each standing part on the page.
HEADINGS = {
    PartKind.FIRST: "A first meeting",
    PartKind.WELL: "To begin with",
    PartKind.QUESTION: "A question for both",
    PartKind.LOOK: "How is this for you?",
    PartKind.LAST: "At the end",
}


class NewTopic(BaseModel):
    """Something to talk about; `private`: a note to oneself. `back` is the page."""

    topic: str = Field("", max_length=5000)
    private: bool = False
    back: str = Field("", max_length=10)
    csrf: str = ""


class NewLink(BaseModel):
    """A link to read, and what to call it."""

    url: str = Field("", max_length=100_000)
    title: str = Field("", max_length=5000)
    csrf: str = ""


class Changed(BaseModel):
    """What to do with a topic; `text` only with `edit`."""

    how: Literal["done", "open", "edit", "share", "keep", "take back", "put back"] = (
        "done"
    )
    text: str = Field("", max_length=5000)
    csrf: str = ""


async def agenda_sheet(
    request: Request,
    services: Services,
    view: SeenPair,
    error: Refused | None = None,
    **typed: Any,
) -> Response:
    """The page; with an error also what was typed, so that nothing is lost."""
    seen = await see_agenda(
        view.pair.id,
        view.me.id,
        begin=services.begin,
        links=services.links,
        now=view.now,
    )
    asked = parts(seen.told.agenda, view.me.language) if seen.told else ()
    return own_sheet(
        request,
        view,
        "agenda.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK,
        seen=seen,
        note=seen.notes.get(str(view.next.key)) if view.next else None,
        parts=asked,
        headings=HEADINGS,
        error=error,
        typed={"topic": "", "url": "", "title": "", "about": "", "text": ""} | typed,
    )


def _back(pair: str, back: str = "agenda") -> Response:
    page = "/agenda" if back == "agenda" else ""
    return RedirectResponse(f"/pair/{pair}{page}", HTTPStatus.SEE_OTHER)


@router.get("/agenda")
async def agenda(
    request: Request, services: Given, visitor: PersonVisitor, pair: str
) -> Response:
    """Topics and standing questions, to read or to print."""
    view = await view_pair(services, visitor, pair)
    return await agenda_sheet(request, services, view)


@router.post("/topics", dependencies=[CheckedForm])
async def add(
    request: Request,
    services: Given,
    visitor: PersonVisitor,
    pair: str,
    form: Annotated[NewTopic, Form()],
) -> Response:
    """Put something on the agenda, or note it for oneself."""
    view = await view_pair(services, visitor, pair)
    try:
        await add_topic(
            view.pair.id,
            view.me.id,
            form.topic,
            shared=not form.private,
            begin=services.begin,
            clock=services.clock,
        )
    except Refused as refused:
        return await agenda_sheet(
            request, services, view, refused, topic=form.topic, private=form.private
        )
    return _back(pair, form.back)


@router.post("/topics/{topic}", dependencies=[CheckedForm])
async def change(
    request: Request,
    services: Given,
    visitor: PersonVisitor,
    pair: str,
    topic: str,
    form: Annotated[Changed, Form()],
) -> Response:
    """Talked about, or not yet; other words; shared, or not; taken back, or not."""
    view = await view_pair(services, visitor, pair)
    try:
        await change_topic(
            view.pair.id,
            view.me.id,
            topic,
            lambda one, now: _changed(one, view.me.id, form, now),
            begin=services.begin,
            clock=services.clock,
        )
    except NotFound:
        raise
    except Refused as refused:
        return await agenda_sheet(
            request, services, view, refused, about=topic, text=form.text
        )
    return _back(pair)


def _changed(one: Topic, who: Any, form: Changed, now: Any) -> Topic:
    match form.how:
        case "edit":
            return topics.edited(one, who, form.text)
        case "share" | "keep":
            return topics.shown(one, who, shared=form.how == "share")
        case "take back":
            return topics.taken_back(one, who, now)
        case "put back":
            return topics.put_back(one, who, now)
        case "done" | "open":
            return topics.ticked(one, who, now, done=form.how == "done")


@router.post("/links", dependencies=[CheckedForm])
async def enclose(
    request: Request,
    services: Given,
    visitor: PersonVisitor,
    pair: str,
    form: Annotated[NewLink, Form()],
) -> Response:
    """Put a link beside the agenda."""
    view = await view_pair(services, visitor, pair)
    try:
        await enclose_link(
            view.pair.id,
            view.me.id,
            form.url,
            form.title,
            begin=services.begin,
            clock=services.clock,
        )
    except Refused as refused:
        return await agenda_sheet(
            request, services, view, refused, url=form.url[:2000], title=form.title
        )
    return _back(pair)


@router.post("/links/{link}", dependencies=[CheckedForm])
async def take_off(
    request: Request,
    services: Given,
    visitor: PersonVisitor,
    pair: str,
    link: str,
    back: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Take a link off, or with `back` put it there again."""
    view = await view_pair(services, visitor, pair)
    try:
        await take_off_link(
            view.pair.id,
            view.me.id,
            link,
            back=bool(back),
            begin=services.begin,
            clock=services.clock,
        )
    except NotFound:
        raise
    except Refused as refused:
        return await agenda_sheet(request, services, view, refused)
    return _back(pair)
