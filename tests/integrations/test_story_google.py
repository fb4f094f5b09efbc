"""The story with Google on both sides, and on one beside CalDAV, a feed, mail alone.

The whole service over real servers; Google is FakeGoogle on a port, since there is no
other. In each: exactly one copy and at most one invitation reaches each person, and
what one of them does in a calendar is noticed and told once.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.integrations.story import people
from tests.integrations.story.beginning import a_coordinator_adds_the_pair
from tests.integrations.story.browser import Browser
from tests.integrations.story.dav import without
from tests.integrations.story.duo import (
    AT_GOOGLE,
    SIDES,
    Duo,
    duo,
    series_of,
    time_of,
)
from tests.integrations.story.people import IDA, LEYLA
from tests.servers.ports import Ports

pytestmark = [pytest.mark.servers, pytest.mark.slow]

Event = dict[str, Any]
HOUR = timedelta(hours=1)
FELL, MOVED = "fell through", "moved to"


@pytest.fixture(params=SIDES)
async def two(
    request: pytest.FixtureRequest, ports: Ports, valkey: str, tmp_path: Path
) -> AsyncIterator[Duo]:
    with ExitStack() as servers:
        mail = servers.enter_context(people.mail_server(ports, tmp_path))
        home = ""
        if request.param == "caldav":
            home = servers.enter_context(people.mentors_server(ports, tmp_path))
        async with duo(request.param, mail, valkey, home, tmp_path) as made:
            await they_agree(made)
            yield made


async def they_agree(two: Duo) -> None:
    """Both connect what they have, accept, and are booked."""
    await a_coordinator_adds_the_pair(two)  # type: ignore[arg-type] - the same to it
    await two.stage.work()
    (for_ida,), (for_leyla,) = await two.read()
    agreements = {}
    for who, letter in ((IDA, for_ida), (LEYLA, for_leyla)):
        browser = await two.stage.browser()
        await browser.open(letter.links("agree")[0])
        agreements[who] = browser, browser.url
        await connect(two, who, browser)
    await two.stage.work()
    for browser, agreement in agreements.values():
        await browser.open(agreement)
        await browser.send("/accept")
    await two.stage.work()
    async with two.stage.services.begin(read_only=True) as uow:
        (programme,) = await uow.programmes.all()
        (pair,) = await uow.pairs.of_programme(programme.id)
        (series,) = await uow.series.of_pair(pair.id)
    two.uid = series.uid


async def connect(two: Duo, who: str, browser: Browser) -> None:
    if who == IDA:
        await two.connect_google(browser, who, "main" if two.both_at_google else "own")
        return
    match two.side:
        case "google":
            await two.connect_google(browser, who, "main")
        case "caldav":
            await browser.open("/calendar")
            await browser.send(
                "/caldav", address=two.home, username="ida", password="her own"
            )
            await browser.send("/chosen")
        case "feed":
            await browser.open("/calendar")
            await browser.send("/feed", url=two.feed.url)


async def test_one_copy_and_one_invitation_reach_each(two: Duo) -> None:
    await two.read()
    assert len(await two.agreed()) == 13
    invited = {"google": 1, "caldav": 0, "feed": 1, "mail": 1}[two.side]
    assert await two.invitations() == {IDA: 0, LEYLA: invited}
    assert len(two.google.world.accounts) == len(AT_GOOGLE)
    await two.soon()
    assert await two.read() == ([], [])
    assert await two.invitations() == {IDA: 0, LEYLA: invited}


Act = Callable[[Duo], Awaitable[None]]


async def ida_deletes_one(two: Duo) -> None:
    two.act(IDA, "delete", two.events(IDA)[2])


async def ida_moves_one(two: Duo) -> None:
    event = two.events(IDA)[2]
    two.act(IDA, "patch", event, later(event))


async def ida_deletes_all(two: Duo) -> None:
    two.act(IDA, "delete", series_of(plain(two)))


async def ida_moves_all(two: Duo) -> None:
    event = plain(two)
    whole = two.google.act(
        AT_GOOGLE[IDA],
        "events.get",
        {"calendarId": event["calendar"], "eventId": event["recurringEventId"]},
    )
    assert whole
    two.act(IDA, "patch", series_of(event), later(whole))


def plain(two: Duo) -> Event:
    """A date of the series, and no replacement."""
    return next(e for e in two.events(IDA) if "recurringEventId" in e)


def later(event: Event) -> Event:
    """An hour later; a time that suits neither is still what they chose."""
    times = zip(("start", "end"), time_of(event), strict=True)
    return {
        key: {"dateTime": (at + HOUR).isoformat(), "timeZone": event[key]["timeZone"]}
        for key, at in times
    }


async def leyla_loses_one(two: Duo) -> None:
    """By what she has: a deletion, or an answer by mail."""
    third = (await two.at_leylas())[2]
    match two.side:
        case "google":
            (event,) = [e for e in two.events(LEYLA) if time_of(e) == third]
            two.act(LEYLA, "delete", event)
        case "caldav":
            async with two.hers() as own:
                name, _ = await own.find(two.uid)
                await own.change(name, without(third[0], two.stage.now))
        case _:
            reply = two.phone.answer_mail(
                two.uid, "DECLINED", at=third[0], to=people.TROTH, now=two.stage.now
            )
            two.declined.add(third)
            await two.leyla.send(reply)


@pytest.mark.parametrize(
    ("act", "word", "lost"),
    [
        (ida_deletes_one, FELL, 1),
        (ida_moves_one, MOVED, 0),
        (ida_deletes_all, FELL, 13),
        (ida_moves_all, MOVED, 0),
        (leyla_loses_one, FELL, 1),
    ],
)
async def test_what_is_done_is_noticed_and_told_once(
    two: Duo, act: Act, word: str, lost: int
) -> None:
    await two.read()
    await two.stage.one_poll()  # what Troth booked is known as it stands there
    await two.stage.one_poll()
    before = await two.agreed()
    await act(two)
    await two.soon()
    for letters in await two.read():
        told = [letter for letter in letters if not letter.method]
        assert len(told) == 1, [letter.subject for letter in told]
        assert word in told[0].subject.lower()
    after = await two.agreed()
    assert len(after) == len(before) - lost
    await two.soon()
    assert await two.read() == ([], [])
    assert await two.agreed() == after
