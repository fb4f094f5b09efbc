"""Reading calendars: what is known is what they say, and failures are told once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduler.connections import Connection, Health
from scheduler.errors import CursorExpired, NeedsConsent, Unavailable
from scheduler.evidence import EvidenceKind
from scheduler.people import Pair
from scheduler.timespan import Span
from scheduler.work import WorkKind
from tests.usecases.breaking import Crash
from tests.usecases.paper import PaperCalendar
from tests.usecases.world import NOW, World

HOUR = timedelta(hours=1)


async def connected() -> tuple[World, Pair, PaperCalendar]:
    world = await World().open()
    pair = await world.pair()
    return world, pair, await world.connect(pair.mentor)


def lunches(paper: PaperCalendar, count: int) -> None:
    for n in range(count):
        start = NOW + timedelta(days=n + 1)
        paper.person_adds_busy(Span(start, start + HOUR))


async def connection(world: World, pair: Pair) -> Connection:
    (found,) = await world.connections(pair.mentor)
    return found


async def known(world: World, pair: Pair) -> set[str]:
    found = await connection(world, pair)
    async with world.store(read_only=True) as uow:
        return {o.id for o in await uow.calendars.objects(found.id)}


async def sync(world: World, pair: Pair) -> timedelta:
    """Read once; how long until the next time."""
    now = world.clock.now()
    again = await world.do(WorkKind.SYNC, (await connection(world, pair)).id)
    assert again
    return again - now


async def broken_letters(world: World) -> int:
    await world.work()
    return sum(m.subject == "broken" for m in world.post.read().values())


async def test_what_is_known_is_what_the_calendar_says_however_often_it_is_read():
    world, pair, paper = await connected()
    lunches(paper, 7)
    for _ in range(3):
        await sync(world, pair)
        assert await known(world, pair) == set(paper.held)
    paper.by_hand_delete(next(iter(paper.held)))
    lunches(paper, 9)
    await sync(world, pair)
    assert await known(world, pair) == set(paper.held)


async def test_of_foreign_events_no_uid_is_kept():
    world, pair, paper = await connected()
    lunches(paper, 2)
    for person in pair.both():
        await world.accept(pair, person)
    await world.work()
    await sync(world, pair)
    (series,) = await world.series(pair)
    found = await connection(world, pair)
    async with world.store(read_only=True) as uow:
        uids = {o.uid for o in await uow.calendars.objects(found.id)}
    assert uids == {"", series.uid}


async def test_a_full_read_that_is_almost_empty_is_believed_the_second_time():
    world, pair, paper = await connected()
    lunches(paper, 8)
    await sync(world, pair)
    full = await known(world, pair)
    for remote in list(paper.held)[:7]:
        paper.by_hand_delete(remote)
    world.clock.advance(timedelta(days=31))  # another window: all is read again
    assert await sync(world, pair) == timedelta(minutes=15)
    assert await known(world, pair) == full
    world.clock.advance(timedelta(minutes=14))
    await sync(world, pair)
    assert await known(world, pair) == full
    world.clock.advance(timedelta(minutes=1))
    await sync(world, pair)
    assert await known(world, pair) == set(paper.held)
    assert (await connection(world, pair)).doubted_at is None


async def test_one_that_was_only_empty_for_a_moment_loses_nothing():
    world, pair, paper = await connected()
    lunches(paper, 8)
    await sync(world, pair)
    held, paper.shelf.objects = paper.shelf.objects, {}
    world.clock.advance(timedelta(days=31))
    await sync(world, pair)
    paper.shelf.objects = held
    world.clock.advance(timedelta(minutes=15))
    await sync(world, pair)
    assert await known(world, pair) == set(held)
    assert (await connection(world, pair)).doubted_at is None


async def test_the_window_rolls_with_the_month_and_not_before():
    world, pair, _ = await connected()
    await sync(world, pair)
    first = (await connection(world, pair)).cursor
    world.clock.advance(timedelta(days=20))
    await sync(world, pair)
    same = (await connection(world, pair)).cursor
    world.clock.advance(timedelta(days=15))
    await sync(world, pair)
    later = (await connection(world, pair)).cursor
    assert first and same and later
    assert first.window == same.window
    assert later.window.start > same.window.start
    assert later.window.end > same.window.end


async def test_a_calendar_that_forgets_for_ever_is_one_that_does_not_answer():
    world, pair, paper = await connected()
    """promises.md F18: everything is read at most once in 15 minutes."""
    await sync(world, pair)
    world.trouble = CursorExpired()
    calls = []
    for minutes in (14, 1, 1, 13, 1):
        world.clock.advance(timedelta(minutes=minutes))
        before = paper.asked
        assert await sync(world, pair) >= timedelta(minutes=10)
        calls.append(paper.asked - before)
        assert (await connection(world, pair)).health is Health.FAILING
    assert calls == [1, 2, 1, 1, 2]


async def test_a_crash_on_the_way_is_no_reason_to_read_everything_at_once_again():
    world, pair, paper = await connected()
    lunches(paper, 3)
    await sync(world, pair)
    paper.shelf.forget()
    world.clock.advance(timedelta(minutes=15))
    world.fuse.steps, world.fuse.at = 0, 7  # inside the read of everything
    with pytest.raises(Crash):
        await sync(world, pair)
    assert paper.asked
    before = paper.asked
    await sync(world, pair)
    assert paper.asked - before == 1
    world.clock.advance(timedelta(minutes=15))
    await sync(world, pair)
    assert paper.asked - before == 3
    assert await known(world, pair) == set(paper.held)
    assert (await connection(world, pair)).health is Health.GOOD


async def test_silence_is_told_after_a_day_once_and_its_end_is_on_record():
    world, pair, _ = await connected()
    await sync(world, pair)
    world.trouble = Unavailable("asleep", after=3600)
    assert await sync(world, pair) == HOUR
    since = (await connection(world, pair)).failing_since
    await world.live_through(timedelta(hours=23), HOUR)
    assert await broken_letters(world) == 0
    await world.live_through(timedelta(hours=30), HOUR)
    assert await broken_letters(world) == 1
    world.trouble = None
    await world.live_through(timedelta(hours=2), HOUR)
    assert (await connection(world, pair)).health is Health.GOOD
    async with world.store(read_only=True) as uow:
        rows = await uow.evidence.of_pair(pair.id)
    kinds = {row.kind: row.at for row in rows}
    assert kinds[EvidenceKind.CONNECTION_BROKEN] == since
    assert kinds[EvidenceKind.CONNECTION_BACK] > since + timedelta(hours=24)
    assert len(rows) == 2


async def test_a_refused_password_is_told_at_once_and_mended_by_its_owner():
    world, pair, paper = await connected()
    await sync(world, pair)
    world.trouble = NeedsConsent("the app password is no longer accepted")
    assert await sync(world, pair) == timedelta(hours=24)
    assert await broken_letters(world) == 1
    before = paper.asked
    await world.live_through(timedelta(days=6), timedelta(hours=3))
    assert paper.asked - before <= 7
    assert await broken_letters(world) == 1
    world.trouble = None
    await world.connect(pair.mentor)
    await world.work()
    assert (await connection(world, pair)).health is Health.GOOD
    async with world.store(read_only=True) as uow:
        rows = await uow.evidence.of_pair(pair.id)
    assert [row.kind for row in rows] == [
        EvidenceKind.CONNECTION_BROKEN,
        EvidenceKind.CONNECTION_BACK,
    ]


async def test_nothing_is_booked_while_a_calendar_is_silent_and_then_it_is():
    world, pair, _ = await connected()
    world.trouble = Unavailable("asleep")
    for person in pair.both():
        await world.accept(pair, person)
    await world.live_through(timedelta(hours=5), timedelta(minutes=10))
    assert await world.series(pair) == ()
    world.trouble = None
    await world.live_through(timedelta(minutes=30), timedelta(minutes=10))
    assert len(await world.series(pair)) == 1


@pytest.mark.parametrize("calendars", [1, 2])
async def test_nothing_is_booked_on_top_of_what_a_calendar_says(calendars: int):
    world, pair, paper = await connected()
    papers = [paper]
    if calendars == 2:
        papers.append(await world.connect(pair.mentee))
    taken = []
    for hour, each in enumerate(papers, start=13):
        first = Span(NOW.replace(hour=hour), NOW.replace(hour=hour + 1))
        each.person_adds_busy(first, rrule="FREQ=DAILY;COUNT=200")
        taken += [
            Span(first.start + timedelta(days=n), first.end + timedelta(days=n))
            for n in range(200)
        ]
    for person in pair.both():
        await world.accept(pair, person)
    await world.work()
    (series,) = await world.series(pair)
    assert len(series.live()) == 13
    for meeting in series.live():
        assert meeting.span
        assert not any(meeting.span.overlaps(span) for span in taken)


async def test_a_calendar_that_was_disconnected_is_not_asked_for_again():
    world, _, _ = await connected()
    assert await world.do(WorkKind.SYNC, "no-such-calendar") is None
