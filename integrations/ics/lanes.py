"""Children that read files, and lanes in which files wait for one of them."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import nullcontext, suppress

from integrations.ics import frames
from scheduler.errors import Unavailable

#: After so many files a fresh child: what Python keeps of old ones must not add up.
FILES = 5_000
#: Seconds by the clock that a file may take on a crowded machine.
PATIENCE = 60.0

#: Seconds until a process that closed its pipes is ended.
_LAST_BREATH = 1.0

CHILD = (sys.executable, "-m", "integrations.ics.child")


class Ended(Exception):
    """The child died over a file."""


class Child:
    """One process, started with its first file and used for many.

    It is given none of our settings, so no secret either.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)
        self._process: asyncio.subprocess.Process | None = None
        self._files = 0
        self._read: set[str] = set()

    @property
    def is_running(self) -> bool:
        """Whether a process stands ready."""
        return self._process is not None and self._process.returncode is None

    def knows(self, calendar: str) -> bool:
        """Whether this process has read a file of that calendar."""
        return self.is_running and calendar in self._read

    async def ask(
        self, asked: frames.Question, source: Iterable[bytes], patience: float
    ) -> bytes:
        """The content of an answer; `Ended`, `Unavailable`."""
        try:
            async with asyncio.timeout(patience):
                process = await self._started()
                self._read.add(asked.calendar)
                return await _exchange(process, asked, source)
        except (asyncio.IncompleteReadError, ConnectionError):
            await self._expire()
            raise Ended from None
        except TimeoutError:
            await self.end()
            raise Unavailable("reading a calendar took too long", after=60) from None
        except BaseException:  # given up half way: its answer would be the next one's
            await self.end()
            raise

    async def _started(self) -> asyncio.subprocess.Process:
        if self._files >= FILES:
            await self.end()
        if self._process is None or self._process.returncode is not None:
            self._files = 0
            self._read.clear()
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env={k: v for k, v in os.environ.items() if not k.startswith("TROTH_")},
            )
        self._files += 1
        return self._process

    async def _expire(self) -> None:
        """Let a process that fell silent end by itself, if it does so soon.

        A signal to one that just ended would take its exit away from whoever waits.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_BREATH):
                if self._process is not None:
                    await self._process.wait()
        await self.end()

    async def end(self) -> None:
        """Stop the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
        # Also waits for the pipes to be closed.
        await process.communicate()


class Lane:
    """A few children that serve one file each; who waits is served in turn.

    Where there are several, one is left to those that are no strangers.
    """

    def __init__(
        self, command: Sequence[str], places: int, patience: float, *, most: int
    ) -> None:
        self._patience = patience
        self._places = places
        self._most = most
        self._asking = 0
        self._turns = asyncio.Semaphore(places)
        self._strangers = asyncio.Semaphore(max(1, places - 1))
        self._idle = [Child(command) for _ in range(places)]

    async def ask(
        self,
        asked: frames.Question,
        source: Iterable[bytes],
        *,
        stranger: bool = False,
    ) -> bytes:
        """The content of an answer; `Ended`, `Unavailable`.

        Where `most` ask already the next one is sent away: it would hold a worker's
        slot for nothing.
        """
        if self._asking >= self._most:
            raise Unavailable("calendars that take long wait their turn", after=60)
        self._asking += 1
        try:
            async with self._strangers if stranger else nullcontext(), self._turns:
                return await self._turn(asked, source)
        finally:
            self._asking -= 1

    async def _turn(self, asked: frames.Question, source: Iterable[bytes]) -> bytes:
        child = self._best(asked.calendar)
        self._idle.remove(child)
        try:
            return await child.ask(asked, source, self._patience)
        finally:
            self._idle.append(child)

    def _best(self, calendar: str) -> Child:
        """One that knows the calendar, else one that need not be started."""
        return max(self._idle, key=lambda c: (c.knows(calendar), c.is_running))

    async def close(self) -> None:
        """End the children, each after the file it has."""
        for _ in range(self._places):
            await self._turns.acquire()
        for child in self._idle:
            await child.end()
        for _ in range(self._places):
            self._turns.release()


async def _exchange(
    process: asyncio.subprocess.Process,
    asked: frames.Question,
    source: Iterable[bytes],
) -> bytes:
    """Write a question, read its answer."""
    if process.stdin is None or process.stdout is None:
        raise ConnectionError("no pipes")
    process.stdin.write(asked.frame())
    for piece in source:
        if piece:
            process.stdin.write(frames.framed(piece))
            await process.stdin.drain()
    process.stdin.write(frames.END)
    await process.stdin.drain()
    length = await process.stdout.readexactly(frames.LENGTH)
    return await process.stdout.readexactly(int.from_bytes(length, "big"))
