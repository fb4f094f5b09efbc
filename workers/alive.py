"""A sign of life on disk, for whoever watches containers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

EVERY = 10.0
#: A sign older than this is none.
STALE = timedelta(seconds=60)
NAME = "worker-alive"


async def show_life(folder: Path) -> None:
    """Touch the sign of this folder every ten seconds, until cancelled.

    It is the loop that touches it: a worker whose loop hangs gives no sign.
    """
    try:
        while True:
            (folder / NAME).touch()
            await asyncio.sleep(EVERY)
    finally:
        (folder / NAME).unlink(missing_ok=True)


def is_alive(folder: Path, now: datetime) -> bool:
    """Whether a worker of this folder gave a sign in the last minute."""
    try:
        touched = (folder / NAME).stat().st_mtime
    except OSError:
        return False
    return now - datetime.fromtimestamp(touched, UTC) < STALE
