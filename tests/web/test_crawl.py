"""Looking changes nothing, and nobody sees what is not theirs (promises.md W1, W2)."""

import hashlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.routing import APIRoute
from sqlalchemy.ext.asyncio import AsyncEngine

from config.settings import Settings
from integrations.store.columns import metadata
from tests.stores import sql_store
from tests.web.world import (
    ELSEWHERE,
    HAFEN,
    IDA,
    LEYLA,
    OLEG,
    OTHERS,
    PAIR,
    SITE,
    World,
    make_world,
)

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow

#: What looking may write.
MAY_CHANGE = {"session", "audit"}


@pytest.fixture
async def sql_world(tmp_path: Path, sqlite_engine: AsyncEngine) -> AsyncIterator[World]:
    settings = Settings(data_dir=tmp_path, public_url=SITE)
    world = await make_world(settings, sql_store(sqlite_engine))
    async with world.client:
        yield world


async def state(engine: AsyncEngine) -> str:
    found = hashlib.sha256()
    async with engine.connect() as connection:
        for table in metadata.sorted_tables:
            if table.name not in MAY_CHANGE:
                rows = (await connection.execute(sa.select(table))).all()
                found.update(repr((table.name, sorted(map(repr, rows)))).encode())
    return found.hexdigest()


def routes(world: World) -> list[APIRoute]:
    routers = [r.original_router for r in world.client._transport.app.routes[2:]]
    found = [r for router in routers for r in router.routes]
    assert all(isinstance(route, APIRoute) for route in found) and len(found) > 20
    return found


def paths(world: World, pair: str) -> list[str]:
    """Every address that can be looked at, about one pair."""
    filled = {"pair": pair, "purpose": "pages", "ticket": "x.y"}
    return sorted(
        re.sub(r"{(\w+)(?::\w+)?}", lambda m: filled.get(m[1], "1"), route.path)
        for route in routes(world)
        if "GET" in route.methods
    )


@pytest.mark.parametrize("role", ["stranger", "mentor", "mentee", "coordinator"])
async def test_looking_changes_nothing(
    sql_world: World, sqlite_engine: AsyncEngine, role: str
) -> None:
    world = sql_world
    links = [await world.link_for(person) for person in (IDA, LEYLA)]
    if role == "coordinator":
        await world.come_in_as_coordinator()
    elif role != "stranger":
        await world.come_in(IDA if role == "mentor" else LEYLA)
    person = {"mentor": IDA, "mentee": LEYLA}.get(role)
    headers = {"authorization": f"Bearer {await world.token(HAFEN, person)}"}
    before = await state(sqlite_engine)
    for path in [*paths(world, PAIR.id), *paths(world, OTHERS.id), *links]:
        for method in ("GET", "HEAD"):
            answer = await world.client.request(method, path, headers=headers)
            assert answer.status_code < 500, (method, path, answer.text)
    assert await state(sqlite_engine) == before


async def test_every_page_of_a_pair_is_for_the_two_alone(world: World) -> None:
    about = [path for path in paths(world, PAIR.id) if PAIR.id in path]
    assert about
    pages = [path for path in about if path.startswith("/pair/")]
    desk = [path for path in about if path.startswith("/programme/")]
    assert pages and desk
    await world.come_in(OLEG)
    for path in [*pages, *desk]:
        assert (await world.client.get(path)).status_code == 404, path
    desk = {path for path in pages if path.startswith("/programme/")}
    await world.come_in_as_coordinator()
    for path in pages:
        seen = (await world.client.get(path)).status_code
        assert seen == (200 if path in desk else 404), path
    await world.come_in_as_coordinator(ELSEWHERE)
    for path in pages:
        assert (await world.client.get(path)).status_code == 404, path
    await world.come_in_as_coordinator(ELSEWHERE)
    for path in [*pages, *desk]:
        assert (await world.client.get(path)).status_code == 404, path


async def test_every_api_route_is_closed_to_others(world: World) -> None:
    api = [path for path in paths(world, PAIR.id) if path.startswith("/api/v1")]
    for path in api:
        assert (await world.client.get(path)).status_code == 401, path
    wrong = await world.token(ELSEWHERE, OLEG)
    foreign = await world.token(ELSEWHERE, None)
    for path in api:
        if PAIR.id in path:
            for word in (wrong, foreign):
                headers = {"authorization": f"Bearer {word}"}
                answer = await world.client.get(path, headers=headers)
                assert answer.status_code == 404, (path, answer.text)
