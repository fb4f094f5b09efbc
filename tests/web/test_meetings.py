"""What two people write about a meeting: theirs alone, and never lost to the other."""

from datetime import timedelta

from scheduler.series import MeetingKey
from tests.web.test_pair import book
from tests.web.world import HAFEN, IDA, LEYLA, PAIR, World, token_of


async def a_past_meeting(world: World) -> MeetingKey:
    await book(world)
    async with world.services.begin(read_only=True) as uow:
        [series] = await uow.series.of_pair(PAIR.id)
    meeting = series.live()[0]
    assert meeting.span
    world.clock.set(meeting.span.end + timedelta(hours=1))
    return meeting.key


async def post(world: World, path: str, **form: str) -> tuple[int, str]:
    page = await world.client.get(f"/pair/{PAIR.id}")
    answer = await world.client.post(path, data={"csrf": token_of(page.text)} | form)
    if answer.status_code == 303:
        answer = await world.client.get(answer.headers["location"])
        return 303, answer.text
    return answer.status_code, answer.text


def edition(page: str) -> str:
    return page.split('name="seen" value="')[1].split('"', maxsplit=1)[0]


async def test_both_read_and_change_the_note_and_nothing_is_written_over(
    world: World,
) -> None:
    key = await a_past_meeting(world)
    at = f"/pair/{PAIR.id}/meeting/{key}"
    path = f"/pair/{PAIR.id}/note/{key}"
    await world.come_in(IDA)
    _, page = await post(world, path, note="Leiden it is")
    assert "Leiden it is" in page and "Undo my last change" in page
    await world.come_in(LEYLA)
    status, page = await post(world, path, note="Gdańsk!", seen="")
    assert status == 409 and "Gdańsk!" in page and "Leiden it is" in page
    assert "E_NOTE_CHANGED" in page
    _, page = await post(world, path, note="Both", seen=edition(page))
    assert "Both" in page
    _, page = await post(world, f"/pair/{PAIR.id}/note-undo/{key}")
    assert "Leiden it is" in page
    status, page = await post(world, path, note="x" * 5001, seen=edition(page))
    assert status == 422 and "E_NOTE" in page and "x" * 5001 in page
    await world.come_in(IDA)
    assert "Leiden it is" in (await world.client.get(at)).text
    listed = await world.client.get(f"/pair/{PAIR.id}/meetings")
    assert "Leiden it is" in listed.text and str(key).split("/")[1] in listed.text


async def test_lines_and_thanks_reach_the_other_and_can_be_taken_back(
    world: World,
) -> None:
    key = await a_past_meeting(world)
    at = f"/pair/{PAIR.id}/meeting/{key}"
    await world.come_in(LEYLA)
    await post(world, at, heard="You listened", thanks="For Tuesday")
    await world.come_in(IDA)
    page = (await world.client.get(at)).text
    assert "What Leyla heard" in page and "You listened" in page
    assert "Thanks for you" in page and "For Tuesday" in page
    assert "For Tuesday" in (await world.client.get(f"/pair/{PAIR.id}")).text
    await world.come_in(LEYLA)
    status, page = await post(world, at, heard="x" * 301, thanks="ok")
    assert status == 422 and "E_LINE" in page and "x" * 301 in page
    await post(world, at, heard="You listened", thanks="")
    await world.come_in(IDA)
    page = (await world.client.get(at)).text
    assert "For Tuesday" not in page and "You listened" in page


async def test_what_the_two_wrote_is_on_no_page_of_the_coordinator(
    world: World,
) -> None:
    key = await a_past_meeting(world)
    await world.come_in(LEYLA)
    at = f"/pair/{PAIR.id}/meeting/{key}"
    await post(world, at, heard="canary heard", thanks="canary thanks")
    await post(world, f"/pair/{PAIR.id}/note/{key}", note="canary note")
    await post(world, f"/pair/{PAIR.id}/topics", topic="canary topic")
    url = "https://canary.example/x"
    await post(world, f"/pair/{PAIR.id}/links", url=url, title="canary link")
    headers = {"authorization": f"Bearer {await world.token(HAFEN, None)}"}
    await world.come_in_as_coordinator()
    answer = await world.client.get("/programme")
    assert answer.status_code == 200 and "canary" not in answer.text
    api = f"/api/v1/pairs/{PAIR.id}"
    for path in ("agenda", "topics", "links", "meetings/past"):
        answer = await world.client.get(f"{api}/{path}", headers=headers)
        assert answer.status_code == 404
    for path in (api, "/api/v1/programme/audit", "/api/v1/programme/health"):
        answer = await world.client.get(path, headers=headers)
        assert "canary" not in answer.text


async def test_over_the_api_it_is_the_same(world: World) -> None:
    key = await a_past_meeting(world)
    api = f"/api/v1/pairs/{PAIR.id}/meetings"
    mine = {"authorization": f"Bearer {await world.token(HAFEN, LEYLA)}"}
    theirs = {"authorization": f"Bearer {await world.token(HAFEN, IDA)}"}
    about = {"key": str(key)}
    line = about | {"kind": "thanks", "text": "For Tuesday"}
    answer = await world.client.post(f"{api}/line", json=line, headers=mine)
    assert answer.json() == {"kept": True}
    note = about | {"text": "Leiden"}
    answer = await world.client.post(f"{api}/note", json=note, headers=mine)
    assert answer.json()["text"] == "Leiden"
    changed = about | {"text": "Gdańsk"}
    answer = await world.client.post(f"{api}/note", json=changed, headers=theirs)
    assert (answer.status_code, answer.json()["code"]) == (409, "E_NOTE_CHANGED")
    [past] = (await world.client.get(f"{api}/past", headers=theirs)).json()
    assert past["note"]["text"] == "Leiden" and past["ending"] == "asked"
    assert [one["text"] for one in past["lines"]] == ["For Tuesday"]
    ahead = about | {"key": str(key).replace("/0", "/9")}
    answer = await world.client.post(f"{api}/line", json=line | ahead, headers=mine)
    assert answer.status_code == 404


async def test_nothing_is_said_of_a_meeting_that_is_ahead(world: World) -> None:
    key = await a_past_meeting(world)
    async with world.services.begin(read_only=True) as uow:
        [series] = await uow.series.of_pair(PAIR.id)
    coming = series.live()[1].key
    await world.come_in(LEYLA)
    at = f"/pair/{PAIR.id}/meeting/{coming}"
    status, page = await post(world, at, heard="x")
    assert status == 422 and "E_NOT_YET" in page
    assert (await world.client.get(at)).status_code == 200
    assert key != coming
