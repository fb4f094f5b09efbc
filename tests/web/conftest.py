"""The web application over memory, for every test here."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from config.settings import Settings
from tests.web.world import SITE, World, make_world


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = await make_world(Settings(data_dir=tmp_path, public_url=SITE))
    async with world.client:
        yield world
