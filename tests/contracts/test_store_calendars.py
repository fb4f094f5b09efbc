"""Connections and what they said; no secret lies in the database as it is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from integrations.memory.system import SeededIds
from integrations.store.columns import metadata
from integrations.store.renewal import renew_secrets
from integrations.store.sealing import Seals
from integrations.store.tables import calendar
from integrations.store.unit import SqlStore
from scheduler.cadence import WEEKLY, Period
from scheduler.connections import CalendarKind, Connection, Health
from scheduler.errors import NotFound, Rejected
from scheduler.events import CalendarObject, Cursor, Meaning, Occurrence
from scheduler.ids import (
    AgreementId,
    CalendarId,
    Etag,
    PairId,
    PersonId,
    ProgrammeId,
    RemoteId,
    SeriesId,
    Uid,
)
from scheduler.people import Pair
from scheduler.ports.store import Begin
from scheduler.secret import Secret
from scheduler.series import Series
from scheduler.sync import SyncPlan
from scheduler.timespan import Span
from tests.stores import sql_store

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
CANARY = "canary-4f1c"
WINDOW = Span(NOW, NOW + 1000 * HOUR)
CONNECTION = Connection(
    CalendarId("c1"),
    PersonId("ada"),
    CalendarKind.CALDAV,
    Secret(f"https://dav.example/{CANARY}/work/"),
    f"{CANARY}@x.example",
    Secret(f"{CANARY}-password"),
    "Work",
    written=True,
    health=Health.FAILING,
    trouble="the server does not answer",
    cursor=Cursor(WINDOW, "token"),
    read_at=NOW,
    failing_since=NOW + HOUR,
    horizon=NOW + 900 * HOUR,
    doubted_at=NOW + 2 * HOUR,
)
OURS = Uid("ours@x.example")


def thing(name: str, uid: str = "", etag: str | None = "1") -> CalendarObject:
    occurrences = (
        Occurrence(NOW, NOW, NOW + HOUR, Meaning.DECLINED),
        Occurrence(NOW + HOUR, NOW + 2 * HOUR, NOW + 2 * HOUR),
    )
    return CalendarObject(
        RemoteId(name), uid, occurrences, etag and Etag(etag), NOW, sequence=3
    )


def plan(*upsert: CalendarObject, gone: Sequence[str] = ()) -> SyncPlan:
    return SyncPlan(upsert, frozenset(map(RemoteId, gone)), Cursor(WINDOW, ""))


async def put(begin: Begin, *connections: Connection) -> None:
    async with begin() as uow:
        for connection in connections:
            await uow.calendars.put(connection)
        await uow.commit()


async def get(begin: Begin, name: str = "c1") -> Connection:
    async with begin(read_only=True) as uow:
        return await uow.calendars.get(CalendarId(name))


class TestAConnection:
    async def test_comes_back_as_it_was(self, any_begin: Begin):
        await put(any_begin, CONNECTION)
        found = await get(any_begin)
        assert found == CONNECTION
        assert found.url.reveal == CONNECTION.url.reveal
        assert found.cursor
        assert found.cursor.window.start.tzinfo is UTC

    async def test_new_comes_back_as_it_was(self, any_begin: Begin):
        new = Connection(
            CalendarId("c0"), PersonId("ada"), CalendarKind.ICS, Secret("https://a/")
        )
        await put(any_begin, CONNECTION, new)
        async with any_begin(read_only=True) as uow:
            assert await uow.calendars.of_person(PersonId("ada")) == (new, CONNECTION)
            assert await uow.calendars.of_person(PersonId("bob")) == ()

    async def test_is_forgotten_with_everything_read_from_it(self, any_begin: Begin):
        await put(any_begin, CONNECTION)
        async with any_begin() as uow:
            await uow.calendars.apply(CONNECTION.id, plan(thing("a")))
            await uow.calendars.remove(CONNECTION.id)
            await uow.commit()
        await put(any_begin, CONNECTION)
        async with any_begin(read_only=True) as uow:
            assert await uow.calendars.objects(CONNECTION.id) == ()
        with pytest.raises(NotFound):
            await get(any_begin, "c2")


class TestWhatACalendarSaid:
    async def test_comes_back_by_id(self, any_begin: Begin):
        await put(any_begin, CONNECTION, replace(CONNECTION, id=CalendarId("c2")))
        async with any_begin() as uow:
            await uow.calendars.apply(CONNECTION.id, plan(thing("b"), thing("a")))
            await uow.calendars.apply(CalendarId("c2"), plan(thing("a", etag="9")))
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            found = await uow.calendars.objects(CONNECTION.id)
            assert found == (thing("a"), thing("b"))
            assert await uow.calendars.etags(CONNECTION.id) == {"a": "1", "b": "1"}
            some = [RemoteId("b"), RemoteId("never there")]
            assert await uow.calendars.some(CONNECTION.id, some) == (thing("b"),)
            assert await uow.calendars.some(CONNECTION.id, []) == ()

    async def test_is_changed_and_forgotten(self, any_begin: Begin):
        await put(any_begin, CONNECTION)
        async with any_begin() as uow:
            known = plan(thing("a"), thing("b"), thing("c"))
            await uow.calendars.apply(CONNECTION.id, known)
            change = plan(thing("b", etag=None), gone=["a", "never there"])
            await uow.calendars.apply(CONNECTION.id, change)
            await uow.calendars.apply(CONNECTION.id, change)
            etags = await uow.calendars.etags(CONNECTION.id)
            assert etags == {"b": None, "c": "1"}
            await uow.calendars.apply(CONNECTION.id, plan())

    async def test_may_be_a_whole_year_of_a_busy_person(self, any_begin: Begin):
        await put(any_begin, CONNECTION)
        many = [thing(f"{n:05}") for n in range(1200)]
        async with any_begin() as uow:
            await uow.calendars.apply(CONNECTION.id, plan(*many))
            await uow.calendars.apply(
                CONNECTION.id, plan(*many[:5], gone=[one.id for one in many[5:]])
            )
            assert len(await uow.calendars.objects(CONNECTION.id)) == 5

    async def test_has_no_uid_of_other_peoples_events(self, any_begin: Begin):
        await put(any_begin, CONNECTION)
        series = Series(
            SeriesId("s"),
            PairId("p"),
            AgreementId("a"),
            OURS,
            "UTC",
            PersonId("ada"),
            60,
            WEEKLY,
            "FREQ=WEEKLY;COUNT=1",
            NOW,
            (Period(0, date(2026, 3, 2), date(2026, 3, 9)),),
            (),
        )
        pair = Pair(PairId("p"), ProgrammeId("P"), PersonId("ada"), PersonId("bob"))
        async with any_begin() as uow:
            await uow.pairs.put(pair)
            await uow.series.put(series)
            await uow.calendars.apply(
                CONNECTION.id, plan(thing("a", uid=OURS), thing("b", uid="theirs"))
            )
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            found = await uow.calendars.objects(CONNECTION.id)
            assert [one.uid for one in found] == [OURS, ""]


async def dump(engine: AsyncEngine) -> str:
    async with engine.connect() as connection:
        tables = metadata.tables.values()
        rows = [
            (await connection.exec_driver_sql(f'SELECT * FROM "{table}"')).all()  # noqa: S608
            for table in tables
        ]
    return repr(rows)


class TestSecrets:
    async def test_are_nowhere_in_the_database(self, any_engine: AsyncEngine):
        await put(sql_store(any_engine), CONNECTION)
        assert "the server does not answer" in await dump(any_engine)
        assert CANARY not in await dump(any_engine)

    async def test_do_not_open_in_another_row(self, any_engine: AsyncEngine):
        begin = sql_store(any_engine)
        other = replace(CONNECTION, id=CalendarId("c2"), person=PersonId("eve"))
        await put(begin, CONNECTION, other)
        stolen = sa.select(calendar.c.sealed).where(calendar.c.id == "c1")
        async with any_engine.begin() as connection:
            await connection.execute(
                sa.update(calendar)
                .where(calendar.c.id == "c2")
                .values(sealed=stolen.scalar_subquery())
            )
        with pytest.raises(Rejected, match="does not belong"):
            await get(begin, "c2")

    async def test_open_with_an_old_key_until_they_are_renewed(
        self, any_engine: AsyncEngine
    ):
        def store(*keys: str) -> SqlStore:
            return SqlStore(any_engine, keys=keys, ids=SeededIds())

        many = [replace(CONNECTION, id=CalendarId(f"c{n:03}")) for n in range(250)]
        await put(store("old"), *many)
        assert await get(store("new", "old"), "c007") == many[7]
        assert await renew_secrets(any_engine, Seals(["new", "old"])) == 250
        assert await get(store("new"), "c007") == many[7]
        with pytest.raises(Rejected, match="keys"):
            await get(store("old"), "c007")

    def test_need_a_key(self):
        with pytest.raises(ValueError, match="key"):
            Seals([])
