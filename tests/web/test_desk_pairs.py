"""The coordinator's pages on single pairs: figures by consent alone, a kind word."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from scheduler.effects import Outgoing, SendLetter
from scheduler.letters import LetterKind
from tests.web.peopled import live, people_a_programme, show
from tests.web.world import (
    ELSEWHERE,
    IDA,
    LEYLA,
    OLEG,
    PAIR,
    World,
    token_of,
)

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow

PAGE = f"/programme/pairs/{PAIR.id}"
FIGURES = f"{PAGE}/figures"
WORD = f"{PAGE}/word"


async def choose(world: World, person: str, given: str) -> int:
    """What one of the two chooses on their own page."""
    await world.come_in({"ida": IDA, "leyla": LEYLA, "oleg": OLEG}[person])
    path = f"/pair/{PAIR.id}/showing"
    page = await world.client.get(path)
    if page.status_code != 200:
        return page.status_code
    form = {"csrf": token_of(page.text), "show": given}
    return (await world.client.post(path, data=form)).status_code


async def words_of(world: World) -> list[Outgoing]:
    async with world.services.begin(read_only=True) as uow:
        rows = await uow.outbox.of_pair(PAIR.id)
    return [
        r
        for r in rows
        if isinstance(r.effect, SendLetter)
        and r.effect.letter.kind is LetterKind.KIND_WORD
    ]


async def test_a_pair_is_names_terms_connections_and_one_word(world: World) -> None:
    await live(world, story="kkkkoo")
    await world.come_in_as_coordinator()
    page = (await world.client.get(PAGE)).text
    assert "Ida Marchetti and Leyla Aydin" in page
    assert "Needs a hand." in page and "Every two weeks, 45 minutes" in page
    assert "They are theirs." in page and FIGURES not in page


@pytest.mark.parametrize("both", [["ida"], ["leyla"], []])
async def test_figures_are_nobodys_without_both(world: World, both: list[str]) -> None:
    await live(world)
    for person in both:
        assert await choose(world, person, "yes") == 303
    await world.come_in_as_coordinator()
    assert (await world.client.get(FIGURES)).status_code == 404
    async with world.services.begin(read_only=True) as uow:
        audit = [row.act for row in await uow.audit.about(PAIR.id)]
    assert audit == ["figures shown"] * len(both)


async def test_with_both_each_look_is_noted_on_both_pages(world: World) -> None:
    await live(world, story="kkokok")
    for person in ("ida", "leyla", "leyla"):
        assert await choose(world, person, "yes") == 303
    await world.come_in_as_coordinator()
    assert FIGURES in (await world.client.get(PAGE)).text
    page = (await world.client.get(FIGURES)).text
    assert "Six meetings were due and four took place." in page
    assert "4 of 6" in page and "Notice given" in page
    world.clock.advance(timedelta(days=1))
    await world.come_in_as_coordinator()
    assert (await world.client.get(FIGURES)).status_code == 200
    for person, hour in ((IDA, "06:00"), (LEYLA, "12:00")):
        await world.come_in(person)
        page = (await world.client.get(f"/pair/{PAIR.id}/showing")).text
        assert page.count("The coordinator looked on") == 2
        assert f"22\xa0September\xa02026, {hour}" in page.replace("&nbsp;", "\xa0")
        own = (await world.client.get(f"/pair/{PAIR.id}")).text
        assert "The coordinator looked at your figures" in own
        assert "Steady." in own and "or find a new day" in own


@pytest.mark.parametrize("person", ["ida", "leyla"])
async def test_taking_it_back_ends_it_at_once(world: World, person: str) -> None:
    await live(world)
    await show(world)
    await world.come_in_as_coordinator()
    assert (await world.client.get(FIGURES)).status_code == 200
    assert await choose(world, person, "no") == 303
    await world.come_in_as_coordinator()
    assert (await world.client.get(FIGURES)).status_code == 404
    assert "They are theirs." in (await world.client.get(PAGE)).text


async def test_nobody_chooses_for_others(world: World) -> None:
    assert await choose(world, "oleg", "yes") == 404
    await world.come_in_as_coordinator(ELSEWHERE)
    for path in (PAGE, FIGURES, WORD):
        assert (await world.client.get(path)).status_code == 404


async def test_a_kind_word_is_read_once_more_and_goes_to_both_once(
    world: World,
) -> None:
    await live(world, story="kkkkoo")
    await world.come_in_as_coordinator()
    page = (await world.client.get(WORD)).text
    assert "Would another hour be easier?" in page
    assert "Wäre eine andere" in (await world.client.get(f"{WORD}?language=de")).text
    form = {"csrf": token_of(page), "subject": "A <b>word</b>", "words": "One\n\nTwo"}
    read = (await world.client.post(WORD, data=form)).text
    assert "A &lt;b&gt;word&lt;/b&gt;" in read and "<p>Two</p>" in read
    assert await words_of(world) == []
    for _ in range(2):
        answer = await world.client.post(WORD, data=form | {"act": "send"})
        assert answer.status_code == 303
    rows = await words_of(world)
    assert {r.effect.letter.to for r in rows if isinstance(r.effect, SendLetter)} == {
        IDA.id,
        LEYLA.id,
    }
    assert len(rows) == 2
    answer = await world.client.post(
        WORD, data=form | {"act": "send", "words": "Three"}
    )
    assert answer.status_code == 422 and "E_WRITTEN" in answer.text
    assert ">Three</textarea>" in answer.text
    assert "Your last kind word" in (await world.client.get(PAGE)).text
    async with world.services.begin(read_only=True) as uow:
        acts = await uow.audit.about(PAIR.id)
    assert [row.act for row in acts] == ["kind word written"]
    world.clock.advance(timedelta(days=2))
    await world.come_in_as_coordinator()
    form["csrf"] = token_of((await world.client.get(WORD)).text)
    assert (
        await world.client.post(WORD, data=form | {"act": "send"})
    ).status_code == 303
    assert len(await words_of(world)) == 4


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("subject", "  ", "E_SUBJECT"),
        ("subject", "x" * 121, "E_SUBJECT"),
        ("words", "\n \n", "E_WORDS"),
        ("words", "y" * 4001, "E_WORDS"),
    ],
)
async def test_a_word_that_cannot_go_keeps_what_was_written(
    world: World, field: str, text: str, code: str
) -> None:
    await world.come_in_as_coordinator()
    csrf = token_of((await world.client.get(WORD)).text)
    form = {"csrf": csrf, "subject": "Kept", "words": "Also kept", "act": "send"}
    answer = await world.client.post(WORD, data=form | {field: text})
    assert answer.status_code == 422 and code in answer.text
    assert f'id="{field}-wrong"' in answer.text
    assert ("Also kept" if field == "subject" else 'value="Kept"') in answer.text
    assert await words_of(world) == []


async def test_a_closed_pair_is_left_in_peace(world: World) -> None:
    await live(world)
    async with world.services.begin() as uow:
        await uow.pairs.put(replace(PAIR, closed=date(2026, 9, 20)))
        await uow.commit()
    await world.come_in_as_coordinator()
    page = (await world.client.get(PAGE)).text
    assert "Closed." in page and WORD not in page
    csrf = token_of((await world.client.get(WORD)).text)
    form = {"csrf": csrf, "subject": "x", "words": "y", "act": "send"}
    answer = await world.client.post(WORD, data=form)
    assert answer.status_code == 422 and "E_CLOSED" in answer.text
    assert PAIR.id not in (await world.client.get("/programme/help")).text


async def test_help_lists_those_who_could_use_a_word(world: World) -> None:
    await live(world, story="kkkkkk")
    pairs = await people_a_programme(world, ["kkkkoo", "", "kkkkkk"] * 20)
    await world.come_in_as_coordinator()
    found: list[str] = []
    path = "/programme/help"
    for _ in range(10):
        page = (await world.client.get(path)).text
        found += re.findall(r'href="/programme/pairs/(\w+)"', page)
        more = re.search(r'href="(\?after=\w+)"', page)
        if more is None:
            break
        path = f"/programme/help{more[1]}"
    expected = [p.id for n, p in enumerate(pairs) if n % 3 != 2]
    assert found == expected


async def test_pairs_are_found_by_name_and_paged(world: World) -> None:
    await people_a_programme(world, [""] * 60)
    await world.come_in_as_coordinator()
    page = (await world.client.get("/programme?named=MARCHETTI")).text
    assert re.findall(r'href="/programme/pairs/(\w+)"', page) == [PAIR.id]
    seen: list[str] = []
    path = "/programme"
    while True:
        page = (await world.client.get(path)).text
        seen += re.findall(r'href="/programme/pairs/(\w+)"', page)
        more = re.search(r'href="(\?after=[^"]+)"', page)
        if more is None:
            break
        path = f"/programme{more[1].replace('&amp;', '&')}"
    assert len(seen) == len(set(seen)) == 61
    none = (await world.client.get("/programme?named=nobody%20here")).text
    assert "No pair has this in a name" in none


async def test_the_list_as_a_file_runs_nothing(world: World) -> None:
    async with world.services.begin() as uow:
        await uow.people.put(replace(IDA, name='=HYPERLINK("http://evil","x")'))
        await uow.commit()
    await world.come_in_as_coordinator()
    answer = await world.client.get("/programme/pairs.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    lines = answer.text.splitlines()
    assert len(lines) == 2 and lines[0].startswith("pair,mentor_name")
    assert "'=HYPERLINK" in lines[1] and ",=" not in lines[1]
    assert "waiting to start" in lines[1]


async def test_an_address_that_does_not_work_is_mended_on_the_pairs_page(
    world: World,
) -> None:
    await live(world, story="kkkkkk")
    async with world.services.begin() as uow:
        await uow.people.put(replace(LEYLA, bounced_at=world.clock.now()))
        await uow.commit()
    await world.come_in_as_coordinator()
    assert PAIR.id in (await world.client.get("/programme/help")).text
    page = (await world.client.get(PAGE)).text
    assert "Needs a hand." in page and "Mail to Leyla Aydin comes back" in page
    form = {"csrf": token_of(page), "email": "leyla@new.test"}
    path = f"/programme/address/{LEYLA.id}"
    assert (await world.client.post(path, data=form)).status_code == 303
    page = (await world.client.get(PAGE)).text
    assert "comes back" not in page and "Steady." in page
