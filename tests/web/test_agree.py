"""Both answer the same version; a change is a proposal; strangers see nothing."""

import pytest

from scheduler.agreement import AgreementState
from tests.web.world import HAFEN, IDA, LEYLA, OLEG, OTHERS, PAIR, World, token_of

PAGE = f"/pair/{PAIR.id}/agreement"


async def accept(world: World) -> int:
    page = (await world.client.get(PAGE)).text
    digest = page.split('name="digest" value="')[1].split('"')[0]
    form = {"csrf": token_of(page), "digest": digest}
    return (await world.client.post(f"{PAGE}/accept", data=form)).status_code


async def states(world: World) -> list[AgreementState]:
    async with world.services.begin(read_only=True) as uow:
        return [a.state for a in await uow.agreements.of_pair(PAIR.id)]


async def test_the_second_yes_puts_it_in_force(world: World) -> None:
    await world.come_in(IDA)
    assert await accept(world) == 303
    assert await states(world) == [AgreementState.PROPOSED]
    await world.come_in(LEYLA)
    assert await accept(world) == 303
    assert await states(world) == [AgreementState.IN_FORCE]
    page = (await world.client.get(PAGE)).text
    assert "which you have both accepted" in page and "Accept version" not in page


def a_change(page: str, **changes: str) -> dict[str, str]:
    return {
        "csrf": token_of(page),
        "digest": page.split('name="digest" value="')[1].split('"', maxsplit=1)[0],
        "cadence": "weekly",
        "minutes": "30",
        "first_day": "2026-09-28",
        "last_day": "2027-03-28",
        "hours": "Mon-Fri 09:00-12:00",
        "notice_hours": "48",
    } | changes


async def test_a_change_is_proposed_to_the_other(world: World) -> None:
    await world.come_in(IDA)
    page = (await world.client.get(PAGE)).text
    form = a_change(page)
    assert (await world.client.post(f"{PAGE}/propose", data=form)).status_code == 303
    assert await states(world) == [AgreementState.ANSWERED, AgreementState.PROPOSED]
    await world.come_in(LEYLA)
    page = (await world.client.get(PAGE)).text
    assert "proposed by Ida" in page and "every week for 30 minutes" in page
    old = form | {"csrf": token_of(page), "minutes": "60"}
    answer = await world.client.post(f"{PAGE}/propose", data=old)
    assert answer.status_code == 409 and "E_AGREEMENT_CHANGED" in answer.text


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cadence": "daily"}, "E_CADENCE"),
        ({"minutes": "7"}, "E_MINUTES"),
        ({"minutes": "many"}, "E_FIELD"),
        ({"last_day": "2026-09-01"}, "E_DATES"),
        ({"last_day": "2029-09-01"}, "E_DATES"),
        ({"first_day": "soon"}, "E_FIELD"),
        ({"hours": "whenever"}, "E_HOURS"),
        ({"notice_hours": "-1"}, "E_NOTICE"),
    ],
)
async def test_every_wrong_field_is_named(
    world: World, changes: dict[str, str], code: str
) -> None:
    await world.come_in(IDA)
    page = (await world.client.get(PAGE)).text
    form = a_change(page, **changes)
    answer = await world.client.post(f"{PAGE}/propose", data=form)
    assert answer.status_code == 422 and code in answer.text
    assert await states(world) == [AgreementState.DRAFT]


async def test_the_plan_is_shown_before_anybody_accepts(world: World) -> None:
    await world.come_in(IDA)
    page = (await world.client.get(f"/pair/{PAIR.id}/plan")).text
    assert "Nothing is in anyone’s calendar yet" in page
    assert page.count("<tr>") >= 12


@pytest.mark.parametrize("path", ["/agreement", "/plan"])
async def test_nobody_sees_the_pair_of_others(world: World, path: str) -> None:
    await world.come_in(OLEG)
    assert (await world.client.get(f"/pair/{PAIR.id}{path}")).status_code == 404
    assert (await world.client.get(f"/pair/nothing{path}")).status_code == 404
    assert (await world.client.get(f"/pair/{OTHERS.id}{path}")).status_code == 200
    await world.come_in_as_coordinator(HAFEN)
    assert (await world.client.get(f"/pair/{PAIR.id}{path}")).status_code == 404
