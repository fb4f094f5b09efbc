"""Accounts and push channels; no token lies in the database as it is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from integrations.memory.system import SeededIds
from integrations.store.accounts import account, channel
from integrations.store.columns import metadata
from integrations.store.renewal import SEALED, renew_secrets
from integrations.store.sealing import Seals
from integrations.store.unit import SqlStore
from scheduler.accounts import Account, Need, account_id
from scheduler.channels import Channel
from scheduler.connections import CalendarKind, Connection
from scheduler.errors import NotFound, Rejected
from scheduler.ids import AccountId, CalendarId, PersonId
from scheduler.ports.store import Begin
from scheduler.retention import Kept
from scheduler.secret import Secret
from tests.stores import KEYS, sql_store

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
CANARY = "canary-7a20"
ADA, BOB = PersonId("ada"), PersonId("bob")
MINE = CalendarId("c1")


def an_account(person: PersonId = ADA, subject: str = "1091") -> Account:
    return Account(
        account_id(person, subject),
        person,
        subject,
        f"{person}@gmail.test",
        Secret(f"{CANARY}-{person}"),
        frozenset({Need.READ, Need.INVITE}),
        own_calendar="own@group.calendar.test",
        refused_at=NOW,
    )


def a_channel(name: str = "h1", token: str = f"{CANARY}-token") -> Channel:
    return Channel(name, MINE, Secret(token), "r1", NOW, NOW + 7 * DAY, heard=True)


async def connect(begin: Begin) -> None:
    """A calendar of hers, opened by her account, and its channel."""
    async with begin() as uow:
        await uow.calendars.put(
            Connection(
                MINE,
                ADA,
                CalendarKind.GOOGLE,
                Secret("primary"),
                invites=True,
                account=an_account().id,
            )
        )
        await uow.accounts.put(an_account())
        await uow.channels.put(a_channel())
        await uow.commit()


class TestAnAccount:
    async def test_comes_back_as_it_was(self, any_begin: Begin):
        await connect(any_begin)
        async with any_begin(read_only=True) as uow:
            found = await uow.accounts.get(an_account().id)
            opened = await uow.calendars.get(MINE)
        assert found == an_account()
        assert found.refresh.reveal == f"{CANARY}-ada"
        assert (opened.account, opened.invites) == (found.id, True)

    async def test_is_found_by_whom_and_by_what_it_is(self, any_begin: Begin):
        mine, theirs = an_account(), an_account(BOB)
        other = an_account(ADA, "2002")
        async with any_begin() as uow:
            for one in (mine, theirs, other):
                await uow.accounts.put(one)
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            assert set(await uow.accounts.of_person(ADA)) == {mine, other}
            assert set(await uow.accounts.with_subject("1091")) == {mine, theirs}
            assert await uow.accounts.of_person(PersonId("cy")) == ()

    async def test_is_one_row_however_often_it_is_connected(self, any_begin: Begin):
        new = replace(an_account(), refresh=Secret("new"), refused_at=None)
        async with any_begin() as uow:
            await uow.accounts.put(an_account())
            await uow.accounts.put(new)
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            assert await uow.accounts.of_person(ADA) == (new,)

    async def test_is_forgotten_and_its_calendars_stay(self, any_begin: Begin):
        await connect(any_begin)
        async with any_begin() as uow:
            await uow.accounts.remove(an_account().id)
            await uow.accounts.remove(AccountId("nobody's"))
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            with pytest.raises(NotFound):
                await uow.accounts.get(an_account().id)
            assert (await uow.calendars.get(MINE)).account == an_account().id


class TestAChannel:
    async def test_comes_back_as_it_was(self, any_begin: Begin):
        await connect(any_begin)
        async with any_begin(read_only=True) as uow:
            found = await uow.channels.find("h1")
            assert found == a_channel()
            assert found.token.reveal == f"{CANARY}-token"
            assert await uow.channels.find("h2") is None
            assert await uow.channels.of_calendar(MINE) == (found,)

    async def test_changes_and_goes(self, any_begin: Begin):
        await connect(any_begin)
        async with any_begin() as uow:
            await uow.channels.put(replace(a_channel(), stopped=True))
            await uow.channels.put(a_channel("h2"))
            await uow.channels.remove("h2")
            await uow.channels.remove("h3")
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            (left,) = await uow.channels.of_calendar(MINE)
        assert left.stopped

    async def test_that_works_counts_its_calendar_once(self, any_begin: Begin):
        await connect(any_begin)

        async def working(at: datetime = NOW) -> int:
            async with any_begin(read_only=True) as uow:
                return await uow.channels.working(at)

        async with any_begin() as uow:
            await uow.channels.put(a_channel("h2"))
            await uow.commit()
        assert await working() == 1
        assert await working(NOW + 7 * DAY) == 0
        async with any_begin() as uow:
            await uow.channels.put(replace(a_channel("h1"), heard=False))
            await uow.channels.put(replace(a_channel("h2"), stopped=True))
            await uow.commit()
        assert await working() == 0

    async def test_is_only_of_a_calendar_that_is_there(self, any_begin: Begin):
        await connect(any_begin)
        async with any_begin() as uow:
            await uow.calendars.remove(MINE)
            for one in (a_channel(), a_channel("h2")):
                with pytest.raises(NotFound):
                    await uow.channels.put(one)
            # The rest of the unit can be kept.
            await uow.accounts.put(an_account(BOB))
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            assert await uow.channels.of_calendar(MINE) == ()
            assert await uow.accounts.of_person(BOB) == (an_account(BOB),)

    async def test_goes_with_its_calendar(self, any_begin: Begin):
        await connect(any_begin)
        async with any_begin() as uow:
            await uow.calendars.remove(MINE)
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            assert await uow.channels.find("h1") is None

    async def test_is_dropped_when_it_ended_long_ago(self, any_begin: Begin):
        await connect(any_begin)
        end = a_channel().expires
        async with any_begin() as uow:
            assert await uow.retention.drop(Kept.CHANNELS, end, most=9) == 0
            assert await uow.retention.drop(Kept.CHANNELS, end + DAY, most=9) == 1
            assert await uow.channels.find("h1") is None


class TestSecrets:
    async def test_lie_nowhere_as_they_are(self, any_engine: AsyncEngine):
        await connect(sql_store(any_engine))
        async with any_engine.connect() as connection:
            for table in metadata.tables.values():
                for row in await connection.execute(sa.select(table)):
                    assert CANARY not in repr(row)

    @pytest.mark.parametrize("table", [account, channel])
    async def test_open_in_their_own_row_alone(
        self, table: sa.Table, any_engine: AsyncEngine
    ):
        sql_begin = sql_store(any_engine)
        await connect(sql_begin)
        async with sql_begin() as uow:
            await uow.accounts.put(an_account(BOB))
            await uow.channels.put(a_channel("h2", "other"))
            await uow.commit()
        async with any_engine.begin() as connection:
            rows = (await connection.execute(sa.select(table))).all()
            for row, other in zip(rows, reversed(rows), strict=True):
                here = sa.update(table).where(table.c.id == row.id)
                await connection.execute(here.values(sealed=other.sealed))
        async with sql_begin(read_only=True) as uow:
            accounts, channels = uow.accounts, uow.channels
            asked = (
                accounts.of_person(ADA)
                if table is account
                else channels.of_calendar(MINE)
            )
            with pytest.raises(Rejected):
                await asked

    async def test_are_closed_again_with_a_new_key(self, any_engine: AsyncEngine):
        await connect(sql_store(any_engine))
        keys = ("a newer key", *KEYS)
        assert await renew_secrets(any_engine, Seals(keys)) == 3
        begin = SqlStore(any_engine, keys=keys[:1], ids=SeededIds())
        async with begin(read_only=True) as uow:
            assert await uow.accounts.get(an_account().id) == an_account()
            assert await uow.channels.find("h1") == a_channel()

    def test_of_every_table_are_renewed(self) -> None:
        sealed = {t for t in metadata.tables.values() if "sealed" in t.c}
        assert sealed == set(SEALED)
