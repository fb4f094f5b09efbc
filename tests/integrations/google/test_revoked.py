"""A month without a grant, from Google's token endpoint to the one letter (F27)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from integrations.google.client import Google
from integrations.google.consent import GoogleConsent
from integrations.google.fake.oauth import Consent, withdraw
from integrations.google.fake.server import serving
from integrations.google.fake.service import FakeGoogle
from integrations.google.grants import StoredGrants
from integrations.google.opening import OpenGoogle
from integrations.google.turnstile import World as Outside
from scheduler.accounts import Account, Need
from scheduler.connections import CalendarKind, Connection, Health
from scheduler.ids import PersonId
from scheduler.people import Pair
from scheduler.ports.calendars import Calendar
from scheduler.usecases.connect_account import AccountWish, Books, connect_account
from scheduler.work import WorkKind
from tests.integrations.google.calling import installation
from tests.integrations.google.conftest import MENTOR, fresh
from tests.usecases.world import World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def _no_sleep(seconds: float) -> None:
    raise AssertionError(f"nobody waits {seconds} seconds here")


class Before(World):
    """The small world of the use cases, before a FakeGoogle on a port."""

    def __init__(self) -> None:
        super().__init__()
        self.fake: FakeGoogle = fresh(self.clock)

    async def begin_at(self, address: str) -> Google:
        outside = Outside(self.clock.now, _no_sleep, lambda: 0.5)
        grants = StoredGrants(self.store)
        google = Google(installation(address), grants, world=outside)
        self.consent = GoogleConsent(google, self.clock, self.ids)
        self.opens = OpenGoogle(google.account, "programme.test")
        await self.open()
        return google

    def open_calendar(
        self, connection: Connection, *, zone: str = "UTC", owner: str = ""
    ) -> Calendar:
        if connection.kind is not CalendarKind.GOOGLE:
            return super().open_calendar(connection, zone=zone, owner=owner)
        return self.opens(connection, zone=zone, owner=owner)

    async def allow(self, person: PersonId) -> Account:
        """All calendars are read, and Troth makes one of its own."""
        begun = self.consent.begin([Need.READ, Need.CHOOSE, Need.WRITE])
        self.fake.consent(Consent(MENTOR))
        async with httpx2.AsyncClient() as browser:
            there = (await browser.get(begun.url)).headers["location"]
        query = {k: v[0] for k, v in parse_qs(urlsplit(there).query).items()}
        granted = await self.consent.finish(begun.flow, query)
        found = await self.consent.calendars(granted)
        return await connect_account(
            person,
            AccountWish(granted, found, Books.OWN),
            begin=self.begin,
            consent=self.consent,
            clock=self.clock,
        )

    def asked(self, *methods: str) -> int:
        return sum(one.method in methods for one in self.fake.requests)

    async def letters(self) -> int:
        return sum(m.subject == "broken" for m in self.post.read().values())


@pytest.fixture
async def world() -> AsyncIterator[Before]:
    made = Before()
    for name in ("Choir", "Work"):
        made.fake.act(MENTOR, "calendars.insert", {}, {"summary": name})
    async with serving(made.fake) as address:
        google = await made.begin_at(address)
        yield made
        await google.close()


@pytest.fixture
async def pair(world: Before) -> Pair:
    found = await world.pair()
    await world.connect(found.mentee)
    return found


async def test_a_month_revoked_is_one_letter_and_one_try_a_day(
    world: Before, pair: Pair
) -> None:
    first = await world.allow(pair.mentor)
    await world.work()
    mine = await world.connections(pair.mentor)
    assert [c.health for c in mine] == [Health.GOOD] * 4
    world.fake.desk = withdraw(world.fake.desk, MENTOR, "troth")
    world.clock.advance(2 * HOUR)  # what was given lasted for an hour
    world.fake.requests.clear()
    await world.live_through(30 * DAY, 3 * HOUR)
    assert await world.letters() == 1
    assert world.asked("events.list", "calendarList.list") == 0
    assert 28 <= world.asked("token") <= 31
    (theirs,) = await world.connections(pair.mentee)
    assert theirs.is_fresh(world.clock.now(), DAY)

    again = await world.allow(pair.mentor)
    assert again.own_calendar == first.own_calendar
    world.fake.requests.clear()
    async with world.store() as uow:
        due = await uow.work.take(world.clock.now(), until=world.clock.now(), most=99)
    caught_up = {x.work.subject for x in due if x.work.kind is WorkKind.SYNC}
    assert {c.id for c in mine} <= caught_up
    await world.work()
    after = await world.connections(pair.mentor)
    assert [c.health for c in after] == [Health.GOOD] * 4
    assert await world.letters() == 1


async def test_a_calendar_of_our_own_reminds_and_the_main_one_as_its_owner_likes(
    world: Before, pair: Pair
) -> None:
    account = await world.allow(pair.mentor)
    told = {
        c.url.reveal: world.opens(c).reminders
        for c in await world.connections(pair.mentor)
    }
    assert told.pop(account.own_calendar) == (10,)
    assert set(told.values()) == {()}
