"""The web application over memory, for every test here."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from config.settings import Settings
from scheduler.ports.store import Begin
from tests.web.world import SITE, World, make_world


@pytest.fixture
async def world(tmp_path: Path, memory_begin: Begin) -> AsyncIterator[World]:
    world = await make_world(Settings(data_dir=tmp_path, public_url=SITE), memory_begin)
    async with world.client:
        yield world
