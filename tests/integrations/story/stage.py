"""Troth on a database, over real servers, with a clock that is moved by hand."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from datetime import UTC, datetime, timedelta

from fastapi import FastAPI

from config.bootstrap import open_services
from config.handlers import make_handlers
from config.services import Handlers, Services
from config.settings import Settings
from integrations.memory.system import SetClock
from scheduler.errors import Unavailable
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.work import Lease
from tests.integrations.story.browser import Browser
from web.app import make_app
from workers.queue import LocalBell, RedisBell
from workers.run import Pace, Runner, tick
from workers.sweep import work

#: Work that comes back by itself, whether something happened or not.
_POLLS = ("sync", "read mail")


class Mortal:
    """A store that its process cannot reach any more: after so many units it is dead.

    Nothing that the process does later is kept, as if it had been killed there.
    """

    def __init__(self, begin: Begin, units: int) -> None:
        self._begin = begin
        self._left = units

    @asynccontextmanager
    async def __call__(
        self, *, fence: Lease | None = None, read_only: bool = False
    ) -> AsyncIterator[UnitOfWork]:
        if self._left <= 0:
            raise Unavailable("killed")
        self._left -= 1
        async with self._begin(fence=fence, read_only=read_only) as uow:
            yield uow


_HALF_A_DAY = timedelta(hours=12)


class Stage:
    """One life of Troth's processes after another, on one database.

    Whoever wants to see something done moves the clock, and has it done.
    """

    def __init__(
        self,
        settings: Settings,
        now: datetime,
        heard: Callable[[datetime], None] = lambda _: None,
    ) -> None:
        self.settings = settings
        self.now = now
        #: Whoever else lives by this clock.
        self._heard = heard
        self.poll = timedelta(seconds=settings.poll_seconds)
        self._life = AsyncExitStack()
        self._clock = SetClock(now)
        self._services: Services | None = None
        self._handlers: Handlers = {}
        self._pages = FastAPI()

    @property
    def services(self) -> Services:
        assert self._services, "nothing runs"
        return self._services

    async def begin(self) -> None:
        """Start a life: everything is built anew, as by a process that starts."""
        bell = LocalBell(asyncio.Event())
        opening = open_services(self.settings, bell=bell, now=self.now)
        self._services = await self._life.enter_async_context(opening)
        assert isinstance(self._services.clock, SetClock)
        self._clock = self._services.clock
        self._handlers = make_handlers(self._services)
        self._pages = make_app(self._services)

    async def end(self) -> None:
        await self._life.aclose()
        self._services = None

    async def browser(self) -> Browser:
        """A new browser, closed with this life."""
        browser = Browser(self._pages, self.settings.site)
        self._life.push_async_callback(browser.close)
        return browser

    def runner(self, begin: Begin | None = None) -> Runner:
        services = self.services
        return Runner(
            begin=begin or services.begin,
            clock=services.clock,
            ids=services.ids,
            handlers=self._handlers,
            pace=Pace(beat=3600.0, breath=0.0),
        )

    async def work(self) -> int:
        """Do everything that is due now; how many pieces were done."""
        return await tick(self.runner())

    async def work_by_redis(self, url: str) -> None:
        """The same by a worker as `troth worker` runs it, woken through Redis.

        A look may fall between a lease and the hand that takes it, so what is due
        counts once the worker is at rest.
        """
        while await self.runner().due(1):
            await self._work_by_redis(url)

    async def _work_by_redis(self, url: str) -> None:
        bell, stop, runner = RedisBell(url), asyncio.Event(), self.runner()
        working = asyncio.create_task(work(runner, bell, stop, redis_url=url))
        try:
            async with asyncio.timeout(90):
                while await runner.due(100) or runner.in_hand:
                    await bell.ring()
                    await asyncio.sleep(0.05)
        finally:
            stop.set()
            await working
            await bell.close()

    async def killed_after(self, units: int) -> None:
        """Do what is due in a life that ends after so many units of work.

        What it had in hand stays leased until the lease runs out.
        """
        mortal = Mortal(self.services.begin, units)
        with suppress(Unavailable):
            await tick(self.runner(mortal))
        await self.end()
        await self.begin()

    def set(self, now: datetime) -> None:
        """Go on to an instant; nothing is done for it yet."""
        assert now >= self.now, (now, self.now)
        self.now = now
        self._clock.set(now)
        self._heard(now)

    async def one_poll(self) -> None:
        """One polling interval goes by, and what is due is done."""
        self.set(self.now + self.poll)
        await self.work()

    async def until(self, now: datetime) -> None:
        """Live on until then, with what is due done when it is.

        Calendars and mail are polled when there is something else to do, or twice a
        day: there is nothing new in them while the test does not change them, but
        what nobody reads for a day counts as an outage.
        """
        while (due := self._next_due()) and due < now:
            self.set(min(max(due, self.now), self.now + _HALF_A_DAY))
            await self.work()
        self.set(now)
        await self.work()

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """Everything that is kept but what looking may change: sessions, the audit."""
        with closing(sqlite3.connect(self.settings.data_dir / "troth.sqlite3")) as db:
            found = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            return {
                name: db.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608
                for (name,) in found.fetchall()
                if name not in {"session", "audit"}
            }

    def _next_due(self) -> datetime | None:
        """When the next piece of work is due that is no poll."""
        file = self.settings.data_dir / "troth.sqlite3"
        marks = ",".join("?" for _ in _POLLS)
        question = f"SELECT min(open_at) FROM work WHERE kind NOT IN ({marks})"  # noqa: S608
        with closing(sqlite3.connect(file)) as database:
            (found,) = database.execute(question, _POLLS).fetchone()
        return datetime.fromisoformat(found).replace(tzinfo=UTC) if found else None
