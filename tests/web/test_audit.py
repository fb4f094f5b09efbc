"""The audit over the API: by ids, and never which of the two it was."""

from datetime import timedelta

from scheduler.access import Audited
from scheduler.consent import LOOKED
from tests.web.world import ELSEWHERE, HAFEN, IDA, LEYLA, PAIR, World


async def write(world: World, *rows: Audited) -> None:
    async with world.services.begin() as uow:
        for row in rows:
            await uow.audit.add(row)
        await uow.commit()


def act(world: World, actor: str, what: str, about: str, minutes: int) -> Audited:
    at = world.clock.now() + timedelta(minutes=minutes)
    return Audited(at, HAFEN, actor, what, about, "cause")


async def filled(world: World) -> dict[str, dict[str, str]]:
    ida, leyla = f"person:{IDA.id}", f"person:{LEYLA.id}"
    foreign = Audited(world.clock.now(), ELSEWHERE, "troth", "foreign", PAIR.id)
    await write(
        world,
        act(world, ida, "cancelled", "s/1", 1),
        act(world, leyla, "hours changed", LEYLA.id, 2),
        act(world, "coordinator", LOOKED, PAIR.id, 3),
        act(world, "troth", "series booked", PAIR.id, 4),
        foreign,
    )
    return {
        name: {"authorization": f"Bearer {await world.token(HAFEN, person)}"}
        for name, person in (("ida", IDA), ("leyla", LEYLA), ("desk", None))
    }


async def test_a_programme_sees_acts_and_not_which_of_the_two(world: World):
    tokens = await filled(world)
    answer = await world.client.get("/api/v1/programme/audit", headers=tokens["desk"])
    told = [(row["actor"], row["act"], row["about"]) for row in answer.json()]
    assert told == [
        ("troth", "series booked", PAIR.id),
        ("coordinator", LOOKED, PAIR.id),
        ("person", "hours changed", "person"),
    ]
    assert IDA.id not in answer.text.replace(PAIR.id, "")


async def test_a_programme_sees_it_page_by_page(world: World):
    tokens = await filled(world)
    rows = [act(world, "troth", "did", f"x{n}", 10 + n) for n in range(120)]
    await write(world, *rows)
    path, seen = "/api/v1/programme/audit", []
    while page := (await world.client.get(path, headers=tokens["desk"])).json():
        seen += [row["about"] for row in page]
        path = f"/api/v1/programme/audit?before={page[-1]['no']}"
    assert len(seen) == 123
    assert seen[:120] == [row.about for row in reversed(rows)]


async def test_a_programme_asks_about_one_thing(world: World):
    tokens = await filled(world)
    path = f"/api/v1/programme/audit?about={PAIR.id}"
    answer = await world.client.get(path, headers=tokens["desk"])
    assert [row["act"] for row in answer.json()] == [LOOKED, "series booked"]


async def test_a_person_sees_their_own_and_who_looked(world: World):
    tokens = await filled(world)
    answer = await world.client.get("/api/v1/me/audit", headers=tokens["ida"])
    assert [row["act"] for row in answer.json()] == ["cancelled", LOOKED]
    answer = await world.client.get("/api/v1/me/audit", headers=tokens["leyla"])
    assert [row["act"] for row in answer.json()] == ["hours changed", LOOKED]
