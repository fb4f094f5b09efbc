"""People and their calendar connections, over the API."""

from __future__ import annotations

from fastapi import APIRouter

from web.api.caller import PersonCaller
from web.api.repeats import RepeatRoute
from web.api.shapes import ConnectionShape, PersonShape
from web.guard import Given

router = APIRouter(prefix="/api/v1/me", tags=["people"], route_class=RepeatRoute)


@router.get("")
async def me(found: PersonCaller, services: Given) -> PersonShape:
    """The person this token belongs to."""
    async with services.begin(read_only=True) as uow:
        return PersonShape.of(await uow.people.get(found.person))


@router.get("/calendars")
async def calendars(found: PersonCaller, services: Given) -> list[ConnectionShape]:
    """The person's calendar connections and how they are doing."""
    async with services.begin(read_only=True) as uow:
        mine = await uow.calendars.of_person(found.person)
    return [ConnectionShape.of(connection) for connection in mine]
