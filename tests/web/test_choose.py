"""Another time: three to choose from, one confirmation, first come first served."""

import re
from datetime import timedelta

from scheduler.series import Meeting
from tests.web.test_pair import book
from tests.web.world import IDA, LEYLA, OLEG, PAIR, World, token_of

ROOT = f"/pair/{PAIR.id}"


async def meetings(world: World) -> list[Meeting]:
    async with world.services.begin(read_only=True) as uow:
        [series] = await uow.series.of_pair(PAIR.id)
    return list(series.live())


async def an_offer(world: World) -> str:
    """The page of an offer that Ida asked for."""
    page = (await world.client.get(ROOT)).text
    [form] = re.findall(r'action="([^"]+/another/[^"]+)"', page)
    answer = await world.client.post(form, data={"csrf": token_of(page)})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def test_one_click_and_one_confirmation(world: World) -> None:
    await book(world)
    await world.come_in(IDA)
    before = await meetings(world)
    choose = await an_offer(world)
    page = (await world.client.get(choose)).text
    assert page.count('name="time"') == 3 and "Leyla has the same times" in page
    confirm = (await world.client.get(choose, params={"time": 2})).text
    assert "Nothing is booked yet." in confirm
    assert await meetings(world) == before
    start = confirm.split('name="start" value="')[1].split('"')[0]
    form = {"csrf": token_of(confirm), "start": start.replace("&#43;", "+")}
    for _ in range(2):
        done = await world.client.post(choose, data=form)
        assert done.status_code == 303, done.text
    after = await meetings(world)
    assert len(after) == len(before)
    assert len({m.span for m in after} - {m.span for m in before}) == 1
    await world.come_in(LEYLA)
    page = (await world.client.get(choose)).text
    assert " it is</h1>" in page
    late = await world.client.post(choose, data=form | {"csrf": token_of(page)})
    assert late.status_code == 303
    assert await meetings(world) == after


async def test_it_can_be_taken_back(world: World) -> None:
    await book(world)
    await world.come_in(IDA)
    before = await meetings(world)
    choose = await an_offer(world)
    confirm = (await world.client.get(choose, params={"time": 1})).text
    start = confirm.split('name="start" value="')[1].split('"')[0]
    form = {"csrf": token_of(confirm), "start": start.replace("&#43;", "+")}
    await world.client.post(choose, data=form)
    for _ in range(2):
        undone = await world.client.post(f"{choose}/undo", data=form)
        assert undone.status_code in {303, 409}
    assert [m.span for m in await meetings(world)] == [m.span for m in before]


async def test_both_leave_it_out(world: World) -> None:
    await book(world)
    await world.come_in(IDA)
    before = await meetings(world)
    choose = await an_offer(world)
    page = (await world.client.get(choose)).text
    form = {"csrf": token_of(page)}
    asked = await world.client.post(f"{choose}/skip", data=form)
    assert "Leyla is asked" in asked.text
    assert await meetings(world) == before
    await world.come_in(LEYLA)
    form = {"csrf": token_of((await world.client.get(choose)).text)}
    agreed = await world.client.post(f"{choose}/skip", data=form)
    assert "Left out together" in agreed.text
    assert len(await meetings(world)) == len(before) - 1


async def test_a_time_that_was_not_offered_is_refused(world: World) -> None:
    await book(world)
    await world.come_in(IDA)
    choose = await an_offer(world)
    token = token_of((await world.client.get(choose)).text)
    for start in ("2026-10-01T00:00:00+00:00", "soon", ""):
        form = {"csrf": token, "start": start}
        assert (await world.client.post(choose, data=form)).status_code == 422
    answer = await world.client.post(choose, data={"csrf": token})
    assert answer.status_code == 422


async def test_nobody_chooses_for_others(world: World) -> None:
    await book(world)
    await world.come_in(IDA)
    choose = await an_offer(world)
    await world.come_in(OLEG)
    assert (await world.client.get(choose)).status_code == 404
    token = token_of((await world.client.get("/letters")).text)
    for path in (choose, f"{choose}/skip", f"{choose}/others", f"{choose}/undo"):
        form = {"csrf": token, "start": "2026-10-01T00:00:00+00:00"}
        assert (await world.client.post(path, data=form)).status_code == 404
    foreign = choose.replace(PAIR.id, "pair2")
    assert (await world.client.get(foreign)).status_code == 404
    world.clock.advance(timedelta(hours=1))
