"""Connecting and disconnecting: one written calendar, and nobody loses a meeting."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta

import pytest

from integrations.memory.calendars import MemoryCalendars
from scheduler.connections import CalendarKind
from scheduler.effects import SendInvite
from scheduler.errors import NeedsConsent, NotFound, Refused, Unavailable
from scheduler.ids import PersonId
from scheduler.people import Pair
from scheduler.secret import Secret
from scheduler.series import CopyState, Route, Series
from scheduler.usecases.choose_written import choose_written
from scheduler.usecases.connect_calendar import CalendarWish, connect_calendar
from scheduler.usecases.disconnect_calendar import disconnect_calendar
from scheduler.usecases.find_calendars import find_calendars
from tests.usecases.breaking import Crash
from tests.usecases.paper import PaperCalendar
from tests.usecases.world import SENDER, World

HOUR = timedelta(hours=1)


async def booked() -> tuple[World, Pair, Series]:
    world = await World().open()
    pair = await world.agreed_pair("mentor")
    await world.work()
    (series,) = await world.series(pair)
    return world, pair, series


async def connect(world: World, person: PersonId, wish: CalendarWish) -> bool:
    world.calendars.setdefault(wish.url.reveal, PaperCalendar())
    made = await connect_calendar(
        person,
        wish,
        begin=world.begin,
        open_calendar=world.open_calendar,
        clock=world.clock,
        months=13,
    )
    return made.written


async def disconnect(world: World, person: PersonId) -> None:
    for connection in await world.connections(person):
        await disconnect_calendar(
            person,
            connection.id,
            begin=world.begin,
            open_calendar=world.open_calendar,
            clock=world.clock,
            ids=world.ids,
            links=world.links,
            sender=SENDER,
        )


async def test_the_first_writable_calendar_is_the_one_that_is_written():
    world = await World().open()
    pair = await world.pair()
    caldav = CalendarKind.CALDAV
    wishes = [
        CalendarWish(CalendarKind.ICS, Secret("https://feed.example/a.ics")),
        CalendarWish(caldav, Secret("https://dav.example/1/"), writable=True),
        CalendarWish(caldav, Secret("https://dav.example/2/"), writable=True),
    ]
    written = [await connect(world, pair.mentor, wish) for wish in wishes * 2]
    assert written == [False, True, False] * 2
    assert len(await world.connections(pair.mentor)) == 3


async def test_a_feed_that_does_not_answer_is_told_where_it_was_typed():
    world = await World().open()
    pair = await world.pair()
    wish = CalendarWish(CalendarKind.ICS, Secret("https://feed.example/a.ics"))
    for trouble in (Unavailable("asleep"), NeedsConsent("401")):
        world.trouble = trouble
        with pytest.raises(Refused, match="E_ICS_"):
            await connect(world, pair.mentor, wish)
    assert await world.connections(pair.mentor) == ()


async def test_finding_calendars_speaks_to_the_person():
    calendars = MemoryCalendars()
    calendars.at("https://dav.example/ida/work")
    found = await find_calendars(
        "https://dav.example/ida", "ida", Secret("pw"), discover=calendars.discover
    )
    assert [c.name for c in found] == ["work"]
    with pytest.raises(Refused, match="E_DAV_NONE"):
        await find_calendars(
            "https://dav.example/leyla", "", Secret(""), discover=calendars.discover
        )

    async def refuse(address: str, username: str, password: str) -> tuple[()]:
        raise NeedsConsent("401")

    with pytest.raises(Refused, match="E_DAV_LOGIN"):
        await find_calendars("https://dav.example", "", Secret(""), discover=refuse)


async def test_after_disconnecting_the_meetings_come_by_mail_and_by_mail_alone():
    world, pair, series = await booked()
    paper = world.paper(pair.mentor)
    for _ in range(2):
        await disconnect(world, pair.mentor)
        await world.live_through(2 * HOUR, HOUR)
    assert paper.held == {}
    assert await world.connections(pair.mentor) == ()
    copy = await world.copy(pair.mentor, series.uid)
    assert copy
    assert (copy.route, copy.state, copy.calendar) == (
        Route.IMIP,
        CopyState.THERE,
        None,
    )
    rows = await world.outbox(pair)
    sent = [r.effect for r in rows if isinstance(r.effect, SendInvite)]
    mine = [e.invite for e in sent if e.to == pair.mentor]
    assert [(i.uid, i.sequence) for i in mine] == [(series.uid, 1)]


async def test_who_dies_while_disconnecting_disconnects_all_the_same():
    start, pair, series = await booked()
    whole = deepcopy(start)
    await disconnect(whole, pair.mentor)
    steps = whole.fuse.steps - start.fuse.steps
    for k in range(1, steps + 1):
        world = deepcopy(start)
        world.fuse.at = start.fuse.steps + k
        with pytest.raises(Crash):
            await disconnect(world, pair.mentor)
        await disconnect(world, pair.mentor)
        await world.work()
        assert world.paper(pair.mentor).held == {}
        assert await world.connections(pair.mentor) == ()
        rows = await world.outbox(pair)
        sent = [r.effect for r in rows if isinstance(r.effect, SendInvite)]
        mine = [e.invite.uid for e in sent if e.to == pair.mentor]
        assert mine == [series.uid], f"died at step {k}"


async def test_what_is_over_stays_in_the_calendar_that_is_disconnected():
    world, pair, series = await booked()
    await world.live_through(timedelta(weeks=5), timedelta(weeks=1))
    paper = world.paper(pair.mentor)
    await disconnect(world, pair.mentor)
    (held,) = paper.held.values()
    over = [m.span for m in series.live() if m.span.end <= world.clock.now()]
    assert sorted(held.dates.values()) == over
    assert over


async def test_a_calendar_that_does_not_answer_can_be_disconnected_all_the_same():
    world, pair, series = await booked()
    world.trouble = Unavailable("asleep")
    await disconnect(world, pair.mentor)
    assert await world.connections(pair.mentor) == ()
    copy = await world.copy(pair.mentor, series.uid)
    assert copy and copy.route is Route.IMIP


async def test_nobody_disconnects_the_calendar_of_another():
    world, pair, _ = await booked()
    (connection,) = await world.connections(pair.mentor)
    await disconnect_calendar(
        pair.mentee,
        connection.id,
        begin=world.begin,
        open_calendar=world.open_calendar,
        clock=world.clock,
        ids=world.ids,
        links=world.links,
        sender=SENDER,
    )
    assert await world.connections(pair.mentor) == (connection,)


async def test_at_most_one_calendar_is_written_whichever_is_chosen():
    world = await World().open()
    pair = await world.pair()
    for n in (1, 2):
        url = Secret(f"https://dav.example/{n}/")
        wish = CalendarWish(CalendarKind.CALDAV, url, writable=True)
        await connect(world, pair.mentor, wish)
    feed = CalendarWish(CalendarKind.ICS, Secret("https://feed.example/a.ics"))
    await connect(world, pair.mentor, feed)
    known = await world.connections(pair.mentor)
    readable = next(c for c in known if c.kind is CalendarKind.ICS)
    for choice in [c.id for c in known if c != readable] + [None]:
        await choose_written(pair.mentor, choice, begin=world.begin)
        now = await world.connections(pair.mentor)
        assert [c.id for c in now if c.written] == ([choice] if choice else [])
    with pytest.raises(Refused, match="E_CALENDAR_READ_ONLY"):
        await choose_written(pair.mentor, readable.id, begin=world.begin)
    with pytest.raises(NotFound):
        await choose_written(pair.mentee, readable.id, begin=world.begin)
