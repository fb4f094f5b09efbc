"""Servers that forget, page, or cannot sync: what is known stays true (F49)."""

import re

import pytest
from aiohttp import web

from tests.contracts.calendars import DATES, Follower, private
from tests.faults.proxy import Forward, Rule, hanging, only
from tests.integrations.caldav.scenes import (
    Forgetting,
    Paging,
    Scene,
    lists_itself,
    scene,
    without_anything,
    without_sync,
)

pytestmark = pytest.mark.servers


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


@pytest.mark.parametrize("way", ["left out", "500"])
async def test_an_object_that_an_answer_lacks_is_asked_for(
    here: Scene, way: str
) -> None:
    """It has changed: to pass it over would make its owner free."""

    async def lacking(request: web.Request, forward: Forward) -> web.StreamResponse:
        passed = await forward()
        if b"calendar-multiget" in await request.read():
            told = rb"<response><href>[^<]*/b.ics</href>.*?</response>"
            instead = b""
            if way == "500":
                instead = (
                    f"<response><href>{request.path}b.ics</href><propstat><prop>"
                    '<calendar-data xmlns="urn:ietf:params:xml:ns:caldav"/></prop>'
                    "<status>HTTP/1.1 500 Oh</status></propstat></response>"
                ).encode()
            passed.body = re.sub(told, instead, passed.body, flags=re.DOTALL)
        return passed.response()

    here.proxy.rule = lacking
    for uid in "abc":
        await here.theirs.put(f"{uid}.ics", private(uid))
    follower = Follower(here.calendar)
    await follower.follow()
    assert follower.uids.keys() == set("abc")


async def test_an_object_deleted_between_two_calls_is_no_trouble(here: Scene) -> None:
    async def late(request: web.Request, forward: Forward) -> web.StreamResponse:
        if b"calendar-multiget" in await request.read():
            here.proxy.rule = only("none", hanging)
            await here.theirs.delete("b.ics")
        return (await forward()).response()

    for uid in "abc":
        await here.theirs.put(f"{uid}.ics", private(uid))
    follower = Follower(here.calendar)
    here.proxy.rule = late
    await follower.follow()
    assert follower.uids.keys() == set("ac")
    await follower.follow()
    assert follower.uids.keys() == set("ac")
