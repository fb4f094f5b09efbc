"""Copies are written once and to what was read, also on bad days (I16)."""

import re

import pytest
from aiohttp import web

from scheduler.errors import (
    Conflict,
    NeedsConsent,
    Refused,
    Rejected,
    Troth,
    Unavailable,
)
from scheduler.ids import Etag, RemoteId
from scheduler.ports.calendars import Describe
from tests.contracts.calendars import DATES, INVITE, WINDOW, Follower, private
from tests.faults.proxy import Forward, Passed, Rule, cutting, hanging, only, saying
from tests.integrations.caldav.scenes import (
    Scene,
)

pytestmark = pytest.mark.servers


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
