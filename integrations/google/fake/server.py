"""FakeGoogle on a port of this machine. It listens, and calls nobody.

Pushes go to a callable that is given in; whoever makes the server decides how they
travel.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from integrations.google.fake.push import Push
from integrations.google.fake.service import Asked, FakeGoogle, Reply

HOST = "127.0.0.1"
Deliver = Callable[[Push], Awaitable[None]]


@asynccontextmanager
async def serving(
    google: FakeGoogle, *, deliver: Deliver | None = None, port: int = 0
) -> AsyncIterator[str]:
    """Serve it for as long as the block lasts; the value is its address.

    Port 0 is one that the system gives. With `deliver` pushes are sent after the answer
    that set them off, one after the other; without it they wait in `google.pushes`.
    """
    courier = _Courier(google, deliver)

    async def answer(request: web.Request) -> web.StreamResponse:
        return await _answer(google, courier, request)

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, HOST, port)
        await site.start()
        yield f"http://{HOST}:{runner.addresses[0][1]}"
        await courier.finish()
    finally:
        await runner.cleanup()


class _Courier:
    """Delivers what waits, in order, while requests go on."""

    def __init__(self, google: FakeGoogle, deliver: Deliver | None) -> None:
        self._google, self._deliver = google, deliver
        self._round: asyncio.Task[None] | None = None

    def ring(self) -> None:
        """There may be something to deliver."""
        if self._deliver is not None and (self._round is None or self._round.done()):
            self._round = asyncio.create_task(self._go(self._deliver))

    async def _go(self, deliver: Deliver) -> None:
        while taken := self._google.take_pushes():
            for push in taken:
                await deliver(push)

    async def finish(self) -> None:
        """Wait for the round that is on its way."""
        if self._round is not None:
            await self._round


async def _answer(
    google: FakeGoogle, courier: _Courier, request: web.Request
) -> web.StreamResponse:
    asked = Asked(
        http=request.method,
        path=request.rel_url.raw_path,
        query=tuple(request.query.items()),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=await request.read(),
    )
    reply = google.handle(asked)
    courier.ring()
    if reply.cut is not None:
        await asyncio.sleep(reply.cut)
        if request.transport is not None:
            request.transport.abort()
    return _response(reply)


def _response(reply: Reply) -> web.Response:
    headers = dict(reply.headers)
    status = reply.status or 504
    if reply.body is None:
        return web.Response(status=status, headers=headers)
    return web.json_response(reply.body, status=status, headers=headers)
