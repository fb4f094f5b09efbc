"""How much and for how long the egress door takes an answer (F47, cases 4 and 5)."""

import asyncio
import gzip
import os
import zlib
from ipaddress import ip_network

import pytest
from aiohttp import web

from integrations.addresses import read_address
from integrations.calls import MIB, Call
from integrations.egress import Door, Limits
from integrations.ics.feed import fetch
from scheduler.errors import Refused, Unavailable
from tests.faults.network import Names
from tests.faults.serving import serving

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow

LOOPBACK = (ip_network("127.0.0.1/32"),)
CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


async def _text(body: str | bytes, **headers: str) -> web.Response:
    octets = body.encode() if isinstance(body, str) else body
    return web.Response(body=octets, headers=headers)


async def code_of(door: Door, url: str) -> str:
    with pytest.raises(Refused) as caught:
        await door.call(Call("GET", read_address(url)))
    return caught.value.code


def test_the_promised_limits() -> None:
    assert Limits() == Limits(connect=5, read=15, total=30, redirects=5)


def zipped(size: int) -> bytes:
    """A gzip stream that grows about a thousandfold."""
    squeeze = zlib.compressobj(wbits=31)
    chunk = bytes(MIB)
    octets = b"".join(squeeze.compress(chunk) for _ in range(size // MIB))
    return octets + squeeze.flush()


async def test_an_answer_past_the_limit_is_refused() -> None:
    door = Door(allowed=LOOPBACK)
    for body, headers in (
        (bytes(3 * MIB), {}),
        (zipped(200 * MIB), {"Content-Encoding": "gzip"}),
    ):
        async with serving(lambda _, b=body, h=headers: _text(b, **h)) as here:
            call = Call("GET", read_address(here), most_bytes=2 * MIB)
            with pytest.raises(Refused, match=r"E_ICS_TOO_BIG.*2 MiB"):
                await door.call(call)


async def test_an_answer_of_the_limit_is_taken() -> None:
    door = Door(allowed=LOOPBACK)
    plain = bytes(2 * MIB)
    packed = gzip.compress(plain)
    for body, headers in ((plain, {}), (packed, {"Content-Encoding": "gzip"})):
        async with serving(lambda _, b=body, h=headers: _text(b, **h)) as here:
            call = Call("GET", read_address(here), most_bytes=2 * MIB)
            assert (await door.call(call)).body == plain


class Pieces(list[bytes]):
    """A sink."""

    def write(self, piece: bytes) -> None:
        self.append(piece)


async def test_a_stream_comes_in_small_pieces_however_far_it_swells() -> None:
    door = Door(allowed=LOOPBACK)
    swollen = bytes(MIB + 1) + os.urandom(100_000) + bytes(2 * MIB)
    for body, headers in (
        (swollen, {}),
        (gzip.compress(swollen), {"Content-Encoding": "gzip"}),
    ):
        async with serving(lambda _, b=body, h=headers: _text(b, **h)) as here:
            pieces = Pieces()
            call = Call("GET", read_address(here))
            answer = await door.call(call, into=pieces)
        assert answer.body == b"" and b"".join(pieces) == swollen
        assert max(map(len, pieces)) <= 128 * 1024


async def test_a_stream_past_the_limit_stops_there() -> None:
    bomb, headers = zipped(200 * MIB), {"Content-Encoding": "gzip"}
    async with serving(lambda _: _text(bomb, **headers)) as here:
        pieces = Pieces()
        call = Call("GET", read_address(here), most_bytes=2 * MIB)
        with pytest.raises(Refused, match="E_ICS_TOO_BIG"):
            await Door(allowed=LOOPBACK).call(call, into=pieces)
    assert sum(map(len, pieces)) <= 2 * MIB


@pytest.mark.parametrize("status", [204, 304, 404, 500])
async def test_what_is_no_calendar_goes_into_no_stream(status: int) -> None:
    async with serving(lambda _: _status(status)) as here:
        pieces = Pieces()
        answer = await Door(allowed=LOOPBACK).call(
            Call("GET", read_address(here)), into=pieces
        )
    assert (answer.status, answer.body, pieces) == (status, b"", [])


async def _status(status: int) -> web.Response:
    return web.Response(status=status, body=b"x" if status >= 400 else None)


async def test_an_encoding_that_nobody_asked_for_is_refused() -> None:
    headers = {"Content-Encoding": "br"}
    async with serving(lambda _: _text(b"\x0b\x02\x80", **headers)) as here:
        assert await code_of(Door(allowed=LOOPBACK), here) == "E_URL_ENCODING"


@pytest.mark.parametrize("broken", ["not", "short"])
async def test_a_broken_gzip_stream_is_no_answer(broken: str) -> None:
    body = b"no gzip" if broken == "not" else gzip.compress(bytes(9999))[:-9]
    headers = {"Content-Encoding": "gzip"}
    async with serving(lambda _: _text(body, **headers)) as here:
        with pytest.raises(Unavailable):
            await fetch(Door(allowed=LOOPBACK), here)


async def silent(request: web.Request) -> web.Response:
    await asyncio.sleep(3600)
    return web.Response()


async def endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b"x")
        await asyncio.sleep(0.02)


async def cut(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(CALENDAR)
    assert request.transport is not None
    request.transport.abort()
    return response


QUICK = Limits(connect=0.2, read=0.2, total=0.5)


@pytest.mark.parametrize("handler", [silent, endless, cut])
async def test_no_server_holds_us_up(handler) -> None:
    async with serving(handler) as here, asyncio.timeout(5):
        with pytest.raises(Unavailable) as caught:
            await fetch(Door(allowed=LOOPBACK, limits=QUICK), f"{here}/secret-key.ics")
    assert "secret" not in str(caught.value)


async def test_a_redirect_does_not_begin_the_time_again() -> None:
    async def handler(request: web.Request) -> web.Response:
        await asyncio.sleep(0.15)
        return web.Response(status=302, headers={"Location": "/"})

    async with serving(handler) as here:
        with pytest.raises(Unavailable):
            await fetch(Door(allowed=LOOPBACK, limits=QUICK), here)


async def test_a_name_that_does_not_resolve_is_no_answer() -> None:
    async def never(host: str, port: int) -> list[str]:
        await asyncio.sleep(3600)
        return []

    for resolve in (never, Names()):
        with pytest.raises(Unavailable):
            await fetch(Door(resolve=resolve, limits=QUICK), "https://a.example/")


async def test_slow_feeds_do_not_delay_the_others() -> None:
    """F47: while 20 feeds trickle, 100 others are read."""

    async def handler(request: web.Request) -> web.StreamResponse:
        slow = request.path == "/slow"
        return await (endless(request) if slow else _text(CALENDAR))

    door = Door(allowed=LOOPBACK, limits=Limits(connect=5, read=5, total=3))
    async with serving(handler) as here, asyncio.TaskGroup() as group:
        slow = [group.create_task(late(door, f"{here}/slow")) for _ in range(20)]
        good = [group.create_task(fetch(door, f"{here}/good")) for _ in range(100)]
        bodies = await asyncio.gather(*good)
        assert not any(task.done() for task in slow)
    assert set(bodies) == {CALENDAR}


async def late(door: Door, url: str) -> None:
    with pytest.raises(Unavailable):
        await fetch(door, url)


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, Refused), (401, Refused), (410, Refused), (500, Unavailable),
     (503, Unavailable), (429, Unavailable)],
)  # fmt: skip
async def test_what_a_feed_says_besides_a_calendar(status: int, error: type) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Retry-After": "120"})

    async with serving(handler) as here:
        with pytest.raises(error) as caught:
            await fetch(Door(allowed=LOOPBACK), here)
    assert getattr(caught.value, "after", 120) == 120
