"""Writers of one process, one after the other."""

from __future__ import annotations

import asyncio
from types import TracebackType


class Turn:
    """A lock that is given in the order in which it was asked for.

    A task that opens a second unit of work inside its first would wait for itself for
    ever; it is told so at once.
    """

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._holder: asyncio.Task[object] | None = None

    async def __aenter__(self) -> None:
        """Wait for our turn."""
        if self._holder is not None and self._holder is asyncio.current_task():
            raise RuntimeError("this task has a unit of work open already")
        await self._lock.acquire()
        self._holder = asyncio.current_task()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the next one have it."""
        self._holder = None
        self._lock.release()
