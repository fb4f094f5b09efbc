"""Series and meetings; nobody is booked twice at once (promises.md I7)."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from scheduler.cadence import Cadence, Period
from scheduler.errors import NotFound, Overtaken, Taken
from scheduler.ids import AgreementId, PairId, PersonId, ProgrammeId, SeriesId, Uid
from scheduler.people import Pair
from scheduler.ports.store import Begin
from scheduler.series import (
    Meeting,
    MeetingKey,
    MeetingState,
    Placer,
    Series,
    SeriesState,
)
from scheduler.timespan import Span, Spans

DAY = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALWAYS = Span(DAY - 999 * 24 * HOUR, DAY + 999 * 24 * HOUR)
ADA = PersonId("ada")


def pair(name: str, mentor: str = "ada", mentee: str | None = None) -> Pair:
    return Pair(
        PairId(name),
        ProgrammeId("P"),
        PersonId(mentor),
        PersonId(mentee or f"mentee of {name}"),
    )


def meeting(
    series: str,
    hour: float,
    *,
    n: int = 0,
    placed_by: Placer = Placer.TROTH,
    state: MeetingState = MeetingState.LIVE,
    original: float | None = None,
) -> Meeting:
    """One hour long, `hour` hours into the day."""
    start = DAY + hour * HOUR
    key = MeetingKey(
        SeriesId(series), start if original is None else DAY + original * HOUR, n
    )
    placed = state is not MeetingState.UNPLACED
    return Meeting(
        key,
        0,
        Span(start, start + HOUR) if placed else None,
        state,
        placed_by,
        uid=Uid(f"{series}-{n}@x.example") if n else None,
    )


def series(name: str, *meetings: Meeting, of: str | None = None) -> Series:
    return Series(
        SeriesId(name),
        PairId(of or name),
        AgreementId("a"),
        Uid(f"{name}@x.example"),
        "Europe/Berlin",
        ADA,
        60,
        Cadence("week", 2),
        "FREQ=WEEKLY;INTERVAL=2;COUNT=26",
        DAY,
        (Period(0, date(2026, 3, 1), date(2026, 3, 15)),),
        meetings,
    )


async def put(begin: Begin, *all_series: Series) -> None:
    async with begin() as uow:
        for one in all_series:
            await uow.series.put(one)
        await uow.commit()


async def pairs(begin: Begin, *names: str) -> None:
    async with begin() as uow:
        for name in names:
            await uow.pairs.put(pair(name))
        await uow.commit()


async def busy(begin: Begin, person: str = "ada", window: Span = ALWAYS) -> Spans:
    async with begin(read_only=True) as uow:
        return await uow.series.busy(PersonId(person), window)


@pytest.fixture
async def begin(any_begin: Begin) -> Begin:
    await pairs(any_begin, "s", "t")
    return any_begin


class TestASeries:
    async def test_comes_back_as_it_was(self, begin: Begin):
        whole = series(
            "s",
            meeting("s", 9),
            meeting("s", 33, state=MeetingState.CANCELLED),
            replace(meeting("s", 36, original=33, n=1), checked=False, period=1),
            meeting("s", 57, state=MeetingState.UNPLACED),
            meeting("s", 60, original=58, placed_by=Placer.PERSON),
        )
        await put(begin, whole)
        async with begin(read_only=True) as uow:
            found = await uow.series.get(SeriesId("s"))
            assert await uow.series.of_pair(PairId("s")) == (whole,)
        assert found == whole
        assert repr(found) == repr(whole)

    async def test_is_changed_with_all_its_meetings(self, begin: Begin):
        await put(begin, series("s", meeting("s", 9), meeting("s", 33)))
        after = replace(
            series("s", meeting("s", 10, original=9)), state=SeriesState.ENDED
        )
        await put(begin, after)
        async with begin(read_only=True) as uow:
            assert await uow.series.get(SeriesId("s")) == after
        assert await busy(begin) == Spans((Span(DAY + 10 * HOUR, DAY + 11 * HOUR),))

    async def test_needs_its_pair(self, begin: Begin):
        with pytest.raises(NotFound):
            await put(begin, series("s", of="nobody"))
        async with begin(read_only=True) as uow:
            with pytest.raises(NotFound):
                await uow.series.get(SeriesId("s"))

    async def test_is_found_by_its_uid_and_that_of_a_replacement(self, begin: Begin):
        whole = series("s", meeting("s", 9), meeting("s", 12, original=9, n=1))
        await put(begin, whole, series("t", of="t"))
        async with begin(read_only=True) as uow:
            assert await uow.series.by_uid("s@x.example") == whole
            assert await uow.series.by_uid("s-1@x.example") == whole
            assert await uow.series.by_uid("u@x.example") is None

    async def test_gives_both_people_its_uids(self, begin: Begin):
        await put(
            begin,
            series("s", meeting("s", 9), meeting("s", 12, original=9, n=1)),
            series("t", of="t"),
        )
        mine = {"s@x.example", "s-1@x.example"}
        async with begin(read_only=True) as uow:
            assert await uow.series.uids(ADA) == mine | {"t@x.example"}
            assert await uow.series.uids(PersonId("mentee of s")) == mine
            assert await uow.series.uids(PersonId("cy")) == frozenset()

    async def test_makes_people_busy_while_its_meetings_are_live(self, begin: Begin):
        await put(
            begin,
            series(
                "s",
                meeting("s", 9),
                meeting("s", 10),
                meeting("s", 20, placed_by=Placer.PERSON),
                meeting("s", 30, state=MeetingState.CANCELLED),
                meeting("s", 40, state=MeetingState.SKIPPED),
                meeting("s", 50, state=MeetingState.UNPLACED),
            ),
        )
        taken = Spans(
            (
                Span(DAY + 9 * HOUR, DAY + 11 * HOUR),
                Span(DAY + 20 * HOUR, DAY + 21 * HOUR),
            )
        )
        assert await busy(begin) == await busy(begin, "mentee of s") == taken
        # Whole meetings, and only those that share an instant with the window.
        window = Span(DAY + 10.5 * HOUR, DAY + 20 * HOUR)
        assert await busy(begin, window=window) == Spans(
            (Span(DAY + 10 * HOUR, DAY + 11 * HOUR),)
        )


class TestNobodyIsBookedTwiceAtOnce:
    @pytest.mark.parametrize("hour", [8.25, 9, 9.75])
    async def test_by_two_pairs(self, begin: Begin, hour: float):
        await put(begin, series("s", meeting("s", 9)))
        with pytest.raises(Taken, match="E_SLOT_TAKEN"):
            await put(begin, series("t", meeting("t", hour)))
        async with begin(read_only=True) as uow:
            with pytest.raises(NotFound):
                await uow.series.get(SeriesId("t"))

    async def test_by_two_series_of_one_unit(self, begin: Begin):
        with pytest.raises(Taken, match="E_SLOT_TAKEN"):
            await put(begin, series("s", meeting("s", 9)), series("t", meeting("t", 9)))

    async def test_by_one_series(self, begin: Begin):
        with pytest.raises(Taken, match="E_SLOT_TAKEN"):
            await put(
                begin,
                series("s", meeting("s", 9), meeting("s", 9.5, original=8, n=1)),
            )

    async def test_by_a_move(self, begin: Begin):
        await put(begin, series("s", meeting("s", 9)), series("t", meeting("t", 12)))
        with pytest.raises(Taken, match="E_SLOT_TAKEN"):
            await put(begin, series("t", meeting("t", 9.5, original=12)))
        assert len(await busy(begin)) == 2

    @pytest.mark.parametrize("hour", [8, 10])
    async def test_though_one_may_follow_the_other(self, begin: Begin, hour: float):
        await put(begin, series("s", meeting("s", 9)))
        await put(begin, series("t", meeting("t", hour)))

    @pytest.mark.parametrize(
        "other",
        [
            meeting("t", 9, placed_by=Placer.PERSON),
            meeting("t", 9, state=MeetingState.CANCELLED),
            meeting("t", 9, state=MeetingState.SKIPPED),
        ],
    )
    async def test_unless_a_person_chose_or_it_is_not_live(
        self, begin: Begin, other: Meeting
    ):
        await put(begin, series("s", meeting("s", 9)))
        await put(begin, series("t", other))
        await put(begin, series("s", meeting("s", 9)))

    async def test_and_putting_the_same_again_is_no_clash(self, begin: Begin):
        await put(begin, series("s", meeting("s", 9), meeting("s", 33)))
        await put(begin, series("s", meeting("s", 9), meeting("s", 33)))

    async def test_and_a_time_that_is_given_up_can_be_taken(self, begin: Begin):
        await put(begin, series("s", meeting("s", 9)))
        await put(begin, series("s", meeting("s", 9, state=MeetingState.CANCELLED)))
        await put(begin, series("t", meeting("t", 9)))


async def book(begin: Begin, name: str, hour: float) -> bool:
    """Book as long as the store says 'later'; True when it went through."""
    while True:
        try:
            await put(begin, series(name, meeting(name, hour)))
        except Taken:
            return False
        except Overtaken:
            continue
        return True


@pytest.mark.slow
async def test_of_fifty_at_once_exactly_one_wins(any_begin: Begin):
    """promises.md F13: twenty rounds, each for a slot of its own."""
    names = [f"p{n}" for n in range(50)]
    await pairs(any_begin, *names)
    for turn in range(20):
        hours = [24 * turn + n % 4 / 4 for n in range(50)]  # all overlap
        async with asyncio.timeout(60):
            won = await asyncio.gather(
                *(
                    book(any_begin, name, hour)
                    for name, hour in zip(names, hours, strict=True)
                )
            )
        assert sum(won) == 1
        assert len(await busy(any_begin)) == turn + 1
        # The winner's pair is done for; a fresh one takes its place.
        names[won.index(True)] = f"p{50 + turn}"
        await pairs(any_begin, f"p{50 + turn}")
