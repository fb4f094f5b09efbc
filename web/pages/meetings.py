"""The meetings of a pair that are over: notes, lines, thanks; and notes on the next."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse

from config.services import Services
from scheduler.errors import NotFound, Refused, Taken
from scheduler.parting import LineKind
from scheduler.series import Meeting
from scheduler.usecases.leave_line import leave_line
from scheduler.usecases.see_meetings import SeenMeeting, see_meetings
from scheduler.usecases.see_pair import SeenPair
from scheduler.usecases.undo_note import undo_note
from scheduler.usecases.write_note import note_on, write_note
from web.again import AgainRoute
from web.guard import CheckedForm, Given, PersonVisitor
from web.own import own_sheet, view_pair
from web.pages.met import find_meeting

router = APIRouter(
    prefix="/pair/{pair}", include_in_schema=False, route_class=AgainRoute
)


class Noting(BaseModel):
    """A note, and the edition of it that its writer had before them."""

    note: str = Field("", max_length=50_000)
    seen: str = Field("", max_length=40)
    csrf: str = ""


class Leaving(BaseModel):
    """A line and a word of thanks, each empty to take it back."""

    heard: str = Field("", max_length=5000)
    thanks: str = Field("", max_length=5000)
    csrf: str = ""


@router.get("/meetings")
async def meetings(
    request: Request, services: Given, visitor: PersonVisitor, pair: str
) -> Response:
    """Every meeting that has begun, the newest first."""
    view = await view_pair(services, visitor, pair)
    return own_sheet(request, view, "meetings.html", past=await _past(services, view))


@router.get("/meeting/{key:path}")
async def meeting(
    request: Request, services: Given, visitor: PersonVisitor, pair: str, key: str
) -> Response:
    """One meeting, with what the two wrote about it."""
    view = await view_pair(services, visitor, pair)
    return await _sheet(request, services, view, find_meeting(view, key))


@router.post("/meeting/{key:path}", dependencies=[CheckedForm])
async def leave(
    request: Request,
    services: Given,
    visitor: PersonVisitor,
    pair: str,
    key: str,
    form: Annotated[Leaving, Form()],
) -> Response:
    """Leave a line, or thanks; what is empty is taken back."""
    view = await view_pair(services, visitor, pair)
    one = find_meeting(view, key)
    lines = ((LineKind.HEARD, form.heard), (LineKind.THANKS, form.thanks))
    try:
        for kind, text in lines:
            await leave_line(
                view.pair.id,
                view.me.id,
                one.key,
                kind,
                text,
                begin=services.begin,
                clock=services.clock,
            )
    except Refused as refused:
        return await _sheet(
            request,
            services,
            view,
            one,
            refused,
            heard=form.heard,
            thanks=form.thanks,
        )
    return _to(pair, one)


@router.post("/note/{key:path}", dependencies=[CheckedForm])
async def note(
    request: Request,
    services: Given,
    visitor: PersonVisitor,
    pair: str,
    key: str,
    form: Annotated[Noting, Form()],
) -> Response:
    """Keep the note of the two on a meeting."""
    view = await view_pair(services, visitor, pair)
    one = find_meeting(view, key)
    try:
        await write_note(
            view.pair.id,
            view.me.id,
            one.key,
            form.note,
            seen=form.seen,
            begin=services.begin,
            clock=services.clock,
        )
    except Refused as refused:
        return await _sheet(request, services, view, one, refused, note=form.note)
    return _to(pair, one)


@router.post("/note-undo/{key:path}", dependencies=[CheckedForm])
async def put_note_back(
    request: Request, services: Given, visitor: PersonVisitor, pair: str, key: str
) -> Response:
    """The note as it was before this person changed it."""
    view = await view_pair(services, visitor, pair)
    one = find_meeting(view, key)
    try:
        await undo_note(
            view.pair.id,
            view.me.id,
            one.key,
            begin=services.begin,
            clock=services.clock,
        )
    except Refused as refused:
        return await _sheet(request, services, view, one, refused)
    return _to(pair, one)


async def _past(services: Services, view: SeenPair) -> tuple[SeenMeeting, ...]:
    return await see_meetings(
        view.pair.id, view.me.id, begin=services.begin, now=view.now
    )


async def _sheet(
    request: Request,
    services: Services,
    view: SeenPair,
    one: Meeting,
    error: Refused | None = None,
    **typed: str,
) -> Response:
    """The page of one meeting; with an error also what was typed."""
    past = await _past(services, view)
    seen = next((m for m in past if m.meeting.key == one.key), None)
    if seen is None and (one.span is None or one.span.start <= view.now):
        raise NotFound("meeting")  # it fell out: there is nothing to write about
    async with services.begin(read_only=True) as uow:
        note = await note_on(uow, view.pair.id, one.key)
    status = HTTPStatus.OK
    if error:
        is_late = isinstance(error, Taken)
        status = HTTPStatus.CONFLICT if is_late else HTTPStatus.UNPROCESSABLE_ENTITY
    return own_sheet(
        request,
        view,
        "meeting.html",
        status=status,
        meeting=one,
        seen=seen,
        note=note,
        error=error,
        typed=typed,
        kinds=LineKind,
    )


def _to(pair: str, one: Meeting) -> Response:
    key = quote(str(one.key), safe="")
    return RedirectResponse(f"/pair/{pair}/meeting/{key}", HTTPStatus.SEE_OTHER)
