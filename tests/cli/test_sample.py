"""A newcomer starts the sample: history is there, and the main job happens."""

import asyncio
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import aiohttp
import httpx2
import icalendar
import pytest

from config.bootstrap import open_services
from config.sample import real_now
from config.services import Services
from config.settings import Settings
from scheduler.usecases.see_pair import SeenPair, see_pair
from tests.servers.ports import Ports
from tests.servers.process import Server
from workers.queue import LocalBell

pytestmark = pytest.mark.servers

Found = TypeVar("Found")
OUTCOMES = {
    "k": "kept",
    "r": "repaired",
    "o": "owed",
    "s": "skipped",
    "u": "unconfirmed",
}
#: From the printing of the addresses to the end of the main job (issue 2, Build 11).
A_MINUTE = 60.0


@dataclass
class Running:
    """The sample as its newcomer has it: a site, a data folder, what was printed."""

    site: str
    folder: Path
    log: Path
    began: float = field(default_factory=time.monotonic)

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
        accounts = r"^ +(\w+) +password (\S+)$"
        return dict(re.findall(accounts, self.printed, re.MULTILINE))

    def within_a_minute(self, look: Callable[[], Found | None]) -> Found:
        """What a newcomer sees before a minute has passed."""
        while time.monotonic() < self.began + A_MINUTE:
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
        return asyncio.run(self._look())

    async def _look(self) -> dict[str, SeenPair]:
        settings = Settings(data_dir=self.folder)
        bell = LocalBell(asyncio.Event())
        async with open_services(settings, bell=bell) as services:
            found = await _pairs(services)
        return {view.mentor.name.split()[0]: view for view in found}


async def _pairs(services: Services) -> list[SeenPair]:
    async with services.begin(read_only=True) as uow:
        [programme] = await uow.programmes.all()
        pairs = await uow.pairs.of_programme(programme.id, after=None, most=100)
    return [
        await see_pair(pair.id, pair.mentor, begin=services.begin, now=real_now())
        for pair in pairs
    ]


@pytest.fixture(scope="module")
def running(
    ports: Ports, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("sample")
    log = folder / "log"
    log.touch()
    address = f"127.0.0.1:{ports.take()}"
    env = os.environ | {
        "TROTH_LISTEN": address,
        "TROTH_DATA_DIR": str(folder / "data"),
        "TROTH_REDIS_URL": "none",
    }
    words = [sys.executable, "-m", "cli", "run", "--sample"]
    server = Server(words, lambda: "Stop it with" in log.read_text(), log, env=env)
    server.start(patience=240)
    try:
        yield Running(f"http://{address}", folder / "data", log)
    finally:
        server.stop()


def test_a_pair_is_booked_before_their_eyes(running: Running) -> None:
    amal = running.look()["Amal"]
    assert not running.ours("amal")
    answer = httpx2.post(f"{running.site}/sample/accept/{amal.pair.id}")
    assert answer.status_code == 303
    _, calendar = running.within_a_minute(
        lambda: next(iter(running.ours("amal")), None)
    )
    event = calendar.events[0]
    assert event["RRULE"]["FREQ"] == ["WEEKLY"]
    assert "ORGANIZER" not in event
    [(_, copy)] = running.within_a_minute(lambda: running.ours("jun"))
    assert copy.events[0]["UID"] == event["UID"]


def test_a_deleted_meeting_is_noticed_and_repaired(running: Running) -> None:
    pairs = running.look()
    view = pairs["Carmen"]
    [name, calendar] = next(
        (name, calendar)
        for name, calendar in running.ours("carmen")
        if "RRULE" in calendar.events[0]
    )
    series = view.series[-1]
    meeting = next(
        m
        for m in series.live()
        if m.span and (m.span.start - datetime.now(UTC)).days >= 3
    )
    master = next(e for e in calendar.events if "RRULE" in e)
    assert meeting.span
    start = meeting.key.original_start.astimezone(master["DTSTART"].dt.tzinfo)
    master.add("exdate", start)
    calendar.subcomponents = [
        part
        for part in calendar.subcomponents
        if "RECURRENCE-ID" not in part or part["RECURRENCE-ID"].dt != start
    ]
    running.put("carmen", name, calendar)
    [offer] = running.within_a_minute(lambda: running.look()["Carmen"].offers)
    assert offer.about == meeting.key
    assert len(offer.times) == 3
