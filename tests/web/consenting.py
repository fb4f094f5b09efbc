"""The web application before a FakeGoogle on a port: consent as a browser meets it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlsplit

import httpx2

from config.services import Services
from integrations.addresses import read_address
from integrations.google.client import Google, Installation
from integrations.google.consent import GoogleConsent
from integrations.google.fake.oauth import Client as Registered
from integrations.google.fake.oauth import Consent
from integrations.google.fake.server import serving
from integrations.google.fake.service import FakeGoogle
from integrations.google.fake.world import SCOPE
from integrations.google.oauth import Client, Endpoints
from integrations.google.turnstile import World as Outside
from integrations.memory.calendars import MemoryCalendars
from scheduler.accounts import Account
from scheduler.connections import Connection
from scheduler.people import Person
from scheduler.secret import Secret
from tests.integrations.google.calling import Drawer
from tests.web.world import IDA, SITE, World, token_of
from web.app import make_app

MAIL, OTHER = "ida@gmail.test", "ida@school.test"
#: Below PUBLIC_URL; it is registered at Google exactly so.
CALLBACK = "/calendar/google/callback"
BACK = f"{SITE}{CALLBACK}"


def registered(back: str = BACK) -> Registered:
    return Registered("troth", "hush", frozenset({back}))


def installation(address: str, back: str = BACK, below: str = "") -> Installation:
    ends = Endpoints(
        f"{address}/o/oauth2/v2/auth",
        f"{address}{below}/token",
        f"{address}{below}/revoke",
        issuers=frozenset((address, "https://accounts.google.com")),
    )
    client = Client("troth", Secret("hush"), back, ends)
    return Installation(client, read_address(f"{address}/"))


async def _no_sleep(seconds: float) -> None:
    raise AssertionError(f"nobody waits {seconds} seconds before a page")


@dataclass
class Consenting:
    """One visitor's browser, and what stands at Google."""

    world: World
    fake: FakeGoogle

    async def form(self) -> dict[str, str]:
        return {"csrf": token_of((await self.world.client.get("/calendar")).text)}

    async def begin(self, path: str = "", **fields: str) -> str:
        """Press the button; where the browser goes then."""
        answer = await self.world.client.post(
            f"/calendar/google{path}", data=await self.form() | fields
        )
        assert answer.status_code == 200, answer.text
        return answer.headers["refresh"].removeprefix("0; url=")

    async def at_google(self, url: str, consent: Consent) -> str:
        """What somebody does there; where the browser goes then."""
        self.fake.consent(consent)
        async with httpx2.AsyncClient() as browser:
            answer = await browser.get(url)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"].removeprefix(SITE)

    async def come_back(
        self, consent: Consent, path: str = "", **fields: str
    ) -> httpx2.Response:
        """All of it, up to the page on which to choose."""
        address = await self.at_google(await self.begin(path, **fields), consent)
        return await self.world.client.get(address)

    async def choose(self, page: httpx2.Response, **fields: str) -> httpx2.Response:
        assert page.status_code == 200, page.text
        sealed = page.text.split('name="sealed" value="')[1].split('"')[0]
        form = await self.form() | {"sealed": sealed, "read": "0"} | fields
        return await self.world.client.post("/calendar/google/chosen", data=form)

    async def kept(
        self, person: Person = IDA
    ) -> tuple[tuple[Account, ...], tuple[Connection, ...]]:
        async with self.world.services.begin(read_only=True) as uow:
            accounts = await uow.accounts.of_person(person.id)
            return accounts, await uow.calendars.of_person(person.id)


def asked(url: str) -> set[str]:
    """The scopes that an address asks for, by the last part of their names."""
    return set(parse_qs(urlsplit(url).query)["scope"][0].replace(SCOPE, "").split())


def cookies(answer: httpx2.Response) -> SimpleCookie:
    found = SimpleCookie()
    for line in answer.headers.get_list("set-cookie"):
        found.load(line)
    return found


def stage(now: Callable[[], datetime], back: str = BACK) -> FakeGoogle:
    fake = FakeGoogle(now, clients=[registered(back)])
    fake.add_account(MAIL, name="Ida", zone="America/New_York")
    fake.add_account(OTHER, name="Ida", zone="America/New_York")
    return fake


@asynccontextmanager
async def knowing(
    world: World, place: Installation, grants: Drawer | None = None
) -> AsyncIterator[tuple[Services, Google]]:
    """The world's services, where Google is somewhere else."""
    outside = Outside(world.clock.now, _no_sleep, lambda: 0.5)
    google = Google(place, grants or Drawer(), world=outside)
    services = replace(
        world.services,
        consent=GoogleConsent(google, world.clock, world.services.ids),
        open_calendar=MemoryCalendars(),
    )
    try:
        yield services, google
    finally:
        await google.close()


@asynccontextmanager
async def consenting(world: World) -> AsyncIterator[Consenting]:
    fake = stage(world.clock.now)
    async with (
        serving(fake) as address,
        knowing(world, installation(address)) as (services, _),
    ):
        transport = httpx2.ASGITransport(make_app(services))
        async with httpx2.AsyncClient(transport=transport, base_url=SITE) as client:
            yield Consenting(replace(world, services=services, client=client), fake)
