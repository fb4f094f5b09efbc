"""An SMTP server in process that misbehaves on demand (promises.md F35 to F37)."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiosmtpd.smtp import SMTP


class ScriptedSmtp:
    """Takes mail. `replies` are used up in order, one a message:

    an answer to the data ("451 greylisted"), "cut before data", "cut before 250",
    "cut after 250", or "" to take it. `refuse` holds recipients refused for ever,
    `later` those that a greylist puts off.
    """

    def __init__(self, *, utf8: bool) -> None:
        self.utf8 = utf8
        self.taken: list[tuple[str, bytes]] = []
        self.replies: deque[str] = deque()
        self.refuse: set[str] = set()
        self.later: set[str] = set()
        self.conversations = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.refuse:
            return "550 5.1.1 nobody here by that name"
        if address in self.later:
            return "451 4.7.1 greylisted, come back later"
        if self.replies and self.replies[0] == "cut before data":
            self.replies.popleft()
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        say = self.replies.popleft() if self.replies else ""
        if say and not say.startswith("cut"):
            return say
        for address in envelope.rcpt_tos:
            self.taken.append((address, envelope.content))
        if say == "cut before 250":
            server.transport.abort()
        if say == "cut after 250":
            asyncio.get_running_loop().call_later(0.02, server.transport.abort)
        return "250 OK: taken"

    def protocol(self) -> SMTP:
        self.conversations += 1
        return SMTP(self, enable_SMTPUTF8=self.utf8)


@asynccontextmanager
async def scripted_smtp(
    *, utf8: bool = True
) -> AsyncIterator[tuple[ScriptedSmtp, int]]:
    """The server's script, and the port it listens on."""
    script = ScriptedSmtp(utf8=utf8)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(script.protocol, "127.0.0.1", 0)
    try:
        yield script, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()
