"""Meetings, topics and lists over the API; the same key is answered once."""

from datetime import timedelta
from typing import Any

import pytest

from scheduler.roster import read_roster
from tests.web.test_api import call
from tests.web.test_pair import book
from tests.web.world import ELSEWHERE, HAFEN, IDA, LEYLA, OLEG, PAIR, World

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow

ROOT = f"/pairs/{PAIR.id}"


async def test_another_time_chosen_and_taken_back(world: World) -> None:
    await book(world)
    ida = await world.token(HAFEN, IDA)
    meetings = (await call(world, "GET", f"{ROOT}/meetings", ida)).json()
    about = {"key": meetings[1]["key"]}
    options = f"{ROOT}/meetings/repair-options"
    offer = (await call(world, "POST", options, ida, json=about)).json()
    assert len(offer["times"]) == 3
    assert (await call(world, "GET", f"{ROOT}/offers", ida)).json() == [offer]
    choose = f"{ROOT}/offers/{offer['id']}/choose"
    body = {"start": offer["times"][0]["start"]}
    for _ in range(2):
        taken = await call(world, "POST", choose, ida, json=body)
        assert taken.json()["state"] == "taken", taken.text
    moved = (await call(world, "GET", f"{ROOT}/meetings", ida)).json()
    assert moved[1]["start"] == body["start"]
    await call(world, "POST", f"{ROOT}/meetings/undo", ida, json=about)
    back = (await call(world, "GET", f"{ROOT}/meetings", ida)).json()
    assert back[1]["start"] == meetings[1]["start"]


async def test_confirm_and_report(world: World) -> None:
    await book(world)
    leyla = await world.token(HAFEN, LEYLA)
    [first, *_] = (await call(world, "GET", f"{ROOT}/meetings", leyla)).json()
    body = {"key": first["key"], "met": True}
    confirm = f"{ROOT}/meetings/confirm"
    early = await call(world, "POST", confirm, leyla, json=body)
    assert early.json()["code"] == "E_NOT_YET"
    world.clock.advance(timedelta(days=25))
    leyla = await world.token(HAFEN, LEYLA)
    assert (await call(world, "POST", confirm, leyla, json=body)).status_code == 200
    report = (await call(world, "GET", f"{ROOT}/consistency", leyla)).json()
    assert report["periods"][0]["outcome"] == "kept"
    assert report["rates"]["cadence kept"] == [1, 1]
    assert set(report) == {
        "pair",
        "window",
        "periods",
        "rates",
        "ledger",
        "evidence",
    }


async def test_moved_to_a_time_ahead_is_a_move(world: World) -> None:
    await book(world)
    leyla = await world.token(HAFEN, LEYLA)
    [first, *_] = (await call(world, "GET", f"{ROOT}/meetings", leyla)).json()
    body = {"key": first["key"], "met": True, "moved_to": "2026-10-09T16:00:00+02:00"}
    moved = await call(world, "POST", f"{ROOT}/meetings/confirm", leyla, json=body)
    assert moved.json()["start"] == "2026-10-09T14:00:00Z", moved.text
    vague = {**body, "moved_to": "2026-10-09T16:00:00"}
    refused = await call(world, "POST", f"{ROOT}/meetings/confirm", leyla, json=vague)
    assert refused.status_code == 422 and refused.json()["field"] == "moved_to"


async def test_the_same_key_is_answered_once(world: World) -> None:
    ida = await world.token(HAFEN, IDA)

    async def add(text: str, key: str) -> Any:
        return await world.client.post(
            f"/api/v1{ROOT}/topics",
            json={"text": text},
            headers={"authorization": f"Bearer {ida}", "idempotency-key": key},
        )

    first, again = await add("Leiden", "k1"), await add("Leiden", "k1")
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    other = await add("Gdansk", "k1")
    assert other.status_code == 422 and other.json()["code"] == "E_IDEMPOTENCY_KEY"
    assert (await add("Gdansk", "k2")).status_code == 201
    found = (await call(world, "GET", f"{ROOT}/topics", ida)).json()
    assert {t["text"] for t in found} == {"Leiden", "Gdansk"}
    done = await call(world, "POST", f"{ROOT}/topics/{found[0]['id']}/done", ida)
    assert done.json()["done_at"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/meetings/confirm", {"key": "a/b/c", "met": True}),
        ("POST", "/meetings/skip", {"key": "nothing"}),
        ("POST", "/meetings/undo", {"key": "s/20260101T000000Z/0"}),
        ("POST", "/offers/none/choose", {"start": "2026-10-01T00:00:00Z"}),
        ("POST", "/topics/none/done", None),
    ],
)
async def test_what_is_not_there_or_not_theirs(
    world: World, method: str, path: str, body: dict[str, Any] | None
) -> None:
    await book(world)
    mine = await world.token(HAFEN, IDA)
    theirs = await world.token(ELSEWHERE, OLEG)
    programme = await world.token(HAFEN, None)
    for word in (mine, theirs, programme):
        answer = await call(world, method, f"{ROOT}{path}", word, json=body)
        assert answer.status_code in {404, 409}, answer.text
        assert answer.status_code == 404 or word == mine


async def test_lists_go_in_and_come_out(world: World) -> None:
    word = await world.token(HAFEN, None)
    text = "mentor_email,mentee_email\nkofi@a.test,ebba@b.test\nvera@a.test,nobody\n"
    path = "/programme/pairs.csv"
    refused = await call(world, "POST", path, word, content=text)
    assert refused.json()["started"] == 0
    assert refused.json()["problems"][0]["code"] == "E_EMAIL"
    good = await call(world, "POST", f"{path}?good_rows=true", word, content=text)
    assert good.json()["started"] == 1
    out = (await call(world, "GET", path, word)).content
    emails = {wish.mentor.email for wish in read_roster(out).good}
    assert emails == {IDA.email, "kofi@a.test"}
    health = (await call(world, "GET", "/programme/health", word)).json()
    nothing = {"bands": [], "groups": []}
    assert health == {
        "as_of": None,
        "shows": nothing,
        "keeps": nothing,
        "undelivered": 0,
    }
