"""The pair's own page, before and after something is booked."""

from datetime import timedelta

import pytest

from scheduler.consistency import EndedPeriod, Outcome, Rate, Rates, Report
from scheduler.effects import Address
from scheduler.ids import SeriesId
from scheduler.timespan import Span
from scheduler.usecases.accept_agreement import accept_agreement
from scheduler.usecases.plan_pair import plan_pair
from tests.web.world import IDA, LEYLA, NOW, PAIR, World
from web.told import told


async def book(world: World) -> None:
    services = world.services
    async with services.begin(read_only=True) as uow:
        [draft] = await uow.agreements.of_pair(PAIR.id)
    for person in (IDA, LEYLA):
        await accept_agreement(
            PAIR.id,
            person.id,
            draft.digest,
            begin=services.begin,
            clock=services.clock,
        )
    again = await plan_pair(
        PAIR.id,
        begin=services.begin,
        clock=services.clock,
        ids=services.ids,
        links=services.links,
        sender=Address("troth@troth.test"),
    )
    assert again is None


async def test_before_anything_is_booked(world: World) -> None:
    await world.come_in(LEYLA)
    page = (await world.client.get(f"/pair/{PAIR.id}")).text
    assert "first you agree how you want to meet" in page


async def test_a_booked_pair_sees_next_meeting_rhythm_and_dates(world: World) -> None:
    await book(world)
    world.clock.advance(timedelta(days=30))
    await world.come_in(LEYLA)
    page = (await world.client.get(f"/pair/{PAIR.id}")).text
    assert "Every two weeks, 45 minutes" in page
    assert "In Berlin, for you" in page and "In New York, for Ida" in page
    assert page.count('<use href="/static/marks.svg#t"/>') >= 9
    assert "You have not said yet whether you met." in page
    page = (await world.client.get("/pairs")).headers["location"]
    assert page == f"/pair/{PAIR.id}"


@pytest.mark.parametrize(
    ("outcomes", "words"),
    [
        ([], "Nothing was due yet."),
        (
            [Outcome.OPEN, Outcome.SKIPPED],
            "Nothing was due yet. One you left out together.",
        ),
        ([Outcome.KEPT], "One meeting was due and one took place."),
        (
            [Outcome.KEPT] * 7 + [Outcome.REPAIRED] * 2 + [Outcome.OWED],
            "Ten meetings were due and nine took place, two of them on a new day. "
            "One is still owed.",
        ),
        ([Outcome.OWED], "One meeting was due and none took place. One is still owed."),
    ],
)
def test_figures_in_words(outcomes: list[Outcome], words: str) -> None:
    week = timedelta(weeks=1)
    periods = tuple(
        EndedPeriod(SeriesId("s"), i, Span(NOW + i * week, NOW + (i + 1) * week), one)
        for i, one in enumerate(outcomes)
    )
    window = Span(NOW, NOW + 20 * week)
    rates = Rates(Rate(), Rate(), Rate())
    assert told(Report(PAIR.id, window, periods, rates, (), ())) == words
