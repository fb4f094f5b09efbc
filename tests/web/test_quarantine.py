"""A feed that turns bad keeps what it said before, and its owner's page says why.

A real feed behind the real door, read in real children (promises.md, Q:).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from ipaddress import ip_network

import httpx2
import pytest
from aiohttp import web as http

from integrations.egress import Door
from integrations.ics.feed import OpenFeed
from integrations.ics.sandbox import Sandbox, Shares
from scheduler.connections import Connection, Health
from scheduler.events import CalendarObject
from scheduler.usecases.sync_calendar import sync_calendar
from tests.faults.serving import serving
from tests.integrations.ics.hostile import CANARY, CASES, Case
from tests.integrations.ics.texts import calendar, event
from tests.web.world import IDA, SITE, World, token_of
from web.app import make_app

pytestmark = pytest.mark.slow

HERE = (ip_network("127.0.0.1/32"),)
#: One file of each code that stops a feed.
BAD = {case.code: case for case in CASES if case.is_refused}


@dataclass
class Feed:
    """A published calendar, its owner's page, and what Troth knows of it."""

    world: World
    url: str
    body: bytes = b""
    status: int = 200

    async def answer(self, request: http.Request) -> http.Response:
        return http.Response(body=self.body, status=self.status)

    async def connect(self) -> None:
        await self.world.come_in(IDA)
        token = token_of((await self.world.client.get("/calendar")).text)
        form = {"csrf": token, "url": f"{self.url}/secret-key.ics"}
        made = await self.world.client.post("/calendar/feed", data=form)
        assert made.status_code == 303, made.text

    async def read(self) -> Connection:
        services = self.world.services
        await sync_calendar(
            (await self.connection()).id,
            begin=services.begin,
            open_calendar=services.open_calendar,
            clock=services.clock,
            ids=services.ids,
            poll=timedelta(minutes=15),
            months=13,
        )
        return await self.connection()

    async def connection(self) -> Connection:
        async with self.world.services.begin(read_only=True) as uow:
            [found] = await uow.calendars.of_person(IDA.id)
        return found

    async def known(self) -> tuple[CalendarObject, ...]:
        async with self.world.services.begin(read_only=True) as uow:
            return tuple(await uow.calendars.objects((await self.connection()).id))

    async def page(self) -> str:
        return (await self.world.client.get("/calendar")).text

    async def api(self) -> list[dict[str, str]]:
        token = await self.world.token(IDA.programme, IDA)
        headers = {"authorization": f"Bearer {token}"}
        path = "/api/v1/me/calendars"
        return (await self.world.client.get(path, headers=headers)).json()


@pytest.fixture
async def feed(world: World) -> AsyncIterator[Feed]:
    sandbox, found = Sandbox(shares=Shares(quick=1, slow=5)), Feed(world, "")
    opened = OpenFeed(Door(allowed=HERE), sandbox.decode)
    services = replace(world.services, open_calendar=opened)
    transport = httpx2.ASGITransport(make_app(services))
    async with (
        serving(found.answer) as here,
        httpx2.AsyncClient(transport=transport, base_url=SITE) as client,
    ):
        found.world, found.url = replace(world, services=services, client=client), here
        yield found
    await sandbox.close()


def good(now: datetime) -> bytes:
    start = now + timedelta(days=1)
    return calendar(event(f"DTSTART:{start:%Y%m%dT%H%M%SZ}", "DURATION:PT1H"))


@pytest.mark.parametrize("case", BAD.values(), ids=BAD)
async def test_a_feed_that_turns_bad_keeps_what_it_said(case: Case, feed: Feed) -> None:
    feed.body = good(feed.world.clock.now())
    await feed.connect()
    assert (await feed.read()).health is Health.GOOD
    before = await feed.known()
    assert len(before) == 1
    feed.body = case.make()
    for _ in range(2):
        after = await feed.read()
    assert after.health is Health.FAILING and after.trouble.endswith(".")
    assert await feed.known() == before
    page = await feed.page()
    assert after.trouble.replace("'", "&#39;") in page
    assert "What it said before is kept." in page and "secret-key" not in page
    [told] = await feed.api()
    assert (told["health"], told["trouble"]) == ("failing", after.trouble)
    feed.body = good(feed.world.clock.now())
    assert (await feed.read()).health is Health.GOOD
    assert "What it said before" not in await feed.page()


@pytest.mark.parametrize("number", [32, 33, 34])
async def test_what_injects_and_tempts_is_nowhere(number: int, feed: Feed) -> None:
    """Cases 32 to 34: no title, guest or address of a foreign event is kept."""
    case = next(case for case in CASES if case.number == number)
    feed.body = case.make()
    await feed.connect()
    assert (await feed.read()).health is Health.GOOD
    assert len(await feed.known()) == 1
    for kept in (await feed.known(), await feed.connection(), await feed.page()):
        assert CANARY not in str(kept)


async def test_a_server_that_fails_is_told_in_a_whole_sentence(feed: Feed) -> None:
    feed.body = good(feed.world.clock.now())
    await feed.connect()
    await feed.read()
    feed.status = 500
    assert (await feed.read()).trouble == "127.0.0.1 answers 500"
    assert "answers 500. What it said before is kept." in await feed.page()


def test_each_code_that_stops_a_feed_is_here() -> None:
    assert {"E_ICS_EMPTY", "E_RRULE_TOO_COMPLEX", "E_ICS_TOO_BIG"} < set(BAD)
    assert len(BAD) >= 10
