"""A person's calendars: connect, choose, disconnect; and their hours."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from config.services import Services
from scheduler.accounts import OFFERED, Account, Lacking, lacking
from scheduler.connections import CalendarKind, Connection, Health
from scheduler.errors import Refused, Rejected
from scheduler.ids import CalendarId
from scheduler.people import Hours
from scheduler.ports.calendars import FoundCalendar
from scheduler.secret import Secret
from scheduler.usecases.connect_calendar import CalendarWish, connect_calendar
from scheduler.usecases.disconnect_calendar import disconnect_calendar
from scheduler.usecases.find_calendars import find_calendars
from scheduler.usecases.set_hours import set_hours
from web.again import AgainRoute
from web.guard import CheckedForm, Given, NewlyCome, PersonVisitor, Visitor
from web.pages.me import me_sheet

router = APIRouter(prefix="/calendar", include_in_schema=False, route_class=AgainRoute)

Typed = Annotated[str, Form(max_length=2000)]


@router.get("")
async def calendar_page(
    request: Request, services: Given, visitor: PersonVisitor
) -> Response:
    """What is connected, and the ways to connect more."""
    return await calendar_sheet(request, services, visitor)


async def calendar_sheet(
    request: Request, services: Services, visitor: Visitor, **facts: Any
) -> Response:
    """That page with these facts: what is wrong, what was given, which way."""
    async with services.begin(read_only=True) as uow:
        connections = await uow.calendars.of_person(visitor.person)
        accounts = await uow.accounts.of_person(visitor.person)
    usual = "" if accounts else "google"
    shared = {
        "connections": [c for c in connections if c.account is None],
        "accounts": [_told(one, connections) for one in accounts],
        "google": services.consent is not None,
        "given": {},
        "way": usual if services.consent is not None else "caldav",
    }
    return await me_sheet(
        request, services, visitor, "calendar.html", **(shared | facts)
    )


@dataclass(frozen=True, slots=True)
class ToldAccount:
    """An account with its calendars, as the page has it."""

    account: Account
    connections: tuple[Connection, ...]
    lacking: tuple[Lacking, ...]

    @property
    def is_shut(self) -> bool:
        """Whether only its owner can mend it."""
        broken = any(c.health is Health.NEEDS_CONSENT for c in self.connections)
        return broken or self.account.refused_at is not None


def _told(account: Account, connections: Iterable[Connection]) -> ToldAccount:
    mine = tuple(c for c in connections if c.account == account.id)
    return ToldAccount(account, mine, lacking(account.allowed, OFFERED))


def _back() -> Response:
    return RedirectResponse("/calendar", HTTPStatus.SEE_OTHER)


@router.post("/caldav", dependencies=[CheckedForm, NewlyCome])
async def find(
    request: Request,
    services: Given,
    visitor: PersonVisitor,
    address: Typed,
    username: Typed,
    password: Typed,
) -> Response:
    """Look what the account offers, and let its owner choose; nothing is kept yet."""
    try:
        found = await find_calendars(
            address, username, Secret(password), discover=services.discover
        )
    except Refused as refused:
        given = {"address": address, "username": username}
        return await calendar_sheet(
            request,
            services,
            visitor,
            error=refused,
            given=given,
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        )
    sealed = services.seal.close(
        _place(visitor), [username, password, *map(_written, found)]
    )
    host = urlsplit(found[0].url).hostname
    return await me_sheet(
        request,
        services,
        visitor,
        "calendar-choose.html",
        found=found,
        sealed=sealed,
        host=host,
    )


def _place(visitor: Visitor) -> tuple[str, ...]:
    return "calendar choice", visitor.person, visitor.session.digest


def _written(found: FoundCalendar) -> str:
    return json.dumps([found.url, found.name, found.writable])


@router.post("/chosen", dependencies=[CheckedForm, NewlyCome])
async def choose(
    services: Given,
    visitor: PersonVisitor,
    sealed: Annotated[str, Form(max_length=200_000)],
    read: Annotated[list[int], Form(default_factory=list)],
    write: Annotated[str, Form(max_length=5)] = "",
) -> Response:
    """Connect the chosen calendars; the one to book in comes first."""
    try:
        username, password, *found = services.seal.open(_place(visitor), sealed)
    except Rejected:
        raise Refused(
            "E_FORM_EXPIRED", "This form is too old; please connect again."
        ) from None
    offered = [FoundCalendar(*json.loads(text)) for text in found]
    written = int(write) if write.isdecimal() else -1
    chosen = [n for n, _ in enumerate(offered) if n in read or n == written]
    for n in sorted(chosen, key=lambda n: n != written):
        wish = CalendarWish(
            CalendarKind.CALDAV,
            Secret(offered[n].url),
            username,
            Secret(password),
            offered[n].name,
            writable=offered[n].writable and n == written,
        )
        await _connect(services, visitor, wish)
    return _back()


async def _connect(services: Services, visitor: Visitor, wish: CalendarWish) -> None:
    await connect_calendar(
        visitor.person,
        wish,
        begin=services.begin,
        open_calendar=services.open_calendar,
        clock=services.clock,
        months=services.settings.sync_horizon_months,
    )


@router.post("/feed", dependencies=[CheckedForm, NewlyCome])
async def connect_feed(
    request: Request, services: Given, visitor: PersonVisitor, url: Typed
) -> Response:
    """Read a published address, and keep it if it is a calendar."""
    label = urlsplit(url.strip()).hostname or ""
    wish = CalendarWish(CalendarKind.ICS, Secret(url.strip()), label=label)
    try:
        await _connect(services, visitor, wish)
    except Refused as refused:
        return await calendar_sheet(
            request,
            services,
            visitor,
            error=refused,
            given={"url": url},
            way="feed",
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        )
    return _back()


@router.post("/hours", dependencies=[CheckedForm, NewlyCome])
async def keep_hours(
    services: Given,
    visitor: PersonVisitor,
    name: Annotated[str, Form(max_length=100)],
    zone: Annotated[str, Form(max_length=64)],
    hours: Annotated[str, Form(max_length=300)],
) -> Response:
    """Keep name, zone and hours."""
    await set_hours(
        visitor.person,
        name,
        zone,
        Hours.parse(hours),
        begin=services.begin,
        clock=services.clock,
    )
    return _back()


@router.post("/{calendar}/disconnect", dependencies=[CheckedForm, NewlyCome])
async def disconnect(
    services: Given, visitor: PersonVisitor, calendar: str
) -> Response:
    """Forget the connection and everything that was read from it."""
    await disconnect_calendar(
        visitor.person,
        CalendarId(calendar),
        open_calendar=services.open_calendar,
        watching=services.watching,
        **services.acting,
    )
    return _back()
