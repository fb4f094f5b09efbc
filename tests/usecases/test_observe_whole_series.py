"""A series gone whole, and calendars that say nothing, cancel nothing by themselves."""

from __future__ import annotations

from datetime import timedelta

from scheduler.connections import CalendarKind
from scheduler.effects import SendInvite
from scheduler.errors import Unavailable
from scheduler.letters import LetterKind
from scheduler.series import (
    CopyState,
    MeetingState,
    SeriesState,
)
from tests.usecases.noticing import a_pair

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def test_a_series_deleted_whole_is_asked_of_its_owner_and_stands_meanwhile() -> (
    None
):
    world, pair = await a_pair()
    series = await world.standing(pair)
    world.calendar(pair.mentor).person_deletes(series.uid)
    await world.settle()
    assert await world.standing(pair) == series
    [letter] = await world.letters(pair, LetterKind.ASK)
    assert letter.to == pair.mentor
    assert len(await world.effects(pair, SendInvite)) == 1
    assert await world.letters(pair, LetterKind.FELL_OUT) == []


async def test_a_shortened_series_is_told_once_and_never_made_again() -> None:
    world, pair = await a_pair()
    series = await world.standing(pair)
    fourth = (await world.meeting(pair, 4)).key.original_start
    world.calendar(pair.mentor).person_shortens(series.uid, fourth)
    await world.settle()
    after = await world.standing(pair)
    assert len(await world.series(pair)) == 1
    assert after.state is SeriesState.LIVE
    states = [m.state for m in after.meetings]
    assert states == [MeetingState.LIVE] * 4 + [MeetingState.CANCELLED] * 9
    for person in pair.both():
        assert len(await world.letters(pair, LetterKind.FELL_OUT, person)) == 1
    _, shorter = await world.effects(pair, SendInvite)
    assert shorter.invite.rrule.endswith("COUNT=4")
    assert await world.offers(pair) == []
    assert len(await world.ledger(pair)) == 9


async def test_a_calendar_that_does_not_answer_cancels_nothing() -> None:
    """promises.md F29, F30."""
    world, pair = await a_pair()
    series = await world.standing(pair)
    world.trouble = Unavailable("no answer")
    await world.live_through(2 * DAY, 12 * HOUR)
    world.trouble = None
    await world.settle(HOUR)
    assert await world.standing(pair) == series
    assert await world.letters(pair, LetterKind.FELL_OUT) == []


async def test_a_series_moved_to_another_calendar_of_its_owner_is_not_gone() -> None:
    world, pair = await a_pair()
    series = await world.standing(pair)
    home = world.calendar(pair.mentor)
    data = home.written(series.uid)
    await world.connect_as(pair.mentor, name="private")
    home.person_deletes(series.uid)
    world.calendar(pair.mentor, "private").person_puts(series.uid, data)
    await world.settle()
    assert await world.letters(pair, LetterKind.ASK) == []
    assert await world.letters(pair, LetterKind.FELL_OUT) == []
    copy = await world.copy(pair.mentor, series.uid)
    assert copy and copy.state is CopyState.THERE
    private = world.calendar(pair.mentor, "private")
    deleted = (await world.meeting(pair, 1)).key.original_start
    private.person_deletes(series.uid, deleted)
    await world.settle()
    assert len(await world.letters(pair, LetterKind.FELL_OUT)) == 2


async def test_a_feed_that_lost_a_meeting_is_asked_about_once() -> None:
    world, pair = await a_pair("caldav", "ics")
    series = await world.standing(pair)
    home = world.calendar(pair.mentor).written(series.uid)
    feed = world.calendar(pair.mentee)
    feed.person_puts(series.uid, home)  # accepted by mail, and in the feed now
    await world.settle(HOUR)
    meeting = await world.meeting(pair, 1)
    feed.person_deletes(series.uid, meeting.key.original_start)
    await world.settle()
    assert (await world.meeting(pair, 1)).is_live
    [letter] = await world.letters(pair, LetterKind.ASK)
    assert (letter.to, letter.about) == (pair.mentee, meeting.key)
    assert letter.facts.meeting == meeting.span


async def test_feeds_are_only_read() -> None:
    world, pair = await a_pair("caldav", "ics")
    [connection] = await world.connections(pair.mentee)
    assert connection.kind is CalendarKind.ICS
    assert not connection.written
