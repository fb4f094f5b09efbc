"""What a coordinator proposes: a template for all, a draft until one of two answers."""

from __future__ import annotations

import pytest

from scheduler.people import Hours
from tests.web.test_agree import accept
from tests.web.world import HAFEN, IDA, OTHERS, PAIR, World, token_of

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow

DRAFT = f"/programme/pairs/{PAIR.id}/draft"
TEMPLATE = {
    "weeks": "20",
    "cadence": "monthly",
    "minutes": "60",
    "hours": "Mon-Thu 10:00-16:00",
    "quiet": "Sat",
    "country": "de",
    "where_kind": "place",
    "where": "The library",
    "notice_hours": "48",
    "off_limits": "Marks",
    "review_weeks": "0",
}


async def form_of(world: World, path: str, **fields: str) -> dict[str, str]:
    page = (await world.client.get(path)).text
    found = {"csrf": token_of(page)} | fields
    if 'name="digest"' in page:
        found["digest"] = page.split('name="digest" value="')[1].split('"')[0]
    return found


async def test_a_template_is_kept_whole(world: World) -> None:
    await world.come_in_as_coordinator(HAFEN)
    form = await form_of(world, "/programme/terms", **TEMPLATE)
    for _ in range(2):
        answer = await world.client.post("/programme/terms", data=form)
        assert answer.status_code == 303
    async with world.services.begin(read_only=True) as uow:
        template = (await uow.programmes.get(HAFEN)).template
    assert (template.weeks, template.minutes, template.notice_hours) == (20, 60, 48)
    assert template.hours == Hours.parse("Mon-Thu 10:00-16:00")
    assert (template.country, template.quiet_days) == ("DE", {5})
    assert (template.venue.text, template.off_limits) == ("The library", ("Marks",))
    assert template.review_weeks is None and not template.book_without_asking
    page = (await world.client.get("/programme/terms")).text
    assert 'value="20"' in page and "The library" in page


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"weeks": "some"}, "E_FIELD"),
        ({"weeks": "900"}, "E_WEEKS"),
        ({"minutes": "7"}, "E_MINUTES"),
        ({"country": "nowhere"}, "E_COUNTRY"),
    ],
)
async def test_a_wrong_template_is_kept_on_the_page_alone(
    world: World, changes: dict[str, str], code: str
) -> None:
    await world.come_in_as_coordinator(HAFEN)
    form = await form_of(world, "/programme/terms", **(TEMPLATE | changes))
    answer = await world.client.post("/programme/terms", data=form)
    assert answer.status_code == 422 and code in answer.text
    assert f'value="{next(iter(changes.values()))}"' in answer.text
    assert "The library" in answer.text
    async with world.services.begin(read_only=True) as uow:
        assert (await uow.programmes.get(HAFEN)).template.minutes == 45


async def test_a_draft_is_changed_until_one_of_the_two_answers(world: World) -> None:
    await world.come_in_as_coordinator(HAFEN)
    fields = {
        "minutes": "30",
        "mentor_hours": "Mon 09:00-12:00",
        "mentee_hours": "Mon 13:00-18:00",
        "mentee_country": "DE-BY",
        "last_day": "2027-02-28",
    }
    form = await form_of(world, DRAFT, **fields)
    assert (await world.client.post(DRAFT, data=form)).status_code == 303
    async with world.services.begin(read_only=True) as uow:
        [draft] = await uow.agreements.of_pair(PAIR.id)
    assert (draft.terms.minutes, draft.terms.mentee_country) == (30, "DE-BY")
    assert draft.terms.mentor_hours == Hours.parse("Mon 09:00-12:00")
    late = await world.client.post(DRAFT, data=form)
    assert late.status_code == 409 and "E_AGREEMENT_CHANGED" in late.text
    wrong = await form_of(world, DRAFT, minutes="many")
    answer = await world.client.post(DRAFT, data=wrong)
    assert answer.status_code == 422 and 'value="many"' in answer.text
    page = (await world.client.get(f"/programme/pairs/{PAIR.id}")).text
    assert f'href="{DRAFT}"' in page

    await world.come_in(IDA)
    assert await accept(world) == 303
    await world.come_in_as_coordinator(HAFEN)
    assert (await world.client.get(DRAFT)).status_code == 409
    page = (await world.client.get(f"/programme/pairs/{PAIR.id}")).text
    assert f'href="{DRAFT}"' not in page


async def test_the_draft_of_another_programme_is_not_there(world: World) -> None:
    await world.come_in_as_coordinator(HAFEN)
    path = f"/programme/pairs/{OTHERS.id}/draft"
    assert (await world.client.get(path)).status_code == 404
    form = await form_of(world, "/programme/terms")
    assert (await world.client.post(path, data=form)).status_code == 404


async def test_the_same_over_the_api(world: World) -> None:
    word = await world.token(HAFEN, None)
    headers = {"authorization": f"Bearer {word}"}
    path = "/api/v1/programme/template"
    found = (await world.client.get(path, headers=headers)).json()
    wanted = found | {"minutes": 30, "quiet_days": "Sat, Sun", "country": "DE-BY"}
    answer = await world.client.put(path, headers=headers, json=wanted)
    assert answer.json() == wanted
    assert (await world.client.get(path, headers=headers)).json() == wanted
    wrong = await world.client.put(path, headers=headers, json=found | {"weeks": 0})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "weeks")

    versions = f"/api/v1/pairs/{PAIR.id}/agreements"
    [draft] = (await world.client.get(versions, headers=headers)).json()
    body = {"digest": draft["digest"], "terms": draft["terms"] | {"minutes": 30}}
    path = f"/api/v1/programme/pairs/{PAIR.id}/draft"
    changed = await world.client.put(path, headers=headers, json=body)
    assert changed.json()["terms"]["minutes"] == 30
    late = await world.client.put(path, headers=headers, json=body)
    assert (late.status_code, late.json()["code"]) == (409, "E_AGREEMENT_CHANGED")
