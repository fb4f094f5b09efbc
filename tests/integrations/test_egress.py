"""The egress door at its sockets: whom it calls, and how much it takes (S13, F47)."""

import ssl
from ipaddress import ip_network
from pathlib import Path

import pytest
from aiohttp import web

from integrations.addresses import read_address
from integrations.calls import Call, Credentials
from integrations.egress import Door
from scheduler.errors import Refused, Unavailable
from scheduler.secret import Secret
from tests.faults.certificates import EXPIRED, serve_tls
from tests.faults.network import Names, Sockets
from tests.faults.serving import serving

LOOPBACK = (ip_network("127.0.0.1/32"),)
PUBLIC = "93.184.216.34"
CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


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
