"""Sites that the operator set are called over connections that are kept."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from integrations.addresses import Address
from integrations.calls import Call
from integrations.egress import Limits
from integrations.sites import Sites
from scheduler.errors import Refused, Unavailable

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow

NOWHERE = Address("http", "127.0.0.1", 1, "/")
QUICK = Limits(connect=2, read=0.6, total=1)


def answered(body: bytes = b"{}", *headers: str, status: str = "200 OK") -> bytes:
    told = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", "")
    return "\r\n".join(told).encode() + body


@dataclass
class Site:
    """Answers each request with the next of `answers`: bytes, or what is done."""

    answers: list[bytes | None] = field(default_factory=list)
    connections: int = 0
    heads: list[str] = field(default_factory=list)
    address: Address = NOWHERE
    #: Bytes are sent, and then the connection is cut.
    cuts: bool = False

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                self.heads.append(head)
                if "content-length: " in head:
                    size = head.partition("content-length: ")[2].partition("\r")[0]
                    await reader.readexactly(int(size))
                answer = self.answers.pop(0) if self.answers else answered()
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
                if self.cuts:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def call(self, method: str = "GET", **more: object) -> Call:
        body = b"{}" if method in {"POST", "PATCH"} else b""
        return Call(method, self.address, {"X-One": "1"}, body, **more)  # type: ignore[arg-type]


@asynccontextmanager
async def site(
    *answers: bytes | None, limits: Limits = QUICK
) -> AsyncIterator[tuple[Site, Sites]]:
    here = Site(list(answers))
    server = await asyncio.start_server(here.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    here.address = Address("http", "127.0.0.1", port, "/a?b=c%2Cd")
    sites = Sites([here.address], limits=limits)
    try:
        yield here, sites
    finally:
        await sites.close()
        server.close()
        await server.wait_closed()


async def test_one_connection_serves_many_calls_as_they_are() -> None:
    async with site() as (here, sites):
        for method in ("GET", "POST", "PATCH", "DELETE", "GET"):
            answer = await sites.call(here.call(method))
            assert (answer.status, answer.body) == (200, b"{}")
        assert here.connections == 1
        first = here.heads[0].split("\r\n")
        assert first[0] == "get /a?b=c%2cd http/1.1"
        assert {"x-one: 1", "accept-encoding: gzip"} <= set(first)


async def test_several_at_once_have_a_connection_each_and_keep_them() -> None:
    async with site() as (here, sites):
        for _ in range(2):
            await asyncio.gather(*(sites.call(here.call()) for _ in range(5)))
        assert here.connections == 5


async def test_a_connection_that_was_closed_meanwhile_is_opened_anew() -> None:
    async with site() as (here, sites):
        here.cuts = True
        for method in ("GET", "POST", "DELETE"):
            await sites.call(here.call(method))
            await asyncio.sleep(0.01)
        assert here.connections == len(here.heads) == 3


@pytest.mark.parametrize(
    ("method", "repeats", "sent"),
    [
        ("GET", False, 2),
        ("DELETE", False, 2),
        ("POST", True, 2),
        ("PATCH", True, 2),
        ("POST", False, 1),
    ],
)
async def test_what_may_be_made_twice_is_where_the_first_was_not_answered(
    method: str, repeats: bool, sent: int
) -> None:
    async with site(answered(), None) as (here, sites):
        await sites.call(here.call())
        made = sites.call(here.call(method), repeats=repeats)
        if sent == 2:
            assert (await made).status == 200
        else:
            with pytest.raises(Unavailable):
                await made
        assert len(here.heads) == 1 + sent


async def test_it_is_made_twice_at_most() -> None:
    async with site(*[None] * 9) as (here, sites):
        for method, sent in (("POST", 2), ("GET", 4)):
            with pytest.raises(Unavailable, match=r"127\.0\.0\.1 does not answer"):
                await sites.call(here.call(method), repeats=True)
            assert len(here.heads) <= sent


@pytest.mark.parametrize(
    "answer", [b"", answered(b"x" * 9)[:-4], b"HTTP/1.1 2", b"nonsense\r\n\r\n"]
)
async def test_a_slow_or_senseless_site_does_not_answer(answer: bytes) -> None:
    async with site(answer) as (here, sites):
        before = asyncio.get_running_loop().time()
        with pytest.raises(Unavailable):
            await sites.call(here.call())
        assert asyncio.get_running_loop().time() - before < 5
        assert (await sites.call(here.call())).status == 200


async def test_nobody_there_is_no_answer() -> None:
    async with site() as (here, _):
        address = here.address
    sites = Sites([address], limits=QUICK)
    with pytest.raises(Unavailable):
        await sites.call(Call("GET", address))
    await sites.close()


async def test_an_answer_is_unzipped_and_no_longer_than_it_may_be() -> None:
    small, large = gzip.compress(b"text"), gzip.compress(bytes(1_000_000))
    zipped = "Content-Encoding: gzip"
    async with site(
        answered(small, zipped), answered(large, zipped), answered(b"x" * 101)
    ) as (here, sites):
        assert (await sites.call(here.call())).body == b"text"
        for _ in range(2):
            with pytest.raises(Refused) as refusal:
                await sites.call(here.call(most_bytes=100))
            assert refusal.value.code == "E_ICS_TOO_BIG"


async def test_redirects_are_answers() -> None:
    moved = answered(b"", "Location: /elsewhere", status="302 Found")
    async with site(moved) as (here, sites):
        assert (await sites.call(here.call())).status == 302
        assert len(here.heads) == 1


@pytest.mark.parametrize(
    "other",
    [
        Address("http", "127.0.0.1", 9, "/"),
        Address("https", "www.googleapis.com.example", 443, "/"),
        Address("http", "www.googleapis.com", 80, "/"),
    ],
)
async def test_no_other_site_is_called(other: Address) -> None:
    sites = Sites([Address("https", "www.googleapis.com", 443, "/")])
    with pytest.raises(ValueError, match="not a site"):
        await sites.call(Call("GET", other))


async def test_what_a_call_holds_is_not_told() -> None:
    secret = "ya29.hush"
    async with site(None, None) as (here, sites):
        call = Call("GET", here.address, {"Authorization": f"Bearer {secret}"})
        with pytest.raises(Unavailable) as refusal:
            await sites.call(call)
        assert secret not in f"{refusal.value!r} {refusal.value.__context__!r}"
        assert refusal.value.__suppress_context__
