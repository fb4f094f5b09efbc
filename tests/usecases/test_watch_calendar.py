"""A calendar is never left without a word for long, and no channel is left behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.memory.traces import NoCopies, NoFiles
from integrations.memory.watching import MemoryWatching
from scheduler.channels import LIFE, POLL, POLL_BESIDE_PUSH, Channel, Heard
from scheduler.connections import Connection
from scheduler.errors import NeedsConsent, Rejected, Unavailable
from scheduler.usecases.ask_erasure import ask_erasure
from scheduler.usecases.disconnect_calendar import disconnect_calendar
from scheduler.usecases.erase_person import erase_person
from scheduler.usecases.stop_watching import stop_watching
from scheduler.usecases.watch_calendar import watch_calendar
from scheduler.work import WorkKind
from tests.usecases.breaking import Crash
from tests.usecases.watched import HOUR, Watched, heard
from tests.usecases.world import NOW, SENDER

DAY = timedelta(days=1)


class Cover:
    """Whether there was always a poll or a channel that works (F17)."""

    def __init__(self, world: Watched) -> None:
        self.world = world
        self.channels: tuple[Channel, ...] = ()
        self.longest = timedelta(0)

    async def look(self) -> None:
        """After each piece of work; the time since the last look is judged."""
        now, last = self.world.clock.now(), self.world.reads[-1]
        ends = [one.expires for one in self.channels if one.heard and not one.stopped]
        covered = max([last, *(min(now, end) for end in ends)])
        self.longest = max(self.longest, now - covered)
        self.channels = await self.world.channels()


async def test_a_calendar_is_watched_from_its_first_read_on() -> None:
    world = await Watched().begun()
    await world.work()
    (row,) = await world.channels()
    assert row == world.watching.channels[row.id]
    assert len(row.token.reveal) >= 43
    assert await world.deliver() == [Heard.SYNC]
    assert await world.channels() == (replace(row, heard=True),)


async def test_polls_are_seldom_beside_a_channel_that_was_heard() -> None:
    world = await Watched().begun()
    await world.until(NOW + HOUR)
    assert len(world.reads) == 5
    await world.deliver()
    await world.until(NOW + DAY)
    # 15 minutes once more, then every two hours.
    assert len(world.reads) == 5 + 1 + 11


async def test_calls_of_an_idle_day() -> None:
    """promises.md Y9: without push 96 polls, with it at most 20 calls of all kinds."""
    world = await Watched().begun()
    world.watching.trouble = Rejected("not this calendar")
    await world.until(NOW + DAY)
    reads, calls = len(world.reads), world.watching.calls
    await world.until(NOW + 8 * DAY)
    assert (len(world.reads) - reads) / 7 <= 96
    assert (world.watching.calls - calls) / 7 <= 4
    told = await heard()
    days = 28
    reads, calls = len(told.reads), told.watching.calls
    for day in range(1, days + 1):
        before = len(told.reads) + told.watching.calls
        await told.until(NOW + day * DAY + POLL)
        await told.deliver()
        assert len(told.reads) + told.watching.calls - before <= 20
    assert (len(told.reads) - reads + told.watching.calls - calls) / days < 13


@pytest.mark.slow
@settings(max_examples=5, deadline=None)
@given(
    st.integers(0, 10_000),
    st.sampled_from([0.0, 0.1, 0.5, 0.9]),
    st.sampled_from([0.0, 0.3, 1.0]),
    st.integers(1, 200),
)
async def test_never_15_minutes_without_a_channel_or_a_poll(
    seed: int, failing: float, lost: float, life: int
) -> None:
    """F17: 30 days; channels of any life, failing openings, lost messages."""
    draw = Random(seed).random  # noqa: S311
    world = await Watched(life=life * HOUR).begun()
    cover, most = Cover(world), 0
    await world.work()
    while world.clock.now() < NOW + 30 * DAY:
        fails = draw() < failing
        world.watching.trouble = Unavailable("asleep") if fails else None
        world.watching.lost = Unavailable("no answer") if draw() < failing else None
        async with world.store(read_only=True) as uow:
            due = await uow.work.next_due()
        assert due
        world.clock.advance(max(due - world.clock.now(), timedelta(0)))
        await cover.look()
        await world.work()
        await world.deliver(lambda _: draw() >= lost)
        await world.work()
        await cover.look()
        most = max(most, len(world.watching.live(world.calendar)))
    assert cover.longest <= POLL
    assert most <= 3  # one that works, and at most two whose words were lost
    if not (failing or lost):
        assert most <= 2


async def test_new_before_old_and_the_old_is_stopped_once_the_new_was_heard() -> None:
    world = await heard()
    (old,) = await world.channels()
    await world.until(NOW + LIFE / 2 + HOUR)
    rows = {one.id: one for one in await world.channels()}
    assert rows.keys() >= {old.id} and len(rows) == 2
    assert len(world.watching.live(world.calendar)) == 2
    await world.deliver()
    await world.work()
    (left,) = world.watching.live(world.calendar)
    assert left.id != old.id
    assert {one.id for one in await world.channels() if one.stopped} == {old.id}
    # What still comes through the old one is no news, and no forgery either.
    told = {"channel": old.id, "token": old.token.reveal, "state": "exists"}
    assert await world.hear(told | {"resource": old.resource}) is Heard.EXPIRED
    assert not await world.due()
    await world.until(NOW + LIFE + HOUR)
    assert old.id not in {one.id for one in await world.channels()}


@pytest.mark.parametrize("early", [False, True])
@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("step", range(1, 11))
async def test_wherever_it_dies_there_is_one_channel_in_the_end(
    step: int, *, first: bool, early: bool
) -> None:
    """Opening and renewing; its first message comes before or after it is done over."""
    world = await Watched().begun() if first else await heard()
    world.clock.advance(LIFE / 2)
    world.fuse.at = world.fuse.steps + step
    with pytest.raises(Crash):
        await world.do(WorkKind.WATCH, world.calendar)
    if early:
        await world.deliver()
    await world.do(WorkKind.WATCH, world.calendar)
    await world.deliver()
    await world.do(WorkKind.WATCH, world.calendar)
    (left,) = world.watching.live(world.calendar)
    (row,) = [one for one in await world.channels() if one.is_live(world.clock.now())]
    assert row == replace(left, heard=True, opened=row.opened)
    assert len(world.watching.channels) == (1 if first else 2)


async def test_an_answer_that_was_lost_leaves_no_second_channel() -> None:
    world = await Watched().begun()
    world.watching.lost = Unavailable("no answer")
    await world.work()
    (asked,) = await world.channels()
    assert not asked.resource
    world.watching.lost = None
    await world.until(NOW + DAY)
    assert len(world.watching.channels) == 1
    assert await world.deliver() == [Heard.SYNC]
    (row,) = await world.channels()
    assert row.heard and row.resource
    await world.until(world.clock.now() + HOUR)
    assert len(world.watching.channels) == 1


async def test_one_of_which_nothing_was_ever_heard_is_stopped_by_the_next() -> None:
    world = await Watched().begun()
    world.watching.lost = Unavailable("no answer")
    await world.work()
    await world.deliver(lambda _: 0)
    world.watching.lost = None
    await world.until(NOW + LIFE / 2 + HOUR)
    assert len(world.watching.live(world.calendar)) == 2
    await world.deliver()
    await world.work()
    assert len(world.watching.live(world.calendar)) == 1


@pytest.mark.parametrize(
    ("trouble", "wait"),
    [
        (Unavailable("asleep"), timedelta(hours=6)),
        (Unavailable("asleep", after=8 * 3600), timedelta(hours=8)),
        (NeedsConsent("taken back"), DAY),
        (Rejected("not this calendar"), DAY),
    ],
)
async def test_what_cannot_be_opened_is_asked_for_seldom(
    trouble: Exception, wait: timedelta
) -> None:
    world = await Watched().begun()
    world.watching.trouble = trouble
    assert await world.do(WorkKind.WATCH, world.calendar) == NOW + wait
    world.watching.trouble = None
    world.clock.advance(wait)
    again = await world.do(WorkKind.WATCH, world.calendar)
    (row,) = await world.channels()
    assert again == row.renewed_at
    assert row.resource


async def test_new_consent_has_it_watched_again_at_once() -> None:
    world = await heard()
    world.trouble = world.watching.trouble = NeedsConsent("taken back")
    await world.until(NOW + LIFE + HOUR)
    assert world.watching.live(world.calendar) == ()
    world.trouble = world.watching.trouble = None
    async with world.store() as uow:
        await uow.work.add(WorkKind.SYNC, world.calendar, world.clock.now())
        await uow.commit()
    await world.work()
    assert len(world.watching.live(world.calendar)) == 1


async def test_a_message_that_overtakes_the_answer_is_not_forgotten() -> None:
    world = await Watched().begun()

    class Prompt(MemoryWatching):
        async def open(self, connection: Connection, wish: Channel) -> Channel:
            made = await super().open(connection, wish)
            await world.deliver()
            return made

    world.watching = Prompt(world.clock)
    await world.do(WorkKind.WATCH, world.calendar)
    (row,) = await world.channels()
    assert row.heard


@pytest.mark.slow
async def test_a_full_read_is_no_sign_of_silence() -> None:
    """The window rolls on each month, and brings everything anew."""
    world = await heard()
    for n in range(3):
        world.change(n)
    await world.deliver()
    await world.until(datetime(2026, 4, 1, 4, tzinfo=UTC))
    while world.clock.now() < datetime(2026, 4, 2, tzinfo=UTC):
        await world.until(world.clock.now() + HOUR)
        await world.deliver()
    assert world.reads[-1] - world.reads[-2] == POLL_BESIDE_PUSH
    assert any(one.heard for one in await world.channels())


async def test_nothing_is_watched_where_nobody_can_tell_us() -> None:
    world = await heard()

    async def watch() -> datetime | None:
        return await watch_calendar(
            world.calendar,
            begin=world.store,
            watching=None,
            clock=world.clock,
            ids=world.ids,
        )

    (row,) = await world.channels()
    assert await watch() == row.expires
    world.clock.advance(LIFE)
    assert await watch() is None
    assert not await world.channels()
    assert world.watching.calls == 1


async def test_a_calendar_that_is_gone_is_not_watched() -> None:
    world = await heard()
    async with world.store() as uow:
        await uow.calendars.remove(world.calendar)
        await uow.commit()
    assert await world.do(WorkKind.WATCH, world.calendar) is None
    world.change()
    assert await world.deliver() == [Heard.UNKNOWN]
    assert world.watching.calls == 1


@pytest.mark.parametrize("trouble", [None, Unavailable("x"), NeedsConsent("x")])
async def test_whoever_leaves_is_not_told_of_any_more(
    trouble: Exception | None,
) -> None:
    world = await heard()
    world.watching.trouble = trouble
    for _ in range(2):
        await stop_watching(
            world.calendar,
            begin=world.store,
            watching=world.watching,
            clock=world.clock,
        )
    assert await world.channels() == ()
    assert bool(world.watching.live(world.calendar)) == bool(trouble)
    world.change()
    assert set(await world.deliver()) <= {Heard.UNKNOWN}


@pytest.mark.parametrize("step", range(4, 7))
async def test_one_that_opens_while_its_owner_leaves_is_stopped(step: int) -> None:
    """Between the row and the end of the call; the row is gone when it is answered."""
    world = await Watched().begun()

    def leave() -> None:
        world.store.shelves.channels.remove(*world.store.shelves.channels.names())
        world.store.shelves.calendars.remove(world.calendar)

    world.fuse.when(world.fuse.steps + step, leave)
    assert await world.do(WorkKind.WATCH, world.calendar) is None
    assert len(world.watching.channels) == 1
    assert world.watching.live(world.calendar) == ()


async def test_disconnecting_and_erasing_stop_the_channel() -> None:
    """S25."""
    for leaving in (disconnect, erase):
        world = await heard()
        await leaving(world)
        assert len(world.watching.channels) == 1
        assert world.watching.live(world.calendar) == ()
        world.change()
        assert await world.deliver() == []


async def disconnect(world: Watched) -> None:
    owner = await world.owner()
    await disconnect_calendar(
        owner,
        world.calendar,
        begin=world.store,
        open_calendar=world.open_calendar,
        watching=world.watching,
        clock=world.clock,
        ids=world.ids,
        links=world.links,
        sender=SENDER,
    )


async def erase(world: Watched) -> None:
    owner = await world.owner()
    await ask_erasure(owner, "operator", begin=world.store, clock=world.clock)
    again: datetime | None = world.clock.now()
    while again:
        world.clock.advance(again - world.clock.now())
        await world.work()  # letters about it go out first
        again = await erase_person(
            owner,
            begin=world.store,
            clock=world.clock,
            ids=world.ids,
            links=world.links,
            sender=SENDER,
            watching=world.watching,
            copies=NoCopies(),
            files=NoFiles(),
        )


# Hints -------------------------------------------------------------------------------
