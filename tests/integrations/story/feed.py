"""A person's published free/busy feed: an address, and a text that changes."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiohttp import web

from tests.faults.serving import serving

Busy = tuple[datetime, datetime]


def _written(busy: Iterable[Busy]) -> bytes:
    """As calendars publish it when only free and busy are shared: no words at all."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//A calendar//Free busy//EN"]
    for start, end in sorted(busy):
        name = hashlib.sha256(f"{start}{end}".encode()).hexdigest()[:20]
        lines += [
            "BEGIN:VEVENT",
            f"UID:{name}@published.test",
            "DTSTAMP:20260901T000000Z",
            f"DTSTART:{start.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"DTEND:{end.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            "SUMMARY:Busy",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


class Feed:
    """What is published now, and how often it was asked for."""

    def __init__(self) -> None:
        self.url = ""
        self.asked = 0
        #: Answers without a body: the asker had what stands.
        self.unchanged = 0
        self._text = _written(())

    def publish(self, busy: Iterable[Busy]) -> None:
        self._text = _written(busy)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        etag = f'"{hashlib.sha256(self._text).hexdigest()[:16]}"'
        if request.headers.get("If-None-Match") == etag:
            self.unchanged += 1
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(
            body=self._text, content_type="text/calendar", headers={"ETag": etag}
        )


@asynccontextmanager
async def published() -> AsyncIterator[Feed]:
    feed = Feed()
    async with serving(feed.answer) as address:
        feed.url = f"{address}/private-5f1c/busy.ics"
        yield feed
