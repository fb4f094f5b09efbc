"""Documents that Troth made: every store gives them back as they were kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from scheduler.documents import DocumentState, Run, begun
from scheduler.ids import AccountId, PairId, PersonId, SeriesId
from scheduler.ports.store import Begin
from scheduler.series import MeetingKey

NOW = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
PAIR = PairId("p")
KEY = MeetingKey(SeriesId("s"), NOW.replace(microsecond=0))
OLD, NEW = Run("d1", 3), Run("d2", 4)
FIRST = begun(
    KEY, PAIR, owner=PersonId("ada"), account=AccountId("a"), news=OLD, now=NOW
)


async def test_they_come_back_as_they_were_begun(any_begin: Begin):
    later = replace(FIRST, id="a", begun_at=NOW + timedelta(microseconds=1))
    async with any_begin() as uow:
        for one in (later, FIRST, replace(FIRST, id="b", pair=PairId("q"))):
            await uow.documents.put(one)
        await uow.commit()
    async with any_begin(read_only=True) as uow:
        assert await uow.documents.of_pair(PAIR) == (FIRST, later)


async def test_a_change_takes_the_place_of_what_was_kept(any_begin: Begin):
    after = replace(
        FIRST.made("f", "https://docs.google.com/document/d/f/edit").writing(NEW),
        state=DocumentState.SHARED,
        is_left_alone=True,
    ).with_link_in("c/e/1")
    async with any_begin() as uow:
        await uow.documents.put(FIRST)
        await uow.documents.put(after)
        await uow.commit()
    async with any_begin(read_only=True) as uow:
        assert await uow.documents.of_pair(PAIR) == (after,)
