"""Erasing somebody, on every store; and no table that it does not know of."""

from dataclasses import fields

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from integrations.memory.shelves import Shelves
from integrations.store.columns import metadata
from integrations.store.erased import CHANGED, DELETED, LEFT
from scheduler.ids import LinkId
from scheduler.people import Person
from scheduler.ports.store import Begin
from scheduler.work import WorkKind
from tests.privacy import BOB, CANARY, DAY, HAFEN, NOW, PAIR, WILHELMINA, fill
from tests.stores import sql_store

#: Words that stand where Wilhelmina is meant, and only there.
CANARIES = (CANARY, b"wilhelmina", b"de-by", b"16:07", b"967")


async def erase(begin: Begin, person: Person = WILHELMINA) -> None:
    async with begin() as uow:
        await uow.erasures.erase(person.id)
        await uow.commit()


class TestTheList:
    def test_names_every_table_once(self):
        deleted = [column.table.name for column in DELETED]
        named = [*deleted, *CHANGED, *LEFT]
        assert sorted(named) == sorted(metadata.tables)

    async def test_is_tried_on_rows_of_every_table(self, sqlite_engine: AsyncEngine):
        """Whoever makes a table puts a row about Wilhelmina into it (tests/privacy)."""
        await fill(sql_store(sqlite_engine))
        counts = await rows_of(sqlite_engine)
        assert not [name for name, count in counts.items() if count == 0]


async def rows_of(engine: AsyncEngine) -> dict[str, int]:
    async with engine.connect() as connection:
        return {
            table.name: await connection.scalar(
                sa.select(sa.func.count()).select_from(table)
            )
            or 0
            for table in metadata.sorted_tables
        }


async def dump(engine: AsyncEngine) -> dict[str, str]:
    """Every table as the database itself holds it, in lower case."""
    found = {}
    async with engine.connect() as connection:
        for table in metadata.sorted_tables:
            columns = [sa.cast(column, sa.Text) for column in table.columns]
            rows = (await connection.execute(sa.select(*columns))).all()
            found[table.name] = "\n".join(sorted(map(repr, rows))).lower()
    return found


def left(found: dict[str, str]) -> list[tuple[str, str]]:
    return [
        (table, word.decode())
        for table, text in found.items()
        for word in CANARIES
        if word.decode() in text
    ]


class TestErasing:
    async def test_leaves_nothing_of_them_in_any_table(self, any_engine: AsyncEngine):
        begin = sql_store(any_engine)
        await fill(begin)
        tables = {table for table, _ in left(await dump(any_engine))}
        # Secrets are sealed: that of a calendar is not among them.
        assert {"person", "agreement", "outbox", "topic", "note"} <= tables
        await erase(begin)
        assert left(await dump(any_engine)) == []

    async def test_leaves_nothing_of_them_in_memory(self, memory_begin: Begin):
        await fill(memory_begin)
        await erase(memory_begin)
        shelves: Shelves = memory_begin.shelves  # type: ignore[attr-defined]
        found = {
            one.name: repr(list(getattr(shelves, one.name))).lower()
            for one in fields(Shelves)
        }
        assert left(found) == []

    async def test_leaves_the_partners_alone(self, any_begin: Begin):
        await fill(any_begin)
        await erase(any_begin)
        async with any_begin(read_only=True) as uow:
            assert await uow.people.get(BOB.id) == BOB
            [topic, private] = await uow.topics.of_pair(PAIR.id)
            assert (topic.by, private.by) == (BOB.id, BOB.id)
            assert [note.text for note in await uow.notes.of_pair(PAIR.id)]
            assert [one.text for one in await uow.promises.of_pair(PAIR.id)]
            [calendar] = await uow.calendars.of_person(BOB.id)
            assert len(await uow.calendars.objects(calendar.id)) == 2
            assert await uow.doors.link(LinkId("bobs-link"))
            assert await uow.doors.session("bobs-session")
            assert await uow.doors.token("bobs-token")
            assert await uow.settings.fewer(BOB.id)
            assert await uow.repeats.find("programme token", "other")

    async def test_takes_accounts_channels_and_what_is_due_for_calendars(
        self, any_begin: Begin
    ):
        await fill(any_begin)
        async with any_begin() as uow:
            for kind in WorkKind:
                await uow.work.add(kind, "c-p-w", NOW)
                await uow.work.add(kind, "c-p-b", NOW)
            await uow.commit()
        await erase(any_begin)
        async with any_begin() as uow:
            assert await uow.accounts.of_person(WILHELMINA.id) == ()
            assert len(await uow.accounts.of_person(BOB.id)) == 1
            assert await uow.channels.find("quasten-channel") is None
            assert await uow.channels.find("bobs-channel")
            leases = await uow.work.take(NOW, until=NOW + DAY, most=99)
        due = [one.work.kind for one in leases if one.work.subject == "c-p-b"]
        assert set(due) == set(WorkKind)
        assert "c-p-w" not in {one.work.subject for one in leases}

    async def test_leaves_an_empty_person(self, any_begin: Begin):
        await fill(any_begin)
        await erase(any_begin)
        async with any_begin(read_only=True) as uow:
            shell = await uow.people.get(WILHELMINA.id)
            assert (shell.name, shell.email) == ("(erased)", "")
            assert shell.programme == HAFEN
            assert await uow.people.by_email(HAFEN, WILHELMINA.email) is None
            assert await uow.calendars.of_person(WILHELMINA.id) == ()
            assert [p.id for p in await uow.pairs.of_person(WILHELMINA.id)] == [PAIR.id]

    async def test_twice_is_once(self, any_engine: AsyncEngine):
        begin = sql_store(any_engine)
        await fill(begin)
        await erase(begin)
        once = await dump(any_engine)
        await erase(begin)
        assert await dump(any_engine) == once

    async def test_of_both_leaves_room_for_both(self, any_begin: Begin):
        await fill(any_begin)
        for person in (WILHELMINA, BOB):
            await erase(any_begin, person)
        async with any_begin(read_only=True) as uow:
            assert await uow.topics.of_pair(PAIR.id) == ()
            assert (await uow.people.get(BOB.id)).email == ""

    async def test_keeps_keys_so_that_nothing_is_sent_again(self, any_begin: Begin):
        await fill(any_begin)
        async with any_begin(read_only=True) as uow:
            before = await uow.outbox.of_pair(PAIR.id)
            keys = await uow.erasures.mail_keys(WILHELMINA.id)
        await erase(any_begin)
        async with any_begin() as uow:
            after = await uow.outbox.of_pair(PAIR.id)
            assert [row.key for row in after] == [row.key for row in before]
            for row in before:
                assert not await uow.outbox.add(row)
        assert {row.key for row in before} < set(keys)
        assert {"sign-in/p-w/1/1", "told/hafen/1"} <= set(keys)

    @pytest.mark.parametrize("door", ["quasten-link", "quasten-session"])
    async def test_shuts_doors_at_once(self, any_begin: Begin, door: str):
        await fill(any_begin)
        async with any_begin() as uow:
            await uow.erasures.shut_doors(WILHELMINA.id)
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            assert await uow.doors.link(LinkId(door)) is None
            assert await uow.doors.session(door) is None
            assert await uow.doors.token("quasten-token") is None
            assert await uow.doors.token("bobs-token") is not None
