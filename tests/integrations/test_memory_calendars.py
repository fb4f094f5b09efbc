"""Calendars in memory beyond the contract: feeds, outages, and any run of changes."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.memory.calendars import MemoryCalendar, MemoryCalendars
from scheduler.connections import CalendarKind, Connection
from scheduler.errors import CursorExpired, NeedsConsent, Rejected
from scheduler.events import Delta
from scheduler.ids import CalendarId, PersonId
from scheduler.ports.calendars import FoundCalendar
from scheduler.secret import Secret
from scheduler.timespan import Span
from tests.contracts.calendars import (
    DATES,
    HOUR,
    INVITE,
    WINDOW,
    Follower,
    private,
)


def connection(kind: CalendarKind = CalendarKind.MEMORY) -> Connection:
    url = Secret("memory://ana/home")
    return Connection(CalendarId("c"), PersonId("ana"), kind, url)


async def test_one_address_is_one_calendar_however_often_it_is_opened() -> None:
    calendars = MemoryCalendars()
    await calendars(connection()).create(INVITE)
    assert await calendars(connection()).find(INVITE.uid) is not None
    assert calendars.at("memory://ana/home").stands(INVITE.uid, WINDOW)


async def test_a_feed_is_everything_or_nothing_and_never_written() -> None:
    calendars = MemoryCalendars()
    there = calendars.at("memory://ana/home")
    there.person_adds_busy(Span(DATES[0], DATES[0] + HOUR))
    feed = calendars(connection(CalendarKind.ICS))
    first = await feed.changes(None, WINDOW)
    assert first.everything and first.horizon == DATES[0] + HOUR
    assert await feed.changes(first.cursor, WINDOW) == Delta((), first.cursor)
    there.person_adds_busy(Span(DATES[1], DATES[1] + HOUR))
    second = await feed.changes(first.cursor, WINDOW)
    assert second.everything and len(second.changed) == 2
    with pytest.raises(Rejected):
        await feed.create(INVITE)
    with pytest.raises(CursorExpired):
        await feed.changes(second.cursor, Span(WINDOW.start, WINDOW.end + HOUR))


async def test_calendars_are_found_by_their_address() -> None:
    calendars = MemoryCalendars()
    for name in ("home", "shared"):
        calendars.at(f"memory://ana/{name}")
    calendars.at("memory://ben/home")
    calendars.read_only.add("memory://ana/shared")
    assert await calendars.discover("memory://ana/", "ana", "pw") == (
        FoundCalendar("memory://ana/home", "home", writable=True),
        FoundCalendar("memory://ana/shared", "shared", writable=False),
    )


async def test_an_outage_meets_every_call() -> None:
    calendars = MemoryCalendars()
    calendars.at("memory://ana/home").trouble = NeedsConsent("changed")
    calendar = calendars(connection())
    with pytest.raises(NeedsConsent):
        await calendar.changes(None, WINDOW)
    with pytest.raises(NeedsConsent):
        await calendar.create(INVITE)
    assert calendars.at("memory://ana/home").calls == {"changes": 1, "create": 1}


async def test_the_owner_acts_behind_our_back() -> None:
    calendar = MemoryCalendar(home="Europe/Berlin")
    await calendar.create(INVITE)
    uid = INVITE.uid
    to = Span(DATES[1] + HOUR, DATES[1] + 2 * HOUR)
    calendar.person_moves(uid, DATES[1], to)
    calendar.person_deletes(uid, DATES[0])
    calendar.person_edits_text(uid, DATES[2], "Theirs")
    calendar.person_shortens(uid, DATES[3])
    assert calendar.stands(uid, WINDOW) == (to, Span(DATES[2], DATES[2] + HOUR))
    found = await calendar.find(uid)
    assert found is not None
    assert (await calendar.text(found.id, DATES[2])).text == "Theirs"
    calendar.person_deletes(uid)
    assert calendar.stands(uid, WINDOW) == ()


uids = st.sampled_from("abc")
acts = st.one_of(
    st.tuples(st.just("put"), uids, st.integers(0, 3)),
    st.tuples(st.just("delete"), uids, st.just(0)),
    st.tuples(st.just("forget"), st.just(""), st.just(0)),
    st.tuples(st.just("follow"), st.just(""), st.just(0)),
    st.tuples(st.just("begin anew"), st.just(""), st.just(0)),
)


@settings(max_examples=50, deadline=None)
@given(st.lists(acts, max_size=20))
def test_who_follows_knows_what_stands(run: list[tuple[str, str, int]]) -> None:
    asyncio.run(followed(run))


async def followed(run: list[tuple[str, str, int]]) -> None:
    calendar = MemoryCalendar()
    follower = Follower(calendar)
    truth: dict[str, list] = {}
    for act, uid, number in run:
        if act == "put":
            start = DATES[0] + timedelta(days=number)
            calendar.person_puts(uid, private(uid, start))
            truth[uid] = [start]
        elif act == "delete" and uid in truth:
            calendar.person_deletes(uid)
            del truth[uid]
        elif act == "forget":
            calendar.shelf.forget()
        elif act == "begin anew":
            follower.cursor = None
        elif act == "follow":
            await follower.follow()
            assert follower.uids == truth
    await follower.follow()
    assert follower.uids == truth
