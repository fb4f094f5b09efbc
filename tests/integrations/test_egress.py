"""The egress door at its sockets: whom it calls, and how much it takes (S13, F47)."""

import asyncio
import gzip
import socket
import ssl
import zlib
from ipaddress import ip_network
from pathlib import Path

import pytest
from aiohttp import web

from integrations.addresses import read_address
from integrations.calls import MIB, Call, Credentials
from integrations.egress import Door, Limits
from integrations.ics.feed import fetch
from scheduler.errors import Refused, Unavailable
from scheduler.secret import Secret
from tests.faults.certificates import EXPIRED, serve_tls
from tests.faults.serving import serving

LOOPBACK = (ip_network("127.0.0.1/32"),)
PUBLIC = "93.184.216.34"
CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


class Sockets:
    """Makes sockets for one test, and knows whom they were made for."""

    def __init__(self, *, real: bool = True) -> None:
        self.real = real
        self.asked: list[tuple[str, int]] = []

    def __call__(self, info) -> socket.socket:
        family, kind, proto, _, sockaddr = info
        self.asked.append(sockaddr[:2])
        if not self.real:
            raise OSError("nothing is called in this test")
        return socket.socket(family, kind, proto)


class Names:
    """Resolves names to what a test says, a later answer for each later question."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        answers = self.answers.get(host.partition(".")[0])
        if not answers:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return answers.pop(0) if len(answers) > 1 else answers[0]


async def code_of(door: Door, url: str, **words) -> str:
    try:
        answer = await door.call(Call("GET", read_address(url)), **words)
    except Refused as error:
        return error.code if error.field == "url" else "no field"
    return str(answer.status)


PRIVATE_ANSWERS = (
    [["127.0.0.1"]],
    [["10.1.2.3"]],
    [["::1"]],
    [["fe80::1%1"]],
    [["::ffff:169.254.169.254"]],
    [["64:ff9b::a9fe:a9fe"]],
    [[PUBLIC, "192.168.0.1"]],
    [["2606:2800:220:1::1", "fd00::1"]],
)


@pytest.mark.parametrize("answers", PRIVATE_ANSWERS)
async def test_a_name_for_a_private_address_is_never_called(answers) -> None:
    sockets = Sockets()
    door = Door(resolve=Names(inside=answers), sockets=sockets)
    assert await code_of(door, "https://inside.example/") == "E_URL_PRIVATE"
    assert sockets.asked == []


async def test_nothing_is_said_of_what_answers_inside() -> None:
    async with serving(lambda _: _text("secret")) as here:
        said = set()
        for url in (here, "http://127.0.0.1:1/", "http://10.0.0.1/", "http://[::1]/"):
            with pytest.raises(Refused) as caught:
                await Door().call(Call("GET", read_address(url)))
            said.add(str(caught.value))
    assert len(said) == 1


async def _text(body: str | bytes, **headers: str) -> web.Response:
    octets = body.encode() if isinstance(body, str) else body
    return web.Response(body=octets, headers=headers)


async def test_the_address_that_was_checked_is_the_one_connected_to() -> None:
    """DNS rebinding: the second answer would be inside, and is never asked for."""
    names = Names(turncoat=[[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]])
    sockets = Sockets(real=False)
    door = Door(resolve=names, sockets=sockets)
    with pytest.raises(Unavailable):
        await door.call(Call("GET", read_address("https://turncoat.example:8443/")))
    assert sockets.asked == [(PUBLIC, 8443)]
    assert names.asked == ["turncoat.example"]


async def test_each_call_is_checked_again() -> None:
    names = Names(turncoat=[[PUBLIC], ["127.0.0.1"]])
    sockets = Sockets(real=False)
    door = Door(resolve=names, sockets=sockets)
    with pytest.raises(Unavailable):
        await door.call(Call("GET", read_address("http://turncoat.example/")))
    assert await code_of(door, "http://turncoat.example/") == "E_URL_PRIVATE"
    assert sockets.asked == [(PUBLIC, 80)]


async def test_a_name_that_only_looks_private_is_called() -> None:
    """fcal.ch was once taken for an address in fc00::/7 (Nextcloud calendar #1277)."""
    sockets = Sockets(real=False)
    door = Door(resolve=Names(fcal=[[PUBLIC]]), sockets=sockets)
    with pytest.raises(Unavailable):
        await door.call(Call("GET", read_address("webcal://fcal.ch/")))
    assert sockets.asked == [(PUBLIC, 443)]


async def test_a_foreign_port_is_never_called() -> None:
    sockets = Sockets()
    door = Door(resolve=Names(a=[[PUBLIC]]), sockets=sockets)
    assert await code_of(door, "https://a.example:6379/") == "E_URL_PORT"
    assert sockets.asked == []


async def test_host_header_and_sni_stay_the_name(tmp_path: Path) -> None:
    context = serve_tls(tmp_path, "feed.example")
    shaken: list[str | None] = []
    context.sni_callback = lambda _, name, __: shaken.append(name)

    async def say_host(request: web.Request) -> web.Response:
        return await _text(request.headers["Host"])

    door = Door(
        allowed=LOOPBACK,
        resolve=Names(feed=[["127.0.0.1"]]),
        tls=ssl.create_default_context(cafile=tmp_path / "certificate.pem"),
    )
    async with serving(say_host, tls=context) as here:
        port = here.rpartition(":")[2]
        url = read_address(f"https://feed.example:{port}/")
        answer = await door.call(Call("GET", url))
    assert answer.body.decode() == f"feed.example:{port}"
    assert shaken == ["feed.example"]


@pytest.mark.parametrize(
    ("host", "until", "reason"),
    [
        ("127.0.0.1", None, "self-signed"),
        ("127.0.0.1", EXPIRED, "expired"),
        ("other.example", None, "mismatch"),
    ],
)
async def test_bad_tls_is_refused_with_its_reason(
    tmp_path: Path, host: str, until, reason: str
) -> None:
    context = serve_tls(tmp_path, host, *([until] if until else []))
    trusting = ssl.create_default_context(cafile=tmp_path / "certificate.pem")
    door = Door(allowed=LOOPBACK, tls=None if reason == "self-signed" else trusting)
    async with serving(lambda _: _text("x"), tls=context) as here:
        with pytest.raises(Refused, match=f"E_TLS.*{reason}"):
            await door.call(Call("GET", read_address(here)))


async def test_no_tls_where_tls_is_due_is_refused() -> None:
    async with serving(lambda _: _text("x")) as here:
        door = Door(allowed=LOOPBACK)
        url = here.replace("http:", "https:")
        assert await code_of(door, url) == "E_TLS"


def sending_on(*locations: str, status: int = 302):
    """Sends on from /0 to the first, /1 to the second; else says the method."""

    async def handler(request: web.Request) -> web.Response:
        place = request.path.lstrip("/")
        if place.isdigit() and int(place) < len(locations):
            there = {"Location": locations[int(place)]}
            return web.Response(status=status, headers=there)
        body = await request.read()
        return await _text(f"{request.method} {request.path} {len(body)}")

    return handler


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.2/",
        "http://169.254.169.254/latest/meta-data/",
        "//10.0.0.1/",
        "\\\\10.0.0.1/",
        "http://[::ffff:10.0.0.1]/",
        "https://inside.example/",
        "ftp://a.example/",
        "file:///etc/passwd",
        "http://ana:pw@a.example/",
        "https://a.example:25/",
    ],
)
async def test_a_redirect_inside_is_not_followed(location: str) -> None:
    sockets = Sockets()
    names = Names(inside=[["192.168.1.1"]], a=[[PUBLIC]])
    door = Door(allowed=LOOPBACK, resolve=names, sockets=sockets)
    async with serving(sending_on(location)) as here:
        assert await code_of(door, f"{here}/0") == "E_URL_REDIRECT"
    assert {host for host, _ in sockets.asked} == {"127.0.0.1"}
    assert len(sockets.asked) == 1


async def test_five_redirects_are_followed_and_six_are_not() -> None:
    door = Door(allowed=LOOPBACK)
    async with serving(sending_on("/1", "/2", "/3", "/4", "/end")) as here:
        assert await code_of(door, f"{here}/0") == "200"
    async with serving(sending_on("/1", "/2", "/3", "/4", "/5", "/end")) as here:
        assert await code_of(door, f"{here}/0") == "E_URL_REDIRECT"
    async with serving(sending_on("/0")) as here:
        assert await code_of(door, f"{here}/0") == "E_URL_REDIRECT"


async def test_https_never_goes_on_in_http(tmp_path: Path) -> None:
    context = serve_tls(tmp_path, "127.0.0.1")
    trusting = ssl.create_default_context(cafile=tmp_path / "certificate.pem")
    door = Door(allowed=LOOPBACK, tls=trusting)
    async with (
        serving(lambda _: _text("plain")) as plain,
        serving(sending_on(plain), tls=context) as secure,
    ):
        assert await code_of(door, f"{secure}/0") == "E_URL_REDIRECT"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (301, "REPORT /1 3"),
        (307, "REPORT /1 3"),
        (308, "REPORT /1 3"),
        (303, "GET /1 0"),
    ],
)
async def test_a_redirect_keeps_the_question(status: int, said: str) -> None:
    async with serving(sending_on("/1", status=status)) as here:
        call = Call("REPORT", read_address(f"{here}/0"), body=b"abc")
        answer = await Door(allowed=LOOPBACK).call(call)
    assert answer.body.decode() == said
    assert answer.address.target == "/1"


async def test_a_password_stays_on_its_site() -> None:
    sent: list[str | None] = []

    async def handler(request: web.Request) -> web.Response:
        sent.append(request.headers.get("Authorization"))
        headers = {"Location": "https://thief.example/"}
        return web.Response(status=302, headers=headers)

    sockets = Sockets()
    names = Names(thief=[[PUBLIC]])
    door = Door(allowed=LOOPBACK, resolve=names, sockets=sockets)
    async with serving(handler) as here:
        given = Credentials("ana", Secret("pässword"), read_address(here))
        assert await code_of(door, here, credentials=given) == "E_DAV_OTHER_HOST"
    assert sent == ["Basic YW5hOnDDpHNzd29yZA=="]
    assert {host for host, _ in sockets.asked} == {"127.0.0.1"}
    assert names.asked == []


async def test_a_password_is_not_sent_in_the_open() -> None:
    sockets = Sockets()
    door = Door(resolve=Names(a=[[PUBLIC]]), sockets=sockets)
    url = "http://a.example/"
    given = Credentials("ana", Secret("pw"), read_address(url))
    assert await code_of(door, url, credentials=given) == "E_URL_SCHEME"
    assert sockets.asked == []
    assert "pw" not in repr(given)


async def test_no_cookie_is_kept() -> None:
    seen: list[str | None] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Cookie"))
        return await _text("x", **{"Set-Cookie": "a=b"})

    door = Door(allowed=LOOPBACK)
    async with serving(handler) as here:
        for _ in range(2):
            await door.call(Call("GET", read_address(here)))
    assert seen == [None, None]


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
