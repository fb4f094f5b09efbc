"""A change at Google is known in seconds, by the service as it is started (Y1)."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

import httpx2
import pytest

from config.bootstrap import open_services
from config.services import Services
from config.settings import Settings
from integrations.google.fake.oauth import Client, Grant
from integrations.google.fake.push import Push
from integrations.google.fake.server import serving
from integrations.google.fake.service import FakeGoogle
from integrations.google.fake.world import SCOPE
from integrations.google.scopes import allowed, granted
from integrations.system import SystemClock
from scheduler.accounts import Account, account_id
from scheduler.agreement import Programme, Template
from scheduler.cadence import Cadence
from scheduler.connections import CalendarKind, Connection
from scheduler.ids import CalendarId, PersonId, ProgrammeId
from scheduler.people import Person
from scheduler.secret import Secret
from scheduler.work import WorkKind
from tests.servers.ports import Ports
from tests.servers.process import Server, answers
from workers.queue import LocalBell

pytestmark = pytest.mark.servers

MO = Person(PersonId("mo"), ProgrammeId("p"), "Mo", "mo@gmail.test", "Europe/Berlin")
CALENDAR = CalendarId("mo's")
SCOPES = f"{SCOPE}calendar.events.freebusy"
CHANGES = 20


@dataclass
class Whole:
    """A FakeGoogle, and the store that the service works on."""

    google: FakeGoogle
    settings: dict[str, str]
    services: Services

    async def connect(self) -> None:
        now = self.google.clock()
        desk, token = self.google.desk.draw("1//")
        grant = Grant(MO.email, "troth", ("openid", SCOPES), now)
        self.google.desk = replace(desk, grants={**desk.grants, token: grant})
        account = Account(
            account_id(MO.id, MO.email),
            MO.id,
            MO.email,
            MO.email,
            Secret(token),
            allowed(granted(SCOPES)),
        )
        template = Template(Cadence("week", 1))
        programme = Programme(MO.programme, "P", "co@p.test", "Europe/Berlin", template)
        primary = Secret("primary")
        connection = Connection(
            CALENDAR, MO.id, CalendarKind.GOOGLE, primary, account=account.id
        )
        async with self.services.begin() as uow:
            await uow.programmes.put(programme)
            await uow.people.put(MO)
            await uow.accounts.put(account)
            await uow.calendars.put(connection)
            await uow.work.add(WorkKind.SYNC, CALENDAR, now)
            await uow.commit()

    async def is_heard(self) -> bool:
        async with self.services.begin(read_only=True) as uow:
            return await uow.channels.working(self.google.clock()) == 1

    async def knows(self, event: str) -> bool:
        async with self.services.begin(read_only=True) as uow:
            return event in await uow.calendars.etags(CALENDAR)

    async def until_it_knows(self, n: int) -> float:
        """Mo makes an event; how many seconds until it is known."""
        start = self.google.clock() + timedelta(days=20, hours=n)
        event = f"event{n:05}"
        body = {
            "id": event,
            "start": {"dateTime": start.isoformat()},
            "end": {"dateTime": (start + timedelta(minutes=30)).isoformat()},
        }
        where = {"calendarId": "primary"}
        began = monotonic()
        self.google.act(MO.email, "events.insert", where, body, sendUpdates="none")
        for push in self.google.take_pushes():
            await self.deliver(push)
        while not await self.knows(event):
            assert monotonic() - began < 60
            await asyncio.sleep(0.02)
        return monotonic() - began

    async def deliver(self, push: Push) -> None:
        """What comes to the public address, handed on by a proxy."""
        url = f"http://{self.settings['LISTEN']}{urlsplit(push.address).path}"
        async with httpx2.AsyncClient() as client:
            answer = await client.post(url, headers=dict(push.headers))
        assert answer.status_code == 200

    async def without_headers(self, body: bytes) -> int:
        """Bad input 65: ten megabytes from nobody."""
        url = f"http://{self.settings['LISTEN']}/webhooks/google"
        async with httpx2.AsyncClient() as client:
            return (await client.post(url, content=body)).status_code


@asynccontextmanager
async def whole(folder: Path, port: int, redis: str) -> AsyncIterator[Whole]:
    client = Client("troth", "hush", frozenset())
    google = FakeGoogle(SystemClock().now, clients=[client])
    google.add_account(MO.email, zone=MO.zone)
    parts: list[Whole] = []

    async def deliver(push: Push) -> None:
        await parts[0].deliver(push)

    async with serving(google, deliver=deliver) as address:
        given = {
            "DATA_DIR": str(folder / "data"),
            "LISTEN": f"127.0.0.1:{port}",
            "PUBLIC_URL": "https://troth.test",
            "REDIS_URL": redis,
            "GOOGLE_CLIENT_ID": "troth",
            "GOOGLE_CLIENT_SECRET": "hush",
            "GOOGLE_API_ROOT": address,
            "GOOGLE_AUTH_URI": f"{address}/o/oauth2/v2/auth",
            "GOOGLE_TOKEN_URI": f"{address}/token",
        }
        settings = Settings(data_dir=folder / "data")
        bell = LocalBell(asyncio.Event())
        async with open_services(settings, bell=bell) as services:
            parts.append(Whole(google, given, services))
            yield parts[0]


@pytest.mark.parametrize("redis", ["embedded", "none"])
async def test_a_change_is_known_within_seconds(
    ports: Ports, tmp_path: Path, redis: str
) -> None:
    port = ports.take()
    async with whole(tmp_path, port, redis) as all_of_it:
        await all_of_it.connect()
        names = {f"TROTH_{name}": text for name, text in all_of_it.settings.items()}
        server = Server(
            [sys.executable, "-m", "cli", "run"],
            lambda: answers(port),
            tmp_path / "log",
            env=os.environ | names,
        )
        await asyncio.to_thread(server.start)
        try:
            began = monotonic()
            while not await all_of_it.is_heard():
                assert monotonic() - began < 60, (tmp_path / "log").read_text()
                await asyncio.sleep(0.1)
            took = sorted([await all_of_it.until_it_knows(n) for n in range(CHANGES)])
            assert await all_of_it.without_headers(b"x" * 10_485_760) == 404
        finally:
            await asyncio.to_thread(server.stop)
    assert took[CHANGES * 95 // 100 - 1] <= 15
    lists = [r for r in all_of_it.google.requests if r.method == "events.list"]
    assert len(lists) <= CHANGES + 2
