"""What the two promised each other: make one, keep it, set a new date, let it go."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse

from config.services import Services
from scheduler.errors import NotFound, Refused
from scheduler.ids import PromiseId
from scheduler.promises import Promise
from scheduler.promising import Said, Turned, keep, move_to, read_due, release, undo
from scheduler.usecases.make_promise import make_promise
from scheduler.usecases.see_pair import SeenPair
from scheduler.usecases.turn_promise import turn_promise
from web.again import AgainRoute
from web.guard import CheckedForm, Given, PersonVisitor
from web.own import own_sheet, view_pair

router = APIRouter(
    prefix="/pair/{pair}/promises", include_in_schema=False, route_class=AgainRoute
)


class Promising(BaseModel):
    """The form for a new one; `back` is the page it came from."""

    promise: str = Field("", max_length=2000)
    by: str = Field("", max_length=100)
    back: str = Field("", max_length=10)
    csrf: str = ""


class Settling(BaseModel):
    """What somebody says of one promise; `by` only with `later`."""

    how: Literal["done", "later", "release", "undo"]
    by: str = Field("", max_length=100)
    csrf: str = ""


_TURNS: dict[str, Turned] = {"done": keep, "release": release, "undo": undo}


def _find(view: SeenPair, promise: str) -> Promise:
    found = next((p for p in view.promises if p.id == promise), None)
    if found is None:
        raise NotFound("promise")
    return found


@router.get("")
async def every(
    request: Request, services: Given, visitor: PersonVisitor, pair: str
) -> Response:
    """All of both, and a form for another."""
    view = await view_pair(services, visitor, pair)
    return own_sheet(request, view, "promises.html")


@router.get("/{promise}")
async def one(
    request: Request, services: Given, visitor: PersonVisitor, pair: str, promise: str
) -> Response:
    """How does it stand? Nothing is chosen beforehand."""
    view = await view_pair(services, visitor, pair)
    return own_sheet(request, view, "promise.html", one=_find(view, promise))


@router.post("", dependencies=[CheckedForm])
async def make(
    request: Request,
    services: Given,
    visitor: PersonVisitor,
    pair: str,
    form: Annotated[Promising, Form()],
) -> Response:
    """Promise something."""
    view = await view_pair(services, visitor, pair)
    try:
        day = read_due(form.by, view.me, view.now)
        await make_promise(
            view.pair.id,
            view.me.id,
            Said(form.promise, day),
            begin=services.begin,
            clock=services.clock,
        )
    except Refused as refused:
        return own_sheet(
            request,
            view,
            "promises.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            form=form,
            error=refused,
        )
    await services.bell.ring(())
    page = {"agenda": "agenda", "pair": ""}.get(form.back, "promises")
    return RedirectResponse(f"/pair/{pair}/{page}".rstrip("/"), HTTPStatus.SEE_OTHER)


@router.post("/{promise}", dependencies=[CheckedForm])
async def settle(
    request: Request,
    services: Given,
    visitor: PersonVisitor,
    pair: str,
    promise: str,
    form: Annotated[Settling, Form()],
) -> Response:
    """It is done, until a new date, let go; or that was a slip."""
    view = await view_pair(services, visitor, pair)
    found = _find(view, promise)
    try:
        await _settle(services, view, found.id, form)
    except NotFound:
        raise
    except Refused as refused:
        return own_sheet(
            request,
            view,
            "promise.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            one=found,
            form=form,
            error=refused,
        )
    await services.bell.ring(())
    return RedirectResponse(f"/pair/{pair}/promises", HTTPStatus.SEE_OTHER)


async def _settle(
    services: Services, view: SeenPair, promise: PromiseId, form: Settling
) -> None:
    if form.how == "later":
        turned = move_to(read_due(form.by, view.me, view.now))
    else:
        turned = _TURNS[form.how]
    await turn_promise(
        view.pair.id,
        view.me.id,
        promise,
        turned,
        begin=services.begin,
        clock=services.clock,
    )
