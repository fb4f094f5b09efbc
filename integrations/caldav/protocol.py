"""CalDAV collections: which calls to make, and what the answers mean. Without I/O.

RFC 4791 (calendar access), RFC 6578 (sync), RFC 9110 (conditions). An object is called
by the last part of its address, decoded: servers write one and the same in several
ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape

from integrations.addresses import Address, read_address
from integrations.caldav.multistatus import (
    CALDAV,
    CALENDARSERVER,
    DAV,
    Multistatus,
    Response,
    read_conditions,
    read_multistatus,
)
from integrations.calls import MIB, Answer, Call
from scheduler.errors import (
    Conflict,
    CursorExpired,
    Gone,
    NeedsConsent,
    Refused,
    Rejected,
    Troth,
    Unavailable,
)
from scheduler.ids import Etag, RemoteId

MOST_LISTED = 20 * MIB
MOST_OBJECT = 10 * MIB
#: Objects asked for in one multiget.
BATCH = 50

_XML = {"Content-Type": "application/xml; charset=utf-8"}
_NAMES = (
    'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'
    ' xmlns:CS="http://calendarserver.org/ns/"'
)
_HEAD = '<?xml version="1.0" encoding="utf-8"?>'
_LATER = frozenset((408, 423, 425, 429))


# Calls.


def in_collection(address: Address) -> Address:
    """The address with a slash at its end, as a collection's."""
    path, mark, query = address.target.partition("?")
    return replace(address, target=path.rstrip("/") + "/" + mark + query)


def member(collection: Address, name: str) -> Address:
    """Where the object of this name is."""
    path = collection.target.partition("?")[0]
    return replace(collection, target=path + quote(name, safe="@!$&'()*+,;=:~"))


def propfind(address: Address, depth: int, *props: str) -> Call:
    """Ask for properties, given with the prefixes of `_NAMES`."""
    inside = "".join(f"<{prop}/>" for prop in props)
    body = f"{_HEAD}<propfind {_NAMES}><prop>{inside}</prop></propfind>"
    return _xml_call("PROPFIND", address, depth, body)


def state_call(collection: Address) -> Call:
    """Ask how the collection can be followed, and where it stands."""
    return propfind(
        collection,
        0,
        "resourcetype",
        "sync-token",
        "supported-report-set",
        "CS:getctag",
    )


def listing_call(collection: Address) -> Call:
    """Ask for the names and etags of everything in the collection."""
    return propfind(collection, 1, "resourcetype", "getetag")


def sync_call(collection: Address, token: str) -> Call:
    """Ask what changed since a token; everything when it is empty."""
    body = (
        f"{_HEAD}<sync-collection {_NAMES}><sync-token>{escape(token)}</sync-token>"
        "<sync-level>1</sync-level><prop><getetag/></prop></sync-collection>"
    )
    return _xml_call("REPORT", collection, 0, body)


def multiget_call(collection: Address, names: Iterable[str]) -> Call:
    """Ask for these objects."""
    hrefs = "".join(
        f"<href>{escape(member(collection, name).target)}</href>" for name in names
    )
    body = (
        f"{_HEAD}<C:calendar-multiget {_NAMES}><prop><getetag/><C:calendar-data/>"
        f"</prop>{hrefs}</C:calendar-multiget>"
    )
    return _xml_call("REPORT", collection, 1, body)


def uid_call(collection: Address, uid: str) -> Call:
    """Ask which object has this UID (RFC 4791 section 7.8.6)."""
    body = (
        f"{_HEAD}<C:calendar-query {_NAMES}><prop><getetag/></prop><C:filter>"
        '<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">'
        '<C:prop-filter name="UID"><C:text-match collation="i;octet">'
        f"{escape(uid)}</C:text-match></C:prop-filter></C:comp-filter></C:comp-filter>"
        "</C:filter></C:calendar-query>"
    )
    return _xml_call("REPORT", collection, 1, body)


def _xml_call(method: str, address: Address, depth: int, body: str) -> Call:
    headers = {**_XML, "Depth": str(depth)}
    return Call(
        method, address, headers, body.encode(), MOST_LISTED, too_big="E_DAV_TOO_BIG"
    )


def get_call(collection: Address, name: str) -> Call:
    """Ask for one object."""
    headers = {"Accept": "text/calendar"}
    return Call("GET", member(collection, name), headers, most_bytes=MOST_OBJECT)


def create_call(collection: Address, name: str, data: bytes) -> Call:
    """Put a new object, and only a new one."""
    headers = {"Content-Type": "text/calendar; charset=utf-8", "If-None-Match": "*"}
    return Call("PUT", member(collection, name), headers, data)


def replace_call(
    collection: Address, name: str, data: bytes, etag: Etag | None
) -> Call:
    """Put an object over the version with this etag; over any without one."""
    headers = {"Content-Type": "text/calendar; charset=utf-8", **_only(etag)}
    return Call("PUT", member(collection, name), headers, data)


def delete_call(collection: Address, name: str, etag: Etag | None) -> Call:
    """Delete the version with this etag; any without one."""
    return Call("DELETE", member(collection, name), _only(etag))


def _only(etag: Etag | None) -> dict[str, str]:
    """If-Match never matches a weak etag; proxies weaken what the server compares."""
    return {"If-Match": etag.removeprefix("W/")} if etag else {}


# Answers to what is read.


def failure(answer: Answer) -> Troth:
    """What an answer means that is not what was asked for, when reading."""
    host, status = answer.address.host, answer.status
    if status in (401, 403):
        return NeedsConsent(f"{host} does not let us in ({status})")
    if status >= 500 or status in _LATER:
        return Unavailable(f"{host} answers {status}", after=answer.retry_after)
    if status in (404, 410):
        return Refused(
            "E_DAV_GONE", "This calendar is not there; connect it again.", field="url"
        )
    return Refused(
        "E_DAV_ANSWER",
        f"{host} does not answer like a CalDAV server ({status}); check the address.",
        field="url",
    )


def multistatus(answer: Answer) -> Multistatus:
    """The body of a 207; any other status is a failure."""
    if answer.status != 207:
        raise failure(answer)
    return read_multistatus(answer.body)


@dataclass(frozen=True, slots=True)
class State:
    """Where a collection stands; '' for what its server does not tell."""

    can_sync: bool
    ctag: str


def read_state(answer: Answer) -> State:
    """The answer to `state_call`. `Refused` E_DAV_GONE when it is no calendar."""
    found = multistatus(answer).responses[:1]
    if not found or f"{CALDAV}calendar" not in found[0].inside(f"{DAV}resourcetype"):
        raise Refused(
            "E_DAV_GONE", "There is no calendar at this address.", field="url"
        )
    reports = found[0].inside(f"{DAV}supported-report-set")
    can_sync = f"{DAV}sync-collection" in reports or bool(
        found[0].text(f"{DAV}sync-token")
    )
    return State(can_sync, found[0].text(f"{CALENDARSERVER}getctag"))


def name_in(collection: Address, href: str) -> RemoteId | None:
    """What an address is called in the collection; None for what is not in it.

    The collection itself may be among its members (iCloud lists it).
    """
    try:
        path = read_address(href, base=collection).target.partition("?")[0]
    except Refused:
        return None
    folder, _, name = path.rpartition("/")
    here = collection.target.partition("?")[0].rstrip("/")
    if not name or unquote(folder) != unquote(here):
        return None
    return RemoteId(unquote(name))


Etags = dict[RemoteId, Etag | None]


@dataclass(frozen=True, slots=True)
class Page:
    """One answer to `sync_call`. When `more`, the rest is asked for with `token`."""

    changed: Etags
    gone: frozenset[RemoteId]
    token: str
    more: bool


def read_sync(answer: Answer, collection: Address) -> Page:
    """`CursorExpired` when the token is not known; `CannotSync` where it cannot."""
    if answer.status != 207:
        raise _sync_failure(answer)
    found = read_multistatus(answer.body)
    changed: Etags = {}
    gone: set[RemoteId] = set()
    more = False
    for response in found.responses:
        name = name_in(collection, response.href)
        if name is None:
            # RFC 6578 section 3.6: 507 on the collection means there is more.
            more = more or response.status == 507
        elif response.status == 404:
            gone.add(name)
        elif response.status in (None, 200):
            changed[name] = _etag(response)
    if not found.sync_token:
        raise CannotSync
    return Page(changed, frozenset(gone), found.sync_token, more)


class CannotSync(Exception):
    """The server does not do sync-collection here: list its etags instead."""


def _sync_failure(answer: Answer) -> Exception:
    conditions = read_conditions(answer.body)
    if f"{DAV}valid-sync-token" in conditions or answer.status in (410, 412):
        return CursorExpired()
    if f"{DAV}supported-report" in conditions or answer.status in (400, 405, 415, 501):
        return CannotSync()
    return failure(answer)


def read_listing(answer: Answer, collection: Address) -> Etags:
    """The answer to `listing_call`: every object that is there."""
    etags: Etags = {}
    for response in multistatus(answer).responses:
        name = name_in(collection, response.href)
        inside = response.inside(f"{DAV}resourcetype")
        if name is not None and f"{DAV}collection" not in inside:
            etags[name] = _etag(response)
    return etags


@dataclass(frozen=True, slots=True)
class Resource:
    """One object as the server keeps it."""

    name: RemoteId
    etag: Etag | None
    data: bytes


def read_objects(answer: Answer, collection: Address) -> tuple[Resource, ...]:
    """The answer to `multiget_call`; what has been deleted meanwhile is left out."""
    found = []
    for response in multistatus(answer).responses:
        name = name_in(collection, response.href)
        data = response.found.get(f"{CALDAV}calendar-data")
        if name is not None and data is not None and data.text:
            found.append(Resource(name, _etag(response), data.text.encode()))
    return tuple(found)


def read_found(answer: Answer, collection: Address) -> Resource | None:
    """The answer to `uid_call`: the first object found, without its data."""
    if answer.status in (400, 403, 404, 405, 410, 415, 501):
        return None  # no search here; what has our own name was looked at already
    for response in multistatus(answer).responses:
        name = name_in(collection, response.href)
        if name is not None and response.status in (None, 200):
            return Resource(name, _etag(response), b"")
    return None


def _etag(response: Response) -> Etag | None:
    text = response.text(f"{DAV}getetag")
    return Etag(text) if text else None


def read_object(answer: Answer, name: str) -> Resource:
    """The answer to `get_call`; `Gone` when there is none."""
    if answer.status in (404, 410):
        raise Gone(name)
    if answer.status != 200:
        raise failure(answer)
    return Resource(RemoteId(name), etag_of(answer), answer.body)


def etag_of(answer: Answer) -> Etag | None:
    """The etag in an answer's headers, if there is one."""
    text = answer.headers.get("etag", "").strip()
    return Etag(text) if text else None


# Answers to what is written.


def write_failure(answer: Answer) -> Troth | None:
    """What the answer to a PUT or DELETE means; None when it was done.

    `Conflict` for 409 and 412 unless the reason is one that stays: the caller reads
    back, since servers also say them of a UID in use and of an object too large.
    """
    host, status = answer.address.host, answer.status
    if status in (200, 201, 204):
        return None
    reasons = _words(read_conditions(answer.body))
    if status in (404, 410):
        return Gone("not there")
    if status == 401:
        return NeedsConsent(f"{host} does not let us in (401)")
    if (status in (409, 412) and not reasons & _LASTING) or _UID_TAKEN in reasons:
        return Conflict(", ".join(sorted(reasons)) or str(status))
    if status >= 500 or status in _LATER:
        return Unavailable(f"{host} answers {status}", after=answer.retry_after)
    told = ", ".join(sorted(reasons)[:3])
    return Rejected(f"{host} answers {status}" + (f" ({told})" if told else ""))


_UID_TAKEN = "no-uid-conflict"
_LASTING = frozenset(
    {"max-resource-size", "valid-calendar-data", "valid-calendar-object-resource"}
    | {"supported-calendar-data", "supported-calendar-component", "need-privileges"}
    | {"max-instances", "max-attendees-per-instance", "min-date-time", "max-date-time"}
    | {"calendar-collection-location-ok", "quota-not-exceeded"}
)


def _words(conditions: Iterable[str]) -> frozenset[str]:
    return frozenset(tag.rpartition("}")[2][:64] for tag in conditions)


def batches(names: Iterable[RemoteId]) -> Sequence[tuple[RemoteId, ...]]:
    """Names in the portions in which objects are asked for."""
    all_names = sorted(names)
    return [
        tuple(all_names[first : first + BATCH])
        for first in range(0, len(all_names), BATCH)
    ]
