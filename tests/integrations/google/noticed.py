"""A pair at Google, what its two do there, and that nothing came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from integrations.google.fake.world import Behaviour
from scheduler.ids import PersonId
from scheduler.people import Pair
from scheduler.series import Series
from tests.integrations.google.booked import HOUR, GoogleWorld
from tests.integrations.google.test_noticing import acts, letters


async def begun(
    behaviour: Behaviour | None = None, **how: Any
) -> tuple[GoogleWorld, Pair]:
    world = GoogleWorld(behaviour)
    await world.open()
    return world, await world.begun(**how)


async def home(world: GoogleWorld, person: PersonId, number: int = 0) -> str:
    return (await world.connections(person))[number].id


async def own_patch(
    world: GoogleWorld, pair: Pair, body: dict[str, Any], at: datetime | None = None
) -> None:
    await world.act(pair.mentor, "patch", pair, at, body)


def adds(world: GoogleWorld, person: PersonId, start: datetime, **more: Any) -> None:
    body = {
        "start": {"dateTime": start.isoformat()},
        "end": {"dateTime": (start + HOUR).isoformat()},
        **more,
    }
    world.google.act(
        world.emails[person], "events.insert", {"calendarId": "primary"}, body
    )


async def unchanged(world: GoogleWorld, pair: Pair, before: Series) -> None:
    assert await world.standing(pair) == before
    assert await letters(world, pair) == {}
    assert await acts(world, pair) == set()
