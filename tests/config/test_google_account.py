"""A whole service with Google set up: an account from its consent to its end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from config.bootstrap import open_services
from config.google import callback
from config.handlers import make_handlers
from config.services import Services
from config.settings import Settings
from integrations.google.fake.oauth import Client, Consent, Desk
from integrations.google.fake.server import serving
from integrations.google.fake.service import FakeGoogle
from integrations.memory.system import SetClock
from scheduler.accounts import Account, Need
from scheduler.agreement import Programme, Template
from scheduler.cadence import Cadence
from scheduler.connections import Connection, Health
from scheduler.people import Person
from scheduler.usecases.connect_account import AccountWish, Books, connect_account
from scheduler.usecases.disconnect_account import disconnect_account
from scheduler.work import WorkKind
from tests.integrations.google.conftest import MENTOR, NOW, fresh
from tests.web.world import HAFEN, IDA, Outside


@pytest.fixture
def fake() -> FakeGoogle:
    return fresh(SetClock(NOW))


@pytest.fixture
async def services(fake: FakeGoogle, tmp_path: Path) -> AsyncIterator[Services]:
    async with serving(fake) as address:
        settings = Settings(
            data_dir=tmp_path,
            public_url="https://troth.test",
            google_client_id="troth",
            google_client_secret="hush",
            google_api_root=f"{address}/",
            google_auth_uri=f"{address}/o/oauth2/v2/auth",
            google_token_uri=f"{address}/token",
        )
        known = Client("troth", "hush", frozenset({callback(settings)}))
        fake.desk = Desk({"troth": known})
        async with open_services(settings, bell=Outside(), now=NOW) as made:
            async with made.begin() as uow:
                template = Template(Cadence("week", 2))
                programme = Programme(HAFEN, "Hafen", "a@b.test", "UTC", template)
                await uow.programmes.put(programme)
                await uow.people.put(IDA)
                await uow.commit()
            yield made


async def allow(services: Services, fake: FakeGoogle, person: Person) -> Account:
    assert services.consent
    begun = services.consent.begin([Need.READ, Need.WRITE])
    fake.consent(Consent(MENTOR))
    async with httpx2.AsyncClient() as browser:
        there = (await browser.get(begun.url)).headers["location"]
    assert there.startswith("https://troth.test/calendar/google/callback?")
    query = {k: v[0] for k, v in parse_qs(urlsplit(there).query).items()}
    granted = await services.consent.finish(begun.flow, query)
    found = await services.consent.calendars(granted)
    return await connect_account(
        person.id,
        AccountWish(granted, found, Books.OWN),
        consent=services.consent,
        **services.noting,
    )


async def kept(
    services: Services,
) -> tuple[tuple[Account, ...], tuple[Connection, ...]]:
    async with services.begin(read_only=True) as uow:
        accounts = await uow.accounts.of_person(IDA.id)
        return accounts, await uow.calendars.of_person(IDA.id)


async def test_an_account_is_connected_read_and_given_back(
    services: Services, fake: FakeGoogle
) -> None:
    account = await allow(services, fake, IDA)
    handlers = make_handlers(services)
    _, mine = await kept(services)
    assert len(mine) == 2
    for connection in mine:
        sync = handlers[WorkKind.SYNC]
        assert await sync(connection.id, services.begin, NOW)
    assert {c.health for c in (await kept(services))[1]} == {Health.GOOD}
    await disconnect_account(
        IDA.id, account.id, open_calendar=services.open_calendar, **services.acting
    )
    for _ in range(2):
        await handlers[WorkKind.REVOKE](account.id, services.begin, NOW)
    assert await kept(services) == ((), ())
    assert fake.desk.grants == {}
    assert sum(one.path == "/revoke" for one in fake.requests) == 1
