"""Addresses people give: one form for each, and what may be called (promises.md 4)."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.addresses import is_public, judge, read_address, same_site
from scheduler.errors import Refused

THIS_MACHINE = """
    http://127.0.0.1 http://0.0.0.0 http://[::1] http://[::ffff:127.0.0.1]
    http://0177.0.0.1 http://2130706433 http://127.1 http://0x7f.1 http://0x7f000001
    http://017700000001 http://127.0.0.1. https:127.0.0.1 https:///127.0.0.1
    http:\\\\127.0.0.1 http://%31%32%37.0.0.1 http://[::] http://[::7f00:1]
    http://[0:0:0:0:0:ffff:7f00:1] webcal://127.0.0.1
""".split()  # noqa: SIM905 - a table
THIS_MACHINE += ["http://１２７.０.０.１", "http://127。0。0。1"]  # noqa: RUF001
INSIDE = """
    10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 169.254.169.254
    224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 192.0.0.1 198.18.0.1
    192.0.2.1 198.51.100.7 203.0.113.9 fc00::1 fd12::1 fe80::1 fe80::1%eth0 fec0::1
    ff02::1 64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b:1::1 2002:7f00:1:: 2001::1
    2001:db8::1 3fff::1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 100::1 2001:20::1
""".split()  # noqa: SIM905 - a table
OUTSIDE = """
    1.1.1.1 93.184.216.34 172.15.255.255 172.32.0.1 100.63.255.255 100.128.0.1
    192.167.255.255 169.253.1.1 223.255.255.255 2606:2800:220:1::1 2a00:1450:4001::1
    ::ffff:93.184.216.34
""".split()  # noqa: SIM905 - a table


def refused(text: str) -> str:
    with pytest.raises(Refused) as caught:
        read_address(text)
    assert caught.value.field == "url"
    return caught.value.code


@pytest.mark.parametrize("text", THIS_MACHINE)
def test_every_way_to_write_this_machine_is_seen(text: str) -> None:
    ip = read_address(text).ip
    assert ip is not None
    with pytest.raises(Refused, match="E_URL_PRIVATE"):
        judge(read_address(text), [ip], [], secret=False)


@pytest.mark.parametrize("text", INSIDE)
def test_inside_is_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", OUTSIDE)
def test_outside_is_public(text: str) -> None:
    assert is_public(ip_address(text))


@given(st.ip_addresses())
def test_what_is_public_is_global_for_python_too(ip) -> None:
    mapped = getattr(ip, "ipv4_mapped", None)
    if is_public(ip):
        assert (mapped or ip).is_global
        assert not (mapped or ip).is_multicast


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (
            "webcal://fcal.ch/privat/fcal.ics?team=1",
            "https://fcal.ch/privat/fcal.ics?team=1",
        ),
        ("  HTTPS://Example.COM./a b \n", "https://example.com/a%20b"),
        ("example.com", "https://example.com/"),
        ("example.com:8443/dav", "https://example.com:8443/dav"),
        ("https://example.com:443", "https://example.com/"),
        ("http://example.com:80/?q=ü#part", "http://example.com/?q=%C3%BC"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://раypal.example/", "https://xn--ypal-43d9g.example/"),  # noqa: RUF001
        (
            "https:\\\\good.example\\@evil.example/",
            "https://good.example/@evil.example/",
        ),
        ("https://ex%61mple.com/%2e%2e", "https://example.com/%2e%2e"),
        ("https://example.com/x\r\ny", "https://example.com/xy"),
    ],
)
def test_one_form_for_each(text: str, url: str) -> None:
    assert read_address(text).url == url
    assert read_address(url) == read_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "ftp://a.example/x",
        "file:///etc/passwd",
        "gopher://a.example",
        "data:text/plain,x",
        "javascript:alert(1)",
        "mailto:a@b.example",
        "unix:/run/x",
        "redis://a.example",
    ],
)
def test_other_protocols_are_refused(text: str) -> None:
    assert refused(text) == "E_URL_SCHEME"


@pytest.mark.parametrize(
    "text", ["https://ana:pw@a.example/", "https://ana@a.example/", "ana@a.example"]
)
def test_passwords_in_addresses_are_refused(text: str) -> None:
    assert refused(text) == "E_URL_CREDENTIALS"


@pytest.mark.parametrize(
    "text",
    ["", "   ", "https://", "https://a..b/", "https://a.example:99999/",
     "https://a.example:0/", "https://a.example:x/", "https://a%2Fb/", "https://a%00.example/",
     "https://[::1", "https://[1.2.3.4]/", "https://1.2.3.4.5/", "https://09.0.0.1/",
     "https://256.1.1.1/", "https://1_0.1/", "https://" + "a" * 64 + ".example/",
     "https://" + "a." * 130 + "example/", "https://a.example/" + "x" * 5000,
     "https://%ff.example/", "https://a\u0000b.example/"],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    assert refused(text) == "E_URL_UNREADABLE"


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        address = read_address(text)
    except Refused:
        return
    assert read_address(address.url) == address
    assert address.url.isascii()


def test_a_feed_address_is_a_key_and_is_not_shown() -> None:
    address = read_address("https://a.example/private-0123/basic.ics")
    assert "0123" not in f"{address} {address!r}"


PUBLIC, HOME = ip_address("93.184.216.34"), ip_address("192.168.1.7")
ALLOWED = [ip_network("192.168.1.0/24")]


def judged(url: str, *answers, allowed=(), secret=False) -> str:
    try:
        judge(read_address(url), answers, allowed, secret=secret)
    except Refused as error:
        return error.code
    return "called"


def test_every_answer_must_be_public() -> None:
    assert judged("https://a.example", PUBLIC) == "called"
    assert judged("https://a.example", PUBLIC, HOME) == "E_URL_PRIVATE"
    assert judged("https://a.example", HOME, PUBLIC) == "E_URL_PRIVATE"
    assert judged("https://a.example") == "E_URL_PRIVATE"


@pytest.mark.parametrize(
    "port", [21, 22, 25, 53, 143, 993, 3306, 5432, 6379, 11211, 27017]
)
def test_ports_of_other_protocols_are_for_allowed_networks(port: int) -> None:
    url = f"https://a.example:{port}/"
    assert judged(url, PUBLIC) == "E_URL_PORT"
    assert judged(url, HOME, allowed=ALLOWED) == "called"
    assert judged(url, HOME, PUBLIC, allowed=ALLOWED) == "E_URL_PORT"


@pytest.mark.parametrize("port", [80, 443, 5232, 8000, 8443, 8080])
def test_any_other_port_is_called(port: int) -> None:
    assert judged(f"https://a.example:{port}/", PUBLIC) == "called"


def test_a_password_goes_over_https_alone() -> None:
    assert judged("http://a.example", PUBLIC) == "called"
    assert judged("http://a.example", PUBLIC, secret=True) == "E_URL_SCHEME"
    assert judged("http://a.example", HOME, allowed=ALLOWED, secret=True) == "called"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("caldav.icloud.com", "p37-caldav.icloud.com", True),
        ("fastmail.com", "caldav.fastmail.com", True),
        ("a.example.co.uk", "b.example.co.uk", True),
        ("a.co.uk", "b.co.uk", False),
        ("ana.github.io", "eve.github.io", False),
        ("icloud.com", "icloud.com.evil.example", False),
        ("icloud.com", "eviIcloud.com", False),
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "127.0.0.2", False),
        ("radicale", "radicale", True),
        ("radicale", "xandikos", False),
        ("com", "example.com", False),
    ],
)  # fmt: skip
def test_same_site_is_who_registered_it(one: str, other: str, same: bool) -> None:
    pair = read_address(f"https://{one}"), read_address(f"https://{other}")
    assert same_site(*pair) is same
    assert same_site(*reversed(pair)) is same
