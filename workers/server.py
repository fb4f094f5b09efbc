"""Several long-running parts in one process, stopped together and cleanly."""

import asyncio
import contextlib
import signal
from collections.abc import Iterator

import uvicorn


class Pages(uvicorn.Server):
    """uvicorn without its own signal handling."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to us: uvicorn would raise them again and skip our stop."""
        yield


def stop_on_signals() -> asyncio.Event:
    """Give an event that SIGINT and SIGTERM set."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
