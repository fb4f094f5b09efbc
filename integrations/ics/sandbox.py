"""Decoding in a child process, so that no file can stop or fill a worker.

Python cannot interrupt a tight loop; the kernel can end a process. One child serves
one file after another; a file that costs more than 5 seconds of CPU or 256 MB ends
it, is refused, and the next file gets a new child.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from zoneinfo import ZoneInfo

from integrations.ics import frames
from integrations.ics.decode import Decoded
from scheduler.errors import Refused, Unavailable
from scheduler.timespan import Span

#: After so many files a fresh child: what Python keeps of old ones must not add up.
FILES = 500
#: Seconds by the clock that a file may take on a crowded machine.
PATIENCE = 60.0

_CHILD = (sys.executable, "-m", "integrations.ics.child")


class Sandbox:
    """Decodes as `decode` does, one file at a time, without blocking the loop.

    Belongs to one event loop; the child is started with the first file. `close` ends
    it. The child is given none of our settings, so no secret either.
    """

    def __init__(
        self, *, command: Sequence[str] = _CHILD, patience: float = PATIENCE
    ) -> None:
        self._command = tuple(command)
        self._patience = patience
        self._turn = asyncio.Lock()
        self._child: asyncio.subprocess.Process | None = None
        self._files = 0

    async def decode(
        self, data: bytes, *, window: Span, zone: ZoneInfo, owner: str = ""
    ) -> Decoded:
        """As `integrations.ics.decode.decode`.

        Also `Refused` with E_RRULE_TOO_COMPLEX when the child was ended over this
        file, and `Unavailable` when it did not answer in time.
        """
        asked = frames.question(data, window=window, zone=zone, owner=owner)
        async with self._turn:
            answer = await self._ask(asked)
        return await asyncio.to_thread(frames.told, answer)

    async def close(self) -> None:
        """End the child, if there is one."""
        async with self._turn:
            await self._end()

    async def _ask(self, asked: bytes) -> bytes:
        try:
            async with asyncio.timeout(self._patience):
                child = await self._started()
                return await _exchange(child, asked)
        except (asyncio.IncompleteReadError, ConnectionError):
            await self._end()
            raise Refused(frames.TOO_MUCH.code, frames.TOO_MUCH.message) from None
        except TimeoutError:
            await self._end()
            raise Unavailable("reading a calendar took too long", after=60) from None
        except BaseException:  # given up half way: its answer would be the next one's
            await self._end()
            raise

    async def _started(self) -> asyncio.subprocess.Process:
        if self._files >= FILES:
            await self._end()
        if self._child is None or self._child.returncode is not None:
            self._files = 0
            self._child = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env={k: v for k, v in os.environ.items() if not k.startswith("TROTH_")},
            )
        self._files += 1
        return self._child

    async def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        with suppress(ProcessLookupError):
            child.kill()
        # Also waits for the pipes to be closed.
        await child.communicate()


async def _exchange(child: asyncio.subprocess.Process, asked: bytes) -> bytes:
    """Write a question, read its answer."""
    if child.stdin is None or child.stdout is None:
        raise ConnectionError("no pipes")
    child.stdin.write(asked)
    await child.stdin.drain()
    length = await child.stdout.readexactly(frames.LENGTH)
    return await child.stdout.readexactly(int.from_bytes(length, "big"))
