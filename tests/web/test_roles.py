"""Every route, every role (promises.md S12), and nothing of one is another's (S11).

The matrix is made from the routes there are; `matrix.py` says whose each one is.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from config.settings import Settings
from scheduler.access import Link, Purpose
from scheduler.agreement import Programme
from scheduler.ids import LinkId, PairId, PersonId
from scheduler.people import Person
from scheduler.ports.store import Begin
from scheduler.series import Series
from tests.web.canary import CANARY, connect, say
from tests.web.matrix import Whose, guards, whose
from tests.web.peopled import live, people_a_programme, show
from tests.web.test_crawl import routes
from tests.web.world import (
    ELSEWHERE,
    HAFEN,
    IDA,
    LEYLA,
    OLEG,
    PAIR,
    SITE,
    World,
    make_world,
)
from web.guard import COOKIE, digest

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow

#: A person of the same programme, in another pair.
NEIGHBOUR = Person(PersonId("many0-a"), HAFEN, "many0-a", "many0-a@x.test", "UTC")
#: Who comes: in by a link or a sign-in, or with a token.
PEOPLE = {"mentor": IDA, "mentee": LEYLA, "neighbour": NEIGHBOUR, "foreigner": OLEG}
DESKS = {"coordinator": HAFEN, "foreign coordinator": ELSEWHERE}
#: Who may use the routes of whom, about the pair of Ida and Leyla.
MAY = {
    Whose.SELF: {"mentor", "mentee", "neighbour", "foreigner"},
    Whose.TWO: {"mentor", "mentee"},
    Whose.COORDINATOR: {"coordinator"},
    Whose.SELF_TOKEN: {f"{name}'s token" for name in PEOPLE},
    Whose.TWO_TOKEN: {"mentor's token", "mentee's token"},
    Whose.PROGRAMME_TOKEN: {"coordinator's token"},
    Whose.REACHED_TOKEN: {"mentor's token", "mentee's token", "coordinator's token"},
}
#: Routes that name a thing belong to those who have it; the others to everyone alike.
_NAMES = re.compile(r"{(pair|person)}")
ROLES = ["stranger", *PEOPLE, *DESKS]
ROLES += [f"{name}'s token" for name in (*PEOPLE, *DESKS)]


@pytest.fixture
async def peopled(tmp_path: Path, memory_begin: Begin) -> AsyncIterator[World]:
    settings = Settings(data_dir=tmp_path, public_url=SITE)
    world = await make_world(settings, memory_begin)
    await live(world)
    await show(world)
    await people_a_programme(world, ["kk"])
    async with world.client:
        yield world


def matrix(world: World) -> list[tuple[str, str, Whose | None]]:
    return [
        (method, route.path, whose(method, route.path))
        for route in routes(world)
        for method in sorted(route.methods)
    ]


async def test_every_route_is_somebodys(world: World) -> None:
    unknown = [(method, path) for method, path, who in matrix(world) if who is None]
    assert not unknown, "say in tests/web/matrix.py whose these are"


async def test_every_route_declares_its_guard(world: World) -> None:
    for route in routes(world):
        for method in route.methods:
            who = whose(method, route.path)
            named = guards(route)
            if who is None or who is Whose.ANYBODY:
                continue
            assert who.guard in named, (method, route.path)
            if method != "GET" and not route.path.startswith("/api/"):
                assert "checked_form" in named, (method, route.path)


async def headers_of(world: World, role: str) -> dict[str, str]:
    """Come in, or take a token; what to send along."""
    world.client.cookies.clear()
    name, _, token = role.partition("'s ")
    if token:
        person = PEOPLE.get(name)
        programme = person.programme if person else DESKS[name]
        return {"authorization": f"Bearer {await world.token(programme, person)}"}
    if role in PEOPLE:
        link = await world.link_for(PEOPLE[role])
        if role == "neighbour":
            link = await _neighbours_link(world)
        assert (await world.client.get(link)).status_code == 303
    if role in DESKS:
        await world.come_in_as_coordinator(DESKS[role])
    return {}


async def _neighbours_link(world: World) -> str:
    expires = world.clock.now() + timedelta(days=30)
    link = Link(LinkId("n"), Purpose.PAGES, HAFEN, NEIGHBOUR.id, "", expires)
    return await world.link(replace(link, pair=PairId("many000")))


async def csrf(world: World) -> str:
    """What a form of this visitor would bring back."""
    cookie = world.client.cookies.get(COOKIE, "")
    async with world.services.begin(read_only=True) as uow:
        session = await uow.doors.session(digest(cookie))
    return session.csrf if session else ""


def may(role: str, path: str, who: Whose) -> bool:
    if role in MAY[who]:
        return True
    own_programme = who in {Whose.COORDINATOR, Whose.PROGRAMME_TOKEN}
    return (
        own_programme
        and not _NAMES.search(path)
        and "foreign c" in role
        and (("token" in role) == (who is Whose.PROGRAMME_TOKEN))
    )


def filled(path: str, pair: str, person: str) -> str:
    named = path.replace("{pair}", pair).replace("{person}", person)
    return re.sub(r"{\w+(:path)?}", "1", named)


@pytest.mark.parametrize("role", ROLES)
async def test_what_is_not_theirs_is_as_if_it_were_not_there(
    peopled: World, role: str
) -> None:
    world = peopled
    headers = await headers_of(world, role)
    body = {"csrf": await csrf(world)}
    denied = 0
    for method, path, who in matrix(world):
        if who in {None, Whose.ANYBODY} or may(role, path, who or Whose.ANYBODY):
            continue
        sent = {"json": {}} if path.startswith("/api/") else {"data": body}
        options = {} if method in {"GET", "DELETE"} else sent
        asked = [filled(path, PAIR.id, IDA.id), filled(path, "nobody", "nothing")]
        answers = []
        for address in asked:
            world.clock.advance(timedelta(seconds=1))
            answers.append(
                await world.client.request(method, address, headers=headers, **options)
            )
        theirs, nothing = answers
        told = (role, method, path, theirs.text)
        assert theirs.status_code in {401, 404, 422}, told
        # A form that is no form is told before anything is looked up.
        assert (theirs.status_code, theirs.text) == (nothing.status_code, nothing.text)
        denied += 1
    assert denied > 20


@pytest.mark.parametrize("role", [role for role in ROLES if role != "stranger"])
async def test_what_is_theirs_is_open(peopled: World, role: str) -> None:
    world = peopled
    headers = await headers_of(world, role)
    opened = 0
    for method, path, who in matrix(world):
        if method != "GET" or who in {None, Whose.ANYBODY}:
            continue
        if not may(role, path, who or Whose.ANYBODY):
            continue
        if set(re.findall(r"{(\w+)", path)) - {"pair"}:
            continue
        world.clock.advance(timedelta(seconds=1))
        filled = path.replace("{pair}", PAIR.id)
        answer = await world.client.get(filled, headers=headers)
        assert answer.status_code not in {401, 403}, (role, path)
        assert answer.status_code < 500, (role, path)
        opened += answer.status_code < 400
    assert opened


async def test_a_programme_is_closed_to_every_other(peopled: World) -> None:
    """The names of one programme stand on no page of the other."""
    world = peopled
    async with world.services.begin(read_only=True) as uow:
        home: Programme = await uow.programmes.get(HAFEN)
    secrets = (IDA.name, LEYLA.name, IDA.email, home.name, PAIR.id, "many000")
    for role in ("foreigner", "foreign coordinator", "foreign coordinator's token"):
        headers = await headers_of(world, role)
        for method, path, _ in matrix(world):
            if method == "GET" and "{" not in path:
                world.clock.advance(timedelta(seconds=1))
                text = (await world.client.get(path, headers=headers)).text
                assert not [one for one in secrets if one in text], (role, path)


#: Things of Ida and Leyla, under the names that routes have for them.
THINGS = {
    "topic": "t0",
    "promise": "p1",
    "link": "e1",
    "calendar": "c1",
    "account": "a1",
}


async def test_things_of_one_pair_are_not_reached_through_another(
    peopled: World,
) -> None:
    """A neighbour who names their own pair, and something of Ida and Leyla's."""
    world = peopled
    [series] = await _series(world)
    async with world.services.begin() as uow:
        await say(uow, series)
        await connect(uow)
        await uow.commit()
    things = THINGS | {"key:path": quote(str(series.meetings[0].key), safe="")}
    before = await _written(world)
    tried = 0
    for role in ("neighbour", "neighbour's token"):
        headers = await headers_of(world, role)
        for method, path, _who in matrix(world):
            if not set(re.findall(r"{([\w:]+)}", path)) & set(things):
                continue
            address = path.replace("{pair}", "many000")
            for name, thing in things.items():
                address = address.replace(f"{{{name}}}", thing)
            if "{" in address:
                continue
            body = {"csrf": await csrf(world)}
            sent = {"json": {}} if path.startswith("/api/") else {"data": body}
            options = {} if method in {"GET", "DELETE"} else sent
            world.clock.advance(timedelta(seconds=1))
            answer = await world.client.request(
                method, address, headers=headers, **options
            )
            assert CANARY not in answer.text, (method, path)
            tried += 1
    assert tried > 20
    assert await _written(world) == before


async def _series(world: World) -> tuple[Series, ...]:
    async with world.services.begin(read_only=True) as uow:
        return await uow.series.of_pair(PAIR.id)


async def _written(world: World) -> list[object]:
    """Everything the two wrote, and what they connected."""
    async with world.services.begin(read_only=True) as uow:
        return [
            await uow.topics.of_pair(PAIR.id),
            await uow.promises.of_pair(PAIR.id),
            await uow.notes.of_pair(PAIR.id),
            await uow.lines.of_pair(PAIR.id),
            await uow.enclosures.of_pair(PAIR.id),
            await uow.accounts.of_person(IDA.id),
            await uow.calendars.of_person(IDA.id),
            await uow.series.of_pair(PAIR.id),
            await uow.evidence.of_pair(PAIR.id),
        ]
