"""The sample as its newcomer has it: pages, plain CalDAV, and what Troth knows."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import aiohttp
import icalendar

from config.bootstrap import open_services
from config.sample import real_now
from config.services import Services
from config.settings import Settings
from scheduler.effects import Outgoing
from scheduler.usecases.see_pair import SeenPair, see_pair
from workers.queue import LocalBell

Found = TypeVar("Found")
#: How long the main job may take before the newcomer's eyes (issue 2, Build 11).
A_MINUTE = 60.0


@dataclass
class Running:
    """The sample as its newcomer has it: a site, a data folder, what was printed."""

    site: str
    folder: Path
    log: Path

    @property
    def printed(self) -> str:
        return self.log.read_text()

    @property
    def server(self) -> str:
        found = re.search(r"Calendars +(http://\S+?)/ ", self.printed)
        assert found
        return found[1]

    @property
    def passwords(self) -> dict[str, str]:
        return dict(
            re.findall(r"^ +(\w+) +password (\S+)$", self.printed, re.MULTILINE)
        )

    def within_a_minute(self, look: Callable[[], Found | None]) -> Found:
        """What a newcomer sees before a minute has passed."""
        until = time.monotonic() + A_MINUTE
        while time.monotonic() < until:
            found = look()
            if found:
                return found
            time.sleep(0.2)
        raise AssertionError(f"not within a minute\n{self.printed}")

    def collection(self, user: str) -> dict[str, icalendar.Calendar]:
        """Everything in somebody's calendar, read with a plain client."""
        return asyncio.run(self._collection(user))

    async def _collection(self, user: str) -> dict[str, icalendar.Calendar]:
        async with self.client(user) as client:
            body = b"<propfind xmlns='DAV:'><prop><getetag/></prop></propfind>"
            url = f"{self.server}/{user}/meetings/"
            headers = {"Depth": "1"}
            async with client.request(
                "PROPFIND", url, data=body, headers=headers
            ) as answer:
                names = re.findall(r"<href>([^<]+\.ics)</href>", await answer.text())
            found = {}
            for name in names:
                async with client.get(self.server + name) as answer:
                    found[name] = icalendar.Calendar.from_ical(await answer.text())
            return found

    def client(self, user: str) -> aiohttp.ClientSession:
        word = aiohttp.encode_basic_auth(user, self.passwords[user])
        return aiohttp.ClientSession(headers={"Authorization": word})

    def ours(self, user: str) -> list[tuple[str, icalendar.Calendar]]:
        return [
            (name, calendar)
            for name, calendar in self.collection(user).items()
            if "@calendar.example" not in str(calendar.events[0]["UID"])
        ]

    def put(self, user: str, name: str, calendar: icalendar.Calendar) -> None:
        async def put() -> None:
            async with self.client(user) as client:
                headers = {"Content-Type": "text/calendar"}
                async with client.put(
                    self.server + name, data=calendar.to_ical(), headers=headers
                ) as answer:
                    assert answer.status in (201, 204)

        asyncio.run(put())

    def look(self) -> dict[str, SeenPair]:
        """Every pair as Troth sees it, by the mentor's first name."""
        views = asyncio.run(self._ask(_pairs))
        return {view.mentor.name.split()[0]: view for view in views}

    def outbox(self, view: SeenPair) -> tuple[Outgoing, ...]:
        """Everything that was decided for a pair."""

        async def rows(services: Services) -> tuple[Outgoing, ...]:
            async with services.begin(read_only=True) as uow:
                return await uow.outbox.of_pair(view.pair.id)

        return asyncio.run(self._ask(rows))

    async def _ask(self, ask: Callable[[Services], Awaitable[Found]]) -> Found:
        settings = Settings(data_dir=self.folder)
        bell = LocalBell(asyncio.Event())
        async with open_services(settings, bell=bell) as services:
            return await ask(services)


async def _pairs(services: Services) -> list[SeenPair]:
    async with services.begin(read_only=True) as uow:
        [programme] = await uow.programmes.all()
        pairs = await uow.pairs.of_programme(programme.id, after=None, most=100)
    return [
        await see_pair(pair.id, pair.mentor, begin=services.begin, now=real_now())
        for pair in pairs
    ]


def without(calendar: icalendar.Calendar, original_start: datetime) -> None:
    """Delete one date of a series, as calendar programs do: EXDATE, no override."""
    master = next(event for event in calendar.events if "RRULE" in event)
    start = original_start.astimezone(master["DTSTART"].dt.tzinfo)
    master.add("exdate", start)
    calendar.subcomponents = [
        part
        for part in calendar.subcomponents
        if "RECURRENCE-ID" not in part or part["RECURRENCE-ID"].dt != start
    ]
