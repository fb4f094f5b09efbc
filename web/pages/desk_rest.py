"""The coordinator pauses a pair, has it come back, or closes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from config.services import Services
from scheduler.agreement import Programme
from scheduler.asker import Asker
from scheduler.errors import NotFound, Refused
from scheduler.ids import PairId
from scheduler.localtime import zone
from scheduler.pauses import rest
from scheduler.people import Pair, Person
from scheduler.timespan import Span
from scheduler.usecases.close_pair import close_pair
from scheduler.usecases.pause_pair import pause_pair
from scheduler.usecases.resume_pair import resume_pair
from web.again import AgainRoute
from web.guard import CheckedForm, CoordinatorVisitor, Given, Visitor
from web.pages.rest import Day, wish_of
from web.sheets import sheet

router = APIRouter(
    prefix="/programme/pair/{pair}", include_in_schema=False, route_class=AgainRoute
)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What this page needs of a pair: two names, and how it rests."""

    programme: Programme
    pair: Pair
    mentor: Person
    mentee: Person
    pause: Span | None
    back_on: date | None
    now: datetime


async def _see(services: Services, visitor: Visitor, pair: str) -> _Seen:
    """The pair; `NotFound` when it is another programme's."""
    now = services.clock.now()
    async with services.begin(read_only=True) as uow:
        known = await uow.pairs.get(PairId(pair))
        if known.programme != visitor.programme:
            raise NotFound("pair")
        series = await uow.series.of_pair(known.id)
        mentor = await uow.people.get(known.mentor)
        rests = rest(await uow.evidence.of_pair(known.id))
        pause = None if known.closed else rests.pause_at(now)
        where = zone(series[-1].zone if series else mentor.zone)
        return _Seen(
            await uow.programmes.get(known.programme),
            known,
            mentor,
            await uow.people.get(known.mentee),
            pause,
            pause.end.astimezone(where).date() if pause else None,
            now,
        )


def _sheet(
    request: Request, seen: _Seen, until: str = "", error: Refused | None = None
) -> Response:
    return sheet(
        request,
        "desk-rest.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK,
        programme=seen.programme,
        seen=seen,
        until=until,
        error=error,
    )


@router.get("/rest")
async def ask(
    request: Request, services: Given, visitor: CoordinatorVisitor, pair: str
) -> Response:
    """How the pair rests, and the forms."""
    return _sheet(request, await _see(services, visitor, pair))


@router.post("/pause", dependencies=[CheckedForm])
async def pause(
    request: Request,
    services: Given,
    visitor: CoordinatorVisitor,
    pair: str,
    until: Day = "",
) -> Response:
    """Have the pair rest from now on."""
    seen = await _see(services, visitor, pair)
    try:
        wish, asker = wish_of(until, ""), Asker(visitor.programme)
        await pause_pair(seen.pair.id, wish, asker, **services.acting)
    except Refused as refused:
        if refused.field != "until":
            raise
        return _sheet(request, seen, until, refused)
    return await _done(services, pair)


@router.post("/resume", dependencies=[CheckedForm])
async def resume(services: Given, visitor: CoordinatorVisitor, pair: str) -> Response:
    """Have the pair come back."""
    await resume_pair(PairId(pair), Asker(visitor.programme), **services.acting)
    return await _done(services, pair)


@router.post("/close", dependencies=[CheckedForm])
async def close(services: Given, visitor: CoordinatorVisitor, pair: str) -> Response:
    """Close the pair; both are told, without a reason."""
    await close_pair(PairId(pair), Asker(visitor.programme), **services.acting)
    return await _done(services, pair)


async def _done(services: Services, pair: str) -> Response:
    await services.bell.ring(())
    return RedirectResponse(f"/programme/pair/{pair}/rest", HTTPStatus.SEE_OTHER)
