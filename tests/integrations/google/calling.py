"""A `Google` of ours before a FakeGoogle on a port, on a clock that stands still."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from integrations.addresses import read_address
from integrations.egress import Limits
from integrations.google.client import Google, Installation
from integrations.google.fake.oauth import Grant
from integrations.google.fake.server import serving
from integrations.google.fake.service import FakeGoogle
from integrations.google.fake.world import SCOPE
from integrations.google.oauth import Client, Endpoints
from integrations.google.scopes import allowed, granted
from integrations.google.turnstile import World
from integrations.memory.system import SetClock
from integrations.sites import Sites
from scheduler.accounts import Account, account_id
from scheduler.errors import NeedsConsent
from scheduler.ids import AccountId, PersonId
from scheduler.secret import Secret
from tests.integrations.google.conftest import MENTOR, NOW, fresh

FREEBUSY = "calendar.events.freebusy"


class Drawer:
    """Grants in memory, kept as the store keeps them."""

    def __init__(self) -> None:
        self.accounts: dict[AccountId, Account] = {}

    async def get(self, account: AccountId) -> Account:
        if account not in self.accounts:
            raise NeedsConsent("not connected")
        return self.accounts[account]

    async def programme(self, account: AccountId) -> str:
        return "one"

    async def change(self, used: Account, news: Account) -> None:
        if self.accounts[used.id].refresh == used.refresh:
            self.accounts[used.id] = news


class Called(NamedTuple):
    fake: FakeGoogle
    google: Google
    clock: SetClock
    address: str
    grants: Drawer
    world: World

    def connect(self, email: str = MENTOR, *scopes: str) -> AccountId:
        """What comes of a consent to these scopes: an account with its grant."""
        whole = tuple(f"{SCOPE}{one}" for one in scopes or (FREEBUSY,))
        desk, token = self.fake.desk.draw("1//")
        grant = Grant(email, "troth", ("openid", *whole), self.clock.now())
        self.fake.desk = replace(desk, grants={**desk.grants, token: grant})
        person = PersonId(email)
        account = Account(
            account_id(person, email),
            person,
            email,
            email,
            Secret(token),
            allowed(granted(" ".join(whole))),
        )
        self.grants.accounts[account.id] = account
        return account.id

    def calls(self, method: str = "") -> list[str]:
        """What was asked, in order."""
        return [one.method for one in self.fake.requests if method in one.method]


def installation(address: str) -> Installation:
    paths = (f"{address}{path}" for path in ("/o/oauth2/v2/auth", "/token", "/revoke"))
    ends = Endpoints(*paths)
    client = Client("troth", Secret("hush"), "https://troth.test/google/back", ends)
    return Installation(client, read_address(f"{address}/"))


@asynccontextmanager
async def calling(limits: Limits | None = None) -> AsyncIterator[Called]:
    clock = SetClock(NOW)
    fake = fresh(clock)

    async def sleep(seconds: float) -> None:
        clock.advance(timedelta(seconds=seconds))

    world = World(clock.now, sleep, lambda: 0.5)
    async with serving(fake) as address:
        grants = Drawer()
        ours = installation(address)
        sites = Sites(ours.sites, limits=limits)
        google = Google(ours, grants, world=world, sites=sites)
        try:
            yield Called(fake, google, clock, address, grants, world)
        finally:
            await google.close()
