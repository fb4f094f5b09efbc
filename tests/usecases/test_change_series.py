"""Another agreement, or an end: past events stay, no old one is left ahead."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduler.asker import Asker
from scheduler.cadence import WEEKLY
from scheduler.effects import SendInvite
from scheduler.invite import Invite
from scheduler.people import Hours, Pair
from scheduler.series import CopyState, MeetingState, Series, SeriesState
from scheduler.usecases.close_pair import close_pair
from scheduler.work import WorkKind
from tests.usecases.world import SENDER, World

TUESDAYS = Hours.parse("Tue 13:00-18:00")


async def booked() -> tuple[World, Pair, Series]:
    world = await World().open()
    pair = await world.agreed_pair("mentor")
    await world.work()
    (series,) = await world.series(pair)
    return world, pair, series


async def other_hours(world: World, pair: Pair) -> None:
    await world.propose(pair, pair.mentor, mentor_hours=TUESDAYS)
    await world.accept(pair, pair.mentee)
    await world.live_through(timedelta(hours=2), timedelta(minutes=30))


async def invites(world: World, pair: Pair) -> list[Invite]:
    rows = await world.outbox(pair)
    return [r.effect.invite for r in rows if isinstance(r.effect, SendInvite)]


async def test_while_all_lies_ahead_the_series_keeps_its_uid_and_its_number_rises():
    world, pair, old = await booked()
    await other_hours(world, pair)
    (new,) = await world.series(pair)
    assert (new.id, new.uid) == (old.id, old.uid)
    first, second = await invites(world, pair)
    assert (first.uid, second.uid) == (old.uid, old.uid)
    assert (first.sequence, second.sequence) == (0, 1)
    assert second.stamp > first.stamp
    (held,) = world.paper(pair.mentor).held.values()
    assert sorted(held.dates.values()) == [m.span for m in new.live()]
    assert {span.start.weekday() for span in held.dates.values()} == {1}


async def test_once_a_meeting_is_over_the_old_one_ends_and_a_new_one_follows():
    world, pair, old = await booked()
    await world.live_through(timedelta(weeks=5), timedelta(weeks=1))
    await other_hours(world, pair)
    ended, new = await world.series(pair)
    assert (ended.id, ended.state) == (old.id, SeriesState.ENDED)
    assert new.uid != old.uid
    assert new.periods[0].first == ended.periods[-1].until
    assert len(ended.periods) + len(new.periods) == len(old.periods)
    by_uid = {held.uid: held for held in world.paper(pair.mentor).held.values()}
    past, ahead = by_uid[old.uid], by_uid[new.uid]
    assert sorted(past.dates.values()) == [m.span for m in ended.live()]
    assert sorted(ahead.dates.values()) == [m.span for m in new.live()]
    assert max(past.dates.values()) < min(ahead.dates.values())


async def test_what_a_change_takes_out_is_not_in_its_own_way():
    world = await World().open()
    pair = await world.pair()
    hour = Hours.parse("Tue 15:00-16:00")
    await world.propose(pair, pair.mentor, mentor_hours=hour, cadence=WEEKLY)
    await world.accept(pair, pair.mentee)
    await world.work()
    await world.propose(pair, pair.mentor, minutes=60)
    await world.accept(pair, pair.mentee)
    await world.live_through(timedelta(minutes=2), timedelta(minutes=1))
    (series,) = await world.series(pair)
    assert (series.minutes, len(series.live())) == (60, 26)


async def test_terms_that_move_no_meeting_leave_the_series_alone():
    world, pair, old = await booked()
    sent = await invites(world, pair)
    await world.propose(pair, pair.mentor, notice_hours=48)
    latest = await world.accept(pair, pair.mentee)
    await world.work()
    (series,) = await world.series(pair)
    assert series.agreement == latest.id
    assert series.meetings == old.meetings
    assert await invites(world, pair) == sent


async def test_who_took_the_series_away_gets_a_new_one_under_a_new_name():
    world, pair, old = await booked()
    paper = world.paper(pair.mentor)
    (remote,) = paper.held
    paper.by_hand_delete(remote)
    await world.change_copy(pair.mentor, old.uid, state=CopyState.REMOVED_BY_PERSON)
    await other_hours(world, pair)
    new = (await world.series(pair))[-1]
    assert [held.uid for held in paper.held.values()] == [new.uid]
    assert new.uid != old.uid


@pytest.mark.parametrize("weeks", [0, 5])
async def test_after_an_end_no_event_lies_ahead_and_each_is_told_once(weeks: int):
    world, pair, _ = await booked()
    await world.live_through(timedelta(weeks=weeks), timedelta(weeks=1))
    now = world.clock.now()
    for _ in range(2):
        await close_pair(
            pair.id,
            Asker(world.programme),
            begin=world.begin,
            clock=world.clock,
            ids=world.ids,
            links=world.links,
            sender=SENDER,
        )
        await world.do(WorkKind.PLAN, pair.id)
        await world.live_through(timedelta(hours=2), timedelta(minutes=30))
    (series,) = await world.series(pair)
    assert series.state is SeriesState.ENDED
    for meeting in series.meetings:
        ahead = meeting.key.original_start >= now
        assert (meeting.state is MeetingState.SKIPPED) == ahead
    dates = [d for held in world.paper(pair.mentor).held.values() for d in held.dates]
    assert sorted(dates) == [m.key.original_start for m in series.live()]
    last = (await invites(world, pair))[-1]
    assert last.method.value == ("REQUEST" if weeks else "CANCEL")
    subjects = [m.subject for m in world.post.read().values()]
    assert subjects.count("goodbye") == 2
