"""What every page of a pair shares: who looks, at which pair, with which rhythm."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import Request, Response

from config.services import Services
from scheduler.errors import NotFound
from scheduler.ids import PairId
from scheduler.usecases.see_pair import SeenPair, see_pair
from web.guard import Visitor
from web.sheets import sheet


async def view_pair(services: Services, visitor: Visitor, pair: str) -> SeenPair:
    """The pair as this visitor may see it; `NotFound` when it is not theirs."""
    if visitor.session.pair not in {None, pair}:
        raise NotFound("pair")
    view = await see_pair(
        PairId(pair), visitor.person, begin=services.begin, now=services.clock.now()
    )
    if view.pair.programme != visitor.programme:
        raise NotFound("pair")
    return view


def own_sheet(
    request: Request,
    view: SeenPair,
    name: str,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    **facts: Any,
) -> Response:
    """Render one of a pair's pages."""
    shared = {
        "programme": view.programme,
        "pair": view.pair,
        "view": view,
        "me": view.me,
        "partner": view.partner,
    }
    return sheet(request, name, status=status, headers=None, **(shared | facts))
