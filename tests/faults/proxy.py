"""A proxy in front of a real server that delays, cuts, refuses or rewrites answers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from tests.faults.serving import serving

#: Passed on by nobody: they belong to one connection (RFC 9110 section 7.6.1).
OF_ONE_HOP = {
    "connection", "content-encoding", "content-length", "keep-alive", "date", "host",
    "server", "transfer-encoding", "accept-encoding",
}  # fmt: skip


@dataclass
class Passed:
    """An answer of the real server, free to be changed."""

    status: int
    headers: dict[str, str]
    body: bytes

    def response(self) -> web.Response:
        return web.Response(status=self.status, headers=self.headers, body=self.body)


Forward = Callable[[], Awaitable[Passed]]
Rule = Callable[[web.Request, Forward], Awaitable[web.StreamResponse]]


async def passing(request: web.Request, forward: Forward) -> web.StreamResponse:
    return (await forward()).response()


@dataclass
class Proxy:
    """`rule` may be changed at any time; `seen` are (method, path) of every call."""

    url: str
    rule: Rule = passing
    seen: list[tuple[str, str]] = field(default_factory=list)


@asynccontextmanager
async def proxied(target: str) -> AsyncIterator[Proxy]:
    """Stands in front of `target`, an address without a path."""
    proxy = Proxy("")
    async with aiohttp.ClientSession() as session:

        async def handle(request: web.Request) -> web.StreamResponse:
            proxy.seen.append((request.method, request.path))

            async def forward() -> Passed:
                return await _forward(session, target, request)

            return await proxy.rule(request, forward)

        async with serving(handle) as here:
            proxy.url = here
            yield proxy


async def _forward(
    session: aiohttp.ClientSession, target: str, request: web.Request
) -> Passed:
    headers = {k: v for k, v in request.headers.items() if k.lower() not in OF_ONE_HOP}
    async with session.request(
        request.method,
        target + request.raw_path,
        headers=headers,
        data=await request.read(),
        allow_redirects=False,
    ) as answer:
        kept = {k: v for k, v in answer.headers.items() if k.lower() not in OF_ONE_HOP}
        return Passed(answer.status, kept, await answer.read())


def saying(status: int, body: bytes = b"", **headers: str) -> Rule:
    """Never asks the real server."""

    async def rule(request: web.Request, forward: Forward) -> web.StreamResponse:
        return web.Response(status=status, body=body, headers=headers)

    return rule


def only(method: str, rule: Rule) -> Rule:
    """Applies a rule to one method alone."""

    async def choose(request: web.Request, forward: Forward) -> web.StreamResponse:
        return await (rule if request.method == method else passing)(request, forward)

    return choose


async def hanging(request: web.Request, forward: Forward) -> web.StreamResponse:
    """Never answers."""
    await asyncio.sleep(3600)
    return web.Response()


async def cutting(request: web.Request, forward: Forward) -> web.StreamResponse:
    """Does what is asked, and cuts the line before it is told."""
    await forward()
    assert request.transport is not None
    request.transport.abort()
    return web.Response()
