"""One person's Google calendar, a worker and the pages, on one clock, without sockets.

What Google pushes comes in at the real route, as often and as late as a test wants.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import httpx2

from config.handlers import make_handlers
from config.services import Services
from config.settings import Settings
from integrations.google.calendar import Ask
from integrations.google.failures import Operation, error
from integrations.google.fake.push import Push
from integrations.google.fake.service import FakeGoogle
from integrations.google.fake.world import Behaviour
from integrations.google.opening import OpenGoogle
from integrations.google.protocol import Request
from integrations.google.watching import GoogleWatching, webhook
from integrations.memory.store import MemoryStore
from integrations.memory.system import SeededIds, SetClock
from scheduler.connections import CalendarKind
from scheduler.ids import AccountId, CalendarId
from scheduler.secret import Secret
from scheduler.usecases.connect_calendar import CalendarWish, connect_calendar
from tests.integrations.google.asking import Asking, Refusal
from tests.integrations.google.conftest import MENTOR, fresh
from tests.usecases.breaking import Fuse
from tests.web.world import IDA, SITE, make_world
from web.app import make_app
from workers.run import Runner

ACCOUNT = AccountId("ida at Google")
Json = Mapping[str, Any]


@dataclass
class Pushed:
    google: FakeGoogle
    clock: SetClock
    services: Services
    client: httpx2.AsyncClient
    calendar: CalendarId

    def acts(self, n: int, *, gone: bool = False) -> None:
        """Its owner makes the n-th event, or takes it away."""
        where = {"calendarId": "primary"}
        name = f"event{n:05}"
        if gone:
            self._act("delete", where | {"eventId": name})
            return
        start = self.clock.now() + timedelta(days=30, hours=n)
        times = {
            "id": name,
            "start": {"dateTime": start.isoformat()},
            "end": {"dateTime": (start + timedelta(minutes=30)).isoformat()},
        }
        self._act("insert", where, times)

    def _act(self, method: str, where: dict[str, str], body: Any = None) -> None:
        self.google.act(MENTOR, f"events.{method}", where, body, sendUpdates="none")

    async def post(self, push: Push) -> int:
        path = push.address.removeprefix(SITE)
        answer = await self.client.post(path, headers=dict(push.headers))
        return answer.status_code

    async def deliver(self, times: Callable[[Push], int] = lambda _: 1) -> list[int]:
        return [
            await self.post(push)
            for push in self.google.take_pushes()
            for _ in range(times(push))
        ]

    async def work(self) -> None:
        """Do what is due now until nothing is."""
        runner = Runner(
            begin=self.services.begin,
            clock=self.clock,
            ids=self.services.ids,
            handlers=make_handlers(self.services),
        )
        while await runner.take():
            await runner.idle()

    async def until(
        self, end: datetime, times: Callable[[Push], int] = lambda _: 1
    ) -> None:
        """Let time pass from one piece of work to the next, pushes on their way."""
        while True:
            await self.deliver(times)
            await self.work()
            if self.google.pushes:
                continue
            async with self.services.begin(read_only=True) as uow:
                due = await uow.work.next_due()
            step = min(due or end, end) - self.clock.now()
            self.clock.advance(max(step, timedelta(0)))
            if due is None or due > end:
                return

    async def for_a(
        self, span: timedelta, times: Callable[[Push], int] = lambda _: 1
    ) -> Counter[str]:
        """Let a span pass; the calls that were made in it, by method."""
        before = len(self.google.requests)
        await self.until(self.clock.now() + span, times)
        return Counter(one.method for one in self.google.requests[before:])

    async def state(self) -> str:
        """A hash of all that is known of the calendar."""
        async with self.services.begin(read_only=True) as uow:
            known = await uow.calendars.objects(self.calendar)
        return sha256(repr(sorted(map(repr, known))).encode()).hexdigest()

    async def is_current(self) -> bool:
        """Whether what is known is what Google would tell now."""
        async with self.services.begin(read_only=True) as uow:
            connection = await uow.calendars.get(self.calendar)
            known = await uow.calendars.objects(self.calendar)
        assert connection.cursor
        source = self.services.open_calendar(connection, zone=IDA.zone)
        told = await source.changes(None, connection.cursor.window)
        return {o.id for o in known} == {o.id for o in told.changed}


@asynccontextmanager
async def pushed(
    settings: Settings, behaviour: Behaviour | None = None, fuse: Fuse | None = None
) -> AsyncIterator[Pushed]:
    """Connected a moment ago; nothing has been done yet.

    `fuse` burns at each call, before it and after.
    """
    world = await make_world(settings, MemoryStore(ids=SeededIds()))
    google = fresh(world.clock)
    google.behaviour = behaviour or google.behaviour
    fuse = fuse or Fuse()

    def account(name: AccountId) -> Ask:
        assert name == ACCOUNT

        async def ask(request: Request, operation: Operation) -> Json:
            asking = Asking(google, MENTOR, "calendar.events.owned")
            fuse.burn()
            try:
                answer = asking(request)
            except Refusal as refusal:
                found = error(refusal.failure, operation)
            else:
                fuse.burn()
                return answer
            if found is None:
                return {}
            raise found

        return ask

    address = webhook(settings.site)
    services = replace(
        world.services,
        open_calendar=OpenGoogle(account, "programme.test"),
        watching=GoogleWatching(account, address) if address else None,
    )
    connection = await connect_calendar(
        IDA.id,
        CalendarWish(CalendarKind.GOOGLE, Secret("primary")),
        begin=services.begin,
        open_calendar=services.open_calendar,
        clock=world.clock,
        months=13,
    )
    async with services.begin() as uow:
        await uow.calendars.put(replace(connection, account=ACCOUNT))
        await uow.commit()
    transport = httpx2.ASGITransport(make_app(services))
    async with httpx2.AsyncClient(transport=transport, base_url=SITE) as client:
        yield Pushed(google, world.clock, services, client, connection.id)
