"""The world outside in a process of its own: calendars and a mail server.

Whoever talks to it may be killed at any moment; what reached it stays, as with real
servers. Answers are pickles, since both ends are ours and one test's.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from integrations.memory.calendars import MemoryCalendars
from scheduler.connections import Connection
from scheduler.effects import Message
from scheduler.errors import Troth
from scheduler.events import CalendarObject
from scheduler.timespan import Span

#: Called at every edge of what is done, with its name; may never come back.
Edge = Callable[[str], None]


class Outside:
    """What stands in calendars and mailboxes."""

    def __init__(self) -> None:
        self.calendars = MemoryCalendars()
        #: Message-ID -> every message that came under it.
        self.mails: dict[str, list[Message]] = {}

    async def calendar(
        self, connection: Connection, opened: dict[str, str], method: str, *args: Any
    ) -> Any:
        call = getattr(self.calendars(connection, **opened), method)
        *plain, named = args
        return await call(*plain, **named)

    async def send(self, message: Message, message_id: str) -> None:
        self.mails.setdefault(message_id, []).append(message)

    async def stands(self, url: str, window: Span) -> dict[str, list[Span]]:
        """What an eye on the calendar sees: every object's dates, by UID."""
        calendar = self.calendars.at(url)
        objects = calendar.shelf.objects.values()
        seen: dict[str, list[Span]] = {}
        for stored in objects:
            assert stored.uid not in seen, "two objects with one UID"
            seen[stored.uid] = list(calendar.stands(stored.uid, window))
        return seen

    async def received(self) -> dict[str, list[Message]]:
        return self.mails

    async def answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            name, *args = pickle.loads(await _read(reader))  # noqa: S301 - our own
        except asyncio.IncompleteReadError:
            writer.close()
            return  # killed in the middle of a sentence
        try:
            answer = (True, await getattr(self, name)(*args))
        except Troth as error:
            answer = (False, error)
        _write(writer, answer)
        writer.close()


async def _read(reader: asyncio.StreamReader) -> bytes:
    size = int.from_bytes(await reader.readexactly(4))
    return await reader.readexactly(size)


def _write(writer: asyncio.StreamWriter, value: object) -> None:
    data = pickle.dumps(value)
    writer.write(len(data).to_bytes(4) + data)


def start(socket: Path) -> int:
    """Fork the world outside; gives its process id."""
    ready, said = os.pipe()
    if pid := os.fork():
        os.close(said)
        os.read(ready, 1)
        os.close(ready)
        return pid

    async def serve() -> None:
        server = await asyncio.start_unix_server(Outside().answer, socket)
        os.write(said, b".")
        await server.serve_forever()

    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    asyncio.run(serve())
    os._exit(1)


class Line:
    """A line to the world outside; each call is a connection of its own."""

    def __init__(self, socket: Path, edge: Edge) -> None:
        self._socket = socket
        self._edge = edge

    async def ask(self, name: str, *args: Any) -> Any:
        self._edge(f"before {name}")
        reader, writer = await asyncio.open_unix_connection(self._socket)
        try:
            _write(writer, (name, *args))
            await writer.drain()
            self._edge(f"asked {name}")
            good, answer = pickle.loads(await _read(reader))  # noqa: S301 - our own
        finally:
            writer.close()
        self._edge(f"after {name}")
        if not good:
            raise answer
        return answer

    def open_calendar(
        self, connection: Connection, *, zone: str = "UTC", owner: str = ""
    ) -> Any:
        return _Calendar(self, connection, {"zone": zone, "owner": owner})

    async def send(self, message: Message, message_id: str) -> None:
        await self.ask("send", message, message_id)


class _Calendar:
    """A calendar on the other end of the line."""

    def __init__(
        self, line: Line, connection: Connection, opened: dict[str, str]
    ) -> None:
        self._call = partial(line.ask, "calendar", connection, opened)

    def ours(self, found: CalendarObject, uids: frozenset[str]) -> str:
        return found.uid if found.uid in uids else ""

    def __getattr__(self, method: str) -> Any:
        async def call(*args: Any, **named: Any) -> Any:
            return await self._call(method, *args, named)

        return call
