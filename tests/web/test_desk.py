"""The coordinator's pages: what is seen, and what a list does before it is saved."""

from dataclasses import replace

from tests.web.world import ELSEWHERE, HAFEN, IDA, World, token_of

LIST = """mentor_name,mentor_email,mentee_name,mentee_email,mentee_zone
Kofi Mensah,kofi@a.test,Ebba Lund,ebba@b.test,Europe/Berlin
Vera Costa,vera@a.test,Arjun,arjun@b.test,Asia/Calcuta
"""


async def read(world: World, text: str) -> str:
    page = (await world.client.get("/programme/import")).text
    answer = await world.client.post(
        "/programme/import",
        data={"csrf": token_of(page)},
        files={"csv": ("pairs.csv", text.encode(), "text/csv")},
    )
    return answer.text


async def pairs_of(world: World) -> int:
    async with world.services.begin(read_only=True) as uow:
        return len(await uow.pairs.of_programme(HAFEN))


async def test_a_list_is_shown_before_anything_is_saved(world: World) -> None:
    await world.come_in_as_coordinator()
    page = await read(world, LIST)
    assert "1 lines are good; 1 need another look" in page
    assert "perhaps Asia/Calcutta" in page and "E_TZ_UNKNOWN" in page
    assert await pairs_of(world) == 1
    text = page.split('name="text" value="')[1].split('"')[0]
    form = {"csrf": token_of(page), "text": text, "act": "save"}
    for _ in range(2):
        answer = await world.client.post("/programme/import", data=form)
        assert answer.status_code == 303
    assert await pairs_of(world) == 2
    page = (await world.client.get("/programme")).text
    assert "Kofi Mensah and Ebba Lund" in page and "waiting to start" in page


async def test_what_is_no_list_is_told(world: World) -> None:
    await world.come_in_as_coordinator()
    page = await read(world, "name,mail\nx,y\n")
    assert "E_CSV_HEADER" in page
    assert await pairs_of(world) == 1


async def test_the_desk_is_for_coordinators_of_the_programme(world: World) -> None:
    assert (await world.client.get("/programme")).status_code == 401
    await world.come_in(IDA)
    assert (await world.client.get("/programme")).status_code == 404
    await world.come_in_as_coordinator(ELSEWHERE)
    page = (await world.client.get("/programme")).text
    assert "Oleg" in page and "Ida" not in page


async def test_an_address_that_does_not_work_is_shown_and_changed(world: World) -> None:
    async with world.services.begin() as uow:
        await uow.people.put(replace(IDA, bounced_at=world.clock.now()))
        await uow.commit()
    await world.come_in_as_coordinator()
    page = (await world.client.get("/programme")).text
    assert "Mail to Ida Marchetti comes back" in page
    form = {"csrf": token_of(page), "email": "ida@new.test"}
    path = f"/programme/address/{IDA.id}"
    assert (
        await world.client.post(path, data={"email": "x@y.test"})
    ).status_code == 403
    for _ in range(2):
        assert (await world.client.post(path, data=form)).status_code == 303
    page = (await world.client.get("/programme")).text
    assert "comes back" not in page
    await world.come_in_as_coordinator(ELSEWHERE)
    form = {"csrf": token_of((await world.client.get("/programme/import")).text)}
    form["email"] = "ida@other.test"
    assert (await world.client.post(path, data=form)).status_code == 404
