"""How much somebody may hand in about a pair, and what of it is a file.

Nothing that two people write about their meetings is larger, so a request is cut off
before anything of it is read into a form; files are told that they are none of ours
(promises.md, bad input 63).
"""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scheduler.enclosures import MOST_OCTETS, no_file, too_big
from scheduler.errors import Refused
from web.answers import tell

#: What of a pair is written by hand; lists of pairs come in elsewhere.
_OF_A_PAIR = re.compile(r"/(?:api/v1/pairs|pair)/[^/]+/.")
_LINKS = re.compile(r"/(?:api/v1/pairs|pair)/[^/]+/links")


class SmallBodies:
    """ASGI middleware: E_AGENDA_TOO_BIG and E_AGENDA_TYPE, before a route is asked."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the whole of a small body, and hand it on; refuse any other."""
        if scope["type"] != "http" or not _OF_A_PAIR.match(scope["path"]):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        try:
            _check_type(request)
            body = await _read(request, receive)
        except Refused as refused:
            await tell(request, refused)(scope, receive, send)
            return
        if body is None:
            return
        parts = [_part(body)]

        async def receive_again() -> Message:
            return parts.pop() if parts else await receive()

        await self._app(scope, receive_again, send)


def _check_type(request: Request) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if _LINKS.fullmatch(request.url.path) and kind == "multipart/form-data":
        raise no_file()


async def _read(request: Request, receive: Receive) -> bytes | None:
    """The body; None when whoever sent it has gone. `Refused` when it is too much."""
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > MOST_OCTETS:
        raise too_big()
    found = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        found += message.get("body", b"")
        if len(found) > MOST_OCTETS:
            raise too_big()
        if not message.get("more_body", False):
            return bytes(found)


def _part(body: bytes) -> Message:
    return {"type": "http.request", "body": body, "more_body": False}
