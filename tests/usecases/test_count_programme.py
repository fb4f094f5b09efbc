"""The weekly count: a page at a time, once a week, as things were known on Monday."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from integrations.memory.store import MemoryStore
from integrations.memory.system import SeededIds, SetClock
from scheduler.agreement import Agreement, AgreementState, Terms
from scheduler.bands import Band
from scheduler.consent import Consent
from scheduler.evidence import EvidenceKind
from scheduler.ids import AgreementId, EvidenceId, PairId, PersonId, SeriesId, Uid
from scheduler.ids import ProgrammeId as Id
from scheduler.people import Pair, Person
from scheduler.series import Meeting, MeetingKey
from scheduler.snapshot import Snapshot, last_count
from scheduler.usecases.count_programme import count_programme
from scheduler.usecases.create_programme import create_programme
from scheduler.work import WorkKind
from tests.scheduler.pairs import FORTNIGHT, a_series, row

#: A Wednesday, ten weeks after the pairs began.
NOW = datetime(2026, 5, 13, 12, tzinfo=UTC)
MONDAY = datetime(2026, 5, 11, 4, tzinfo=UTC)
DAY = timedelta(days=1)


class Desk:
    """A programme in memory, and a worker that counts it."""

    def __init__(self) -> None:
        self.clock = SetClock(NOW)
        self.ids = SeededIds()
        self.store = MemoryStore(ids=self.ids)
        self.programme = Id("")

    async def open(self) -> Desk:
        home = await create_programme(
            "Hafen",
            "co@x.test",
            zone="Europe/Berlin",
            language="en",
            begin=self.store,
            clock=self.clock,
            ids=self.ids,
        )
        self.programme = home.id
        return self

    async def add(self, name: str, **changes: Any) -> Pair:
        """A pair that met in its first period, and in no other."""
        people = [PersonId(f"{name}-a"), PersonId(f"{name}-b")]
        pair = Pair(PairId(name), self.programme, *people, **changes)
        made = a_series(8, name=f"s-{name}")
        series = replace(
            made,
            pair=pair.id,
            uid=Uid(name),
            agreement=AgreementId(name),
            meetings=tuple(
                Meeting(
                    MeetingKey(SeriesId(made.id), m.key.original_start),
                    m.period,
                    m.span,
                )
                for m in made.meetings
            ),
        )
        terms = Terms(FORTNIGHT, 45, date(2026, 3, 2), date(2026, 8, 1))
        ruling = Agreement(
            AgreementId(name),
            pair.id,
            1,
            terms,
            AgreementState.IN_FORCE,
            in_force_at=datetime(2026, 3, 1, tzinfo=UTC),
        )
        first = series.meetings[0].span
        assert first
        met = row(
            EvidenceKind.SAID_MET, series.meetings[0].key, first.end, by=people[0]
        )
        async with self.store() as uow:
            for person in people:
                await uow.people.put(
                    Person(person, self.programme, person, f"{person}@x.test", "UTC")
                )
            await uow.pairs.put(pair)
            await uow.agreements.put(ruling)
            await uow.series.put(series)
            await uow.evidence.add(
                [replace(met, id=EvidenceId(f"met-{name}"), pair=pair.id)]
            )
            await uow.commit()
        return pair

    async def count(self, page: int = 100) -> list[datetime | None]:
        """Count until nothing is left, as a worker would; when each run came back."""
        found: list[datetime | None] = []
        for _ in range(100):
            again = await count_programme(
                self.programme, begin=self.store, clock=self.clock, page=page
            )
            found.append(again)
            if again is None or again > self.clock.now():
                return found
        raise AssertionError("a count without end")

    async def latest(self) -> Snapshot | None:
        async with self.store(read_only=True) as uow:
            return await uow.snapshots.latest(self.programme)


@pytest.fixture
async def desk() -> Desk:
    return await Desk().open()


async def test_a_new_programme_is_counted_on_its_first_monday(desk: Desk) -> None:
    first = datetime(2026, 5, 18, 4, tzinfo=UTC)
    async with desk.store() as uow:
        assert await uow.work.next_due() == first
        [lease] = await uow.work.take(first, until=first + DAY, most=9)
    assert (lease.work.kind, lease.work.subject) == (
        WorkKind.SNAPSHOT,
        desk.programme,
    )
    assert await desk.latest() is None


@pytest.mark.parametrize("page", [1, 3, 100])
async def test_every_pair_is_counted_once_whatever_the_page(desk: Desk, page: int):
    for n in range(7):
        await desk.add(f"p{n}")
    await desk.add("closed", closed=date(2026, 4, 1))
    runs = await desk.count(page)
    assert runs[-1] == MONDAY + 7 * DAY
    snapshot = await desk.latest()
    assert snapshot and snapshot.as_of == MONDAY
    assert [(b.band, b.pairs) for b in snapshot.bands] == [(Band.STEADY, 7)]
    [group] = snapshot.groups
    assert (group.pairs, group.cadence) == (7, "every 2 weeks")
    assert sum(one.kept for one in group.stretches) == 7


async def test_a_week_is_counted_once(desk: Desk) -> None:
    await desk.add("p0")
    await desk.count()
    before = await desk.latest()
    await desk.add("p1")
    desk.clock.advance(4 * DAY)
    assert await desk.count() == [MONDAY + 7 * DAY]
    assert await desk.latest() == before
    desk.clock.advance(DAY)
    await desk.count()
    after = await desk.latest()
    assert after and after.as_of == MONDAY + 7 * DAY and after.groups[0].pairs == 2


async def test_a_count_that_was_cut_short_goes_on_and_is_not_shown(desk: Desk) -> None:
    for n in range(4):
        await desk.add(f"p{n}")
    for _ in range(2):
        again = await count_programme(
            desk.programme, begin=desk.store, clock=desk.clock, page=1
        )
        assert again == NOW and await desk.latest() is None
    await desk.count(page=1)
    snapshot = await desk.latest()
    assert snapshot and snapshot.groups[0].pairs == 4


async def test_what_is_seen_after_monday_is_in_the_next_count(desk: Desk) -> None:
    pair = await desk.add("p0")
    async with desk.store() as uow:
        [series] = await uow.series.of_pair(pair.id)
        second = series.meetings[1]
        late = row(EvidenceKind.SAID_MET, second.key, NOW, by=pair.mentor)
        assert second.span
        early = row(EvidenceKind.SAID_MET, second.key, second.span.end, by=pair.mentor)
        rows = [replace(early, id=EvidenceId("late"), pair=pair.id, seen_at=late.at)]
        await uow.evidence.add(rows)
        await uow.commit()
    await desk.count()
    snapshot = await desk.latest()
    assert snapshot and sum(one.kept for one in snapshot.groups[0].stretches) == 1
    desk.clock.advance(7 * DAY)
    await desk.count()
    snapshot = await desk.latest()
    assert snapshot and sum(one.kept for one in snapshot.groups[0].stretches) == 2


async def test_those_who_show_their_figures_are_counted_apart(desk: Desk) -> None:
    pairs = [await desk.add(f"p{n}") for n in range(5)]
    async with desk.store() as uow:
        for n, pair in enumerate(pairs):
            for person in pair.both()[: n % 3]:
                consent = Consent(pair.id, person, given=True, at=NOW)
                await uow.consents.put(consent)
        await uow.commit()
    await desk.count()
    snapshot = await desk.latest()
    assert snapshot
    found = {(group.shows, group.pairs) for group in snapshot.groups}
    assert found == {(True, 1), (False, 4)}


async def test_work_of_no_programme_is_over(desk: Desk) -> None:
    desk.programme = Id("gone")
    assert await desk.count() == [None]
    assert last_count(NOW, "Europe/Berlin") == MONDAY
