"""Servers that fail, forget, page and mislead: what is known stays true (F30, F49)."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_network
from urllib.parse import urlsplit

import pytest
from aiohttp import web

from integrations.caldav.client import OpenCalDav
from integrations.egress import Door, Limits
from integrations.ics.decode import Decoded, decode
from scheduler.connections import CalendarKind, Connection
from scheduler.errors import (
    Conflict,
    NeedsConsent,
    Refused,
    Rejected,
    Troth,
    Unavailable,
)
from scheduler.events import Delta
from scheduler.ids import CalendarId, Etag, PersonId, RemoteId
from scheduler.ports.calendars import Calendar, Describe
from scheduler.secret import Secret
from tests.contracts.calendars import DATES, INVITE, WINDOW, Follower, private
from tests.faults.proxy import (
    Forward,
    Passed,
    Proxy,
    Rule,
    cutting,
    hanging,
    only,
    proxied,
    saying,
)
from tests.servers.dav import DavClient, new_calendar

pytestmark = pytest.mark.servers
QUICK = Limits(connect=1, read=1, total=2)


async def in_process(data: bytes, **words) -> Decoded:
    return decode(data, **words)


@dataclass
class Scene:
    """A calendar seen through a proxy, and its owner's program behind it."""

    calendar: Calendar
    theirs: DavClient
    proxy: Proxy


@asynccontextmanager
async def scene(home: str) -> AsyncIterator[Scene]:
    async with new_calendar(home) as theirs:
        parts = urlsplit(theirs.url)
        async with proxied(f"{parts.scheme}://{parts.netloc}") as proxy:
            connection = Connection(
                id=CalendarId("c"),
                person=PersonId("ana"),
                kind=CalendarKind.CALDAV,
                url=Secret(proxy.url + parts.path),
                username="ana",
                password=Secret("pw"),
            )
            door = Door(allowed=(ip_network("127.0.0.1/32"),), limits=QUICK)
            yield Scene(OpenCalDav(door, in_process)(connection), theirs, proxy)


@pytest.fixture
async def here(radicale: str) -> AsyncIterator[Scene]:
    async with scene(f"{radicale}ana/") as found:
        yield found


# Ways in which servers differ.


async def without_sync(request: web.Request, forward: Forward) -> web.StreamResponse:
    """Only ctag and etags, as RFC 4791 alone has it."""
    if b"sync-collection" in await request.read():
        body = b'<error xmlns="DAV:"><supported-report/></error>'
        return web.Response(status=403, body=body)
    passed = await forward()
    passed.body = re.sub(rb"<sync-token>.*?</sync-token>", b"", passed.body)
    passed.body = re.sub(
        rb"<supported-report-set>.*?</supported-report-set>", b"", passed.body
    )
    return passed.response()


async def without_anything(
    request: web.Request, forward: Forward
) -> web.StreamResponse:
    """Not even a ctag."""
    answer = await without_sync(request, forward)
    assert isinstance(answer, web.Response) and isinstance(answer.body, bytes)
    body = re.sub(rb"<CS:getctag>.*?</CS:getctag>", b"", answer.body)
    return web.Response(status=answer.status, body=body)


class Paging:
    """Two changes a page, 507 on the collection while there is more (RFC 6578 3.6)."""

    def __init__(self) -> None:
        self.rest: dict[str, tuple[list[bytes], str]] = {}
        self.pages = 0

    async def __call__(
        self, request: web.Request, forward: Forward
    ) -> web.StreamResponse:
        asked = await request.read()
        if b"<sync-collection" not in asked:
            return (await forward()).response()
        token = re.search(rb"<sync-token>(.*?)</sync-token>", asked)
        assert token is not None
        left = self.rest.get(token[1].decode())
        if left is None:
            passed = await forward()
            if passed.status != 207:
                return passed.response()
            found = re.findall(rb"<response>.*?</response>", passed.body, re.DOTALL)
            last = re.search(rb"<sync-token>(.*?)</sync-token>", passed.body)
            assert last is not None
            left = (found, last[1].decode())
        return self.page(request.path, *left)

    def page(self, path: str, left: list[bytes], last: str) -> web.Response:
        self.pages += 1
        more = b""
        token = last
        if left[2:]:
            token = f"page-{self.pages}"
            self.rest[token] = (left[2:], last)
            more = (
                f"<response><href>{path}</href><status>HTTP/1.1 507 Insufficient"
                " Storage</status></response>"
            ).encode()
        inside = b"".join(left[:2]) + more
        body = (
            b'<multistatus xmlns="DAV:">'
            + inside
            + f"<sync-token>{token}</sync-token></multistatus>".encode()
        )
        return web.Response(status=207, body=body)


class Forgetting:
    """Every token is unknown the second time."""

    def __init__(self, status: int, body: bytes = b"") -> None:
        self.answer = (status, body)

    async def __call__(
        self, request: web.Request, forward: Forward
    ) -> web.StreamResponse:
        asked = await request.read()
        if b"<sync-collection" in asked and b"<sync-token></sync-token>" not in asked:
            return web.Response(status=self.answer[0], body=self.answer[1])
        return (await forward()).response()


async def lists_itself(request: web.Request, forward: Forward) -> web.StreamResponse:
    """The collection is among its members, as iCloud has it."""
    passed = await forward()
    itself = (
        f"<response><href>{request.path}</href><propstat><prop><getetag>x</getetag>"
        "</prop><status>HTTP/1.1 200 OK</status></propstat></response>"
    ).encode()
    passed.body = passed.body.replace(b"</multistatus>", itself + b"</multistatus>")
    return passed.response()


VALID = b'<error xmlns="DAV:"><valid-sync-token/></error>'
MODES: dict[str, Rule | None] = {
    "plain": None,
    "no sync": without_sync,
    "no sync, no ctag": without_anything,
    "forgets, 403": Forgetting(403, VALID),
    "forgets, 409": Forgetting(409, VALID),
    "forgets, 412": Forgetting(412),
    "forgets how": Forgetting(501),
    "lists itself": lists_itself,
}


#: The rules that rewrite know how Radicale writes its XML.
SERVERS = [
    *(("radicale", mode) for mode in [*MODES, "pages"]),
    *(("xandikos", mode) for mode in ("plain", "forgets, 412", "forgets how")),
]


@pytest.mark.parametrize(("server", "mode"), SERVERS)
async def test_every_kind_of_server_leads_to_the_same(
    server: str, mode: str, request: pytest.FixtureRequest
) -> None:
    home = "ana/" if server == "radicale" else "calendars/"
    rule = Paging() if mode == "pages" else MODES[mode]
    async with scene(f"{request.getfixturevalue(server)}{home}") as here:
        here.proxy.rule = rule or here.proxy.rule
        follower = Follower(here.calendar)
        for uid in "abcdefg":
            await here.theirs.put(f"{uid}.ics", private(uid))
        await follower.follow()
        truth = {uid: [DATES[0]] for uid in "abcdefg"}
        assert follower.uids == truth

        await here.theirs.put("b.ics", private("b", DATES[1]))
        for uid in "acd":
            await here.theirs.delete(f"{uid}.ics")
        await here.theirs.put("h.ics", private("h"))
        await follower.follow()
        truth = {uid: [DATES[0]] for uid in "efgh"} | {"b": [DATES[1]]}
        assert follower.uids == truth

        await follower.follow()
        assert follower.uids == truth
        await here.theirs.delete("h.ics")
        await here.theirs.put("a.ics", private("a", DATES[2]))
        await follower.follow()
        del truth["h"]
        assert follower.uids == truth | {"a": [DATES[2]]}
    if isinstance(rule, Paging):
        assert rule.pages > 6


async def test_an_unchanged_ctag_costs_one_small_call(here: Scene) -> None:
    here.proxy.rule = without_sync
    await here.theirs.put("a.ics", private("a"))
    follower = Follower(here.calendar)
    await follower.follow()
    here.proxy.seen.clear()
    delta = await follower.follow()
    assert (delta.changed, delta.gone_hints) == ((), frozenset())
    assert len(here.proxy.seen) == 1


async def test_only_what_changed_is_asked_for_by_etag(here: Scene) -> None:
    here.proxy.rule = without_sync
    for uid in "abc":
        await here.theirs.put(f"{uid}.ics", private(uid))
    follower = Follower(here.calendar)
    await follower.follow()
    await here.theirs.put("b.ics", private("b", DATES[1]))
    delta = await follower.follow()
    assert [found.uid for found in delta.changed] == ["b"]
    assert not delta.everything


# Servers that fail.


EMPTY = b'<multistatus xmlns="DAV:"><sync-token>x</sync-token></multistatus>'


async def test_an_empty_listing_takes_nothing_away(here: Scene) -> None:
    """F30: it is a hint at most; reading by id shows that all is there."""
    for uid in "abc":
        await here.theirs.put(f"{uid}.ics", private(uid))
    follower = Follower(here.calendar)
    here.proxy.rule = without_anything

    async def emptied(request: web.Request, forward: Forward) -> web.StreamResponse:
        if request.headers.get("Depth") == "1" and request.method == "PROPFIND":
            return web.Response(status=207, body=EMPTY)
        return await without_anything(request, forward)

    await follower.follow()
    here.proxy.rule = emptied
    delta = await here.calendar.changes(follower.cursor, WINDOW)
    assert delta.gone == frozenset() and not delta.everything
    assert len(delta.gone_hints) == 3
    await follower.follow()
    assert follower.uids.keys() == set("abc")


async def test_an_empty_sync_takes_nothing_away(here: Scene) -> None:
    await here.theirs.put("a.ics", private("a"))
    follower = Follower(here.calendar)
    await follower.follow()
    here.proxy.rule = only("REPORT", saying(207, EMPTY))
    delta = await follower.follow()
    assert delta == Delta((), delta.cursor)
    assert follower.uids.keys() == {"a"}


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        (saying(401), NeedsConsent),
        (saying(403), NeedsConsent),
        (saying(404), Refused),
        (saying(500), Unavailable),
        (saying(503, **{"Retry-After": "90"}), Unavailable),
        (saying(429), Unavailable),
        (saying(200, b"<html>Sign in</html>"), Refused),
        (saying(207, b""), Refused),
        (saying(207, b"BEGIN:VCALENDAR"), Refused),
        (hanging, Unavailable),
        (cutting, Unavailable),
    ],
)
async def test_each_failure_has_its_meaning_and_is_not_repeated(
    here: Scene, rule: Rule, error: type[Troth]
) -> None:
    await here.theirs.put("a.ics", private("a"))
    follower = Follower(here.calendar)
    await follower.follow()
    here.proxy.rule = rule
    here.proxy.seen.clear()
    with pytest.raises(error) as caught:
        await here.calendar.changes(follower.cursor, WINDOW)
    assert len(here.proxy.seen) == 1, "a changed password is tried once"
    assert follower.uids.keys() == {"a"}
    if isinstance(caught.value, Unavailable) and caught.value.after:
        assert caught.value.after == 90


async def test_a_server_without_end_is_left(here: Scene) -> None:
    endless = b"""<multistatus xmlns="DAV:"><response><href>/ana/</href>
    <status>HTTP/1.1 507 Insufficient Storage</status></response>
    <sync-token>again</sync-token></multistatus>"""
    here.proxy.rule = only("REPORT", saying(207, endless))
    with pytest.raises(Unavailable):
        await here.calendar.changes(None, WINDOW)
    assert len(here.proxy.seen) < 5


def listing(count: int, pad: str = "") -> bytes:
    one = (
        "<response><href>/ana/c1/x{}.ics</href><propstat><prop><getetag>1"
        f"{pad}</getetag></prop><status>HTTP/1.1 200 OK</status></propstat></response>"
    )
    inside = "".join(one.format(n) for n in range(count))
    return EMPTY.replace(b"<sync-token>", f"{inside}<sync-token>".encode())


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (listing(1, pad="x" * 50_000_000), "E_DAV_TOO_BIG"),
        (listing(60_000), "E_DAV_TOO_BIG"),
        (EMPTY.replace(b">x<", b">" + b"x" * 65_536 + b"<"), "E_DAV_TOKEN"),
    ],
    ids=["50 MB", "60,000 objects", "a token of 64 KB"],
)
async def test_an_answer_too_large_is_refused(
    here: Scene, body: bytes, code: str
) -> None:
    here.proxy.rule = only("REPORT", saying(207, body))
    with pytest.raises(Refused, match=code):
        await here.calendar.changes(None, WINDOW)


async def test_a_member_elsewhere_is_not_followed(here: Scene) -> None:
    """An href in an answer names an object; it never sends us anywhere."""
    body = EMPTY.replace(
        b"<sync-token>",
        b"<response><href>http://10.0.0.1/ana/c1/a.ics</href></response>"
        b"<response><href>//thief.example/a.ics</href></response>"
        b"<response><href>../../b.ics</href></response><sync-token>",
    )
    here.proxy.rule = only("REPORT", saying(207, body))
    delta = await here.calendar.changes(None, WINDOW)
    assert delta.changed == ()


# Writing on bad days.


async def test_a_copy_that_arrived_unheard_is_found(here: Scene) -> None:
    """The line is cut after the PUT: trying again meets the first."""
    here.proxy.rule = only("PUT", cutting)
    with pytest.raises(Unavailable):
        await here.calendar.create(INVITE)
    here.proxy.rule = only("PUT", saying(500))
    with pytest.raises(Unavailable):
        await here.calendar.create(INVITE)
    here.proxy.rule = only("none", hanging)
    with pytest.raises(Conflict):
        await here.calendar.create(INVITE)
    found = await here.calendar.find(INVITE.uid)
    assert found is not None and found.id == f"{INVITE.uid}.ics"


async def test_a_copy_under_another_name_is_a_conflict(here: Scene) -> None:
    """Another program may have moved it: the UID is what counts."""
    written = await here.calendar.create(INVITE)
    data = await here.theirs.raw(f"{INVITE.uid}.ics")
    await here.theirs.delete(f"{INVITE.uid}.ics")
    await here.theirs.put("renamed.ics", data)
    found = await here.calendar.find(INVITE.uid)
    assert found is not None and found.id == "renamed.ics" != written.id
    with pytest.raises(Conflict):
        await here.calendar.create(INVITE)


LARGE = (
    b'<error xmlns="DAV:"><C:max-resource-size'
    b' xmlns:C="urn:ietf:params:xml:ns:caldav"/></error>'
)


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        (saying(412), Rejected),  # Radicale says so of an object too large
        (saying(409), Rejected),
        (saying(403, LARGE), Rejected),
        (saying(412, LARGE), Rejected),
        (saying(403), Rejected),
        (saying(413), Rejected),
        (saying(415), Rejected),
        (saying(404), Rejected),
        (saying(401), NeedsConsent),
        (saying(423), Unavailable),
        (saying(507), Unavailable),
        (saying(503), Unavailable),
        (hanging, Unavailable),
    ],
)
async def test_what_a_refused_put_means(
    here: Scene, rule: Rule, error: type[Troth]
) -> None:
    here.proxy.rule = only("PUT", rule)
    with pytest.raises(error):
        await here.calendar.create(INVITE)
    assert await here.calendar.find(INVITE.uid) is None


def with_etags(change) -> Rule:
    async def rule(request: web.Request, forward: Forward) -> web.StreamResponse:
        passed: Passed = await forward()
        change(passed.headers)
        return passed.response()

    return rule


@pytest.mark.parametrize("kind", ["weak", "missing", "never the same"])
async def test_etags_of_any_kind_do(here: Scene, kind: str) -> None:
    def change(headers: dict[str, str]) -> None:
        spelled = next((name for name in headers if name.lower() == "etag"), "")
        etag = headers.pop(spelled, None)
        if etag and kind == "weak":
            headers["ETag"] = f"W/{etag}"
        elif etag and kind == "never the same":
            headers["ETag"] = '"a server that does not know its own"'

    here.proxy.rule = with_etags(change)
    written = await here.calendar.create(INVITE)
    found = await here.calendar.edit(written.id, Describe(DATES[1], "new"), etag=None)
    text = await here.calendar.text(found.id, DATES[1])
    assert text.text == "new"
    await here.calendar.remove(found.id, etag=None)


async def test_an_edit_meets_somebody_else_in_the_middle(here: Scene) -> None:
    """Read, they write, 412: read again, change that, write."""
    written = await here.calendar.create(INVITE)
    name = f"{INVITE.uid}.ics"

    async def meanwhile(request: web.Request, forward: Forward) -> web.StreamResponse:
        if request.method == "PUT":
            here.proxy.rule = only("none", hanging)
            theirs = await here.theirs.raw(name)
            await here.theirs.put(name, theirs.replace(b"Ana and", b"Tea with"))
        return (await forward()).response()

    here.proxy.rule = meanwhile
    await here.calendar.edit(written.id, Describe(DATES[1], "new"), etag=None)
    data = await here.theirs.raw(name)
    assert data.count(b"Tea with Ben") == 2
    assert (await here.calendar.text(written.id, DATES[1])).text == "new"


async def test_an_edit_that_never_gets_a_turn_is_a_conflict(here: Scene) -> None:
    written = await here.calendar.create(INVITE)
    name = f"{INVITE.uid}.ics"
    turns = iter(range(100))

    async def always(request: web.Request, forward: Forward) -> web.StreamResponse:
        if request.method == "PUT":
            theirs = await here.theirs.raw(name)
            new = f"SUMMARY:{next(turns)} ".encode()
            await here.theirs.put(name, re.sub(rb"SUMMARY:\S* ", new, theirs))
        return (await forward()).response()

    here.proxy.rule = always
    with pytest.raises(Conflict):
        await here.calendar.edit(written.id, Describe(DATES[1], "new"), etag=None)
    assert next(turns) == 3


async def test_an_edit_that_is_true_already_writes_nothing(here: Scene) -> None:
    written = await here.calendar.create(INVITE)
    describe = Describe(DATES[1], "new")
    await here.calendar.edit(written.id, describe, etag=None)
    here.proxy.seen.clear()
    await here.calendar.edit(written.id, describe, etag=None)
    assert [method for method, _ in here.proxy.seen] == ["GET"]


async def test_a_deleted_calendar_is_not_an_empty_one(here: Scene) -> None:
    """F29: nothing is taken for gone, and nothing is written into nowhere."""
    await here.theirs.put("a.ics", private("a"))
    follower = Follower(here.calendar)
    await follower.follow()
    await here.theirs.delete("")
    for cursor in (follower.cursor, None):
        with pytest.raises(Refused, match="E_DAV_GONE"):
            await here.calendar.changes(cursor, WINDOW)
    with pytest.raises(Rejected):
        await here.calendar.create(INVITE)
    await here.calendar.remove(RemoteId("a.ics"), etag=Etag('"1"'))


def test_the_quick_limits_are_quicker_than_the_promised_ones() -> None:
    assert Limits() == Limits(connect=5, read=15, total=30)
    assert timedelta(seconds=QUICK.total) < timedelta(seconds=30)
