"""Calendars on real servers, an empty one for each test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network

import pytest

from integrations.caldav.client import OpenCalDav
from integrations.egress import Door
from integrations.ics.sandbox import Sandbox
from scheduler.connections import CalendarKind, Connection
from scheduler.ids import CalendarId, PersonId
from scheduler.secret import Secret
from tests.contracts import google
from tests.contracts.calendars import Place
from tests.servers.dav import new_calendar

HERE = (ip_network("127.0.0.1/32"),)


@asynccontextmanager
async def dav_place(home: str) -> AsyncIterator[Place]:
    sandbox = Sandbox()
    opens = OpenCalDav(Door(allowed=HERE), sandbox.decode)
    async with new_calendar(home) as theirs:
        connection = Connection(
            id=CalendarId("c"),
            person=PersonId("ana"),
            kind=CalendarKind.CALDAV,
            url=Secret(theirs.url),
            username="ana",
            password=Secret("pw"),
        )
        yield Place(opens(connection), theirs.put, theirs.delete, theirs.raw)
    await sandbox.close()


@pytest.fixture
async def radicale_place(radicale: str) -> AsyncIterator[Place]:
    async with dav_place(f"{radicale}ana/") as place:
        yield place


@pytest.fixture
async def google_place() -> AsyncIterator[Place]:
    async with google.google_place() as place:
        yield place


@pytest.fixture
async def xandikos_place(xandikos: str) -> AsyncIterator[Place]:
    async with dav_place(f"{xandikos}calendars/") as place:
        yield place
