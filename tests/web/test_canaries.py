"""What the two write is on none of the coordinator's pages, answers or files (W5)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from config.settings import Settings
from scheduler.access import Audited
from scheduler.agreement import Agreement, AgreementState
from scheduler.evidence import EvidenceKind
from scheduler.ids import AgreementId
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.usecases.count_programme import count_programme
from scheduler.venue import Venue, VenueKind
from tests.web.canary import CANARY, canary, connect, say
from tests.web.matrix import Whose, whose
from tests.web.peopled import live, people_a_programme, show
from tests.web.test_crawl import routes
from tests.web.world import (
    ELSEWHERE,
    HAFEN,
    IDA,
    LEYLA,
    NOW,
    PAIR,
    SITE,
    TERMS,
    World,
    make_world,
)


@pytest.fixture
async def seeded(tmp_path: Path, memory_begin: Begin) -> AsyncIterator[World]:
    """A pair that has written everything there is to write, and shows its figures."""
    settings = Settings(data_dir=tmp_path, public_url=SITE)
    world = await make_world(settings, memory_begin)
    series = await live(world, story="kkokok")
    await people_a_programme(world, ["kkkkoo"] * 6)
    await show(world)
    async with world.services.begin() as uow:
        await say(uow, series)
        await _agree(uow)
        await connect(uow)
        await uow.commit()
    for _ in range(3):
        services = world.services
        await count_programme(HAFEN, begin=services.begin, clock=services.clock)
    async with world.client:
        yield world


async def _agree(uow: UnitOfWork) -> None:
    """A newer version, proposed; what is in force says something private as well."""
    room = Venue(VenueKind.LINK, f"https://meet.test/{canary('room')}")
    lines = (canary("off limits"),)
    for version in await uow.agreements.of_pair(PAIR.id):
        terms = replace(version.terms, off_limits=lines, venue=room)
        await uow.agreements.put(replace(version, terms=terms))
    newer = Agreement(
        AgreementId("newer"),
        PAIR.id,
        3,
        replace(TERMS, off_limits=lines, venue=room),
        AgreementState.PROPOSED,
        author=IDA.id,
    )
    await uow.agreements.put(newer)


def desk_paths(world: World) -> list[str]:
    """Every address that a coordinator, or a token of the programme, can look at."""
    theirs = {Whose.COORDINATOR, Whose.PROGRAMME_TOKEN, Whose.REACHED_TOKEN}
    found = [
        route.path.replace("{pair}", PAIR.id)
        for route in routes(world)
        if "GET" in route.methods and whose("GET", route.path) in theirs
    ]
    return [*found, f"/api/v1/programme/audit?about={PAIR.id}", "/programme?named=ida"]


async def test_nothing_they_wrote_is_shown_to_a_coordinator(seeded: World) -> None:
    world = seeded
    await world.come_in_as_coordinator()
    word = await world.token(HAFEN, None)
    headers = {"authorization": f"Bearer {word}"}
    opened = 0
    for path in desk_paths(world):
        world.clock.advance(timedelta(seconds=1))
        text = (answer := await world.client.get(path, headers=headers)).text
        assert CANARY not in text, path
        assert "evidence" not in text and "cancelled" not in text, path
        opened += answer.status_code < 400
    assert opened >= len(desk_paths(world)) - 2


async def test_the_audit_does_not_say_what_became_of_meetings(seeded: World) -> None:
    """Every act of noticing is on record; of the pair's own the desk is told none."""
    world = seeded
    async with world.services.begin() as uow:
        for n, kind in enumerate(EvidenceKind):
            who, cause = (f"person:{IDA.id}", "caldav") if n % 2 else ("troth", "mail")
            for about in (PAIR.id, "series/x/0"):
                act = Audited(NOW, HAFEN, who, kind.value, about, cause)
                await uow.audit.add(act)
        read = Audited(NOW, HAFEN, f"person:{IDA.id}", "mail read", PAIR.id, "declined")
        for _ in range(250):
            await uow.audit.add(read)
        await uow.commit()
    headers = {"authorization": f"Bearer {await world.token(HAFEN, None)}"}
    path = "/api/v1/programme/audit"
    for asked in (path, f"{path}?about={PAIR.id}", f"{path}?about=series/x/0"):
        rows = (await world.client.get(asked, headers=headers)).json()
        acts = {row["act"] for row in rows}
        assert {"paused", "closed"} <= acts
        assert not acts & {"cancelled", "declined", "said met", "moved", "mail read"}
        assert not [row for row in rows if row["actor"].startswith("person:")]


async def test_the_figures_do_not_say_who(seeded: World) -> None:
    """The mentee took two meetings out; the two names stand there alike."""
    world = seeded
    await world.come_in_as_coordinator()
    page = (await world.client.get(f"/programme/pairs/{PAIR.id}/figures")).text
    main = page.split("<main")[1].split("</main>")[0]
    assert main.count(IDA.name) == main.count(LEYLA.name) == 1
    headers = {"authorization": f"Bearer {await world.token(HAFEN, None)}"}
    path = f"/api/v1/programme/pairs/{PAIR.id}/figures"
    found = (await world.client.get(path, headers=headers)).text
    assert not [p for p in (IDA.id, LEYLA.id, "caldav") if f'"{p}"' in found]


async def test_the_two_find_it_all_on_their_own_pages(seeded: World) -> None:
    """The seeds are where they belong: the test above looks for what is there."""
    world = seeded
    await world.come_in(IDA)
    found = ""
    for route in routes(world):
        path = route.path.replace("{pair}", PAIR.id)
        own = whose("GET", route.path) in {Whose.TWO, Whose.SELF}
        if "GET" in route.methods and own and "{" not in path:
            world.clock.advance(timedelta(seconds=1))
            found += (await world.client.get(path)).text
    for what in ("topic0", "topic1", "promise", "link", "off limits", "label"):
        assert canary(what) in found, what


async def test_a_coordinator_elsewhere_sees_none_of_it(seeded: World) -> None:
    world = seeded
    await world.come_in_as_coordinator(ELSEWHERE)
    headers = {"authorization": f"Bearer {await world.token(ELSEWHERE, None)}"}
    for path in desk_paths(world):
        world.clock.advance(timedelta(seconds=1))
        answer = await world.client.get(path, headers=headers)
        assert CANARY not in answer.text and IDA.name not in answer.text, path
