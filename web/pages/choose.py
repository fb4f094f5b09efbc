"""Choose another time: three of them, one confirmation, and a way back."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from config.services import Services
from scheduler.errors import NotFound, Refused, Taken
from scheduler.ids import OfferId
from scheduler.series import MeetingKey, Offer, OfferState
from scheduler.timespan import Span
from scheduler.usecases.choose_time import SlotTaken, choose_time
from scheduler.usecases.leave_out import leave_out
from scheduler.usecases.more_times import more_times
from scheduler.usecases.see_pair import SeenPair
from scheduler.usecases.undo_choice import undo_choice
from web.again import AgainRoute
from web.guard import CheckedForm, Given, PersonVisitor
from web.own import own_sheet, view_pair
from web.pages.met import find_meeting
from web.rhythm import rhythm

router = APIRouter(
    prefix="/pair/{pair}", include_in_schema=False, route_class=AgainRoute
)


async def _offer(services: Services, view: SeenPair, offer: str) -> Offer:
    async with services.begin(read_only=True) as uow:
        found = await uow.offers.get(OfferId(offer))
    if found.pair != view.pair.id:
        raise NotFound("offer")
    return found


def _was(view: SeenPair, offer: Offer) -> datetime:
    """The start the meeting has, or had by the rule."""
    every = (m for series in view.series for m in series.meetings)
    meeting = next((m for m in every if m.key == offer.about), None)
    span = meeting.span if meeting else None
    return span.start if span else offer.about.original_start


def _sheet(
    request: Request,
    view: SeenPair,
    offer: Offer,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    error: Refused | None = None,
) -> Response:
    if offer.state is OfferState.TAKEN and offer.chosen:
        return own_sheet(
            request,
            view,
            "chosen.html",
            offer=offer,
            time=offer.chosen,
            rhythm=rhythm(view.row, view.me.zone),
        )
    return own_sheet(
        request,
        view,
        "choose.html",
        status=status,
        offer=offer,
        was=_was(view, offer),
        rhythm=rhythm(view.row, view.me.zone),
        error=error,
    )


@router.get("/choose/{offer}")
async def choose(
    request: Request,
    services: Given,
    visitor: PersonVisitor,
    pair: str,
    offer: str,
    time: int = 0,
) -> Response:
    """The times; with `time` the question whether to book that one. Books nothing."""
    view = await view_pair(services, visitor, pair)
    found = await _offer(services, view, offer)
    if found.state is OfferState.OPEN and 1 <= time <= len(found.times):
        wanted = found.times[time - 1]
        return own_sheet(request, view, "confirm.html", offer=found, time=wanted)
    return _sheet(request, view, found)


@router.post("/choose/{offer}", dependencies=[CheckedForm])
async def book(
    request: Request,
    services: Given,
    visitor: PersonVisitor,
    pair: str,
    offer: str,
    start: Annotated[datetime, Form()],
) -> Response:
    """Book it: whoever is first chooses for both; a second click changes nothing."""
    view = await view_pair(services, visitor, pair)
    found = await _offer(services, view, offer)
    try:
        chosen = await choose_time(
            found.id,
            _meant(found, start),
            view.me.id,
            **services.reading,
        )
    except SlotTaken as taken:
        if taken.offer is None:
            raise
        view = await view_pair(services, visitor, pair)
        return _sheet(
            request, view, taken.offer, status=HTTPStatus.CONFLICT, error=taken
        )
    await services.bell.ring(())
    path = f"/pair/{pair}/choose/{chosen.offer.id}"
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)


@router.post("/choose/{offer}/others", dependencies=[CheckedForm])
async def others(
    services: Given, visitor: PersonVisitor, pair: str, offer: str
) -> Response:
    """Look for other times than these."""
    view = await view_pair(services, visitor, pair)
    found = await _offer(services, view, offer)
    return await _more(services, view, found.about)


@router.post("/another/{key:path}", dependencies=[CheckedForm])
async def another(
    services: Given, visitor: PersonVisitor, pair: str, key: str
) -> Response:
    """Find another day for a meeting that stands."""
    view = await view_pair(services, visitor, pair)
    return await _more(services, view, find_meeting(view, key).key)


async def _more(services: Services, view: SeenPair, key: MeetingKey) -> Response:
    more = await more_times(
        view.pair.id,
        key,
        view.me.id,
        **services.reading,
    )
    if more is None:
        raise Taken(
            "E_NO_TIME",
            "There is no other time in this period that suits you both; you can leave "
            "this one out together.",
        )
    return RedirectResponse(
        f"/pair/{view.pair.id}/choose/{more.id}", HTTPStatus.SEE_OTHER
    )


@router.post("/choose/{offer}/skip", dependencies=[CheckedForm])
async def skip(
    request: Request, services: Given, visitor: PersonVisitor, pair: str, offer: str
) -> Response:
    """Propose to leave it out, or agree to that."""
    view = await view_pair(services, visitor, pair)
    found = await _offer(services, view, offer)
    agreed = await leave_out(
        view.pair.id,
        found.about,
        view.me.id,
        **services.acting,
    )
    view = await view_pair(services, visitor, pair)
    return own_sheet(
        request,
        view,
        "left-out.html",
        agreed=agreed,
        was=found.about.original_start,
        rhythm=rhythm(view.row, view.me.zone),
    )


@router.post("/choose/{offer}/undo", dependencies=[CheckedForm])
async def undo(
    services: Given, visitor: PersonVisitor, pair: str, offer: str
) -> Response:
    """Take a choice back, for 24 hours or until the meeting starts."""
    view = await view_pair(services, visitor, pair)
    found = await _offer(services, view, offer)
    return await _undo(services, view, _booked(view, found))


@router.get("/undo/{key:path}")
async def ask_undo(
    request: Request, services: Given, visitor: PersonVisitor, pair: str, key: str
) -> Response:
    """Ask whether to take a choice back."""
    view = await view_pair(services, visitor, pair)
    return own_sheet(request, view, "undo.html", meeting=find_meeting(view, key))


@router.post("/undo/{key:path}", dependencies=[CheckedForm])
async def do_undo(
    services: Given, visitor: PersonVisitor, pair: str, key: str
) -> Response:
    """Take it back."""
    view = await view_pair(services, visitor, pair)
    return await _undo(services, view, find_meeting(view, key).key)


async def _undo(services: Services, view: SeenPair, key: MeetingKey) -> Response:
    await undo_choice(
        view.pair.id,
        key,
        view.me.id,
        **services.acting,
    )
    return RedirectResponse(f"/pair/{view.pair.id}", HTTPStatus.SEE_OTHER)


def _booked(view: SeenPair, offer: Offer) -> MeetingKey:
    """The meeting that stands at the chosen time: a replacement, or the moved one."""
    standing = (
        m.key
        for series in view.series
        for m in series.live()
        if m.span == offer.chosen and m.key.original_start == offer.about.original_start
    )
    return next(standing, offer.about)


def _meant(offer: Offer, start: datetime) -> Span:
    if offer.state is OfferState.TAKEN and offer.chosen:
        return offer.chosen
    times = (span for span in offer.times if span.start == start)
    span = next(times, None)
    if span is None:
        raise Refused("E_TIME", "Choose one of the times offered.", field="time")
    return span
