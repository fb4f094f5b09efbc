"""Did you meet? One question, one answer, changed at will for thirty days."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Form, Request, Response
from pydantic import Field
from starlette.responses import RedirectResponse

from scheduler.errors import NotFound, Refused
from scheduler.parting import LineKind
from scheduler.series import Meeting, MeetingKey
from scheduler.usecases.move_meeting import move_meeting
from scheduler.usecases.read_question import read_question
from scheduler.usecases.say_met import say_met
from scheduler.usecases.see_meetings import see_meetings
from scheduler.usecases.see_pair import SeenPair
from web.again import AgainRoute
from web.beside import Beside, check, keep
from web.guard import CheckedForm, Given, PersonVisitor
from web.own import own_sheet, view_pair
from web.rhythm import rhythm
from web.walltime import read_wall_time

router = APIRouter(
    prefix="/pair/{pair}", include_in_schema=False, route_class=AgainRoute
)


class Said(Beside):
    """The form's answer; `which` tells a repeated time's first from its second."""

    met: Literal["yes", "no", "moved"]
    moved_to: str = Field("", max_length=40)
    which: str = Field("", max_length=10)
    csrf: str = ""


def find_meeting(view: SeenPair, key: str) -> Meeting:
    """The meeting with this key; `NotFound` for anything else."""
    try:
        wanted = MeetingKey.parse(key)
    except ValueError:
        raise NotFound("meeting") from None
    every = (m for series in view.series for m in series.meetings)
    found = next((m for m in every if m.key == wanted), None)
    if found is None or found.span is None:
        raise NotFound("meeting")
    return found


_ANSWERS = ("yes", "no", "moved")


@router.get("/met/{key:path}")
async def ask(
    request: Request,
    services: Given,
    visitor: PersonVisitor,
    pair: str,
    key: str,
    said: str = "",
) -> Response:
    """The question; `said` is the answer clicked in the letter, chosen but not sent."""
    view = await view_pair(services, visitor, pair)
    meeting = find_meeting(view, key)
    if meeting.span and meeting.span.start > view.now:
        asked = await read_question(
            view.pair.id, meeting.key, view.me.id, begin=services.begin
        )
        if asked:  # there is no "did you meet" about what is still ahead
            path = f"/pair/{pair}/question/{quote(str(meeting.key), safe='')}"
            return RedirectResponse(path, HTTPStatus.SEE_OTHER)
    return own_sheet(
        request,
        view,
        "met.html",
        meeting=meeting,
        chosen=said if said in _ANSWERS else "",
        form=None,
    )


@router.post("/met/{key:path}", dependencies=[CheckedForm])
async def answer(
    request: Request,
    services: Given,
    visitor: PersonVisitor,
    pair: str,
    key: str,
    said: Annotated[Said, Form()],
) -> Response:
    """Note the answer."""
    view = await view_pair(services, visitor, pair)
    meeting = find_meeting(view, key)
    try:
        start = None
        if said.met == "moved":
            start = read_wall_time(
                said.moved_to, view.me.zone, field="moved_to", which=said.which
            )
        is_ahead = start is not None and start > view.now
        check(said, view, meeting, ahead=is_ahead)
        if start and is_ahead:
            await move_meeting(
                view.pair.id,
                meeting.key,
                view.me.id,
                start,
                **services.acting,
            )
            await keep(services, view, meeting, said)
            return RedirectResponse(f"/pair/{pair}", HTTPStatus.SEE_OTHER)
        await say_met(
            view.pair.id,
            view.me.id,
            meeting.key,
            met=said.met != "no",
            moved_to=start,
            begin=services.begin,
            clock=services.clock,
        )
        await keep(services, view, meeting, said)
    except NotFound:
        raise
    except Refused as refused:
        return own_sheet(
            request,
            view,
            "met.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            meeting=meeting,
            chosen=said.met,
            form=said,
            error=refused,
        )
    await services.bell.ring(())
    path = f"/pair/{pair}/thanks?after={quote(str(meeting.key), safe='')}"
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)


@router.get("/thanks")
async def thanks(
    request: Request,
    services: Given,
    visitor: PersonVisitor,
    pair: str,
    after: str = "",
) -> Response:
    """Thank you, the rhythm, and the next meeting; `after` is the meeting answered."""
    view = await view_pair(services, visitor, pair)
    past = await see_meetings(
        view.pair.id, view.me.id, begin=services.begin, now=view.now
    )
    return own_sheet(
        request,
        view,
        "met-done.html",
        rhythm=rhythm(view.row, view.me.zone),
        seen=next((one for one in past if str(one.meeting.key) == after), None),
        kinds=LineKind,
    )
