"""The one door through which Troth calls addresses that people gave.

Each hop resolves its name once, has every answer judged (`integrations.addresses`),
and connects to one of those very answers, so that a name cannot mean another machine
a moment later. Redirects are followed here and judged like the first address. What
comes back is decoded under a limit and within a time. No proxy, no cookies, no
connection that two calls share.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import ip_address
from typing import Protocol

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from integrations.addresses import (
    IP,
    Address,
    Network,
    judge,
    plain_ip,
    read_address,
    same_site,
)
from integrations.calls import Answer, Call, Credentials
from scheduler.errors import Refused, Unavailable

#: Finds the IP addresses of a name; OSError when there are none.
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
#: Makes the socket for a (family, type, protocol, name, sockaddr).
Sockets = Callable[[aiohttp.AddrInfoType], socket.socket]

_PIECE = 64 * 1024
_REDIRECTS = frozenset((301, 302, 303, 307, 308))


@dataclass(frozen=True, slots=True)
class Limits:
    """How long one call may take, in seconds, and how far it may be sent on."""

    connect: float = 5
    #: Between two pieces of an answer.
    read: float = 15
    #: Everything, redirects included.
    total: float = 30
    redirects: int = 5


class Sink(Protocol):
    """Takes an answer as it comes: `integrations.spool.Spool`."""

    def write(self, piece: bytes) -> None:
        """One piece, in order."""


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """The addresses that this machine knows for a name."""
    found = await asyncio.get_running_loop().getaddrinfo(
        host, port, type=socket.SOCK_STREAM
    )
    return [str(sockaddr[0]) for *_, sockaddr in found]


class _Checked(AbstractResolver):
    """Gives aiohttp the answers that were judged, and asks nobody again."""

    def __init__(self, answers: Sequence[IP]) -> None:
        self._answers = answers

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002 - aiohttp's
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=str(ip),
                port=port,
                family=socket.AF_INET if ip.version == 4 else socket.AF_INET6,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for ip in self._answers
        ]

    async def close(self) -> None:
        """Nothing is held."""


class Door:
    """Calls addresses; the only place that opens a connection for a user's address.

    `allowed` are the operator's networks (ALLOW_PRIVATE_ADDRESSES). The rest is for
    tests: how names are resolved, how sockets are made, whom TLS trusts, how long.
    """

    def __init__(
        self,
        *,
        allowed: Sequence[Network] = (),
        resolve: Resolve = system_resolve,
        sockets: Sockets | None = None,
        tls: ssl.SSLContext | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._allowed = tuple(allowed)
        self._resolve = resolve
        self._sockets = sockets
        self._tls = tls
        self._limits = limits or Limits()

    async def call(
        self,
        call: Call,
        *,
        credentials: Credentials | None = None,
        into: Sink | None = None,
    ) -> Answer:
        """Make one call, redirects followed; any status is an answer.

        With `into`, the body of a 200 goes there piece by piece, that of any other
        status is not read, and `Answer.body` is empty.

        `Refused`: E_URL_PRIVATE, E_URL_PORT, E_URL_SCHEME, E_URL_REDIRECT, E_TLS,
        E_URL_ENCODING, E_DAV_OTHER_HOST (credentials would leave their site; they were
        not sent), and `call.too_big`. `Unavailable`: no connection, no answer in
        time, an answer that breaks off.
        """
        host = call.address.host
        try:
            async with asyncio.timeout(self._limits.total):
                return await self._follow(call, credentials, into)
        except aiohttp.ClientSSLError as error:
            raise _untrusted(error) from None
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            reason = f"{host} does not answer ({type(error).__name__})"
            raise Unavailable(reason) from None

    async def _follow(
        self, call: Call, credentials: Credentials | None, into: Sink | None
    ) -> Answer:
        for hop in range(self._limits.redirects + 1):
            answers = await self._judged(call.address, credentials, first=hop == 0)
            answer = await self._send(call, credentials, answers, into)
            location = answer.headers.get("location", "")
            if answer.status not in _REDIRECTS or not location:
                return answer
            call = call.to(_next(call.address, location), answer.status)
        raise _bad_redirect()

    async def _judged(
        self, address: Address, credentials: Credentials | None, *, first: bool
    ) -> list[IP]:
        """The answers for this address, every one of which may be called."""
        if credentials and not same_site(credentials.given_for, address):
            raise Refused(
                "E_DAV_OTHER_HOST",
                f"The server hands the password on to {address.host}, another site; it"
                " was not sent. Give that site's address if you trust it.",
                field="url",
            )
        found = await self._answers(address)
        try:
            judge(address, found, self._allowed, secret=credentials is not None)
        except Refused:
            if first:
                raise
            raise _bad_redirect() from None
        return found

    async def _answers(self, address: Address) -> list[IP]:
        if address.ip:
            return [address.ip]
        async with asyncio.timeout(self._limits.connect):
            found = await self._resolve(address.host, address.port)
        return [plain_ip(ip_address(text)) for text in dict.fromkeys(found)]

    async def _send(
        self,
        call: Call,
        credentials: Credentials | None,
        answers: Sequence[IP],
        into: Sink | None,
    ) -> Answer:
        own = {"Accept-Encoding": "gzip", "User-Agent": "Troth"}
        if credentials:
            own["Authorization"] = credentials.basic
        async with (
            self._session(answers) as session,
            session.request(
                call.method,
                URL(call.address.url, encoded=True),
                data=call.body or None,
                headers={**call.headers, **own},
                allow_redirects=False,
            ) as response,
        ):
            headers = {k.lower(): v for k, v in response.headers.items()}
            body = bytearray()
            if response.status not in _REDIRECTS and into is None:
                async for piece in pieces(response, call):
                    body += piece
            elif response.status == HTTPStatus.OK and into is not None:
                async for piece in pieces(response, call):
                    into.write(piece)
            return Answer(response.status, headers, bytes(body), call.address)

    @asynccontextmanager
    async def _session(
        self, answers: Sequence[IP]
    ) -> AsyncIterator[aiohttp.ClientSession]:
        """One connection's worth of HTTP, to these answers alone."""
        limits = self._limits
        if self._tls is None:
            self._tls = ssl.create_default_context()
        connector = aiohttp.TCPConnector(
            resolver=_Checked(answers),
            use_dns_cache=False,
            force_close=True,
            ssl=self._tls,
            socket_factory=self._sockets,
        )
        timeout = aiohttp.ClientTimeout(
            total=None,
            connect=limits.connect,
            sock_connect=limits.connect,
            sock_read=limits.read,
        )
        async with aiohttp.ClientSession(
            connector=connector,
            timeout=timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
        ) as session:
            yield session


def _next(address: Address, location: str) -> Address:
    """Where a redirect leads; never from https to http, never to another protocol."""
    try:
        further = read_address(location, base=address)
    except Refused:
        raise _bad_redirect() from None
    if address.scheme == "https" and further.scheme != "https":
        raise _bad_redirect()
    return further


def _bad_redirect() -> Refused:
    return Refused(
        "E_URL_REDIRECT",
        "This address sends us on to one that must not be called, or too often; give"
        " the address at the end of it.",
        field="url",
    )


def _untrusted(error: aiohttp.ClientSSLError) -> Refused:
    causes = [getattr(error, "certificate_error", None), error.os_error]
    words = [getattr(c, n, "") for c in causes for n in ("verify_message", "reason")]
    reason = next((str(w).lower() for w in words if w), "")
    return Refused(
        "E_TLS",
        "The secure connection failed:"
        f" {reason or 'the certificate is not good'}. Its operator has to mend that.",
        field="url",
    )


async def pieces(response: aiohttp.ClientResponse, call: Call) -> AsyncIterator[bytes]:
    """The body, decoded as it comes; one past the limit is refused before its end."""
    coding = response.headers.get("Content-Encoding", "").strip().lower()
    if coding not in ("", "identity", "gzip", "x-gzip"):
        raise Refused(
            "E_URL_ENCODING",
            "The server answers in an encoding that was not asked for; its operator has"
            " to mend that.",
            field="url",
        )
    packed = response.content.iter_chunked(_PIECE)
    size = 0
    async for piece in _unzipped(packed) if "gzip" in coding else packed:
        size += len(piece)
        if size > call.most_bytes:
            raise call.full()
        yield piece


async def _unzipped(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """A gzip stream in small pieces, however far it swells."""
    inflate = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    async for packed in pieces:
        # What zlib holds back of a full piece comes with the next: a trailer follows.
        left = packed
        while left and not inflate.eof:
            try:
                yield inflate.decompress(left, _PIECE)
            except zlib.error:
                raise Unavailable("the answer is no gzip stream") from None
            left = inflate.unconsumed_tail
    if not inflate.eof:
        raise Unavailable("the answer breaks off")
