"""Resting, coming back and ending, on pages and over the API."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from scheduler.access import Purpose
from tests.web.test_pair import book
from tests.web.world import ELSEWHERE, HAFEN, IDA, LEYLA, OLEG, PAIR, World, token_of

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow

HERE = f"/pair/{PAIR.id}"
DESK = f"/programme/pair/{PAIR.id}"
API = f"/api/v1/pairs/{PAIR.id}"


async def post(world: World, path: str, page: str, **fields: str):
    form = (await world.client.get(page)).text
    return await world.client.post(path, data={"csrf": token_of(form)} | fields)


async def test_a_pause_is_asked_for_shown_and_ended(world: World) -> None:
    await book(world)
    await world.come_in(IDA)
    page = (await world.client.get(f"{HERE}/pause")).text
    assert "Nothing has changed yet." in page
    for _ in range(2):
        path = f"{HERE}/pause"
        answer = await post(world, path, path, until="2026-12-01")
        assert answer.status_code == 303
    page = (await world.client.get(f"{HERE}/pause")).text
    assert "Resting until Tuesday 1&nbsp;December" in page
    assert "#p" in page and "A pause changes none of your figures." in page
    assert "Resting until" in (await world.client.get(HERE)).text
    assert "come back now?" in (await world.client.get(f"{HERE}/resume")).text.lower()
    answer = await post(world, f"{HERE}/resume", f"{HERE}/resume")
    assert answer.status_code == 303
    assert "Resting until" not in (await world.client.get(HERE)).text


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"until": ""}, "until"),
        ({"until": "soon"}, "until"),
        ({"until": "2026-09-01"}, "until"),
        ({"until": "2030-01-01"}, "until"),
        ({"until": "2026-12-01", "first": "2026-13-01"}, "first"),
        ({"until": "2026-12-01", "first": "2026-01-01"}, "first"),
    ],
)
async def test_a_wrong_day_keeps_the_form(world: World, fields, field: str) -> None:
    await book(world)
    await world.come_in(LEYLA)
    answer = await post(world, f"{HERE}/pause", f"{HERE}/pause", **fields)
    assert answer.status_code == 422
    assert f'id="{field}-wrong"' in answer.text
    assert f'value="{fields["until"]}"' in answer.text


async def test_ending_takes_two_clicks_and_leaves_the_history(world: World) -> None:
    await book(world)
    world.clock.advance(timedelta(days=40))
    await world.come_in(LEYLA)
    page = (await world.client.get(f"{HERE}/close")).text
    assert "Nothing has changed yet." in page
    assert re.search(r"\w+ meetings are taken out of both calendars", page)
    for _ in range(2):
        answer = await world.client.post(f"{HERE}/close", data={"csrf": token_of(page)})
        assert answer.status_code == 303
    page = (await world.client.get(HERE)).text
    assert "came to their end on" in page and "Your rhythm" in page
    assert "The dates ahead" not in page
    for path in ("/pause", "/resume", "/close", "/agreement", "/agenda"):
        assert (await world.client.get(HERE + path)).status_code == 200, path
    await world.come_in(IDA)
    assert "came to their end on" in (await world.client.get(HERE)).text


async def test_a_coordinator_pauses_and_closes(world: World) -> None:
    await book(world)
    await world.come_in_as_coordinator()
    page = f"{DESK}/rest"
    wrong = await post(world, f"{DESK}/pause", page, until="2020-01-01")
    assert wrong.status_code == 422 and 'id="until-wrong"' in wrong.text
    await post(world, f"{DESK}/pause", page, until="2026-12-01")
    assert "Resting until" in (await world.client.get(page)).text
    await post(world, f"{DESK}/resume", page)
    assert "not resting" in (await world.client.get(page)).text
    await post(world, f"{DESK}/close", page)
    assert "Closed on" in (await world.client.get(page)).text


async def test_no_other_coordinator_does(world: World) -> None:
    await book(world)
    await world.come_in_as_coordinator(ELSEWHERE)
    assert (await world.client.get(f"{DESK}/rest")).status_code == 404
    form = (await world.client.get("/programme/import")).text
    for act in ("pause", "resume", "close"):
        fields = {"csrf": token_of(form), "until": "2026-12-01"}
        answer = await world.client.post(f"{DESK}/{act}", data=fields)
        assert answer.status_code == 404


@pytest.mark.parametrize("scope", ["person", "programme"])
async def test_the_api_does_the_same_for_both_scopes(world: World, scope: str) -> None:
    await book(world)
    word = await world.token(HAFEN, IDA if scope == "person" else None)
    headers = {"authorization": f"Bearer {word}", "idempotency-key": "one"}
    for _ in range(2):
        answer = await world.client.post(
            f"{API}/pause", json={"until": "2026-12-01"}, headers=headers
        )
        assert answer.status_code == 200
        assert answer.json()["paused_until"].startswith("2026-1")
    refused = await world.client.post(
        f"{API}/pause",
        json={"until": "2026-10-01"},
        headers=headers | {"idempotency-key": "two"},
    )
    assert refused.status_code == 422 and refused.json()["code"] == "E_PAUSE"
    del headers["idempotency-key"]
    answer = await world.client.post(f"{API}/resume", headers=headers)
    assert answer.json()["paused_until"] is None
    answer = await world.client.post(f"{API}/close", headers=headers)
    assert answer.json()["closed"] == "2026-09-21"


async def test_the_api_is_closed_to_others(world: World) -> None:
    await book(world)
    for programme, person in ((ELSEWHERE, None), (ELSEWHERE, OLEG)):
        word = await world.token(programme, person)
        headers = {"authorization": f"Bearer {word}"}
        for act in ("pause", "resume", "close"):
            answer = await world.client.post(
                f"{API}/{act}", json={"until": "2026-12-01"}, headers=headers
            )
            assert answer.status_code == 404


async def test_a_pause_and_an_end_can_be_taken_back_within_a_day(world: World) -> None:
    await book(world)
    await world.come_in(IDA)
    before = (await world.client.get(HERE)).text
    page = f"{HERE}/pause"
    await post(world, page, page, until="2026-12-01")
    assert "Take the pause back" in (await world.client.get(page)).text
    answer = await post(world, f"{page}/undo", page)
    assert answer.status_code == 303
    after = (await world.client.get(HERE)).text
    assert after.count("<tr>") == before.count("<tr>")
    end = f"{HERE}/close"
    await post(world, end, end)
    assert "Was that too soon?" in (await world.client.get(HERE)).text
    answer = await post(world, f"{end}/undo", end)
    assert answer.headers["location"] == f"{HERE}/agreement"
    page = (await world.client.get(HERE)).text
    assert "came to their end" not in page


async def test_a_day_later_neither_can(world: World) -> None:
    await book(world)
    await world.come_in(IDA)
    page, end = f"{HERE}/pause", f"{HERE}/close"
    await post(world, page, page, until="2026-12-01")
    world.clock.advance(timedelta(hours=25))
    await world.come_in(IDA)
    assert "Take the pause back" not in (await world.client.get(page)).text
    await post(world, end, end)
    world.clock.advance(timedelta(hours=25))
    await world.come_in(IDA)
    assert "Was that too soon?" not in (await world.client.get(HERE)).text
    form = (await world.client.get("/calendar")).text
    answer = await world.client.post(f"{end}/undo", data={"csrf": token_of(form)})
    assert answer.status_code == 409


async def test_the_api_takes_back_as_well(world: World) -> None:
    await book(world)
    headers = {"authorization": f"Bearer {await world.token(HAFEN, IDA)}"}
    body = {"until": "2026-12-01"}
    await world.client.post(f"{API}/pause", json=body, headers=headers)
    answer = await world.client.post(f"{API}/pause/undo", headers=headers)
    assert answer.json()["paused_until"] is None
    await world.client.post(f"{API}/close", headers=headers)
    answer = await world.client.post(f"{API}/close/undo", headers=headers)
    assert answer.json()["closed"] is None


async def test_links_that_act_are_gone_and_pages_stay_open(world: World) -> None:
    await book(world)
    acting = [
        await world.link_for(LEYLA, purpose, "1")
        for purpose in (Purpose.CHOOSE, Purpose.MET, Purpose.UNDO, Purpose.AGREE)
    ]
    pages = await world.link_for(LEYLA)
    await world.come_in(IDA)
    await post(world, f"{HERE}/close", f"{HERE}/close")
    for link in acting:
        assert (await world.client.get(link)).status_code == 410, link
    assert (await world.client.get(pages)).status_code == 303
    assert "came to their end" in (await world.client.get(HERE)).text


async def test_the_api_says_how_a_pair_rests(world: World) -> None:
    await book(world)
    for person in (IDA, None):
        headers = {"authorization": f"Bearer {await world.token(HAFEN, person)}"}
        answer = await world.client.get(f"{API}/rest", headers=headers)
        assert answer.json() == {
            "paused_from": None,
            "paused_until": None,
            "closed": None,
        }
