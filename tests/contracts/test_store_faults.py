"""A database that goes away, or is cut off at the worst moment (promises.md F12)."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from integrations.store.engine import open_engine
from scheduler.effects import Outgoing, SendLetter
from scheduler.errors import Overtaken, Unavailable
from scheduler.ids import OutboxId, PairId, ProgrammeId
from scheduler.letters import Facts, Letter, LetterKind
from scheduler.ports.store import Begin
from tests.stores import sql_store

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LETTER = SendLetter(Letter(LetterKind.MET, None, None, Facts(), address="a@x.example"))
ROW = Outgoing(OutboxId("01"), "key", ProgrammeId("P"), PairId("p"), LETTER, NOW)


async def decide(begin: Begin, row: Outgoing = ROW) -> bool:
    async with begin() as uow:
        added = await uow.outbox.add(row)
        await uow.commit()
    return added


async def rows(begin: Begin) -> int:
    async with begin(read_only=True) as uow:
        return len(await uow.outbox.of_pair(PairId("p")))


class Cut(Enum):
    """Where the connection breaks."""

    BEFORE = "the commit does not arrive"
    AFTER = "the commit arrives, the answer does not"


@dataclass
class Gate:
    """Stands between a client and PostgreSQL; breaks one connection at its commit."""

    folder: Path
    behind: Path
    cut: Cut | None = None

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        door = await asyncio.start_unix_server(
            self._pass, self.folder / self.behind.name
        )
        try:
            yield
        finally:
            door.close()

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        there, back = await asyncio.open_unix_connection(self.behind)
        answers = asyncio.create_task(self._carry(there, writer))
        try:
            while data := await reader.read(65536):
                cut = self.cut if b"COMMIT" in data else None
                if cut is Cut.BEFORE:
                    break
                if cut is Cut.AFTER:
                    answers.cancel()
                    await asyncio.wait([answers])
                back.write(data)
                await back.drain()
                if cut is Cut.AFTER:
                    await there.read(65536)  # it is done: now nobody hears of it
                    break
        except OSError:
            pass
        finally:
            answers.cancel()
            for end in (writer, back):
                end.close()

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
            writer.close()


@pytest.fixture
async def gate(
    postgres_engine: AsyncEngine, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Gate, Begin]]:
    address = postgres_engine.url
    behind = Path(str(address.query["host"])) / ".s.PGSQL.5432"
    folder = tmp_path_factory.mktemp("g")
    through = address.update_query_dict({"host": str(folder)})
    engine = open_engine(through.render_as_string(hide_password=False))
    gate = Gate(folder, behind)
    async with gate.open():
        yield gate, sql_store(engine)
        await engine.dispose()


@pytest.mark.servers
@pytest.mark.parametrize("cut", Cut)
async def test_a_commit_of_unknown_outcome_can_be_done_again(
    gate: tuple[Gate, Begin], cut: Cut
):
    at, begin = gate
    assert await decide(begin, replace(ROW, id=OutboxId("00"), key="before"))
    at.cut = cut
    with pytest.raises(Unavailable):
        await decide(begin)
    at.cut = None
    assert await rows(begin) == (1 if cut is Cut.BEFORE else 2)
    again = await decide(begin, replace(ROW, id=OutboxId("02")))
    assert again == (cut is Cut.BEFORE)
    assert await rows(begin) == 2


@pytest.mark.servers
async def test_a_connection_that_is_ended_is_unavailable_and_replaced(
    postgres_engine: AsyncEngine,
):
    begin = sql_store(postgres_engine)
    others = sa.text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    async def interrupted() -> None:
        async with begin() as uow:
            await uow.outbox.add(ROW)
            async with postgres_engine.connect() as other:
                await other.execute(others)
            await uow.commit()

    with pytest.raises(Unavailable) as caught:
        await interrupted()
    assert not isinstance(caught.value, Overtaken)
    assert await rows(begin) == 0
    assert await decide(begin)


@pytest.mark.servers
async def test_a_server_that_is_not_there_is_unavailable(tmp_path: Path):
    engine = open_engine(f"postgresql+asyncpg://troth@/troth?host={tmp_path}")
    with pytest.raises(Unavailable):
        await decide(sql_store(engine))
    await engine.dispose()


async def test_a_folder_that_is_not_there_is_unavailable(tmp_path: Path):
    before = set(threading.enumerate())
    engine = open_engine(f"sqlite+aiosqlite:///{tmp_path}/none/troth.sqlite3")
    with pytest.raises(Unavailable):
        await decide(sql_store(engine))
    await engine.dispose()
    # The driver's thread still wants to tell our loop how it ended.
    for thread in set(threading.enumerate()) - before:
        await asyncio.to_thread(thread.join, 5)


async def test_a_lock_held_elsewhere_for_too_long_is_unavailable(
    sqlite_engine: AsyncEngine,
):
    """As another process would hold it: outside our turns, on its own connection."""
    begin = sql_store(sqlite_engine)
    async with begin() as uow:  # opens the connection that the next unit will use
        await uow.outbox.of_pair(PairId("p"))
    other = open_engine(str(sqlite_engine.url))
    async with sqlite_engine.connect() as connection:
        await connection.exec_driver_sql("PRAGMA busy_timeout = 50")
        await connection.rollback()
    async with other.begin():
        with pytest.raises(Unavailable, match="SQLITE_BUSY"):
            await decide(begin)
    await other.dispose()
    assert await decide(begin)
