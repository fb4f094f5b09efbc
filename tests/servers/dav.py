"""A person's other CalDAV program: plain requests, nothing of ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

import aiohttp

MAKE = b"""<?xml version="1.0"?>
<C:mkcalendar xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><set><prop>
<displayname>Meetings</displayname>
<C:supported-calendar-component-set><C:comp name="VEVENT"/>
</C:supported-calendar-component-set></prop></set></C:mkcalendar>"""
_numbers = count(1)


class DavClient:
    """Of one collection; any answer but a good one ends the test."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self.url = url

    async def _ask(self, method: str, name: str, data: bytes = b"") -> bytes:
        headers = {"Content-Type": "text/calendar"} if data else {}
        async with self._session.request(
            method, self.url + name, data=data or None, headers=headers
        ) as answer:
            answer.raise_for_status()
            return await answer.read()

    async def put(self, name: str, data: bytes) -> None:
        await self._ask("PUT", name, data)

    async def delete(self, name: str) -> None:
        await self._ask("DELETE", name)

    async def raw(self, name: str) -> bytes:
        return await self._ask("GET", name)


@asynccontextmanager
async def new_calendar(home: str, username: str = "ana") -> AsyncIterator[DavClient]:
    """A new, empty collection inside `home`; every password is "pw"."""
    headers = {"Authorization": aiohttp.encode_basic_auth(username, "pw")}
    url = f"{home}c{next(_numbers)}/"
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.request("MKCALENDAR", url, data=MAKE) as answer:
            answer.raise_for_status()
        yield DavClient(session, url)
