"""Servers that fail or mislead when they are read (F29, F30, F47)."""

import pytest
from aiohttp import web

from scheduler.errors import (
    NeedsConsent,
    Refused,
    Troth,
    Unavailable,
)
from scheduler.events import Delta
from tests.contracts.calendars import WINDOW, Follower, private
from tests.faults.proxy import Forward, Rule, cutting, hanging, only, saying
from tests.integrations.caldav.scenes import EMPTY, Scene, without_anything

pytestmark = pytest.mark.servers


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
