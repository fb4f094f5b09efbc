"""Taking along what is kept, and having it erased: two choices, apart from leaving."""

from __future__ import annotations

import json

from fastapi import APIRouter, Request, Response

from scheduler.access import Purpose
from scheduler.usecases.ask_erasure import ask_erasure
from scheduler.usecases.export_person import export_person
from scheduler.usecases.write_erase_link import write_erase_link
from web.again import AgainRoute
from web.doors import no_longer, open_link
from web.guard import CheckedForm, Given, NewlyCome, PersonVisitor, limit
from web.limits import Limited
from web.pages.me import me_sheet
from web.sheets import sheet

router = APIRouter(include_in_schema=False, route_class=AgainRoute)


@router.get("/export")
async def export(services: Given, visitor: PersonVisitor) -> Response:
    """Everything that is kept about them, as a file."""
    now = services.clock.now()
    document = await export_person(visitor.person, begin=services.begin, now=now)
    name = f"troth-{now:%Y-%m-%d}.json"
    return Response(
        json.dumps(document, ensure_ascii=False, indent=2),
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get("/erase")
async def erase(request: Request, services: Given, visitor: PersonVisitor) -> Response:
    """What erasing comes to; nothing happens yet."""
    async with services.begin(read_only=True) as uow:
        pairs = await uow.pairs.of_person(visitor.person)
    is_open = any(pair.closed is None for pair in pairs)
    return await me_sheet(request, services, visitor, "erase.html", is_open=is_open)


@router.post("/erase", dependencies=[CheckedForm, NewlyCome])
async def ask_link(
    request: Request, services: Given, visitor: PersonVisitor
) -> Response:
    """Mail the link that does it: this browser may be somebody else's."""
    limit(request, Limited.MAIL, f"erase {visitor.person}")
    await write_erase_link(
        visitor.person, begin=services.begin, clock=services.clock, ids=services.ids
    )
    return await me_sheet(request, services, visitor, "erase-sent.html")


@router.post("/p/erase/{ticket}")
async def confirm(request: Request, services: Given, ticket: str) -> Response:
    """Use the link up, and have it begin; the ticket itself is what nobody can forge.

    Whoever comes with the same form again finds the link used up.
    """
    limit(request, Limited.DOOR)
    link = await open_link(services, Purpose.ERASE.value, ticket)
    async with services.begin() as uow:
        if link.person is None or not await uow.doors.use_link(link.id):
            raise no_longer()
        await uow.commit()
    await ask_erasure(
        link.person,
        f"person:{link.person}",
        begin=services.begin,
        clock=services.clock,
    )
    return sheet(request, "erased.html")
