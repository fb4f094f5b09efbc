"""The week's count on the page and over the API: nothing under five, nothing to add."""

from __future__ import annotations

import re
from typing import Any

import pytest

from scheduler.people import Pair
from scheduler.usecases.count_programme import count_programme
from tests.web.peopled import live, people_a_programme, show
from tests.web.test_api import call
from tests.web.world import HAFEN, IDA, LEYLA, PAIR, World

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow


async def count(world: World) -> None:
    services = world.services
    for _ in range(5):
        await count_programme(HAFEN, begin=services.begin, clock=services.clock)


async def health(world: World) -> dict[str, Any]:
    word = await world.token(HAFEN, None)
    found: dict[str, Any] = (await call(world, "GET", "/programme/health", word)).json()
    return found


async def many(world: World) -> list[Pair]:
    """Twelve steady, two that owe, six who wait; five of the steady show figures."""
    stories = ["kkkkkk"] * 12 + ["kkkkoo"] * 2 + [""] * 5
    pairs = await people_a_programme(world, stories)
    for pair in pairs[:5]:
        await show(world, pair)
    return pairs


async def test_before_the_first_monday_the_page_says_when(world: World) -> None:
    await world.come_in_as_coordinator()
    page = (await world.client.get("/programme")).text
    assert "The first count is on Monday 28&nbsp;September, 06:00" in page
    assert 'id="bands"' not in page


async def test_small_bands_are_told_together_on_the_page(world: World) -> None:
    await many(world)
    await count(world)
    await world.come_in_as_coordinator()
    page = (await world.client.get("/programme")).text
    assert "Counted as of Monday 21&nbsp;September&nbsp;2026, 06:00" in page
    bands = page.split('id="bands"')[1].split("</section>")[0]
    words = " ".join(re.sub(r"<[^>]+>", " ", bands).split())
    assert "5 Steady" in words and "7 Steady" in words
    assert "8 Needs a hand, waiting to start, paused or connection broken" in words
    numbers = {int(n) for n in re.findall(r">(\d+)</td>", bands)}
    assert numbers == {5, 7, 8}
    groups = page.split('id="rhythm"')[1].split("</section>")[0]
    assert groups.count('class="row tenths"') == 2
    assert "5 pairs; 30 of 30 meetings took place" in groups
    assert "9 pairs; 50 of 54 meetings took place" in groups
    assert "30 of 30" in groups and "5 of 5" in groups


async def test_the_api_tells_the_same_and_no_total(world: World) -> None:
    await many(world)
    await count(world)
    found = await health(world)
    assert set(found) == {"as_of", "shows", "keeps", "undelivered"}
    assert found["shows"]["bands"] == [{"bands": ["steady"], "pairs": 5}]
    assert found["keeps"]["bands"] == [
        {"bands": ["steady"], "pairs": 7},
        {
            "bands": [
                "needs a hand",
                "waiting to start",
                "paused",
                "connection broken",
            ],
            "pairs": 8,
        },
    ]
    [group] = found["keeps"]["groups"]
    assert group["pairs"] == 9 and group["rates"]["cadence kept"] == [50, 54]
    assert group["rates"]["promises kept"] is None
    assert sum(one["due"] for one in group["fortnights"] if one) == 54


async def test_fewer_than_five_are_not_counted_apart(world: World) -> None:
    await live(world, story="kkkkoo")
    await people_a_programme(world, ["kkkkkk"] * 3)
    await count(world)
    found = await health(world)
    nothing = {"bands": [], "groups": []}
    assert found["keeps"] == nothing and found["shows"] == nothing
    await world.come_in_as_coordinator()
    page = (await world.client.get("/programme")).text
    assert page.count("Fewer than five pairs") == 2
    assert 'id="rhythm"' not in page


async def test_figures_that_are_shown_cannot_be_subtracted(world: World) -> None:
    """Six pairs, five of which show: the sixth is in no sum with them."""
    pairs = await people_a_programme(world, ["kkkkkk"] * 5 + ["kkkkoo"])
    for pair in pairs[:5]:
        await show(world, pair)
    await count(world)
    found = await health(world)
    assert found["shows"]["groups"][0]["rates"]["cadence kept"] == [30, 30]
    assert found["keeps"] == {"bands": [], "groups": []}


async def test_one_pair_over_the_api_is_shown_by_both_alone(world: World) -> None:
    await live(world, story="kkokok")
    path = f"/programme/pairs/{PAIR.id}"
    coordinator = await world.token(HAFEN, None)
    tokens = {person.id: await world.token(HAFEN, person) for person in (IDA, LEYLA)}
    shown = await call(world, "GET", path, coordinator)
    assert shown.json()["band"] == "steady"
    for own in tokens.values():
        answer = await call(world, "GET", f"{path}/figures", coordinator)
        assert answer.status_code == 404
        where = f"/pairs/{PAIR.id}/showing"
        for _ in range(2):
            said = await call(world, "PUT", where, own, json={"show": True})
            assert said.status_code == 204
    answer = await call(world, "GET", f"{path}/figures", coordinator)
    assert answer.json()["rates"]["cadence kept"] == [4, 6]
    assert set(answer.json()) == {"pair", "periods", "rates"}
    for word in tokens.values():
        seen = (await call(world, "GET", f"/pairs/{PAIR.id}/showing", word)).json()
        assert seen["mine"] and seen["partner"] and len(seen["looks"]) == 1
    body = {"show": False}
    await call(world, "PUT", f"/pairs/{PAIR.id}/showing", tokens[IDA.id], json=body)
    answer = await call(world, "GET", f"{path}/figures", coordinator)
    assert answer.status_code == 404


async def test_a_word_over_the_api_goes_out_once(world: World) -> None:
    word = await world.token(HAFEN, None)
    path = f"/programme/pairs/{PAIR.id}/word"
    body = {"subject": "Hello", "words": "You two"}
    for _ in range(2):
        answer = await call(world, "POST", path, word, json=body)
        assert answer.status_code == 204
    async with world.services.begin(read_only=True) as uow:
        assert len(await uow.outbox.of_pair(PAIR.id)) == 2
    other = await call(world, "POST", path, word, json=body | {"words": "Again"})
    assert other.json()["code"] == "E_WRITTEN"
    found = (await call(world, "GET", "/programme/help", word)).json()
    assert [row["id"] for row in found["rows"]] == [PAIR.id]


async def test_a_row_is_ten_marks_for_each_fortnight(world: World) -> None:
    await people_a_programme(world, ["kkkkko"] * 5)
    await count(world)
    await world.come_in_as_coordinator()
    page = (await world.client.get("/programme")).text
    row = page.split('class="row tenths"')[1].split("</svg>")[0]
    paths = dict(re.findall(r'<path class="(\w)" d="([^"]+)"', row))
    assert paths["k"].count("M") == 50 and paths["o"].count("M") == 20
    assert paths["d"].count("M") == 6 and "r" not in paths
    assert "Every two weeks" in page and "–</td>" in page
    table = page.split("As numbers, fortnight by fortnight")[1]
    assert table.count("5 of 5</td>") == 5 and table.count("0 of 5</td>") == 1
