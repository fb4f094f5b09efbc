"""The service starts, answers, says what is wrong, and stops cleanly on a signal."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.bootstrap import open_services
from config.services import Services
from config.settings import Settings
from scheduler.agreement import Programme, Template
from scheduler.cadence import Cadence
from scheduler.connections import CalendarKind, Connection
from scheduler.ids import CalendarId, PersonId, ProgrammeId
from scheduler.people import Person
from scheduler.secret import Secret
from scheduler.work import WorkKind
from tests.servers.ports import Ports
from tests.servers.process import Server, answers
from workers.queue import LocalBell

pytestmark = pytest.mark.servers


def words(command: str) -> list[str]:
    return [sys.executable, "-m", "cli", *command.split()]


def env(folder: Path, **settings: str) -> dict[str, str]:
    given = {"DATA_DIR": str(folder / "data"), **settings}
    return os.environ | {f"TROTH_{name}": value for name, value in given.items()}


def troth(command: str, folder: Path, **settings: str) -> tuple[int, str, str]:
    done = subprocess.run(
        words(command),
        env=env(folder, **settings),
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def get(port: int, path: str) -> dict[str, str]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
        told: dict[str, str] = json.load(answer)
        return told


@asynccontextmanager
async def services(folder: Path) -> AsyncIterator[Services]:
    settings = Settings(data_dir=folder / "data")
    bell = LocalBell(asyncio.Event())
    async with open_services(settings, bell=bell) as opened:
        yield opened


@pytest.mark.parametrize(
    ("redis", "said"),
    [("embedded", "ok"), ("none", "none"), ("unix:///nowhere/troth.sock", "away")],
)
def test_starts_answers_and_stops(ports: Ports, tmp_path: Path, redis: str, said: str):
    """F07: without Redis everything is there, and `/readyz` says so."""
    port = ports.take()
    server = Server(
        words("run"),
        lambda: answers(port),
        tmp_path / "log",
        env=env(tmp_path, LISTEN=f"127.0.0.1:{port}", REDIS_URL=redis),
    ).start()
    process = server.process
    assert process
    assert get(port, "/healthz") == {"status": "ok"}
    ready = {"status": "ok", "database": "ok", "redis": said}
    assert get(port, "/readyz") == ready
    # What each start looks after is soon done.
    end = time.monotonic() + 30
    while b"troth_work_due 0.0" not in metrics(port):
        assert time.monotonic() < end
        time.sleep(0.2)
    server.stop()
    assert process.returncode == 0, (tmp_path / "log").read_text()


def metrics(port: int) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        found: bytes = answer.read()
        return found


def test_a_taken_port_is_told_by_name(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        code, out, error = troth("run", tmp_path, LISTEN=listen)
    assert code == 2
    assert out == ""
    assert error.startswith("error: E_PORT_TAKEN: ")
    assert listen in error
    assert len(error.splitlines()) == 1


@pytest.mark.parametrize(
    ("command", "settings", "code", "said"),
    [
        ("run", {"POLL_SECONDS": "hunter2"}, 2, "E_SETTING: TROTH_POLL_SECONDS"),
        ("web", {"LISTEN": "192.0.2.1:80"}, 2, "E_SETTING: TROTH_LISTEN"),
        ("web", {"LISTEN": "127.0.0.1:70000"}, 2, "E_SETTING: TROTH_LISTEN"),
        ("worker", {"REDIS_URL": "hunter2"}, 2, "E_SETTING: TROTH_REDIS_URL"),
        ("tick", {"DATA_DIR": "/dev/null/x"}, 2, "E_SETTING: TROTH_DATA_DIR"),
        ("tick --now 2026-03-02T09:00:00Z", {}, 2, "E_TICK_NOW"),
        ("tick --now tomorrow", {}, 2, "E_INSTANT"),
        ("tick --now 2026-03-02T09:00:00", {}, 2, "E_INSTANT"),
        (
            "db upgrade",
            {"DATABASE_URL": "postgresql+asyncpg://me:hunter2@127.0.0.1:1/x"},
            3,
            "E_UNAVAILABLE",
        ),
    ],
)
def test_says_what_is_wrong_in_one_line(command, settings, code, said, tmp_path):
    got, _out, error = troth(command, tmp_path, **settings)
    assert got == code
    assert error.startswith(f"error: {said}")
    assert "hunter2" not in error
    assert len(error.splitlines()) == 1


async def test_a_tick_does_everything_that_is_due_once(tmp_path: Path):
    assert troth("db upgrade", tmp_path)[0] == 0
    async with services(tmp_path) as opened:
        now = opened.clock.now()
        async with opened.begin() as uow:
            for n in range(3):  # calendars that are not there any more
                await uow.work.add(WorkKind.SYNC, f"c{n}", now)
            await uow.work.add(WorkKind.SYNC, "later", now + timedelta(hours=1))
            await uow.commit()
    # The three, and what is looked after at every start: what is kept too long.
    assert troth("tick", tmp_path)[:2] == (0, "4 done\n")
    assert troth("tick", tmp_path)[:2] == (0, "1 done\n")


class Slow:
    """A server that is asked, and gives a byte now and then: slow, and not silent."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.answering: set[asyncio.Task[object]] = set()

    async def answer(
        self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task
        self.answering.add(task)
        self.asked.set()
        try:
            with suppress(ConnectionError):
                for _ in range(100):
                    writer.write(b"H")
                    await writer.drain()
                    await asyncio.sleep(1)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def stop(self) -> None:
        """Answer nobody any more: whoever asked may have died without a word."""
        for task in self.answering:
            task.cancel()
        await asyncio.gather(*self.answering, return_exceptions=True)


async def test_a_worker_that_is_told_to_stop_leaves_no_lease(tmp_path: Path):
    """F03: in the middle of a read that never ends; within 20 s, exit 0."""
    slow = Slow()
    server = await asyncio.start_server(slow.answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed.ics"
    await _connect(tmp_path, url)
    network = {"REDIS_URL": "none", "ALLOW_PRIVATE_ADDRESSES": "127.0.0.0/8"}
    process = await asyncio.create_subprocess_exec(
        *words("worker"), env=env(tmp_path, **network)
    )
    try:
        async with asyncio.timeout(30):
            await slow.asked.wait()
        process.terminate()
        async with asyncio.timeout(20):
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
        server.close()
        await slow.stop()
    async with services(tmp_path) as opened, opened.begin() as uow:
        now = datetime.now(UTC) + timedelta(minutes=20)
        taken = await uow.work.take(now, until=now, most=10)
    (free,) = [lease for lease in taken if lease.work.kind is WorkKind.SYNC]
    assert free.work.subject == "slow"
    assert free.no == 2  # one lease before ours, and nobody holds it


async def _connect(folder: Path, url: str) -> None:
    home, person = ProgrammeId("hafen"), PersonId("ida")
    async with services(folder) as opened, opened.begin() as uow:
        template = Template(Cadence("week", 2))
        await uow.programmes.put(
            Programme(home, "Hafen", "co@example.org", "Europe/Berlin", template)
        )
        await uow.people.put(Person(person, home, "Ida", "ida@example.org", "UTC"))
        await uow.calendars.put(
            Connection(CalendarId("slow"), person, CalendarKind.ICS, Secret(url))
        )
        await uow.work.add(WorkKind.SYNC, "slow", opened.clock.now())
        await uow.commit()


async def test_keys_are_made_once_for_their_owner_alone(tmp_path: Path):
    folder = tmp_path / "data"
    done = await asyncio.gather(
        *(asyncio.to_thread(troth, "db upgrade", tmp_path) for _ in range(2)),
        *(asyncio.to_thread(troth, "tick", tmp_path) for _ in range(2)),
    )
    assert [code for code, *_ in done] == [0] * 4, done
    path = folder / "secret_keys"
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    before = path.read_text()
    assert len(before.strip()) >= 43
    assert troth("tick", tmp_path)[0] == 0
    assert path.read_text() == before
    assert sorted(p.name for p in folder.glob("secret_keys*")) == ["secret_keys"]
