"""A calendar on Radicale behind a proxy that the test may turn against us."""

from collections.abc import AsyncIterator

import pytest

from tests.integrations.caldav.scenes import Scene, scene


@pytest.fixture
async def here(radicale: str) -> AsyncIterator[Scene]:
    async with scene(f"{radicale}ana/") as found:
        yield found
