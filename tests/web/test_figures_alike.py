"""`troth report`, the API, the page and the letter say the same of any history."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from lxml import html

from cli.report import lines
from config.settings import Settings
from integrations.mail.wording.render import Wording
from integrations.memory.store import MemoryStore
from integrations.memory.system import SeededIds, SetClock
from scheduler.access import Link, Purpose
from scheduler.agreement import Agreement, AgreementState, Programme, Template, Terms
from scheduler.cadence import Cadence
from scheduler.consistency import Report, to_date
from scheduler.ids import LinkId, ProgrammeId
from scheduler.letters import Letter, LetterKind
from scheduler.monthly import month_facts
from scheduler.people import Pair, Person
from scheduler.ports.mail import Reader
from scheduler.usecases.make_token import make_token
from scheduler.usecases.read_report import read_report
from tests.scheduler.histories import (
    LIVES_IN,
    MENTEE,
    MENTOR,
    NOTICES,
    PAIR,
    Lived,
    drawn,
)
from tests.web.world import World, make_services
from web.app import make_app

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow

SITE = "https://troth.test"
HAFEN = Programme(
    ProgrammeId("hafen"),
    "Hafen",
    "amal@hafen.test",
    "Europe/Berlin",
    Template(Cadence("week")),
)
IDA, LEYLA = (
    Person(who, HAFEN.id, name, f"{name.lower()}@a.test", LIVES_IN[who])
    for who, name in ((MENTOR, "Ida"), (MENTEE, "Leyla"))
)
TWO = Pair(PAIR, HAFEN.id, MENTOR, MENTEE)
TERMS = Terms(Cadence("week"), 45, date(2026, 1, 5), date(2027, 12, 1))


@dataclass
class Shown:
    """The four rates as each of four places says them, by their names."""

    report: Report
    api: dict[str, Any]
    page: dict[str, str]
    letter: dict[str, str]


async def shown(lived: Lived, folder: Path) -> Shown:
    """Tell a history to a service, and look at it from everywhere."""
    clock, ids = SetClock(lived.now), SeededIds()
    services = make_services(
        Settings(data_dir=folder, public_url=SITE), MemoryStore(ids=ids), clock, ids
    )
    async with services.begin() as uow:
        await uow.programmes.put(HAFEN)
        for person in (IDA, LEYLA):
            await uow.people.put(person)
        await uow.pairs.put(TWO)
        for n, (name, notice) in enumerate(NOTICES.items(), 1):
            terms = replace(TERMS, notice_hours=notice // timedelta(hours=1))
            state = AgreementState.IN_FORCE if n == 1 else AgreementState.REPLACED
            await uow.agreements.put(Agreement(name, PAIR, n, terms, state))
        for series in lived.record.series:
            await uow.series.put(series)
        await uow.evidence.add(lived.record.rows)
        await uow.commit()
    transport = httpx2.ASGITransport(make_app(services))
    async with httpx2.AsyncClient(transport=transport, base_url=SITE) as client:
        world = World(services, clock, client)
        door = Link(
            LinkId("door"),
            Purpose.PAGES,
            HAFEN.id,
            MENTOR,
            "",
            lived.now + timedelta(days=1),
            pair=PAIR,
        )
        await client.get(await world.link(door))
        page = await client.get(f"/pair/{PAIR}")
        word = await make_token(
            HAFEN.id,
            "test",
            person=MENTOR,
            begin=services.begin,
            clock=clock,
            ids=ids,
        )
        told = await client.get(
            f"/api/v1/pairs/{PAIR}/consistency",
            headers={"authorization": f"Bearer {word}"},
        )
    assert told.status_code == page.status_code == 200, (told.text, page.text)
    report = await read_report(PAIR, begin=services.begin, now=lived.now)
    return Shown(report, told.json(), on_page(page.text), in_letter(lived))


def on_page(text: str) -> dict[str, str]:
    listed = html.fromstring(text).find_class("figures-list")[0]
    return dict(zip(*(_texts(listed.iter(tag)) for tag in ("dt", "dd")), strict=True))


def _texts(found: Iterable[Any]) -> list[str]:
    return [one.text_content().strip().lower() for one in found]


def in_letter(lived: Lived) -> dict[str, str]:
    """The rates of the letter on the month, out of its HTML; empty for no letter."""
    window = to_date(lived.record.series, lived.now)
    assert window
    facts = month_facts(lived.record, window, lived.now)
    if facts is None:
        return {}
    letter = Letter(LetterKind.CONSISTENCY, MENTOR, PAIR, facts)
    message = Wording().letter(letter, Reader(HAFEN, IDA, LEYLA, TWO), _link)
    rows = re.findall(
        r'scope="row"[^>]*>([^<]+)</th><td[^>]*>([^<]+)</td>', message.html
    )
    return {name.strip().lower(): figure.strip() for name, figure in rows}


def _link(purpose: Purpose, about: str = "") -> str:
    return f"{SITE}/p/{purpose.value}/{about or 'x'}"


@pytest.fixture(params=range(20_000, 20_012))
async def seen(request: pytest.FixtureRequest, tmp_path: Path) -> Shown:
    lived = drawn(request.param)
    begun = to_date(lived.record.series, lived.now)
    if begun is None:
        first = lived.record.series[0].span_of(0).end
        lived = replace(lived, now=first)
    return await shown(lived, tmp_path)


async def test_every_place_says_the_same(seen: Shown) -> None:
    rates = dict(seen.report.rates.named())
    few = {name for name, rate in rates.items() if rate.denominator < 3}
    said = {
        name: "not enough yet"
        if name in few
        else f"{rate.numerator} of {rate.denominator}"
        for name, rate in rates.items()
    }
    printed = [*lines(seen.report)]
    assert printed[-4:] == [f"{name}: {words}" for name, words in said.items()]
    assert [p["outcome"] for p in seen.api["periods"]] == [
        line.split("  ")[1] for line in printed[:-4]
    ]
    assert seen.api["rates"] == {
        name: [rate.numerator, rate.denominator] for name, rate in rates.items()
    }
    assert seen.page == said
    for name, words in said.items():
        assert seen.letter.get(name, words) == words
    assert len(seen.letter) in {0, 4, 5, 6}


def test_what_is_compared_is_not_all_alike() -> None:
    """Some of these histories have enough to say, and some have not."""
    enough = [
        rate.is_enough
        for seed in range(20_000, 20_012)
        for _, rate in drawn(seed).report(drawn(seed).whole()).rates.named()
    ]
    assert 8 < sum(enough) < len(enough) - 8
