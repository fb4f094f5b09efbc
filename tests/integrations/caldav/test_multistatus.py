"""WebDAV's XML is read without trust (promises.md S14, 46)."""

import pytest
from aiohttp import web

from integrations.caldav.multistatus import (
    CALDAV,
    DAV,
    read_conditions,
    read_multistatus,
)
from scheduler.errors import Refused
from tests.faults.serving import serving

GOOD = b"""<?xml version="1.0"?><D:multistatus xmlns:D="DAV:"
 xmlns:C="urn:ietf:params:xml:ns:caldav"><D:response><D:href> /a/b.ics </D:href>
<D:propstat><D:prop><D:getetag>"1"</D:getetag></D:prop>
<D:status>HTTP/1.1 200 OK</D:status></D:propstat>
<D:propstat><D:prop><C:calendar-data/></D:prop>
<D:status>HTTP/1.1 404 Not Found</D:status></D:propstat></D:response>
<D:response><D:href>/a/c.ics</D:href><D:status>HTTP/1.1 404 Gone</D:status></D:response>
<D:sync-token>t</D:sync-token></D:multistatus>"""


def test_what_was_found_is_told_and_nothing_else() -> None:
    found = read_multistatus(GOOD)
    first, second = found.responses
    assert (first.href, first.status) == ("/a/b.ics", None)
    assert first.text(f"{DAV}getetag") == '"1"'
    assert f"{CALDAV}calendar-data" not in first.found
    assert (second.href, second.status) == ("/a/c.ics", 404)
    assert found.sync_token == "t"


LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10)
)
ATTACKS = {
    "doctype": b"<!DOCTYPE x>",
    "internal": b'<!DOCTYPE x [<!ENTITY e "v">]>',
    "file": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    "network": b'<!DOCTYPE x [<!ENTITY e SYSTEM "URL/entity">]>',
    "dtd": b'<!DOCTYPE x SYSTEM "URL/dtd">',
    "public": b'<!DOCTYPE x PUBLIC "-//X//X" "URL/public">',
    "parameter": b'<!DOCTYPE x [<!ENTITY % p SYSTEM "URL/parameter"> %p;]>',
    "laughs": b'<!DOCTYPE x [<!ENTITY l0 "ha">' + LAUGHS + b"]>",
}


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-7"])
async def test_no_document_type_is_read(attack: str, encoding: str) -> None:
    asked: list[str] = []

    async def fetched(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(text="secret")

    async with serving(fetched) as here:
        name = b"&l9;" if attack == "laughs" else b"&e;"
        head = ATTACKS[attack].replace(b"URL", here.encode())
        plain = (
            head + b'<multistatus xmlns="DAV:"><response><href>' + name + b"</href>"
            b"</response></multistatus>"
        )
        declared = f'<?xml version="1.0" encoding="{encoding}"?>'.encode() + plain
        body = declared.decode().encode(encoding)
        with pytest.raises(Refused, match="E_DAV_XML"):
            read_multistatus(body)
        assert read_conditions(body) == frozenset()
    assert asked == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\0",
        b"<html></html>",
        b"<multistatus/>",
        b'<multistatus xmlns="DAV:">',
        b"<a>" * 100_000,
        b'<multistatus xmlns="DAV:">' + b"<response>" * 5_000,
    ],
    ids=["empty", "nul", "html", "no namespace", "short", "deep", "deeper"],
)
def test_what_is_no_multistatus_is_refused(body: bytes) -> None:
    with pytest.raises(Refused, match="E_DAV_XML"):
        read_multistatus(body)


def test_xinclude_and_instructions_are_only_text() -> None:
    body = GOOD.replace(
        b"<D:sync-token>",
        b'<?xml-stylesheet href="file:///etc/passwd"?><x:include'
        b' xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'
        b"<D:sync-token>",
    )
    assert read_multistatus(body).sync_token == "t"


def test_what_is_missing_is_no_trouble() -> None:
    body = b"""<multistatus xmlns="DAV:"><response/><response><href/>
    <status>nonsense</status><propstat/></response></multistatus>"""
    assert [(r.href, r.status) for r in read_multistatus(body).responses] == [
        ("", None),
        ("", None),
    ]
