"""The agreement, a change to it, and the plan before anybody accepts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from starlette.responses import RedirectResponse

from scheduler.agreement import Terms
from scheduler.cadence import Cadence
from scheduler.errors import NotFound, Refused
from scheduler.people import Hours
from scheduler.usecases.accept_agreement import accept_agreement
from scheduler.usecases.preview_plan import preview_plan
from scheduler.usecases.propose_terms import propose_terms
from scheduler.usecases.see_pair import SeenPair
from web.again import AgainRoute
from web.guard import CheckedForm, Given, PersonVisitor
from web.own import own_sheet, view_pair

router = APIRouter(
    prefix="/pair/{pair}", include_in_schema=False, route_class=AgainRoute
)

CADENCES = ("weekly", *(f"every {n} weeks" for n in range(2, 13)), "monthly")


@router.get("/agreement")
async def agreement(
    request: Request, services: Given, visitor: PersonVisitor, pair: str
) -> Response:
    """The newest version, with both answers."""
    view = await view_pair(services, visitor, pair)
    if view.latest is None:
        raise NotFound("agreement")
    return own_sheet(
        request, view, "agreement.html", latest=view.latest, cadences=CADENCES
    )


@router.post("/agreement/accept", dependencies=[CheckedForm])
async def accept(
    services: Given,
    visitor: PersonVisitor,
    pair: str,
    digest: Annotated[str, Form(max_length=64)],
) -> Response:
    """Accept what was read; a second click changes nothing."""
    view = await view_pair(services, visitor, pair)
    await accept_agreement(
        view.pair.id, view.me.id, digest, begin=services.begin, clock=services.clock
    )
    return RedirectResponse(f"/pair/{pair}/agreement", HTTPStatus.SEE_OTHER)


async def proposed_terms(
    cadence: Annotated[str, Form(max_length=20)],
    minutes: Annotated[int, Form()],
    first_day: Annotated[date, Form()],
    last_day: Annotated[date, Form()],
    notice_hours: Annotated[int, Form()],
    book_without_asking: Annotated[str, Form()] = "",
) -> Terms:
    """Terms as the form has them, without anybody's hours."""
    return Terms(
        Cadence.parse(cadence),
        minutes,
        first_day,
        last_day,
        notice_hours=notice_hours,
        book_without_asking=book_without_asking == "yes",
    )


@router.post("/agreement/propose", dependencies=[CheckedForm])
async def propose(
    services: Given,
    visitor: PersonVisitor,
    pair: str,
    digest: Annotated[str, Form(max_length=64)],
    hours: Annotated[str, Form(max_length=300)],
    terms: Annotated[Terms, Depends(proposed_terms)],
) -> Response:
    """Make these the next version; the other's hours stay what they were."""
    view = await view_pair(services, visitor, pair)
    await propose_terms(
        view.pair.id,
        view.me.id,
        digest,
        _with_hours(terms, view, Hours.parse(hours)),
        begin=services.begin,
        clock=services.clock,
        ids=services.ids,
    )
    return RedirectResponse(f"/pair/{pair}/agreement", HTTPStatus.SEE_OTHER)


def _with_hours(terms: Terms, view: SeenPair, mine: Hours) -> Terms:
    if view.latest is None:
        raise NotFound("agreement")
    theirs = view.latest.terms
    if view.me == view.mentor:
        return replace(terms, mentor_hours=mine, mentee_hours=theirs.mentee_hours)
    return replace(terms, mentor_hours=theirs.mentor_hours, mentee_hours=mine)


@router.get("/plan")
async def plan(
    request: Request, services: Given, visitor: PersonVisitor, pair: str
) -> Response:
    """What would be booked if both accepted now."""
    view = await view_pair(services, visitor, pair)
    found, why = None, ""
    try:
        preview = await preview_plan(
            view.pair.id, begin=services.begin, clock=services.clock
        )
    except Refused as refused:
        why = refused.message
    else:
        if preview.result is None:
            why = "A calendar has not been read yet; please look again in a minute."
        elif preview.result.best is None:
            why = "Your hours and calendars leave no time that suits you both."
        else:
            found = preview.result.best
    return own_sheet(request, view, "plan.html", plan=found, why=why)
