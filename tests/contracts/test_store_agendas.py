"""Topics, notes, lines and links: every store gives them back, and forgets them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from scheduler.enclosures import Enclosure
from scheduler.ids import PairId, PersonId, SeriesId
from scheduler.parting import Line, LineKind, Note
from scheduler.ports.store import Begin
from scheduler.series import MeetingKey
from scheduler.topics import Topic

NOW = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)
ADA, BOB = PersonId("ada"), PersonId("bob")
PAIR, OTHER = PairId("p"), PairId("q")
FIRST = MeetingKey(SeriesId("s"), NOW.replace(microsecond=0))
SECOND = replace(FIRST, n=1)


class TestTopics:
    async def test_come_back_as_they_were_added(self, any_begin: Begin):
        late = Topic("a", PAIR, ADA, "grant", NOW + HOUR)
        early = Topic("b", PAIR, BOB, "thesis", NOW, shared=False)
        done = replace(early, done_at=NOW + HOUR, shared=True)
        back = replace(
            late, id="d", earlier=("grants", "money"), taken_back_at=NOW + 2 * HOUR
        )
        async with any_begin() as uow:
            for one in (back, late, early, done, replace(late, id="c", pair=OTHER)):
                await uow.topics.put(one)
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            assert await uow.topics.of_pair(PAIR) == (done, late, back)

    async def test_are_forgotten_with_who_brought_them(self, any_begin: Begin):
        theirs = Topic("b", PAIR, BOB, "thesis", NOW)
        async with any_begin() as uow:
            await uow.topics.put(replace(theirs, id="a", by=ADA))
            await uow.topics.put(theirs)
            await uow.topics.forget(ADA)
            assert await uow.topics.of_pair(PAIR) == (theirs,)


class TestNotes:
    async def test_come_back_by_meeting_and_are_forgotten(self, any_begin: Begin):
        one = Note("b", PAIR, FIRST, "Two lines\nof ours", ADA, NOW, before="")
        two = Note("a", PAIR, SECOND, "", BOB, NOW + HOUR)
        async with any_begin() as uow:
            for note in (two, one, replace(two, id="c", pair=OTHER)):
                await uow.notes.put(note)
            await uow.commit()
        async with any_begin() as uow:
            assert await uow.notes.of_pair(PAIR) == (one, two)
            changed = replace(one, text="Better", before=one.text, by=BOB)
            await uow.notes.put(changed)
            await uow.notes.forget(ADA)
            assert await uow.notes.of_pair(PAIR) == (changed, two)
            await uow.notes.forget(BOB)
            assert await uow.notes.of_pair(PAIR) == ()


class TestLines:
    async def test_come_back_by_meeting_and_are_forgotten(self, any_begin: Begin):
        heard = Line("c", PAIR, FIRST, ADA, LineKind.HEARD, "You listened", NOW)
        thanks = replace(
            heard, id="b", by=BOB, kind=LineKind.THANKS, at=NOW + HOUR, told_at=NOW
        )
        later = replace(heard, id="a", about=SECOND, at=NOW - HOUR)
        async with any_begin() as uow:
            for line in (later, thanks, heard, replace(heard, id="d", pair=OTHER)):
                await uow.lines.put(line)
            await uow.commit()
        async with any_begin() as uow:
            assert await uow.lines.of_pair(PAIR) == (heard, thanks, later)
            await uow.lines.forget(ADA)
            assert await uow.lines.of_pair(PAIR) == (thanks,)


class TestEnclosures:
    async def test_come_back_as_they_were_added(self, any_begin: Begin):
        late = Enclosure("a", PAIR, ADA, "https://a.test/x", "Draft", NOW + HOUR)
        early = replace(late, id="b", by=BOB, added_at=NOW, taken_off_at=NOW + HOUR)
        async with any_begin() as uow:
            for one in (late, early, replace(late, id="c", pair=OTHER)):
                await uow.enclosures.put(one)
            await uow.commit()
        async with any_begin() as uow:
            assert await uow.enclosures.of_pair(PAIR) == (early, late)
            await uow.enclosures.forget(BOB)
            assert await uow.enclosures.of_pair(PAIR) == (late,)
