"""A whole service opens Google calendars, or says that it does not know Google."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.bootstrap import open_services
from config.settings import Settings, load_settings
from integrations.google.fake.oauth import Grant, withdraw
from integrations.google.fake.server import serving
from integrations.google.fake.service import FakeGoogle
from integrations.google.fake.world import SCOPE
from scheduler.accounts import Account, Need, account_id
from scheduler.connections import CalendarKind, Connection
from scheduler.documents import Line
from scheduler.errors import NeedsConsent, Refused
from scheduler.ids import CalendarId, PersonId, ProgrammeId
from scheduler.people import Person
from scheduler.secret import Secret
from scheduler.timespan import Span
from tests.integrations.google.conftest import MENTOR, NOW, fresh
from tests.integrations.google.shapes import weekly
from workers.queue import LocalBell

YEAR = Span(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
MO = PersonId("mo")
ACCOUNT = Account(
    account_id(MO, "1"), MO, "1", MENTOR, Secret("1//of-mo"), frozenset({Need.READ})
)
CONNECTION = Connection(
    CalendarId("c"), MO, CalendarKind.GOOGLE, Secret("primary"), account=ACCOUNT.id
)


def settings(folder: Path, **given: str) -> Settings:
    return load_settings(data_dir=folder, redis_url="none", **given)


def granting() -> FakeGoogle:
    """A Google in which the mentor has an event, and has allowed us to read."""
    google = fresh()
    google.act(MENTOR, "events.insert", {"calendarId": "primary"}, weekly())
    grant = Grant(MENTOR, "troth", (f"{SCOPE}calendar.events.freebusy",), NOW)
    google.desk = replace(google.desk, grants={ACCOUNT.refresh.reveal: grant})
    return google


async def test_a_calendar_is_read_until_its_owner_takes_the_grant_back(
    tmp_path: Path,
) -> None:
    google = granting()
    async with serving(google) as address:
        given = settings(
            tmp_path,
            google_client_id="troth",
            google_client_secret="hush",
            google_api_root=address,
            google_token_uri=f"{address}/token",
        )
        bell = LocalBell(asyncio.Event())
        async with open_services(given, bell=bell, now=NOW) as services:
            async with services.begin() as uow:
                person = Person(MO, ProgrammeId("one"), "Mo", MENTOR, "UTC")
                await uow.people.put(person)
                await uow.accounts.put(ACCOUNT)
                await uow.commit()
            calendar = services.open_calendar(CONNECTION, zone="Europe/Berlin")
            delta = await calendar.changes(None, YEAR)
            assert [len(one.occurrences) for one in delta.changed] == [4]
            google.desk = withdraw(google.desk, MENTOR, "troth")
            with pytest.raises(NeedsConsent):
                await calendar.changes(delta.cursor, YEAR)
            async with services.begin(read_only=True) as uow:
                assert (await uow.accounts.get(ACCOUNT.id)).refused_at == NOW


async def test_documents_are_made_where_that_was_allowed(tmp_path: Path) -> None:
    google = granting()
    grant = Grant(MENTOR, "troth", (f"{SCOPE}drive.file",), NOW)
    google.desk = replace(google.desk, grants={ACCOUNT.refresh.reveal: grant})
    async with serving(google) as address:
        given = settings(
            tmp_path,
            google_client_id="troth",
            google_client_secret="hush",
            google_api_root=address,
            google_token_uri=f"{address}/token",
        )
        bell = LocalBell(asyncio.Event())
        async with open_services(given, bell=bell, now=NOW) as services:
            async with services.begin() as uow:
                person = Person(MO, ProgrammeId("one"), "Mo", MENTOR, "UTC")
                await uow.people.put(person)
                await uow.accounts.put(ACCOUNT)
                await uow.commit()
            assert services.open_documents
            documents = services.open_documents(ACCOUNT.id)
            made = await documents.make("tag", "Agenda", [Line("one")])
            page = await documents.read(made.file)
            texts = [one.text for one in page.paragraphs]
            assert "one" in texts and google.world.files[made.file].owner == MENTOR


async def test_without_a_client_google_is_off(tmp_path: Path) -> None:
    bell = LocalBell(asyncio.Event())
    async with open_services(settings(tmp_path), bell=bell, now=NOW) as services:
        assert services.open_documents is None
        with pytest.raises(Refused) as refusal:
            services.open_calendar(CONNECTION)
        assert refusal.value.code == "E_GOOGLE_OFF"


async def test_half_a_client_is_refused_at_the_start(tmp_path: Path) -> None:
    given = settings(tmp_path, google_client_id="troth")
    bell = LocalBell(asyncio.Event())
    with pytest.raises(Refused, match="TROTH_GOOGLE_CLIENT_SECRET"):
        async with open_services(given, bell=bell, now=NOW):
            pass
