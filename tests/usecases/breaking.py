"""Ports that break: a fuse that burns at each step and goes out at the chosen one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from inspect import iscoroutinefunction
from typing import Any

from scheduler.ports.store import Begin, UnitOfWork
from scheduler.work import Lease


class Crash(BaseException):
    """The process dies here. No `except Exception` of ours may catch it."""


class Fuse:
    """Goes out at step `at` (never when None), once; `steps` counts them."""

    def __init__(self, at: int | None = None) -> None:
        self.at = at
        self.steps = 0
        #: What somebody else does, unseen by us, at a step that is to come.
        self.due: tuple[int, Callable[[], None]] | None = None

    def when(self, step: int, act: Callable[[], None]) -> None:
        self.due = (step, act)

    def burn(self) -> None:
        self.steps += 1
        if self.due and self.due[0] == self.steps:
            act, self.due = self.due[1], None
            act()
        if self.steps == self.at:
            raise Crash


class BreakingStore:
    """Dies before it opens, before it commits, and after it committed."""

    def __init__(self, store: Begin, fuse: Fuse) -> None:
        self._store = store
        self._fuse = fuse

    @asynccontextmanager
    async def __call__(
        self, *, fence: Lease | None = None, read_only: bool = False
    ) -> AsyncIterator[UnitOfWork]:
        self._fuse.burn()
        async with self._store(fence=fence, read_only=read_only) as unit:
            yield _Unit(unit, self._fuse)  # type: ignore[misc]
        self._fuse.burn()


class _Unit:
    def __init__(self, unit: UnitOfWork, fuse: Fuse) -> None:
        self._unit = unit
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)

    async def commit(self) -> None:
        self._fuse.burn()
        await self._unit.commit()
        self._fuse.burn()


class Breaking:
    """Any port: dies before and after each of its coroutines."""

    def __init__(self, port: Any, fuse: Fuse) -> None:
        self._port = port
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)
        if not iscoroutinefunction(method):
            return method

        async def broken(*args: Any, **kwargs: Any) -> Any:
            self._fuse.burn()
            answer = await method(*args, **kwargs)
            self._fuse.burn()
            return answer

        return broken
