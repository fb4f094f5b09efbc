"""Closing thousands of secrets anew while others read and write them (promises S9)."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from integrations.memory.system import SeededIds
from integrations.store.renewal import renew_secrets
from integrations.store.sealing import Seals
from integrations.store.tables import calendar
from integrations.store.unit import SqlStore
from scheduler.accounts import Account, account_id
from scheduler.channels import LIFE, Channel
from scheduler.connections import CalendarKind, Connection
from scheduler.errors import Overtaken
from scheduler.ids import CalendarId, PersonId
from scheduler.ports.store import Begin
from scheduler.secret import Secret

pytestmark = pytest.mark.slow

MANY, AT_ONCE = 10_000, 500
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
BOTH = ("the new key", "the old key")


def connection(number: int) -> Connection:
    return Connection(
        CalendarId(f"c{number:05}"),
        PersonId(f"p{number:05}"),
        CalendarKind.CALDAV,
        Secret(f"https://dav.example/{number}"),
        "user",
        Secret(f"password {number}"),
    )


def account(number: int) -> Account:
    person = PersonId(f"p{number:05}")
    return Account(
        account_id(person, "1"), person, "1", "a@g.example", Secret(f"grant {number}")
    )


def channel(number: int) -> Channel:
    calendar = CalendarId(f"c{number:05}")
    token = Secret(f"token {number}")
    return Channel(f"h{number:05}", calendar, token, "r", NOW, NOW + LIFE)


async def fill(engine: AsyncEngine) -> None:
    begin = SqlStore(engine, keys=("the old key",), ids=SeededIds())
    for first in range(0, MANY, AT_ONCE):
        async with begin() as uow:
            for number in range(first, first + AT_ONCE):
                await uow.calendars.put(connection(number))
                if number % 10 == 0:
                    await uow.accounts.put(account(number))
                    await uow.channels.put(channel(number))
            await uow.commit()


async def go_on(begin: Begin, done: asyncio.Event) -> int:
    """Read secrets and write new ones all the while; how many of each."""
    count = 0
    while not done.is_set():
        number = (count * 7919) % MANY
        async with begin(read_only=True) as uow:
            known = await uow.calendars.get(CalendarId(f"c{number:05}"))
            told = await uow.channels.find(f"h{number - number % 10:05}")
        assert told and told.token.reveal.startswith("token")
        assert known.password.reveal.startswith("password")
        try:
            async with begin() as uow:
                known = await uow.calendars.get(known.id)
                await uow.calendars.put(replace(known, label=str(count)))
                await uow.commit()
        except Overtaken:
            continue  # whoever asked does it over, as every page does
        count += 1
        await asyncio.sleep(0)
    return count


async def test_none_is_lost_while_the_service_runs(any_engine: AsyncEngine):
    await fill(any_engine)
    begin, done = SqlStore(any_engine, keys=BOTH, ids=SeededIds()), asyncio.Event()
    going = asyncio.create_task(go_on(begin, done))
    try:
        assert await renew_secrets(any_engine, Seals(BOTH)) == MANY + MANY // 5
    finally:
        done.set()
    assert await going > 0
    # The old key is not needed any more, by anything.
    alone = Seals(BOTH[:1])
    async with any_engine.connect() as connected:
        rows = (await connected.execute(sa.select(calendar))).all()
    assert len(rows) == MANY
    for row in rows:
        _, _, password = alone.open(("calendar", row.person, row.id), row.sealed)
        assert password == f"password {int(row.id[1:])}"
    begin = SqlStore(any_engine, keys=BOTH[:1], ids=SeededIds())
    async with begin(read_only=True) as uow:
        for number in range(0, MANY, 10):
            mine = account(number)
            assert await uow.accounts.get(mine.id) == mine
            assert await uow.channels.of_calendar(channel(number).calendar) == (
                channel(number),
            )
