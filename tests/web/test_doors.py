"""Coming in by a link, and staying out without one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.access import Link, Purpose
from scheduler.ids import LinkId
from tests.web.world import HAFEN, IDA, LEYLA, OLEG, PAIR, SITE, World, token_of
from web.limits import Limited


async def test_a_link_opens_a_clean_address(world: World) -> None:
    path = await world.link_for(IDA)
    answer = await world.client.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/pair/{PAIR.id}"
    cookie = answer.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "secure", "samesite=lax"))
    assert path.rpartition("/")[2] not in cookie


@pytest.mark.parametrize(
    ("clicked", "shown"),
    [("?time=2", "?time=2"), ("?time=0", ""), ("?time=2%26x", ""), ("?other=2", "")],
)
async def test_the_time_that_was_clicked_is_still_clicked(
    world: World, clicked: str, shown: str
) -> None:
    path = await world.link_for(IDA, Purpose.CHOOSE, about="offer1")
    answer = await world.client.get(path + clicked)
    assert answer.headers["location"] == f"/pair/{PAIR.id}/choose/offer1{shown}"


@pytest.mark.parametrize(
    ("clicked", "shown"),
    [("?said=no", "?said=no"), ("?said=moved", "?said=moved"), ("?said=x%26y", "")],
)
async def test_an_answer_that_was_clicked_is_chosen_and_not_noted(
    world: World, clicked: str, shown: str
) -> None:
    path = await world.link_for(IDA, Purpose.MET, about="s/20260101T000000Z/0")
    answer = await world.client.get(path + clicked)
    about = "s%2F20260101T000000Z%2F0"
    assert answer.headers["location"] == f"/pair/{PAIR.id}/met/{about}{shown}"


async def test_it_opens_as_often_as_a_scanner_likes(world: World) -> None:
    path = await world.link_for(IDA)
    for _ in range(int(Limited.DOOR.value.burst) - 1):
        assert (await world.client.get(path)).status_code == 303
    async with world.services.begin(read_only=True) as uow:
        link = await uow.doors.link(LinkId("ida-pages"))
    assert link and link.uses == 0


@pytest.mark.parametrize("what", ["altered", "expired", "revoked", "unknown", "long"])
async def test_one_page_for_every_link_that_opens_nothing(
    world: World, what: str
) -> None:
    path = await world.link_for(IDA)
    async with world.services.begin() as uow:
        link = await uow.doors.link(LinkId("ida-pages"))
        assert link
        if what == "expired":
            link = replace(link, expires_at=world.clock.now())
        if what == "revoked":
            link = replace(link, revoked=True)
        await uow.doors.put_link(link)
        await uow.commit()
    ending = {"altered": path[:-3] + "AAA", "unknown": "/p/pages/abc.def"}
    ending["long"] = path + "a" * 10_000
    answer = await world.client.get(ending.get(what, path))
    assert answer.status_code == 410
    assert "This link is no longer valid" in answer.text
    assert "set-cookie" not in answer.headers


async def test_a_link_of_one_purpose_opens_no_other(world: World) -> None:
    path = await world.link_for(IDA)
    answer = await world.client.get(path.replace("/pages/", "/met/"))
    assert answer.status_code == 410


async def test_sign_in_takes_a_click_and_works_once(world: World) -> None:
    expires = world.clock.now() + timedelta(minutes=15)
    link = Link(LinkId("s"), Purpose.SIGN_IN, HAFEN, None, "", expires, single=True)
    path = await world.link(link)
    for _ in range(3):
        page = await world.client.get(path)
        assert page.status_code == 200 and "Open my programme" in page.text
        assert "set-cookie" not in page.headers
    assert (await world.client.post(path)).status_code == 303
    assert (await world.client.post(path)).status_code == 410


async def test_a_session_ends_after_half_an_hour_of_silence(world: World) -> None:
    await world.come_in(IDA)
    for _ in range(5):
        world.clock.advance(timedelta(minutes=20))
        assert (await world.client.get("/letters")).status_code == 200
    world.clock.advance(timedelta(minutes=31))
    assert (await world.client.get("/letters")).status_code == 401


async def test_leaving_ends_the_session_on_the_server(world: World) -> None:
    await world.come_in(IDA)
    cookies = dict(world.client.cookies)
    await world.client.post("/leave")
    world.client.cookies.update(cookies)
    assert (await world.client.get("/letters")).status_code == 401


async def test_every_session_has_a_new_name(world: World) -> None:
    await world.come_in(IDA)
    first = dict(world.client.cookies)
    await world.come_in(IDA)
    assert dict(world.client.cookies) != first


async def test_a_form_needs_its_token_and_our_own_page(world: World) -> None:
    await world.come_in(IDA)
    page = await world.client.get("/letters")
    token = token_of(page.text)
    good = {"csrf": token, "wanted": "met"}
    own = {"origin": "null", "sec-fetch-site": "same-origin"}
    for data, headers, status in [
        ({"wanted": "met"}, {}, 403),
        ({"csrf": "x", "wanted": "met"}, own, 403),
        (good, {"origin": "https://evil.test"}, 403),
        (good, {"origin": "null", "sec-fetch-site": "cross-site"}, 403),
        (good, {"origin": SITE, "sec-fetch-site": "same-site"}, 403),
        (good, {"origin": SITE}, 303),
        (good, own, 303),
        (good, {}, 303),
    ]:
        answer = await world.client.post("/letters", data=data, headers=headers)
        assert answer.status_code == status, answer.text
    async with world.services.begin(read_only=True) as uow:
        fewer = await uow.settings.fewer(IDA.id)
    assert "met" not in fewer and "consistency" in fewer


async def test_asking_for_a_link_says_the_same_to_everybody(world: World) -> None:
    known = await world.client.post("/link", data={"mail": LEYLA.email.upper()})
    unknown = await world.client.post("/link", data={"mail": "nobody@b.test"})
    assert known.text == unknown.text
    async with world.services.begin(read_only=True) as uow:
        due = await uow.work.due(world.clock.now(), most=10)
    assert len(due) == 1


async def test_nobody_is_written_to_without_end(world: World) -> None:
    answers = [
        (await world.client.post("/link", data={"mail": OLEG.email})).status_code
        for _ in range(10)
    ]
    assert answers.count(429) == 7


async def test_headers_stand_on_every_answer(world: World) -> None:
    await world.come_in(IDA)
    for path in ("/letters", "/kept", "/nothing", "/link", "/healthz", "/api/v1/no"):
        headers = (await world.client.get(path)).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert "max-age=31536000" in headers["strict-transport-security"]
