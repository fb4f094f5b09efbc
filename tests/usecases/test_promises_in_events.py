"""Promises written into the agenda of an event: whose they are, and what stands there.

The copy's owner is who promises; a line that is not understood stays the person's own.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from scheduler.agenda import BEGIN, END
from scheduler.evidence import EvidenceKind
from scheduler.ids import PersonId, RemoteId
from scheduler.people import Pair
from scheduler.promises import Promise
from scheduler.promising import Said, keep, move
from scheduler.series import Series
from scheduler.usecases.make_promise import make_promise
from scheduler.usecases.refresh_agenda import UNCLEAR, left_alone
from scheduler.usecases.turn_promise import turn_promise
from scheduler.work import WorkKind
from tests.usecases.world import World

DAY = timedelta(days=1)
#: NOW of the world is Monday 2 March 2026.
FRIDAY = date(2026, 3, 6)


async def booked() -> tuple[World, Pair, Series]:
    world = await World().open()
    pair = await world.agreed_pair("mentor", "mentee")
    await world.work()
    (series,) = await world.series(pair)
    return world, pair, series


def event(world: World, person: PersonId, at: datetime) -> tuple[RemoteId, str]:
    paper = world.paper(person)
    (remote,) = paper.shelf.objects
    return remote, paper.words(remote, at)


def write(world: World, person: PersonId, at: datetime, line: str) -> None:
    remote, text = event(world, person, at)
    world.paper(person).by_hand_write(remote, at, text.replace(END, f"{line}\n{END}"))


async def promises(world: World, pair: Pair) -> tuple[Promise, ...]:
    async with world.store(read_only=True) as uow:
        return await uow.promises.of_pair(pair.id)


async def refresh(world: World, pair: Pair) -> None:
    for _ in range(2):
        await world.do(WorkKind.REFRESH, pair.id)


def outside(text: str) -> str:
    above, _, rest = text.partition(BEGIN)
    return above + rest.partition(END)[2]


async def set_language(world: World, person: PersonId, language: str) -> None:
    async with world.store() as uow:
        await uow.people.put(replace(await uow.people.get(person), language=language))
        await uow.commit()


@pytest.mark.parametrize("role", ["mentor", "mentee"])
async def test_it_is_its_copys_owners_and_reaches_both_events(role: str):
    world, pair, series = await booked()
    owner = getattr(pair, role)
    write(world, owner, series.first, "promise: I will send the list, by Friday")
    await refresh(world, pair)
    (one,) = await promises(world, pair)
    assert (one.by, one.text, one.due) == (owner, "I will send the list", FRIDAY)
    assert one.about == series.live()[0].key
    name = "Ida" if role == "mentor" else "Leyla"
    for person in pair.both():
        text = event(world, person, series.first)[1]
        line = f"- {name}: I will send the list, by Friday 6 March"
        assert text.splitlines().count(line) == 1
        assert "promise: I" not in text


async def test_reading_it_again_makes_no_second_one():
    world, pair, series = await booked()
    for _ in range(2):
        write(world, pair.mentor, series.first, "promise: send it by Friday")
        await refresh(world, pair)
    assert len(await promises(world, pair)) == 1
    async with world.store() as uow:
        rows = await uow.evidence.of_pair(pair.id)
    assert [r.kind for r in rows].count(EvidenceKind.PROMISED) == 1
    assert all("send it" not in repr(r) for r in rows)


async def test_writing_it_again_until_another_day_is_a_new_date():
    world, pair, series = await booked()
    for until in ("Friday", "2026-03-12"):
        write(world, pair.mentor, series.first, f"promise: send it by {until}")
        await refresh(world, pair)
    (one,) = await promises(world, pair)
    assert one.dates == (FRIDAY, date(2026, 3, 12))
    text = event(world, pair.mentee, series.first)[1]
    assert "- Ida: send it, by Thursday 12 March" in text.splitlines()


async def test_it_is_read_in_the_language_and_on_the_clock_of_its_writer():
    world, pair, series = await booked()
    await set_language(world, pair.mentee, "de")
    world.clock.set(datetime(2026, 3, 3, 3, tzinfo=UTC))
    # In New York, where Leyla lives, it is still Monday.
    write(world, pair.mentee, series.first, "promise: ich rufe an, bis morgen")
    await refresh(world, pair)
    (one,) = await promises(world, pair)
    assert one.due == date(2026, 3, 3)


@pytest.mark.parametrize(
    "line",
    [
        "promise: send the list",
        "promise: send the list by someday",
        "promise: send the list by 2026-02-01",
        "promise: by Friday",
    ],
)
async def test_what_is_not_understood_moves_below_and_is_noted_once(line: str):
    world, pair, series = await booked()
    write(world, pair.mentee, series.first, line)
    await refresh(world, pair)
    assert await promises(world, pair) == ()
    assert line in outside(event(world, pair.mentee, series.first)[1])
    about = left_alone(pair.mentee, series.live()[0].key)
    async with world.store() as uow:
        rows = await uow.audit.about(about)
    assert [row.act for row in rows] == [UNCLEAR]
    assert "send" not in repr(rows)


async def test_one_that_is_kept_goes_from_the_events():
    world, pair, series = await booked()
    ports: dict[str, Any] = {"begin": world.begin, "clock": world.clock}
    one = await make_promise(pair.id, pair.mentor, Said("send it", FRIDAY), **ports)
    await world.work()
    assert "send it" in event(world, pair.mentee, series.first)[1]
    await turn_promise(pair.id, pair.mentor, one.id, keep, **ports)
    await world.work()
    for person in pair.both():
        assert "send it" not in event(world, person, series.first)[1]


async def test_overdue_for_three_days_it_leads_without_anybody_asking():
    world, pair, series = await booked()
    ports: dict[str, Any] = {"begin": world.begin, "clock": world.clock}
    soon = Said("send it", date(2026, 3, 3))
    await make_promise(pair.id, pair.mentor, soon, **ports)
    other = Said("read it", date(2026, 3, 2))
    one = await make_promise(pair.id, pair.mentee, other, **ports)
    later = date(2026, 3, 20)
    await turn_promise(
        pair.id,
        pair.mentee,
        one.id,
        lambda p, who, now: move(p, who, later, now),
        **ports,
    )
    await world.live_through(timedelta(days=4, hours=15), timedelta(hours=1))
    lines = event(world, pair.mentee, series.first)[1].splitlines()
    at = lines.index("Promises")
    assert "send it" in lines[at + 1] and "let go?" in lines[at + 1]
    assert "read it" in lines[at + 2] and "let go?" not in lines[at + 2]
