"""The agreement, a change to it, and the plan before anybody accepts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.responses import RedirectResponse

from scheduler.agreement import Agreement
from scheduler.errors import NotFound, Refused, Taken
from scheduler.people import Role
from scheduler.usecases.accept_agreement import accept_agreement
from scheduler.usecases.preview_plan import preview_plan
from scheduler.usecases.propose_terms import propose_terms
from scheduler.usecases.see_pair import SeenPair
from scheduler.usecases.withdraw_terms import withdraw_terms
from scheduler.versions import later
from web.again import AgainRoute
from web.agreed import clauses, listed, news
from web.answers import status_of
from web.guard import CheckedForm, Given, PersonVisitor
from web.onechange import helping
from web.own import own_sheet, view_pair
from web.termform import CHOICES, TermForm, read_terms, shown, typed

router = APIRouter(
    prefix="/pair/{pair}", include_in_schema=False, route_class=AgainRoute
)

Typed = Annotated[dict[str, str], Depends(typed)]


@router.get("/agreement")
async def agreement(
    request: Request,
    services: Given,
    visitor: PersonVisitor,
    pair: str,
    version: Annotated[str, Query(max_length=8)] = "",
    on: Annotated[str, Query(max_length=8)] = "",
) -> Response:
    """The text on the table with both answers, or an older version of it."""
    view = await view_pair(services, visitor, pair)
    latest = _latest(view)
    if version:
        older = (v for v in view.agreements if str(v.version) == version)
        text = next(older, None)
        if text is None:
            raise NotFound("version")
        return _sheet(request, view, text)
    rules = (view.ruling or latest).terms
    terms = later(rules) if on == "later" else latest.terms
    return _sheet(
        request, view, latest, form=shown(terms, _mine(view)), opened=bool(on)
    )


@router.get("/agreement/renew")
async def renew(
    request: Request, services: Given, visitor: PersonVisitor, pair: str
) -> Response:
    """Before the last day: go on, change, or close."""
    view = await view_pair(services, visitor, pair)
    text = view.ruling or _latest(view)
    return own_sheet(request, view, "renew.html", version=text, later=later(text.terms))


@router.post("/agreement/accept", dependencies=[CheckedForm])
async def accept(
    request: Request, services: Given, visitor: PersonVisitor, pair: str, form: Typed
) -> Response:
    """Accept what was read; a second click changes nothing."""
    view = await view_pair(services, visitor, pair)
    try:
        await accept_agreement(
            view.pair.id,
            view.me.id,
            form.get("digest", ""),
            begin=services.begin,
            clock=services.clock,
        )
    except Taken as taken:
        view = await view_pair(services, visitor, pair)
        return _sheet(request, view, _latest(view), error=taken)
    return _back(pair)


@router.post("/agreement/propose", dependencies=[CheckedForm])
async def propose(
    request: Request, services: Given, visitor: PersonVisitor, pair: str, form: Typed
) -> Response:
    """Make these the next version; the other's hours stay what they were."""
    view = await view_pair(services, visitor, pair)
    latest = _latest(view)
    terms, read = read_terms(form, latest.terms, _mine(view))
    if terms is None:
        return _sheet(request, view, latest, form=read)
    try:
        await propose_terms(
            view.pair.id,
            view.me.id,
            form.get("digest", ""),
            terms,
            begin=services.begin,
            clock=services.clock,
            ids=services.ids,
        )
    except Refused as refused:
        view = await view_pair(services, visitor, pair)
        return _refused(request, view, read, refused)
    return _back(pair)


@router.post("/agreement/withdraw", dependencies=[CheckedForm])
async def withdraw(
    request: Request, services: Given, visitor: PersonVisitor, pair: str, form: Typed
) -> Response:
    """Take one's own proposal back; a second click changes nothing."""
    view = await view_pair(services, visitor, pair)
    try:
        await withdraw_terms(
            view.pair.id,
            view.me.id,
            form.get("digest", ""),
            begin=services.begin,
            clock=services.clock,
            ids=services.ids,
        )
    except Taken as taken:
        view = await view_pair(services, visitor, pair)
        return _sheet(request, view, _latest(view), error=taken)
    return _back(pair)


def _back(pair: str) -> Response:
    return RedirectResponse(f"/pair/{pair}/agreement", HTTPStatus.SEE_OTHER)


def _latest(view: SeenPair) -> Agreement:
    if view.latest is None:
        raise NotFound("agreement")
    return view.latest


def _mine(view: SeenPair) -> Mapping[Role, str]:
    """Whose hours the form holds: one's own, without a word before their names."""
    return {Role.MENTOR if view.me == view.mentor else Role.MENTEE: ""}


def _refused(
    request: Request, view: SeenPair, form: TermForm, refused: Refused
) -> Response:
    """The form with what was typed, beside the text as it stands by now."""
    wrong = replace(form, errors={refused.field or "": refused})
    if isinstance(refused, NotFound):
        raise refused
    if isinstance(refused, Taken) or refused.field not in form.values:
        return _sheet(
            request, view, _latest(view), form=form, error=refused, opened=True
        )
    return _sheet(request, view, _latest(view), form=wrong)


def _sheet(
    request: Request,
    view: SeenPair,
    version: Agreement,
    *,
    form: TermForm | None = None,
    error: Refused | None = None,
    opened: bool = False,
) -> Response:
    """One version as a page; with an error, and what was typed, in its status."""
    form = form or shown(version.terms, _mine(view))
    is_latest = version == view.latest
    ruling = view.ruling if is_latest and view.ruling != version else None
    text = clauses(view, version, ruling)
    new = news(text)
    status = HTTPStatus.OK
    if error or form.is_wrong:
        status = status_of(error) if error else HTTPStatus.UNPROCESSABLE_ENTITY
    return own_sheet(
        request,
        view,
        "agreement.html",
        status=status,
        version=version,
        latest=view.latest,
        is_latest=is_latest,
        against=ruling,
        clauses=text,
        news=listed(new) if new else "",
        form=form,
        error=error,
        opened=opened,
        **CHOICES,
    )


@router.get("/plan")
async def plan(
    request: Request, services: Given, visitor: PersonVisitor, pair: str
) -> Response:
    """What would be booked if both accepted now."""
    view = await view_pair(services, visitor, pair)
    found, why, help_ = None, "", ""
    try:
        preview = await preview_plan(
            view.pair.id, begin=services.begin, clock=services.clock
        )
    except Refused as refused:
        why = refused.message
    else:
        help_ = helping(preview.would_help, view)
        if preview.result is None:
            why = "A calendar has not been read yet; please look again in a minute."
        elif preview.result.best is None:
            why = "Your hours and calendars leave no time that suits you both."
        else:
            found = preview.result.best
    return own_sheet(request, view, "plan.html", plan=found, why=why, help=help_)
