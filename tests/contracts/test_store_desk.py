"""Weekly counts, consents, and pairs by name: what comes back is what was put."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scheduler.bands import Band
from scheduler.consent import Consent
from scheduler.ids import PairId, PersonId, ProgrammeId
from scheduler.people import Pair, Person
from scheduler.ports.store import Begin
from scheduler.snapshot import Counts, Group, InBand, Snapshot, Sum

NOW = datetime(2027, 2, 1, 5, tzinfo=UTC)
WEEK = timedelta(weeks=1)
HAFEN, PAIR = ProgrammeId("hafen"), PairId("p")
ADA, BOB = PersonId("ada"), PersonId("bob")
SNAPSHOT = Snapshot(
    HAFEN,
    NOW,
    (InBand(True, Band.STEADY, 7), InBand(False, Band.NEEDS_A_HAND, 2)),
    (Group(True, "monthly", 7, (Counts(1, 2, 3, 4, 5),) * 13, Sum(1, 2, 3), Sum()),),
    PAIR,
    is_whole=True,
)


class TestSnapshots:
    async def test_come_back_as_they_were(self, any_begin: Begin):
        async with any_begin() as uow:
            await uow.snapshots.put(replace(SNAPSHOT, groups=(), is_whole=False))
            await uow.snapshots.put(SNAPSHOT)
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            assert await uow.snapshots.find(HAFEN, NOW) == SNAPSHOT
            assert await uow.snapshots.find(HAFEN, NOW - WEEK) is None
            assert await uow.snapshots.find(ProgrammeId("q"), NOW) is None

    async def test_are_shown_once_they_are_whole(self, any_begin: Begin):
        half = replace(SNAPSHOT, as_of=NOW + WEEK, is_whole=False)
        elsewhere = replace(SNAPSHOT, as_of=NOW + WEEK, programme=ProgrammeId("q"))
        async with any_begin() as uow:
            assert await uow.snapshots.latest(HAFEN) is None
            for one in (SNAPSHOT, replace(SNAPSHOT, as_of=NOW - WEEK), half, elsewhere):
                await uow.snapshots.put(one)
            assert await uow.snapshots.latest(HAFEN) == SNAPSHOT
            whole = replace(half, is_whole=True)
            await uow.snapshots.put(whole)
            assert await uow.snapshots.latest(HAFEN) == whole


class TestConsents:
    async def test_are_what_each_last_said(self, any_begin: Begin):
        first = Consent(PAIR, ADA, given=True, at=NOW)
        bobs = replace(first, person=BOB)
        elsewhere = replace(first, pair=PairId("q"))
        async with any_begin() as uow:
            for one in (bobs, first, elsewhere):
                await uow.consents.put(one)
            later = replace(first, given=False, at=NOW + WEEK)
            await uow.consents.put(later)
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            assert await uow.consents.of_pair(PAIR) == (later, bobs)
            assert await uow.consents.of_pair(PairId("r")) == ()

    async def test_are_forgotten_with_whoever_gave_them(self, any_begin: Begin):
        first = Consent(PAIR, ADA, given=True, at=NOW)
        bobs = replace(first, person=BOB)
        async with any_begin() as uow:
            for one in (first, bobs, replace(first, pair=PairId("q"))):
                await uow.consents.put(one)
            await uow.consents.forget(ADA)
            assert await uow.consents.of_pair(PAIR) == (bobs,)
            assert await uow.consents.of_pair(PairId("q")) == ()


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("", ["p1", "p2", "p3"]),
        ("ÖZIL", ["p2"]),
        ("özil", ["p2"]),
        ("ada", ["p1"]),
        ("a", ["p1", "p2", "p3"]),
        ("100%", ["p3"]),
        ("_", []),
        ("x.example", []),
    ],
)
async def test_pairs_are_found_by_a_part_of_a_name(
    any_begin: Begin, named: str, found: list[str]
) -> None:
    names = ["Ada", "Bob A.", "Cy a", "Mesut Özil", "Eva 100%", "Flo"]
    async with any_begin() as uow:
        for n, name in enumerate(names):
            person = Person(PersonId(f"x{n}"), HAFEN, name, f"{n}@x.example", "UTC")
            await uow.people.put(person)
        for n in range(3):
            pair = Pair(PairId(f"p{n + 1}"), HAFEN, *_two(n))
            await uow.pairs.put(pair)
        other = Pair(PairId("p0"), ProgrammeId("q"), *_two(0))
        await uow.pairs.put(other)
        await uow.commit()
    async with any_begin(read_only=True) as uow:
        pairs = await uow.pairs.of_programme(HAFEN, named=named)
        assert [pair.id for pair in pairs] == found
        behind = await uow.pairs.of_programme(
            HAFEN, named=named, after=PairId("p1"), most=1
        )
        assert [pair.id for pair in behind] == [p for p in found if p > "p1"][:1]


def _two(n: int) -> tuple[PersonId, PersonId]:
    return PersonId(f"x{2 * n}"), PersonId(f"x{2 * n + 1}")
