"""One-click unsubscribing, as mail programs do it for their readers (RFC 8058)."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from scheduler.access import Purpose
from scheduler.errors import Refused
from scheduler.usecases.stop_letters import stop_letters
from web.again import AgainRoute
from web.doors import no_longer, open_link
from web.guard import Given, limit
from web.limits import Limited
from web.sheets import sheet

router = APIRouter(include_in_schema=False, route_class=AgainRoute)

#: Section 3.1: the one pair that the POST must bring.
_FIELD, _VALUE = "list-unsubscribe", "one-click"


@router.post("/p/fewer/{ticket}")
async def one_click(request: Request, services: Given, ticket: str) -> Response:
    """Send no more letters of the kind that this link stood in.

    Neither cookies nor a login are asked for, and none are given: the ticket opens
    nothing else. Counted by ticket, since one mail service asks for all its readers.
    """
    limit(request, Limited.DOOR, f"fewer {ticket[:400]}")
    form = await request.form()
    sent = {name.lower(): str(value).lower() for name, value in form.items()}
    if sent.get(_FIELD) != _VALUE:
        raise Refused(
            "E_UNSUBSCRIBE",
            "Send List-Unsubscribe=One-Click, or open this address to choose.",
            field="List-Unsubscribe",
        )
    link = await open_link(services, Purpose.FEWER.value, ticket)
    if link.person is None:
        raise no_longer()
    await stop_letters(
        link.person, link.about, begin=services.begin, clock=services.clock
    )
    return sheet(request, "fewer.html")
