"""Worker processes that are killed: each life is forked from one preloaded parent.

The parent opens no loop, no thread and no database, so that a fork is a fresh start
without the seconds that imports take.
"""

from __future__ import annotations

import asyncio
import mmap
import os
import pickle
import signal
import struct
import sys
import time
import traceback
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Any

from config.services import Handlers
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.work import Lease

#: Seconds after which a life that neither ends nor is killed is a bug.
STUCK = 90

#: Whose edges these are: the kind of work in hand, or the worker itself.
doing: ContextVar[str] = ContextVar("doing", default="worker")


class SharedClock:
    """A clock that the parent moves, and every life reads."""

    def __init__(self, now: datetime) -> None:
        self._memory = mmap.mmap(-1, 8)
        self.set(now)

    def now(self) -> datetime:
        (seconds,) = struct.unpack("d", self._memory[:8])
        return datetime.fromtimestamp(seconds, UTC)

    def set(self, now: datetime) -> None:
        self._memory[:8] = struct.pack("d", now.timestamp())

    def advance(self, by: timedelta) -> None:
        self.set(self.now() + by)


class Fate:
    """Kills this process at the n-th edge it comes to, and says which that was.

    With a name only edges of that name count; without a number nobody is killed.
    """

    def __init__(self, number: int | None, name: str, says: int) -> None:
        self._left = number
        self._name = name
        self._says = says

    def __call__(self, edge: str) -> None:
        name = f"{doing.get()}: {edge}"
        if self._left is None or self._name not in ("", name):
            return
        self._left -= 1
        if self._left <= 0:
            os.write(self._says, name.encode())
            os.kill(os.getpid(), signal.SIGKILL)


class EdgedStore:
    """A store whose every beginning and commit is an edge."""

    def __init__(self, begin: Begin, edge: Callable[[str], None]) -> None:
        self._begin = begin
        self._edge = edge

    @asynccontextmanager
    async def __call__(
        self, *, fence: Lease | None = None, read_only: bool = False
    ) -> AsyncIterator[UnitOfWork]:
        self._edge("reads" if read_only else "begins")
        async with self._begin(fence=fence, read_only=read_only) as uow:
            yield _EdgedUnit(uow, self._edge)  # type: ignore[misc]


class _EdgedUnit:
    def __init__(self, uow: UnitOfWork, edge: Callable[[str], None]) -> None:
        self._uow = uow
        self._edge = edge

    def __getattr__(self, name: str) -> Any:
        return getattr(self._uow, name)

    async def commit(self) -> None:
        self._edge("commits")
        await self._uow.commit()
        self._edge("committed")


def edged(handlers: Handlers, edge: Callable[[str], None]) -> Handlers:
    """Handlers whose edges say what kind of work they belong to."""

    def one(kind: Any, handler: Any) -> Any:
        async def handle(subject: str, begin: Begin, now: datetime) -> datetime | None:
            doing.set(kind.value)
            edge("is begun")
            again: datetime | None = await handler(subject, begin, now)
            edge("is done")
            return again

        return handle

    return {kind: one(kind, handler) for kind, handler in handlers.items()}


class Ended:
    """How a life ended: by itself, or killed, and at which edge if one is known."""

    def __init__(self, status: int, edge: str) -> None:
        self.clean = os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0
        self.killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        self.edge = edge
        if not (self.clean or self.killed):
            raise AssertionError(f"a life ended by a bug: status {status}")


def live(
    work: Callable[[Fate], Coroutine[Any, Any, None]],
    *,
    number: int | None = None,
    name: str = "",
    seconds: float | None = None,
) -> Ended:
    """Fork one life; it is killed at an edge, after some seconds, or not at all."""
    says, said = os.pipe()
    pid = os.fork()
    if not pid:
        _child(work(Fate(number, name, said)))
    os.close(said)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)  # not waited for yet: it is still ours
    _, status = os.waitpid(pid, 0)
    edge = os.read(says, 1000).decode()
    os.close(says)
    return Ended(status, edge or ("" if seconds is None else "any moment"))


def in_child(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine in a process of its own, and give what it returns."""
    says, said = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(says)

        async def tell() -> None:
            with os.fdopen(said, "wb") as pipe:
                pickle.dump(await work, pipe)

        _child(tell())
    work.close()
    os.close(said)
    with os.fdopen(says, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(pid, 0)
    if status:
        raise AssertionError(f"a look ended by a bug: status {status}")
    return pickle.loads(answer)  # noqa: S301 - our own


def _child(work: Coroutine[Any, Any, None]) -> None:
    """Run, and end without any of the parent's clean-up."""
    status = 1
    try:
        asyncio.run(_watched(work))
        status = 0
    except BaseException:  # noqa: BLE001 - the parent hears of it by the status
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


async def _watched(work: Coroutine[Any, Any, None]) -> None:
    """Run; when it is stuck, show what waits for what, and end."""

    def tell() -> None:
        for task in asyncio.all_tasks():
            task.print_stack()
        os._exit(1)

    asyncio.get_running_loop().call_later(STUCK, tell)
    await work
