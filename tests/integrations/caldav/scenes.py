"""A calendar behind a proxy, and the ways in which servers differ."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_network
from urllib.parse import urlsplit

from aiohttp import web

from integrations.caldav.client import OpenCalDav
from integrations.egress import Door, Limits
from integrations.ics.decode import decode
from integrations.ics.packed import marked
from integrations.ics.resource import Read
from scheduler.connections import CalendarKind, Connection
from scheduler.ids import CalendarId, PersonId
from scheduler.ports.calendars import Calendar
from scheduler.secret import Secret
from tests.faults.proxy import Forward, Proxy, proxied
from tests.servers.dav import DavClient, new_calendar

EMPTY = b'<multistatus xmlns="DAV:"><sync-token>x</sync-token></multistatus>'
QUICK = Limits(connect=1, read=1, total=2)


async def in_process(data: bytes, *, calendar: str, **words) -> Read:
    return marked(decode(data, **words))


@dataclass
class Scene:
    """A calendar seen through a proxy, and its owner's program behind it."""

    calendar: Calendar
    theirs: DavClient
    proxy: Proxy


@asynccontextmanager
async def scene(home: str) -> AsyncIterator[Scene]:
    async with new_calendar(home) as theirs:
        parts = urlsplit(theirs.url)
        async with proxied(f"{parts.scheme}://{parts.netloc}") as proxy:
            connection = Connection(
                id=CalendarId("c"),
                person=PersonId("ana"),
                kind=CalendarKind.CALDAV,
                url=Secret(proxy.url + parts.path),
                username="ana",
                password=Secret("pw"),
            )
            door = Door(allowed=(ip_network("127.0.0.1/32"),), limits=QUICK)
            yield Scene(OpenCalDav(door, in_process)(connection), theirs, proxy)


# Ways in which servers differ.


async def without_sync(request: web.Request, forward: Forward) -> web.StreamResponse:
    """Only ctag and etags, as RFC 4791 alone has it."""
    if b"sync-collection" in await request.read():
        body = b'<error xmlns="DAV:"><supported-report/></error>'
        return web.Response(status=403, body=body)
    passed = await forward()
    passed.body = re.sub(rb"<sync-token>.*?</sync-token>", b"", passed.body)
    passed.body = re.sub(
        rb"<supported-report-set>.*?</supported-report-set>", b"", passed.body
    )
    return passed.response()


async def without_anything(
    request: web.Request, forward: Forward
) -> web.StreamResponse:
    """Not even a ctag."""
    answer = await without_sync(request, forward)
    assert isinstance(answer, web.Response) and isinstance(answer.body, bytes)
    body = re.sub(rb"<CS:getctag>.*?</CS:getctag>", b"", answer.body)
    return web.Response(status=answer.status, body=body)


class Paging:
    """Two changes a page, 507 on the collection while there is more (RFC 6578 3.6)."""

    def __init__(self) -> None:
        self.rest: dict[str, tuple[list[bytes], str]] = {}
        self.pages = 0

    async def __call__(
        self, request: web.Request, forward: Forward
    ) -> web.StreamResponse:
        asked = await request.read()
        if b"<sync-collection" not in asked:
            return (await forward()).response()
        token = re.search(rb"<sync-token>(.*?)</sync-token>", asked)
        assert token is not None
        left = self.rest.get(token[1].decode())
        if left is None:
            passed = await forward()
            if passed.status != 207:
                return passed.response()
            found = re.findall(rb"<response>.*?</response>", passed.body, re.DOTALL)
            last = re.search(rb"<sync-token>(.*?)</sync-token>", passed.body)
            assert last is not None
            left = (found, last[1].decode())
        return self.page(request.path, *left)

    def page(self, path: str, left: list[bytes], last: str) -> web.Response:
        self.pages += 1
        more = b""
        token = last
        if left[2:]:
            token = f"page-{self.pages}"
            self.rest[token] = (left[2:], last)
            more = (
                f"<response><href>{path}</href><status>HTTP/1.1 507 Insufficient"
                " Storage</status></response>"
            ).encode()
        inside = b"".join(left[:2]) + more
        body = (
            b'<multistatus xmlns="DAV:">'
            + inside
            + f"<sync-token>{token}</sync-token></multistatus>".encode()
        )
        return web.Response(status=207, body=body)


class Forgetting:
    """Every token is unknown the second time."""

    def __init__(self, status: int, body: bytes = b"") -> None:
        self.answer = (status, body)

    async def __call__(
        self, request: web.Request, forward: Forward
    ) -> web.StreamResponse:
        asked = await request.read()
        if b"<sync-collection" in asked and b"<sync-token></sync-token>" not in asked:
            return web.Response(status=self.answer[0], body=self.answer[1])
        return (await forward()).response()


async def lists_itself(request: web.Request, forward: Forward) -> web.StreamResponse:
    """The collection is among its members, as iCloud has it."""
    passed = await forward()
    itself = (
        f"<response><href>{request.path}</href><propstat><prop><getetag>x</getetag>"
        "</prop><status>HTTP/1.1 200 OK</status></propstat></response>"
    ).encode()
    passed.body = passed.body.replace(b"</multistatus>", itself + b"</multistatus>")
    return passed.response()
