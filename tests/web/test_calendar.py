"""Connecting calendars: what is typed is told where it was typed, secrets stay."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest

from integrations.memory.calendars import MemoryCalendars
from scheduler.connections import CalendarKind, Connection
from tests.web.world import HAFEN, IDA, SITE, World, token_of
from web.app import make_app


@pytest.fixture
async def connected(world: World) -> AsyncIterator[World]:
    calendars = MemoryCalendars()
    services = replace(
        world.services,
        open_calendar=calendars,
        discover=calendars.discover,
    )
    calendars.at("https://dav.test/ida/work/")
    transport = httpx2.ASGITransport(make_app(services))
    async with httpx2.AsyncClient(transport=transport, base_url=SITE) as client:
        yield replace(world, services=services, client=client)


async def mine(world: World) -> tuple[Connection, ...]:
    async with world.services.begin(read_only=True) as uow:
        return await uow.calendars.of_person(IDA.id)


async def test_a_calendar_is_found_chosen_and_forgotten(connected: World) -> None:
    world = connected
    await world.come_in(IDA)
    token = token_of((await world.client.get("/calendar")).text)
    form = {
        "csrf": token,
        "address": "https://dav.test/ida/",
        "username": "ida",
        "password": "s3cret-word",
    }
    page = await world.client.post("/calendar/caldav", data=form)
    assert page.status_code == 200, page.text
    assert "s3cret-word" not in page.text
    assert await mine(world) == ()
    sealed = page.text.split('name="sealed" value="')[1].split('"')[0]
    chosen = {"csrf": token, "sealed": sealed, "read": "0", "write": "0"}
    for _ in range(2):
        done = await world.client.post("/calendar/chosen", data=chosen)
        assert done.status_code == 303, done.text
    [connection] = await mine(world)
    assert connection.kind is CalendarKind.CALDAV and connection.written
    assert connection.password.reveal == "s3cret-word"
    page = await world.client.get("/calendar")
    assert "where Troth books" in page.text
    assert "s3cret-word" not in page.text and "dav.test/ida" not in page.text
    path = f"/calendar/{connection.id}/disconnect"
    assert (await world.client.post(path, data={"csrf": token})).status_code == 303
    assert await mine(world) == ()


async def test_a_choice_of_another_session_does_not_open(connected: World) -> None:
    world = connected
    await world.come_in(IDA)
    token = token_of((await world.client.get("/calendar")).text)
    form = {"csrf": token, "address": "https://dav.test/ida/"}
    form |= {"username": "ida", "password": "x"}
    page = await world.client.post("/calendar/caldav", data=form)
    sealed = page.text.split('name="sealed" value="')[1].split('"')[0]
    await world.come_in(IDA)
    token = token_of((await world.client.get("/calendar")).text)
    chosen = {"csrf": token, "sealed": sealed, "read": "0"}
    answer = await world.client.post("/calendar/chosen", data=chosen)
    assert answer.status_code == 403 and await mine(world) == ()


async def test_what_does_not_answer_is_told_and_what_was_typed_stays(
    world: World,
) -> None:
    await world.come_in(IDA)
    token = token_of((await world.client.get("/calendar")).text)
    form = {"csrf": token, "address": "https://nowhere.test", "username": "ida"}
    page = await world.client.post("/calendar/caldav", data=form | {"password": "pw1"})
    assert page.status_code == 422 and "E_DAV_SILENT" in page.text
    assert 'value="https://nowhere.test"' in page.text and "pw1" not in page.text


async def test_a_link_opened_long_ago_changes_no_calendar(connected: World) -> None:
    world = connected
    await world.come_in(IDA)
    token = token_of((await world.client.get("/calendar")).text)
    for _ in range(3):
        world.clock.advance(timedelta(minutes=15))
        assert (await world.client.get("/calendar")).status_code == 200
    form = {"csrf": token, "url": "https://feed.test/x.ics"}
    answer = await world.client.post("/calendar/feed", data=form)
    assert answer.status_code == 401 and await mine(world) == ()


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [("zone", "Europe/Berlim", "E_TZ_UNKNOWN"), ("hours", "never", "E_HOURS")],
)
async def test_hours_and_zone(world: World, field: str, value: str, code: str) -> None:
    await world.come_in(IDA)
    token = token_of((await world.client.get("/calendar")).text)
    form = {"csrf": token, "name": "Ida M.", "zone": "Europe/Rome"}
    form["hours"] = "Mon-Thu 10:00-16:00"
    wrong = await world.client.post("/calendar/hours", data=form | {field: value})
    assert wrong.status_code == 422 and code in wrong.text
    assert (await world.client.post("/calendar/hours", data=form)).status_code == 303
    page = (await world.client.get("/calendar")).text
    assert "Mon-Thu 10:00-16:00" in page and "Europe/Rome" in page


async def test_a_calendar_over_the_api(connected: World) -> None:
    world = connected
    headers = {"authorization": f"Bearer {await world.token(HAFEN, IDA)}"}
    path = "/api/v1/me/calendars"
    body = {"kind": "caldav", "url": "https://dav.test/ida/work/", "writable": True}
    body |= {"username": "ida", "password": "s3cret-word"}
    made = await world.client.post(path, json=body, headers=headers)
    assert made.status_code == 201 and made.json()["written"]
    assert "s3cret" not in made.text and "dav.test" not in made.text
    listed = await world.client.get(path, headers=headers)
    assert [c["id"] for c in listed.json()] == [made.json()["id"]]
    for _ in range(2):
        gone = await world.client.delete(f"{path}/{made.json()['id']}", headers=headers)
        assert gone.status_code == 204
    assert await mine(world) == ()
