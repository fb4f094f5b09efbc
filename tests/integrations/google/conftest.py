"""FakeGoogle served in a thread of its own, and Google's real client before it."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import Any, NamedTuple

import httplib2
import pytest
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build

from integrations.google.fake.oauth import Client
from integrations.google.fake.server import serving
from integrations.google.fake.service import FakeGoogle
from integrations.memory.system import SetClock

MENTOR, MENTEE, OUTSIDER = "mo@gmail.test", "mia@gmail.test", "olga@elsewhere.test"
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
ALL = ("calendar",)
CLIENT = Client("troth", "hush", frozenset({"https://troth.test/google/back"}))

Json = dict[str, Any]


def fresh(clock: SetClock | None = None) -> FakeGoogle:
    clock = clock or SetClock(NOW)
    google = FakeGoogle(clock.now, clients=[CLIENT])
    google.add_account(MENTOR, name="Mo", zone="Europe/Berlin")
    google.add_account(MENTEE, name="Mia", zone="Europe/Lisbon")
    return google


class Plain(NamedTuple):
    """A bare HTTP request: what no client library would send."""

    port: int

    def __call__(
        self, http: str, path: str, token: str = "", body: Any = None, **headers: str
    ) -> tuple[int, Json, dict[str, str]]:
        wire = HTTPConnection("127.0.0.1", self.port, timeout=10)
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        data = body if isinstance(body, str | None) else json.dumps(body)
        wire.request(http, path, data, sent)
        answer = wire.getresponse()
        text = answer.read()
        wire.close()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, json.loads(text) if text else {}, told


class Stage(NamedTuple):
    google: FakeGoogle
    clock: SetClock
    address: str
    plain: Plain
    opened: list[httplib2.Http]

    def service(self, email: str = MENTOR, *scopes: str) -> Any:
        """Google's real client, as this user, with an Http of its own."""
        token = self.google.token(email, *(scopes or ALL))
        self.opened.append(httplib2.Http(timeout=10))
        http = AuthorizedHttp(Credentials(token), http=self.opened[-1])
        options = {"api_endpoint": f"{self.address}/calendar/v3/"}
        return build(
            "calendar", "v3", http=http, client_options=options, static_discovery=True
        )

    def events(self, email: str = MENTOR, *scopes: str) -> Any:
        return self.service(email, *scopes).events()


@pytest.fixture
def stage() -> Iterator[Stage]:
    clock = SetClock(NOW)
    google = fresh(clock)
    address, stop = _served(google)
    opened: list[httplib2.Http] = []
    port = int(address.rpartition(":")[2])
    yield Stage(google, clock, address, Plain(port), opened)
    for http in opened:
        http.close()
    stop()


def _served(google: FakeGoogle) -> tuple[str, Callable[[], None]]:
    """The real client blocks, so the server lives in another thread."""
    ready, loop, done = threading.Event(), asyncio.new_event_loop(), asyncio.Event()
    found: list[str] = []

    async def serve() -> None:
        async with serving(google) as address:
            found.append(address)
            ready.set()
            await done.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    ready.wait(10)

    def stop() -> None:
        loop.call_soon_threadsafe(done.set)
        thread.join(10)
        loop.close()

    return found[0], stop
