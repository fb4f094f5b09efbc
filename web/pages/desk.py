"""The coordinator's pages: the pairs, and bringing a list."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, Request, Response, UploadFile
from starlette.responses import RedirectResponse

from config.services import Services
from scheduler.errors import Refused
from scheduler.ids import PairId, PersonId
from scheduler.roster import COLUMNS, MOST_BYTES, read_roster
from scheduler.shown import shown
from scheduler.snapshot import next_count
from scheduler.usecases.give_address import give_address
from scheduler.usecases.import_pairs import import_pairs
from scheduler.usecases.see_programme import see_programme
from web.again import AgainRoute
from web.guard import CheckedForm, CoordinatorVisitor, Given, Visitor
from web.pairlines import pair_lines
from web.sheetcsv import download
from web.sheets import sheet
from web.tenths import laid_out

router = APIRouter(prefix="/programme", include_in_schema=False, route_class=AgainRoute)

#: Pairs in one page of the list.
ON_A_PAGE = 50


async def _desk_sheet(
    request: Request, services: Services, visitor: Visitor, name: str, **facts: Any
) -> Response:
    async with services.begin(read_only=True) as uow:
        programme = await uow.programmes.get(visitor.programme)
    return sheet(request, name, programme=programme, **facts)


@router.get("")
async def programme(
    request: Request,
    services: Given,
    visitor: CoordinatorVisitor,
    after: str = "",
    named: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """The count of the week, and one page of the pairs."""
    now = services.clock.now()
    seen = await see_programme(
        visitor.programme,
        after=PairId(after) if after else None,
        named=named.strip(),
        most=ON_A_PAGE,
        begin=services.begin,
        now=now,
    )
    async with services.begin(read_only=True) as uow:
        snapshot = await uow.snapshots.latest(visitor.programme)
    zone = seen.programme.zone
    sides = shown(snapshot) if snapshot else ()
    return sheet(
        request,
        "programme.html",
        programme=seen.programme,
        rows=sorted(seen.rows, key=lambda row: row.mentor.name.casefold()),
        more=seen.more,
        dead=seen.dead,
        after=after,
        named=named,
        snapshot=snapshot,
        next_count=next_count(now, zone),
        sides=[(side, laid_out(side, snapshot, zone)) for side in sides if snapshot],
    )


@router.get("/pairs.csv")
async def every_pair(services: Given, visitor: CoordinatorVisitor) -> Response:
    """What the list shows, of every pair, as a file."""
    lines = pair_lines(visitor.programme, services)
    return download(lines, "pairs.csv")


@router.post("/address/{person}", dependencies=[CheckedForm])
async def address(
    services: Given,
    visitor: CoordinatorVisitor,
    person: str,
    email: Annotated[str, Form(max_length=254)],
) -> Response:
    """Another address for somebody whose mail comes back."""
    await give_address(
        visitor.programme,
        PersonId(person),
        email,
        **services.acting,
    )
    await services.bell.ring(())
    return RedirectResponse("/programme", HTTPStatus.SEE_OTHER)


@router.get("/import")
async def bring_list(
    request: Request, services: Given, visitor: CoordinatorVisitor
) -> Response:
    """The form for a list."""
    return await _desk_sheet(
        request, services, visitor, "roster.html", roster=None, columns=COLUMNS
    )


@router.post("/import", dependencies=[CheckedForm])
async def read_list(
    request: Request,
    services: Given,
    visitor: CoordinatorVisitor,
    csv: Annotated[UploadFile | None, File()] = None,
    text: Annotated[str, Form()] = "",
    act: Annotated[str, Form()] = "read",
) -> Response:
    """Show a list as understood, or start its good rows."""
    data = await csv.read(MOST_BYTES + 1) if csv else text.encode()
    try:
        roster = read_roster(data)
    except Refused as refused:
        return await _desk_sheet(
            request,
            services,
            visitor,
            "roster.html",
            roster=None,
            columns=COLUMNS,
            error=refused,
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        )
    if act == "save":
        await import_pairs(
            visitor.programme,
            roster.good,
            begin=services.begin,
            clock=services.clock,
            ids=services.ids,
        )
        return RedirectResponse("/programme", HTTPStatus.SEE_OTHER)
    shown = data.decode("utf-8-sig", "replace")
    return await _desk_sheet(
        request, services, visitor, "roster.html", roster=roster, text=shown
    )
