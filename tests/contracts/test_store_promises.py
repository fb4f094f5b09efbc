"""Promises: every store gives them back as they were, and forgets what it is told."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from scheduler import promises, promising
from scheduler.errors import NotFound
from scheduler.evidence import SourceKind
from scheduler.ids import PairId, PersonId, ProgrammeId, PromiseId, SeriesId
from scheduler.people import Person
from scheduler.ports.store import Begin
from scheduler.series import MeetingKey

NOW = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)
ADA, BOB = (
    Person(PersonId(one), ProgrammeId("g"), one, f"{one}@example.org", "Europe/Paris")
    for one in ("ada", "bob")
)
PAIR, OTHER = PairId("p"), PairId("q")
FRIDAY = date(2026, 3, 6)


def made(
    text: str, by: Person = ADA, pair: PairId = PAIR, at: datetime = NOW
) -> promises.Promise:
    return promising.promised(
        (), promising.Said(text, FRIDAY), pair=pair, owner=by, now=at
    )


class TestPromises:
    async def test_come_back_as_they_were(self, any_begin: Begin):
        plain = made("read the paper")
        full = replace(
            made("send the list", BOB),
            about=MeetingKey(SeriesId("s"), NOW.replace(microsecond=0), 1),
        )
        moved = promising.move(
            full, BOB, FRIDAY + timedelta(days=3), NOW + HOUR, SourceKind.MAIL
        )
        full = promises.remind(promising.keep(moved, BOB, NOW + 2 * HOUR), NOW + HOUR)
        async with any_begin() as uow:
            await uow.promises.put(moved)
            await uow.promises.put(plain)
            await uow.promises.put(full)
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            assert await uow.promises.get(full.id) == full
            assert await uow.promises.get(plain.id) == plain
            assert set(await uow.promises.of_pair(PAIR)) == {plain, full}

    async def test_are_sorted_by_when_they_were_made(self, any_begin: Begin):
        late, early = made("a", at=NOW + HOUR), made("b", BOB)
        async with any_begin() as uow:
            for one in (late, early, made("c", pair=OTHER)):
                await uow.promises.put(one)
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            assert await uow.promises.of_pair(PAIR) == (early, late)
            assert await uow.promises.of_pair(PairId("none")) == ()

    async def test_are_found_by_who_made_them_in_any_pair(self, any_begin: Begin):
        here, there = made("a"), made("b", pair=OTHER, at=NOW + HOUR)
        async with any_begin() as uow:
            for one in (there, here, made("c", BOB)):
                await uow.promises.put(one)
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            assert await uow.promises.of_person(ADA.id) == (here, there)

    async def test_are_forgotten_when_told_so_and_twice_is_once(self, any_begin: Begin):
        gone, stays = made("a"), made("b")
        async with any_begin() as uow:
            await uow.promises.put(gone)
            await uow.promises.put(stays)
            await uow.promises.remove(gone.id)
            await uow.promises.remove(gone.id)
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            assert await uow.promises.of_pair(PAIR) == (stays,)
            with pytest.raises(NotFound):
                await uow.promises.get(gone.id)

    async def test_that_were_never_made_are_not_found(self, any_begin: Begin):
        async with any_begin(read_only=True) as uow:
            with pytest.raises(NotFound):
                await uow.promises.get(PromiseId("none"))
