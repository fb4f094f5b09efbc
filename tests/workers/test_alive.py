"""A worker shows that it is alive for as long as its loop turns."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from workers.alive import NAME, STALE, is_alive, show_life


async def test_the_sign_comes_and_goes_with_the_worker(tmp_path: Path) -> None:
    showing = asyncio.create_task(show_life(tmp_path))
    await asyncio.sleep(0)
    touched = datetime.fromtimestamp((tmp_path / NAME).stat().st_mtime, UTC)
    assert is_alive(tmp_path, touched + timedelta(seconds=5))
    assert not is_alive(tmp_path, touched + STALE)
    showing.cancel()
    await asyncio.gather(showing, return_exceptions=True)
    assert not is_alive(tmp_path, touched)
