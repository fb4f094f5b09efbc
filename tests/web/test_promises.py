"""Promises on pages and over the API: who sees what, and what a click does."""

import re
from datetime import timedelta

import pytest

from scheduler.access import Purpose
from scheduler.promises import Promise
from tests.web.test_api import call
from tests.web.test_pair import book
from tests.web.world import HAFEN, IDA, LEYLA, OLEG, PAIR, World, token_of

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow

AT = f"/pair/{PAIR.id}/promises"
API = f"/pairs/{PAIR.id}/promises"
#: NOW of the world is Monday 21 September 2026.
SOON, LATER = "2026-09-25", "2026-10-02"
DAY = timedelta(days=1)


async def every(world: World) -> tuple[Promise, ...]:
    async with world.services.begin(read_only=True) as uow:
        return await uow.promises.of_pair(PAIR.id)


async def csrf(world: World) -> str:
    return token_of((await world.client.get(AT)).text)


async def make(world: World, text: str = "send the list", by: str = SOON) -> Promise:
    form = {"csrf": await csrf(world), "promise": text, "by": by, "back": "pair"}
    answer = await world.client.post(AT, data=form)
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"] == f"/pair/{PAIR.id}"
    return next(one for one in await every(world) if one.text == text)


async def say(world: World, one: Promise, how: str, by: str = "") -> int:
    form = {"csrf": await csrf(world), "how": how, "by": by}
    return (await world.client.post(f"{AT}/{one.id}", data=form)).status_code


class TestMakingOne:
    async def test_both_see_it_with_its_day(self, world: World):
        await world.come_in(LEYLA)
        await make(world)
        for page in (f"/pair/{PAIR.id}", AT):
            shown = (await world.client.get(page)).text
            assert "<b>You:</b> send the list" in shown
            assert "By Friday 25&nbsp;September" in shown
        await world.come_in(IDA)
        assert "<b>Leyla:</b> send the list" in (await world.client.get(AT)).text

    async def test_twice_is_once(self, world: World):
        await world.come_in(LEYLA)
        await make(world)
        await make(world)
        assert len(await every(world)) == 1

    @pytest.mark.parametrize(
        ("text", "by", "code", "field"),
        [
            ("", SOON, "E_PROMISE", "promise"),
            ("x" * 301, SOON, "E_PROMISE", "promise"),
            ("send <b>it</b>", "", "E_PROMISE_DATE", "by"),
            ("send <b>it</b>", "2026-09-20", "E_PROMISE_DATE", "by"),
            ("send <b>it</b>", "someday", "E_PROMISE_DATE", "by"),
        ],
    )
    async def test_an_error_keeps_the_form_and_names_the_field(
        self, world: World, text: str, by: str, code: str, field: str
    ):
        await world.come_in(LEYLA)
        form = {"csrf": await csrf(world), "promise": text, "by": by}
        answer = await world.client.post(AT, data=form)
        assert answer.status_code == 422 and code in answer.text
        kept = text.replace("<", "&lt;").replace(">", "&gt;")
        assert f'value="{kept}"' in answer.text and f'value="{by}"' in answer.text
        assert f'aria-describedby="{field}-wrong"' in answer.text
        assert await every(world) == ()

    async def test_a_form_from_elsewhere_makes_none(self, world: World):
        await world.come_in(LEYLA)
        form = {"csrf": "no", "promise": "send it", "by": SOON}
        assert (await world.client.post(AT, data=form)).status_code == 403
        assert await every(world) == ()


class TestWhatBecomesOfIt:
    async def test_done_with_one_click_and_undone_with_another(self, world: World):
        await world.come_in(LEYLA)
        one = await make(world)
        for _ in range(2):
            assert await say(world, one, "done") == 303
        assert "Kept on" in (await world.client.get(AT)).text
        assert len((await every(world))[0].turns) == 2
        assert await say(world, one, "undo") == 303
        assert (await every(world))[0].is_open

    async def test_a_new_date_is_seen_beside_the_first(self, world: World):
        await world.come_in(LEYLA)
        one = await make(world)
        assert await say(world, one, "later", LATER) == 303
        await world.come_in(IDA)
        page = (await world.client.get(AT)).text
        assert "By Friday 2&nbsp;October, first by Friday 25&nbsp;September" in page

    async def test_a_new_date_that_is_none_keeps_the_form(self, world: World):
        await world.come_in(LEYLA)
        one = await make(world)
        form = {"csrf": await csrf(world), "how": "later", "by": "2026-09-01"}
        answer = await world.client.post(f"{AT}/{one.id}", data=form)
        assert answer.status_code == 422 and "E_PROMISE_DATE" in answer.text
        assert 'value="later" checked' in answer.text
        assert 'value="2026-09-01"' in answer.text

    async def test_only_the_other_one_lets_it_go(self, world: World):
        await world.come_in(LEYLA)
        one = await make(world)
        assert 'value="release"' not in (await world.client.get(AT)).text
        assert await say(world, one, "release") == 422
        await world.come_in(IDA)
        assert 'value="done"' not in (await world.client.get(AT)).text
        assert await say(world, one, "done") == 422
        assert await say(world, one, "release") == 303
        assert "Let go on" in (await world.client.get(AT)).text

    async def test_overdue_is_on_the_page_at_once_and_without_shame(self, world: World):
        await world.come_in(LEYLA)
        await make(world, by="2026-09-21")
        midnight = world.clock.now().replace(hour=22)  # in Berlin
        for before, words in ((timedelta(seconds=1), "By Monday"), (0 * DAY, "was Mo")):
            world.clock.set(midnight - before)
            await world.come_in(LEYLA)
            page = (await world.client.get(f"/pair/{PAIR.id}")).text
            assert words in page
            shown = re.sub("<[^>]*>", " ", page).lower()
            assert "overdue" not in shown and "late" not in shown

    async def test_one_taken_back_is_shown_to_nobody(self, world: World):
        await world.come_in(LEYLA)
        one = await make(world)
        assert await say(world, one, "undo") == 303
        for person in (IDA, LEYLA):
            await world.come_in(person)
            assert "send the list" not in (await world.client.get(AT)).text


async def test_the_link_of_a_reminder_leads_to_the_choice_and_chooses_nothing(
    world: World,
):
    await world.come_in(LEYLA)
    one = await make(world)
    link = await world.link_for(LEYLA, Purpose.PROMISE, one.id)
    page_at = (await world.client.get(link)).headers["location"]
    page = await world.client.get(page_at)
    assert page_at == f"{AT}/{one.id}" and page.status_code == 200
    assert " checked" not in page.text
    every_one = await world.link_for(LEYLA, Purpose.PROMISE)
    assert (await world.client.get(every_one)).headers["location"] == AT
    assert (await every(world)) == (one,)


async def test_on_the_agenda_page_the_open_ones_stand(world: World):
    await book(world)
    await world.come_in(LEYLA)
    await make(world)
    kept = await make(world, "read the paper")
    await say(world, kept, "done")
    page = (await world.client.get(f"/pair/{PAIR.id}/agenda")).text
    assert "send the list" in page and "read the paper" not in page


class TestOverTheApi:
    async def test_make_move_keep_and_undo(self, world: World):
        leyla = await world.token(HAFEN, LEYLA)
        body = {"text": "send the list", "by": SOON}
        made = await call(world, "POST", API, leyla, json=body)
        assert made.status_code == 201, made.text
        one = made.json()
        assert (one["by"], one["due"], one["state"]) == (LEYLA.id, SOON, "open")
        at = f"{API}/{one['id']}"
        moved = await call(world, "POST", f"{at}/move", leyla, json={"by": LATER})
        assert moved.json()["dates"] == [SOON, LATER]
        kept = await call(world, "POST", f"{at}/keep", leyla)
        assert kept.json()["state"] == "kept"
        undone = await call(world, "POST", f"{at}/undo", leyla)
        assert (undone.json()["state"], undone.json()["due"]) == ("open", LATER)
        ida = await world.token(HAFEN, IDA)
        assert (await call(world, "GET", API, ida)).json() == [undone.json()]
        gone = await call(world, "POST", f"{at}/release", ida)
        assert gone.json()["state"] == "released"

    async def test_who_may_not_is_told_why(self, world: World):
        leyla, ida = await world.token(HAFEN, LEYLA), await world.token(HAFEN, IDA)
        body = {"text": "send the list", "by": SOON}
        one = (await call(world, "POST", API, leyla, json=body)).json()
        for word, act, code in (
            (leyla, "release", "E_PROMISE_PARTNER"),
            (ida, "keep", "E_PROMISE_OWNER"),
        ):
            answer = await call(world, "POST", f"{API}/{one['id']}/{act}", word)
            assert (answer.status_code, answer.json()["code"]) == (422, code)

    async def test_overdue_is_said_by_its_owners_clock(self, world: World):
        leyla = await world.token(HAFEN, LEYLA)
        body = {"text": "send the list", "by": "2026-09-21"}
        await call(world, "POST", API, leyla, json=body)
        world.clock.set(world.clock.now().replace(hour=22))
        [one] = (await call(world, "GET", API, leyla)).json()
        assert one["overdue"] is True

    async def test_a_programme_token_and_strangers_see_none(self, world: World):
        coordinator = await world.token(HAFEN, None)
        stranger = await world.token(OLEG.programme, OLEG)
        for word in (coordinator, stranger):
            answer = await call(world, "GET", API, word)
            assert answer.status_code in {403, 404}, answer.text
