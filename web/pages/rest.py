"""Resting, coming back and ending: a form each, and a question before it is done."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from scheduler.asker import Asker
from scheduler.errors import Refused
from scheduler.pausing import PauseWish
from scheduler.timespan import Span
from scheduler.unpausing import can_be_taken_back
from scheduler.usecases.close_pair import close_pair
from scheduler.usecases.pause_pair import pause_pair
from scheduler.usecases.preview_undo import preview_undo
from scheduler.usecases.reopen_pair import reopen_pair
from scheduler.usecases.resume_pair import resume_pair
from scheduler.usecases.see_pair import SeenPair
from scheduler.usecases.undo_pause import undo_pause
from web.again import AgainRoute
from web.guard import CheckedForm, Given, PersonVisitor
from web.own import own_sheet, view_pair
from web.rhythm import rhythm

router = APIRouter(
    prefix="/pair/{pair}", include_in_schema=False, route_class=AgainRoute
)

Day = Annotated[str, Form(max_length=20)]


def wish_of(until: str, first: str) -> PauseWish:
    """The days of a form; `Refused` E_DATE with the field that holds none."""
    back = _day(until, "until")
    if back is None:
        raise Refused("E_DATE", "Say on which day you go on.", field="until")
    return PauseWish(back, _day(first, "first"))


def _day(text: str, field: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refused("E_DATE", "Write a day like 2026-03-01.", field=field) from None


def _asker(view: SeenPair) -> Asker:
    return Asker(view.pair.programme, view.me.id)


@router.get("/pause")
async def ask_pause(
    request: Request, services: Given, visitor: PersonVisitor, pair: str
) -> Response:
    """The pause that stands, or the form for one."""
    view = await view_pair(services, visitor, pair)
    back = await preview_undo(view.pair.id, **services.acting)
    return _pause_sheet(request, view, back=back)


def _pause_sheet(
    request: Request,
    view: SeenPair,
    *,
    until: str = "",
    first: str = "",
    back: tuple[Span, ...] = (),
    error: Refused | None = None,
) -> Response:
    return own_sheet(
        request,
        view,
        "pause.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK,
        rhythm=rhythm(view.row, view.me.zone),
        until=until,
        first_day=first,
        may_undo=can_be_taken_back(view.evidence, view.now),
        back=back,
        error=error,
    )


@router.post("/pause", dependencies=[CheckedForm])
async def pause(
    request: Request,
    services: Given,
    visitor: PersonVisitor,
    pair: str,
    until: Day = "",
    first: Day = "",
) -> Response:
    """Rest; a second click changes nothing."""
    view = await view_pair(services, visitor, pair)
    try:
        wish = wish_of(until, first)
        await pause_pair(view.pair.id, wish, _asker(view), **services.acting)
    except Refused as refused:
        if refused.field not in {"until", "first"}:
            raise
        return _pause_sheet(request, view, until=until, first=first, error=refused)
    await services.bell.ring(())
    return RedirectResponse(f"/pair/{pair}/pause", HTTPStatus.SEE_OTHER)


@router.get("/resume")
async def ask_resume(
    request: Request, services: Given, visitor: PersonVisitor, pair: str
) -> Response:
    """Ask whether to come back."""
    view = await view_pair(services, visitor, pair)
    return own_sheet(request, view, "resume.html")


@router.post("/resume", dependencies=[CheckedForm])
async def resume(services: Given, visitor: PersonVisitor, pair: str) -> Response:
    """Come back; nothing new is booked."""
    view = await view_pair(services, visitor, pair)
    await resume_pair(view.pair.id, _asker(view), **services.acting)
    await services.bell.ring(())
    return RedirectResponse(f"/pair/{pair}", HTTPStatus.SEE_OTHER)


@router.post("/pause/undo", dependencies=[CheckedForm])
async def take_back(services: Given, visitor: PersonVisitor, pair: str) -> Response:
    """Take the pause back within a day; what can be put back stands again."""
    view = await view_pair(services, visitor, pair)
    await undo_pause(view.pair.id, _asker(view), **services.acting)
    await services.bell.ring(())
    return RedirectResponse(f"/pair/{pair}", HTTPStatus.SEE_OTHER)


@router.get("/close")
async def ask_close(
    request: Request, services: Given, visitor: PersonVisitor, pair: str
) -> Response:
    """What will happen, before anything does."""
    view = await view_pair(services, visitor, pair)
    return own_sheet(request, view, "close.html")


@router.post("/close", dependencies=[CheckedForm])
async def close(services: Given, visitor: PersonVisitor, pair: str) -> Response:
    """End it; a second click changes nothing."""
    view = await view_pair(services, visitor, pair)
    await close_pair(view.pair.id, _asker(view), **services.acting)
    await services.bell.ring(())
    return RedirectResponse(f"/pair/{pair}", HTTPStatus.SEE_OTHER)


@router.post("/close/undo", dependencies=[CheckedForm])
async def reopen(services: Given, visitor: PersonVisitor, pair: str) -> Response:
    """Propose the same terms again, within a day."""
    view = await view_pair(services, visitor, pair)
    await reopen_pair(
        view.pair.id,
        _asker(view),
        begin=services.begin,
        clock=services.clock,
        ids=services.ids,
    )
    await services.bell.ring(())
    return RedirectResponse(f"/pair/{pair}/agreement", HTTPStatus.SEE_OTHER)
