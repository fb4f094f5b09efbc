"""The two of you: the pair's own page."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from web.again import AgainRoute
from web.bands import meaning
from web.guard import Given, PersonVisitor
from web.own import own_sheet, view_pair
from web.rhythm import rhythm
from web.told import figures, told

router = APIRouter(
    prefix="/pair/{pair}", include_in_schema=False, route_class=AgainRoute
)


@router.get("")
async def pair_page(
    request: Request, services: Given, visitor: PersonVisitor, pair: str
) -> Response:
    """Next meeting, rhythm, dates ahead, topics."""
    view = await view_pair(services, visitor, pair)
    return own_sheet(
        request,
        view,
        "pair.html",
        rhythm=rhythm(view.row, view.me.zone),
        told=told(view.report),
        figures=figures(view.report),
        meaning=meaning(view.band),
    )
