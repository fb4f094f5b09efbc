"""WebDAV's XML (RFC 4918 sections 13 and 14), read without trust.

No DTD, no entity, nothing fetched, no file read (promises.md S14); what is too long to
be honest is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from scheduler.errors import Refused

DAV = "{DAV:}"
CALDAV = "{urn:ietf:params:xml:ns:caldav}"
CALENDARSERVER = "{http://calendarserver.org/ns/}"

MOST_RESPONSES = 50_000
#: A sync token is an address of its server's; nobody needs one as long as this.
MOST_TOKEN = 4096


@dataclass(frozen=True, slots=True)
class Response:
    """One `response`: what it is about, its own status, and what was found there.

    `found` are the properties of a propstat with status 200, by their full names.
    """

    href: str
    status: int | None
    found: Mapping[str, etree._Element] = field(repr=False)

    def text(self, name: str) -> str:
        """The text of a property, stripped; '' where there is none."""
        element = self.found.get(name)
        return "" if element is None else (element.text or "").strip()

    def hrefs(self, name: str) -> tuple[str, ...]:
        """The addresses inside a property."""
        element = self.found.get(name)
        if element is None:
            return ()
        return tuple(_text(href) for href in element.iterfind(f"{DAV}href"))

    def inside(self, name: str) -> frozenset[str]:
        """The full names of all elements inside a property."""
        element = self.found.get(name)
        if element is None:
            return frozenset()
        return frozenset(str(e.tag) for e in element.iterdescendants())


@dataclass(frozen=True, slots=True)
class Multistatus:
    """The answer to PROPFIND and REPORT."""

    responses: tuple[Response, ...]
    sync_token: str = ""


def refused_xml() -> Refused:
    """What is said of an answer that is no honest XML."""
    return Refused(
        "E_DAV_XML",
        "The calendar server answers with XML that cannot be read; check that the"
        " address is that of a CalDAV server.",
        field="url",
    )


def read_multistatus(body: bytes) -> Multistatus:
    """`Refused`: E_DAV_XML, E_DAV_TOO_BIG, E_DAV_TOKEN."""
    root = _root(body)
    if root.tag != f"{DAV}multistatus":
        raise refused_xml()
    responses = tuple(_response(each) for each in root.iterfind(f"{DAV}response"))
    if len(responses) > MOST_RESPONSES:
        raise Refused(
            "E_DAV_TOO_BIG",
            f"The calendar lists more than {MOST_RESPONSES:,} objects; use a smaller"
            " one.",
            field="url",
        )
    return Multistatus(responses, sync_token(root.find(f"{DAV}sync-token")))


def sync_token(element: etree._Element | None) -> str:
    """A token, or '' where there is none; `Refused` E_DAV_TOKEN."""
    token = "" if element is None else _text(element)
    if len(token) > MOST_TOKEN:
        raise Refused(
            "E_DAV_TOKEN",
            f"The calendar server's sync token is longer than {MOST_TOKEN:,} letters.",
            field="url",
        )
    return token


def read_conditions(body: bytes) -> frozenset[str]:
    """The conditions named in an `error` (RFC 4918 section 16); none is no trouble."""
    try:
        root = _root(body)
    except Refused:
        return frozenset()
    if root.tag != f"{DAV}error":
        return frozenset()
    return frozenset(str(e.tag) for e in root.iterchildren())


def _root(body: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise refused_xml() from None
    if root.getroottree().docinfo.doctype:
        raise refused_xml()
    return root


def _response(element: etree._Element) -> Response:
    href, status = element.find(f"{DAV}href"), element.find(f"{DAV}status")
    return Response(
        href="" if href is None else _text(href),
        status=None if status is None else _status(status),
        found={str(e.tag): e for e in _found(element)},
    )


def _found(response: etree._Element) -> Iterator[etree._Element]:
    for propstat in response.iterfind(f"{DAV}propstat"):
        status = propstat.find(f"{DAV}status")
        if status is None or _status(status) == 200:
            for prop in propstat.iterfind(f"{DAV}prop"):
                yield from prop.iterchildren()


def _status(element: etree._Element) -> int | None:
    """The number in `HTTP/1.1 404 Not Found`."""
    words = _text(element).split(maxsplit=2)
    return int(words[1]) if len(words) > 1 and words[1].isdecimal() else None


def _text(element: etree._Element) -> str:
    return (element.text or "").strip()
