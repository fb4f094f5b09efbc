"""What the coordinator sees of a pair, as the two read it, and their say in it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from scheduler.consent import has_given
from scheduler.usecases.choose_showing import choose_showing
from web.again import AgainRoute
from web.bands import meaning
from web.guard import CheckedForm, Given, PersonVisitor
from web.own import own_sheet, view_pair

router = APIRouter(
    prefix="/pair/{pair}", include_in_schema=False, route_class=AgainRoute
)

#: So many of the coordinator's looks are shown, the newest first.
LOOKS = 20


@router.get("/showing")
async def showing(
    request: Request, services: Given, visitor: PersonVisitor, pair: str
) -> Response:
    """The word on the two, what else the coordinator sees, and when they looked."""
    view = await view_pair(services, visitor, pair)
    return own_sheet(
        request,
        view,
        "showing.html",
        meaning=meaning(view.band),
        mine=has_given(view.me.id, view.consents),
        theirs=has_given(view.partner.id, view.consents),
        looks=view.looks[:LOOKS],
    )


@router.post("/showing", dependencies=[CheckedForm])
async def choose(
    services: Given,
    visitor: PersonVisitor,
    pair: str,
    show: Annotated[Literal["yes", "no"], Form()],
) -> Response:
    """Show the figures from now on, or keep them from now on."""
    view = await view_pair(services, visitor, pair)
    await choose_showing(
        view.pair.id,
        view.me.id,
        given=show == "yes",
        begin=services.begin,
        clock=services.clock,
    )
    return RedirectResponse(f"/pair/{pair}/showing", HTTPStatus.SEE_OTHER)
