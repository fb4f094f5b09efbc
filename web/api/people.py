"""People and their calendar connections, over the API."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter

from scheduler.connections import CalendarKind
from scheduler.ids import AccountId, CalendarId
from scheduler.secret import Secret
from scheduler.usecases.connect_calendar import CalendarWish, connect_calendar
from scheduler.usecases.disconnect_account import disconnect_account
from scheduler.usecases.disconnect_calendar import disconnect_calendar
from scheduler.usecases.export_person import export_person
from web.api.caller import PersonCaller
from web.api.repeats import RepeatRoute
from web.api.shapes import AccountShape, ConnectionShape, PersonShape, Shape
from web.guard import Given

router = APIRouter(prefix="/api/v1/me", tags=["people"], route_class=RepeatRoute)


class NewCalendar(Shape):
    """A calendar to connect; of CalDAV the address of the calendar itself."""

    kind: Literal["caldav", "ics"]
    url: str
    username: str = ""
    password: str = ""
    label: str = ""
    #: Whether Troth may book in it.
    writable: bool = False


@router.get("")
async def me(found: PersonCaller, services: Given) -> PersonShape:
    """The person this token belongs to."""
    async with services.begin(read_only=True) as uow:
        return PersonShape.of(await uow.people.get(found.person))


@router.get("/export")
async def export(found: PersonCaller, services: Given) -> dict[str, Any]:
    """Everything that is kept about this person (docs/export.md)."""
    now = services.clock.now()
    return await export_person(found.person, begin=services.begin, now=now)


@router.get("/calendars")
async def calendars(found: PersonCaller, services: Given) -> list[ConnectionShape]:
    """The person's calendar connections and how they are doing."""
    async with services.begin(read_only=True) as uow:
        mine = await uow.calendars.of_person(found.person)
    return [ConnectionShape.of(connection) for connection in mine]


@router.post("/calendars", status_code=201)
async def connect(
    found: PersonCaller, services: Given, body: NewCalendar
) -> ConnectionShape:
    """Connect a calendar; it is read at once, and what is wrong is said."""
    wish = CalendarWish(
        CalendarKind(body.kind),
        Secret(body.url.strip()),
        body.username,
        Secret(body.password),
        body.label,
        writable=body.writable and body.kind == "caldav",
    )
    connection = await connect_calendar(
        found.person,
        wish,
        begin=services.begin,
        open_calendar=services.open_calendar,
        clock=services.clock,
        months=services.settings.sync_horizon_months,
    )
    return ConnectionShape.of(connection)


@router.delete("/calendars/{calendar}", status_code=204)
async def disconnect(found: PersonCaller, services: Given, calendar: str) -> None:
    """Forget a connection and everything that was read from it."""
    await disconnect_calendar(
        found.person,
        CalendarId(calendar),
        open_calendar=services.open_calendar,
        watching=services.watching,
        **services.acting,
    )


@router.get("/accounts")
async def accounts(found: PersonCaller, services: Given) -> list[AccountShape]:
    """The person's accounts at Google, and what does not work with what they allowed.

    Consent is given in a browser, on the page of calendars: a token cannot give it.
    """
    async with services.begin(read_only=True) as uow:
        mine = await uow.accounts.of_person(found.person)
    return [AccountShape.of(account) for account in mine]


@router.delete("/accounts/{account}", status_code=204)
async def disconnect_all(found: PersonCaller, services: Given, account: str) -> None:
    """Disconnect every calendar of an account; its grant ends at Google too."""
    await disconnect_account(
        found.person,
        AccountId(account),
        open_calendar=services.open_calendar,
        watching=services.watching,
        **services.acting,
    )
