"""Calls to the sites that whoever runs Troth has set, over connections that are kept.

Never for an address that somebody gave: those go through `integrations.egress`, which
judges each of them and keeps nothing. Here the sites are named once, at the start,
and every other one is a bug; in return a handshake serves many calls.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable

import aiohttp
from yarl import URL

from integrations.addresses import Address
from integrations.calls import Answer, Call
from integrations.egress import Limits, pieces
from scheduler.errors import Unavailable

#: Connections to all of them together; whoever finds none free waits for one.
_CONNECTIONS = 20
#: Seconds that one is kept unused; a server that ends it earlier is noticed.
_KEPT = 90.0
#: aiohttp itself makes these once more when a kept connection was at its end.
_REPEATED = frozenset(("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"))
_LOST = (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)


class Sites:
    """Calls these sites alone; redirects are answers like any other.

    `tls` and `limits` are for tests: whom TLS trusts, and for how long one waits.
    """

    def __init__(
        self,
        sites: Iterable[Address],
        *,
        tls: ssl.SSLContext | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._origins = frozenset(site.origin for site in sites)
        self._tls = tls
        self._limits = limits or Limits()
        self._session: aiohttp.ClientSession | None = None

    async def call(self, call: Call, *, repeats: bool = False) -> Answer:
        """Make one call; any status is an answer.

        `repeats` says that making it twice does what once does: it then is made once
        more when the other side closed the connection before it answered. What only
        reads or deletes is in any case.

        `Unavailable`: no connection, no answer in time, one that breaks off.
        `Refused`: `call.too_big`, E_URL_ENCODING.
        """
        if call.address.origin not in self._origins:
            raise ValueError(f"not a site of this installation: {call.address}")
        try:
            async with asyncio.timeout(self._limits.total):
                if repeats and call.method not in _REPEATED:
                    try:
                        return await self._send(call)
                    except _LOST:
                        pass
                return await self._send(call)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            reason = f"{call.address.host} does not answer ({type(error).__name__})"
            raise Unavailable(reason) from None

    async def _send(self, call: Call) -> Answer:
        async with self._opened().request(
            call.method,
            URL(call.address.url, encoded=True),
            data=call.body or None,
            headers={
                **call.headers,
                "Accept-Encoding": "gzip",
                "User-Agent": "Troth (gzip)",  # Google zips for those who say so twice
            },
            allow_redirects=False,
        ) as response:
            headers = {k.lower(): v for k, v in response.headers.items()}
            body = b"".join([piece async for piece in pieces(response, call)])
            return Answer(response.status, headers, body, call.address)

    def _opened(self) -> aiohttp.ClientSession:
        """The one session, made with the first call: it belongs to its loop."""
        if self._session is None:
            limits = self._limits
            connector = aiohttp.TCPConnector(
                limit=_CONNECTIONS,
                keepalive_timeout=_KEPT,
                ssl=self._tls or ssl.create_default_context(),
            )
            timeout = aiohttp.ClientTimeout(
                total=None,
                connect=None,  # waiting for a free connection is no failure
                sock_connect=limits.connect,
                sock_read=limits.read,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
            )
        return self._session

    async def close(self) -> None:
        """End every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None
