"""A `Google` of ours before a FakeGoogle on a port, on a clock that stands still."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import NamedTuple

from integrations.addresses import read_address
from integrations.google.client import Google, Installation
from integrations.google.fake.server import serving
from integrations.google.fake.service import FakeGoogle
from integrations.google.oauth import Client, Endpoints
from integrations.google.turnstile import World
from integrations.memory.system import SetClock
from scheduler.secret import Secret
from tests.integrations.google.conftest import NOW, fresh


class Called(NamedTuple):
    fake: FakeGoogle
    google: Google
    clock: SetClock
    address: str

    def calls(self, method: str = "") -> list[str]:
        """What was asked, in order."""
        return [one.method for one in self.fake.requests if method in one.method]


def installation(address: str) -> Installation:
    paths = (f"{address}{path}" for path in ("/o/oauth2/v2/auth", "/token", "/revoke"))
    ends = Endpoints(*paths)
    client = Client("troth", Secret("hush"), "https://troth.test/google/back", ends)
    return Installation(client, read_address(f"{address}/"))


@asynccontextmanager
async def calling() -> AsyncIterator[Called]:
    clock = SetClock(NOW)
    fake = fresh(clock)

    async def sleep(seconds: float) -> None:
        clock.advance(timedelta(seconds=seconds))

    world = World(clock.now, sleep, lambda: 0.5)
    async with serving(fake) as address:
        google = Google(installation(address), world=world)
        try:
            yield Called(fake, google, clock, address)
        finally:
            await google.close()
