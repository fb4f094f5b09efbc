"""Google's messages: by their headers alone, and whoever forges them gets no work."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest
from prometheus_client import REGISTRY
from starlette.types import Message

from config.settings import Settings
from integrations.google.calendar import Ask
from integrations.google.watching import GoogleWatching, webhook
from integrations.memory.shelves import Shelves
from integrations.memory.store import MemoryStore
from integrations.memory.system import SeededIds
from scheduler.channels import LIFE, Channel
from scheduler.connections import CalendarKind, Connection
from scheduler.errors import Unavailable
from scheduler.ids import AccountId, CalendarId
from scheduler.secret import Secret
from scheduler.work import LEASE, WorkKind
from tests.web.world import IDA, NOW, SITE, World, make_world
from web.app import make_app
from web.limits import Limited

CALENDAR = Connection(CalendarId("cal"), IDA.id, CalendarKind.GOOGLE, Secret("primary"))
CHANNEL = Channel("c1", CALENDAR.id, Secret("t" * 43), "r1", NOW, NOW + LIFE)
HEADERS = {
    "X-Goog-Channel-ID": "c1",
    "X-Goog-Channel-Token": "t" * 43,
    "X-Goog-Channel-Expiration": "Mon, 28 Sep 2026 10:00:00 GMT",
    "X-Goog-Resource-ID": "r1",
    "X-Goog-Resource-URI": "https://www.googleapis.com/calendar/v3/x",
    "X-Goog-Resource-State": "exists",
    "X-Goog-Message-Number": "10",
}
SYNC = {"X-Goog-Resource-State": "sync"}


def nobody(account: AccountId) -> Ask:
    raise Unavailable("no calls here")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    settings = Settings(data_dir=tmp_path, public_url=SITE)
    store = MemoryStore(ids=SeededIds())
    made = await make_world(settings, store)
    watching = GoogleWatching(nobody, webhook(settings.site))
    made.services = replace(made.services, watching=watching)
    async with store() as uow:
        await uow.calendars.put(CALENDAR)
        await uow.channels.put(CHANNEL)
        await uow.commit()
    app = make_app(made.services)
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url=SITE) as client:
        made.client = client
        yield made


async def post(world: World, *changes: Mapping[str, str]) -> int:
    headers = dict(HEADERS)
    for change in changes:
        headers |= change
    answer = await world.client.post("/webhooks/google", headers=headers)
    assert answer.content == b""
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    return answer.status_code


async def due(world: World) -> list[tuple[WorkKind, str]]:
    now = world.clock.now()
    async with world.services.begin() as uow:  # never committed
        leases = await uow.work.take(now, until=now + LEASE, most=99)
    return [(one.work.kind, one.work.subject) for one in leases]


async def kept(world: World) -> Channel | None:
    async with world.services.begin(read_only=True) as uow:
        return await uow.channels.find(CHANNEL.id)


def shelves(world: World) -> Shelves:
    """Everything that is kept; another object as soon as anything was committed."""
    return cast("MemoryStore", world.services.begin).shelves


def counted() -> float:
    """Everything that any message came to."""
    (found,) = (m for m in REGISTRY.collect() if m.name == "troth_push_messages")
    return sum(s.value for s in found.samples if s.name.endswith("_total"))


async def test_a_message_has_its_calendar_read_once(world: World) -> None:
    assert await post(world, SYNC) == 200
    assert await due(world) == [(WorkKind.WATCH, CALENDAR.id)]
    for _ in range(10):
        assert await post(world) == 200
    kinds = {(WorkKind.WATCH, CALENDAR.id), (WorkKind.SYNC, CALENDAR.id)}
    assert set(await due(world)) == kinds
    assert "troth_push_calendars 1.0" in (await world.client.get("/metrics")).text
    assert await kept(world) == replace(CHANNEL, heard=True)


@pytest.mark.parametrize(
    "change",
    [
        {"X-Goog-Message-Number": "999999999999999999999"},
        {"X-Goog-Message-Number": "1"},
        {"X-Goog-Message-Number": "-1"},
        {"X-Goog-Channel-Expiration": "1790589600000"},
        {"X-Goog-Channel-Expiration": "soon"},
        {"X-Goog-Channel-Expiration": ""},
        {"X-Goog-Resource-State": "not_exists"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Origin": "https://evil.test", "Sec-Fetch-Site": "cross-site"},
        {"Cookie": "troth=rubbish"},
    ],
)
async def test_what_proves_nothing_is_in_nobodys_way(
    world: World, change: dict[str, str]
) -> None:
    """Bad input 65: jumps in the numbers, and both forms of an end."""
    assert await post(world, change) == 200
    assert (WorkKind.SYNC, CALENDAR.id) in await due(world)
    assert await kept(world) == replace(CHANNEL, heard=True)


@pytest.mark.parametrize(
    "change",
    [
        {"X-Goog-Channel-Token": ""},
        {"X-Goog-Channel-Token": "t" * 42},
        {"X-Goog-Channel-Token": "u" * 43},
        {"X-Goog-Channel-Token": "t" * 10_000},
        {"X-Goog-Channel-ID": "c2"},
        {"X-Goog-Channel-ID": ""},
        {"X-Goog-Channel-ID": "c" * 10_000},
        {"X-Goog-Resource-State": ""},
        dict.fromkeys(HEADERS, ""),
    ],
)
async def test_a_forgery_is_told_nothing_and_changes_nothing(
    world: World, change: dict[str, str]
) -> None:
    before = await kept(world)
    assert await post(world, change) == 404
    assert await due(world) == []
    assert await kept(world) == before


async def test_a_late_or_strange_message_of_ours_is_heard_and_ignored(
    world: World,
) -> None:
    assert await post(world, {"X-Goog-Resource-State": "add"}) == 200
    assert await post(world, {"X-Goog-Resource-ID": "r2"}) == 200
    world.clock.advance(LIFE)
    assert await post(world) == 200
    assert await due(world) == []


async def test_one_thousand_forgeries_are_no_work_and_one_figure(world: World) -> None:
    """F16 and S18: after a while they are not even looked up, and one line counts."""
    before, figure = shelves(world), counted()
    answers = [
        await post(world, {"X-Goog-Channel-Token": f"{n}"}) for n in range(1_000)
    ]
    burst = int(Limited.FORGED.value.burst)
    assert answers == [404] * burst + [429] * (1_000 - burst)
    assert shelves(world) is before
    assert counted() - figure == 1_000
    world.clock.advance(timedelta(minutes=1))
    assert await post(world) == 200


async def test_whoever_tells_the_truth_is_never_told_to_wait(world: World) -> None:
    assert {await post(world) for _ in range(300)} == {200}


async def test_a_body_is_never_read(world: World) -> None:
    """Bad input 65: ten megabytes, or a body that never comes."""
    sent: list[Message] = []

    async def receive() -> Message:
        raise AssertionError("somebody asks for the body")

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "path": "/webhooks/google",
        "raw_path": b"/webhooks/google",
        "root_path": "",
        "query_string": b"",
        "headers": [(k.lower().encode(), v.encode()) for k, v in HEADERS.items()]
        + [(b"content-length", b"10485760"), (b"content-type", b"application/json")],
        "client": ("203.0.113.9", 4242),
        "server": ("troth.test", 443),
    }
    await make_app(world.services)(scope, receive, send)
    assert sent[0]["status"] == 200
    assert (WorkKind.SYNC, CALENDAR.id) in await due(world)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
async def test_looking_is_no_message(world: World, method: str) -> None:
    answer = await world.client.request(method, "/webhooks/google", headers=HEADERS)
    assert answer.status_code == 405
    assert await due(world) == []


async def test_there_is_no_door_where_nobody_can_tell_us(world: World) -> None:
    app = make_app(replace(world.services, watching=None))
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url=SITE) as client:
        world.client = client
        assert await post(world) == 404
    assert await due(world) == []
