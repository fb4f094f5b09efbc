"""Real servers for the tests: one of each for each pytest worker, made when asked."""

import asyncio
import gc
import os
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import NamedTuple

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy.ext.asyncio import AsyncEngine

from integrations.store.engine import open_engine
from integrations.store.migrate import upgrade
from tests.servers.ports import Ports
from tests.servers.postgres import Postgres
from tests.servers.process import Server, answers
from tests.stores import ENGINES, any_begin, memory_begin  # noqa: F401 - fixtures
from workers.valkey import find_program

# What a gate says must not depend on how fast a machine is, nor on chance: the same
# tree has the same cases. `--hypothesis-profile=explore` looks for new ones; `make
# check` says `quick` and tries fewer.
settings.register_profile(
    "explore", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "gate", settings.get_profile("explore"), derandomize=True, database=None
)
settings.register_profile("quick", settings.get_profile("gate"), max_examples=30)
settings.load_profile("gate")

# Nothing that is made while tests are collected becomes garbage, and to look for some
# among so much, again and again, takes a third of the time.
gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


class Mail(NamedTuple):
    smtp: int
    imap: int


@pytest.fixture(scope="session")
def ports() -> Iterator[Ports]:
    ports = Ports()
    yield ports
    ports.close()


@pytest.fixture(scope="session")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("logs")


@pytest.fixture(scope="session")
def radicale(
    ports: Ports, logs: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    port, folder = ports.take(), tmp_path_factory.mktemp("radicale")
    words = [
        sys.executable,
        "-m",
        "radicale",
        "--config",
        "",
        "--hosts",
        f"127.0.0.1:{port}",
    ]
    words += [
        "--auth-type",
        "none",
        "--storage-filesystem-folder",
        str(folder),
        "--logging-level",
        "warning",
    ]
    with Server(words, lambda: answers(port), logs / "radicale"):
        yield f"http://127.0.0.1:{port}/"


@pytest.fixture(scope="session")
def xandikos(
    ports: Ports, logs: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    port, imip, folder = ports.take(), ports.take(), tmp_path_factory.mktemp("xandikos")
    words = [
        sys.executable,
        "-m",
        "xandikos",
        "serve",
        "-l",
        "127.0.0.1",
        "-p",
        str(port),
        "-d",
        str(folder / "dav"),
    ]
    words += [
        "--defaults",
        "--state-dir",
        str(folder / "state"),
        "--imip-listen",
        f"127.0.0.1:{imip}",
    ]
    with Server(words, lambda: answers(port) and answers(imip), logs / "xandikos"):
        yield f"http://127.0.0.1:{port}/user/"


@pytest.fixture(scope="session")
def mail(ports: Ports, logs: Path) -> Iterator[Mail]:
    mail = Mail(ports.take(), ports.take())
    words = [
        sys.executable,
        "-m",
        "mail_devel",
        "--host",
        "127.0.0.1",
        "--no-http",
        "--multi-user",
        "--password",
        "pw",
    ]
    words += ["--smtp-port", str(mail.smtp), "--imap-port", str(mail.imap)]
    with Server(
        words, lambda: answers(mail.smtp) and answers(mail.imap), logs / "mail"
    ):
        yield mail


@pytest.fixture(scope="session")
def valkey(logs: Path) -> Iterator[str]:
    with tempfile.TemporaryDirectory(
        prefix="troth-"
    ) as folder:  # short: a socket's path holds about 100 bytes
        socket = Path(folder) / "valkey"
        words = [
            find_program(),
            "--port",
            "0",
            "--unixsocket",
            str(socket),
            "--unixsocketperm",
            "700",
        ]
        with Server(
            [*words, "--save", "", "--appendonly", "no"],
            socket.is_socket,
            logs / "valkey",
        ):
            yield f"unix://{socket}"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    postgres = Postgres()
    postgres.start()
    try:
        asyncio.run(_make_template(postgres))
        yield postgres
    finally:
        postgres.stop()


async def _make_template(postgres: Postgres) -> None:
    await _tell(postgres, "CREATE DATABASE troth_template")
    engine = open_engine(postgres.url("troth_template"))
    await upgrade(engine)
    await engine.dispose()


async def _tell(postgres: Postgres, command: str) -> None:
    connection = await asyncpg.connect(
        host=str(postgres.sockets), user="troth", database="postgres"
    )
    try:
        await connection.execute(command)
    finally:
        await connection.close()


@pytest.fixture
async def postgres_engine(postgres: Postgres) -> AsyncIterator[AsyncEngine]:
    name = f"t{uuid.uuid4().hex}"
    await _tell(
        postgres, f"CREATE DATABASE {name} TEMPLATE troth_template STRATEGY FILE_COPY"
    )
    engine = open_engine(postgres.url(name))
    yield engine
    await engine.dispose()
    await _tell(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_database(postgres: Postgres) -> Iterator[str]:
    """The address of a PostgreSQL database in which there is nothing yet."""
    name = f"t{uuid.uuid4().hex}"
    asyncio.run(_tell(postgres, f"CREATE DATABASE {name}"))
    yield postgres.url(name)
    asyncio.run(_tell(postgres, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"

    async def make() -> None:
        engine = open_engine(f"sqlite+aiosqlite:///{file}")
        await upgrade(engine)
        await engine.dispose()

    asyncio.run(make())
    return file


@pytest.fixture
async def sqlite_engine(
    sqlite_template: Path, tmp_path: Path
) -> AsyncIterator[AsyncEngine]:
    file = tmp_path / "troth.sqlite3"
    file.write_bytes(sqlite_template.read_bytes())
    engine = open_engine(f"sqlite+aiosqlite:///{file}")
    yield engine
    await engine.dispose()


@pytest.fixture(params=ENGINES)
def any_engine(request: pytest.FixtureRequest) -> AsyncEngine:
    """Not async: async code may not call getfixturevalue for an async fixture."""
    engine: AsyncEngine = request.getfixturevalue(f"{request.param}_engine")
    return engine


@pytest.fixture(scope="session")
def chromium() -> str:
    program = os.environ.get("TROTH_CHROMIUM", "")
    if not program:
        pytest.skip("no browser: set TROTH_CHROMIUM to a chromium program")
    return program
