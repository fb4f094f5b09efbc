"""The three private questions, on a page and over the API."""

from __future__ import annotations

from datetime import timedelta

from scheduler.access import Purpose
from tests.web.test_pair import book
from tests.web.world import HAFEN, IDA, LEYLA, PAIR, World, token_of

HERE = f"/pair/{PAIR.id}/review"
API = f"/api/v1{HERE.replace('/pair/', '/pairs/')}"
ANSWERS = {"rhythm": "suits", "talks": "mostly", "heard": "now and then"}


async def due(world: World) -> None:
    await book(world)
    world.clock.advance(timedelta(weeks=13))


async def answer(world: World, **fields: str):
    page = (await world.client.get(f"{HERE}?again=yes")).text
    return await world.client.post(HERE, data={"csrf": token_of(page)} | fields)


async def test_before_it_is_due_the_page_says_when(world: World) -> None:
    await book(world)
    await world.come_in(IDA)
    page = (await world.client.get(HERE)).text
    assert "There is nothing to answer now." in page and "next on" in page


async def test_answers_are_kept_and_lead_on(world: World) -> None:
    await due(world)
    answered = await world.client.get(await world.link_for(IDA, Purpose.REVIEW))
    assert answered.headers["location"] == HERE
    answered = await answer(world, **ANSWERS, talks_words="Mostly on Tuesdays")
    assert answered.status_code == 303
    page = (await world.client.get(HERE)).text
    assert "Your answers are yours alone." in page and "Mostly on Tuesdays" in page
    for path in ("agreement#change", "pause", "close"):
        assert f"/pair/{PAIR.id}/{path}" in page
    again = (await world.client.get(f"{HERE}?again=yes")).text
    assert "Mostly on Tuesdays</textarea>" in again
    assert again.count(" checked") == 3


async def test_a_missing_answer_keeps_the_form(world: World) -> None:
    await due(world)
    await world.come_in(IDA)
    fields = {"rhythm": "suits", "heard": "mostly", "heard_words": "Yes, and more"}
    answered = await answer(world, **fields)
    assert answered.status_code == 422
    assert 'href="#talks"' in answered.text
    assert "Yes, and more</textarea>" in answered.text


async def test_the_other_sees_them_once_both_share(world: World) -> None:
    await due(world)
    await world.come_in(IDA)
    await answer(world, **ANSWERS, heard_words="canary of ida", share="yes")
    await world.come_in(LEYLA)
    assert "canary of ida" not in (await world.client.get(HERE)).text
    await answer(world, **ANSWERS)
    assert "canary of ida" not in (await world.client.get(HERE)).text
    await answer(world, **ANSWERS, share="yes")
    assert "canary of ida" in (await world.client.get(HERE)).text


async def test_the_api_is_for_persons_and_does_the_same(world: World) -> None:
    await due(world)
    body = {name: {"choice": choice} for name, choice in ANSWERS.items()}
    body |= {"share": True}
    for person, sees in ((IDA, False), (LEYLA, True)):
        word = await world.token(HAFEN, person)
        headers = {"authorization": f"Bearer {word}"}
        before = (await world.client.get(API, headers=headers)).json()
        assert before["mine"] is None and before["theirs"] is None
        answered = await world.client.post(API, json=body, headers=headers)
        assert answered.status_code == 200
        assert (answered.json()["theirs"] is not None) == sees
    wrong = body | {"rhythm": {"choice": "always"}}
    refused = await world.client.post(API, json=wrong, headers=headers)
    assert refused.status_code == 422 and refused.json()["field"] == "rhythm"
    coordinator = {"authorization": f"Bearer {await world.token(HAFEN, None)}"}
    for answered in (
        await world.client.get(API, headers=coordinator),
        await world.client.post(API, json=body, headers=coordinator),
    ):
        assert answered.status_code == 404
