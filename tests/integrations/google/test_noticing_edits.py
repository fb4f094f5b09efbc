"""Events that people edit, delete and move: rows F39 to F43 of promises.md."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from scheduler.connections import Health
from scheduler.events import Coming
from scheduler.evidence import EvidenceKind, SourceKind
from scheduler.letters import LetterKind
from scheduler.series import CopyState
from scheduler.timespan import Span
from tests.integrations.google.booked import DAY, HOUR
from tests.integrations.google.noticed import begun, own_patch, unchanged
from tests.integrations.google.test_noticing import acts, fallen, letters
from tests.usecases.noticing import POLL

#: A minute together: for `make test`.
pytestmark = pytest.mark.slow

QUARTER = timedelta(minutes=15)


# F39: one event edited by its organiser ---------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        {"summary": "Coffee"},
        {"location": "The harbour"},
        {"description": "Bring the plans"},
        {"colorId": "3"},
        {"visibility": "private"},
        {"transparency": "transparent"},
    ],
    ids=lambda body: next(iter(body)),
)
async def test_f39_what_is_no_time_changes_nothing(body: dict[str, Any]) -> None:
    world, pair = await begun()
    before = await world.standing(pair)
    await own_patch(world, pair, body)
    await own_patch(world, pair, body, await world.start(pair, 2))
    await world.settle(6 * POLL)
    await unchanged(world, pair, before)
    everything = repr(world.store.shelves)
    assert not any(word in everything for word in body.values() if len(word) > 5)


async def test_f39_guests_more_are_nobodys_business() -> None:
    world, pair = await begun()
    before, stranger = await world.standing(pair), "olga@elsewhere.test"
    mine, theirs = (
        {"email": world.emails[one], "responseStatus": "accepted"}
        for one in pair.both()
    )
    for said in ("needsAction", "declined"):
        other = {"email": stranger, "responseStatus": said}
        await own_patch(world, pair, {"attendees": [mine, theirs, other]})
        await world.settle(3 * POLL)
    await unchanged(world, pair, before)
    assert stranger not in repr(world.store.shelves)
    (kept,) = await world.objects(pair.mentor)
    assert [r.coming for r in kept.rsvps] == [Coming.YES]


@pytest.mark.parametrize("connected", [True, False])
@pytest.mark.parametrize("number", [None, 1])
async def test_f39_a_guest_taken_off_the_list_is_the_organisers_doing(
    number: int | None, connected: bool
) -> None:
    world, pair = await begun(guest_connected=connected)
    at = None if number is None else await world.start(pair, number)
    count = len(await world.live(pair))
    host = {"email": world.emails[pair.mentor], "responseStatus": "accepted"}
    await own_patch(world, pair, {"attendees": [host]}, at)
    await world.settle(6 * POLL)
    assert await fallen(world, pair) == ([1] if number else list(range(count)))
    assert await letters(world, pair) == {LetterKind.FELL_OUT: sorted(pair.both())}
    assert await acts(world, pair) == {
        (EvidenceKind.CANCELLED, pair.mentor, SourceKind.GOOGLE)
    }


async def test_f39_another_length_is_another_time() -> None:
    world, pair = await begun()
    at = await world.start(pair, 1)
    await own_patch(world, pair, {"end": {"dateTime": (at + 2 * HOUR).isoformat()}}, at)
    await world.settle(6 * POLL)
    assert (await world.meeting(pair, 1)).span == Span(at, at + 2 * HOUR)
    assert await letters(world, pair) == {LetterKind.MOVED: sorted(pair.both())}


async def test_f39_a_rule_with_fewer_dates_lets_the_others_fall_out() -> None:
    """Every fourth week instead of every second; each period that is empty is told."""
    world, pair = await begun()
    entry = world.google.world.calendars[world.emails[pair.mentor]].entries[
        await world.event(pair)
    ]
    (rule,) = entry.body["recurrence"]
    assert "INTERVAL=2" in rule
    rule = rule.replace("INTERVAL=2", "INTERVAL=4")
    await own_patch(world, pair, {"recurrence": [rule]})
    await world.settle(6 * POLL)
    own = (await world.standing(pair)).meetings
    live = [n for n, m in enumerate(own) if m.key.n == 0 and m.is_live]
    assert live == list(range(0, len(own), 2))
    assert {by for _, by, _ in await acts(world, pair)} == {pair.mentor}


# F40: a date on top of another ------------------------------------------------------


async def test_f40_a_date_put_onto_another_keeps_its_name_and_is_flagged() -> None:
    world, pair = await begun()
    before = await world.standing(pair)
    other = (await world.meeting(pair, 2)).span
    assert other
    await world.moves(pair.mentor, pair, await world.start(pair, 1), other)
    await world.settle(6 * POLL)
    after = await world.standing(pair)
    assert [m.key for m in after.meetings] == [m.key for m in before.meetings]
    assert [m.span for m in after.live()][1:3] == [other, other]
    found = [e for e in await world.evidence(pair) if e.kind is EvidenceKind.CLASH]
    assert found
    told = await letters(world, pair)
    assert told[LetterKind.MOVED] == sorted(pair.both())
    assert set(told[LetterKind.CLASH]) == set(pair.both())


# F42, F43: the series is gone, or its organiser is ----------------------------------


async def test_f42_a_series_that_one_took_out_is_told_to_the_other_once() -> None:
    world, pair = await begun()
    await world.deletes(pair.mentor, pair)
    await world.live_through(3 * DAY, HOUR)
    assert await letters(world, pair) == {LetterKind.FELL_OUT: sorted(pair.both())}
    assert world.asked("events.insert") == 1
    series = await world.standing(pair)
    states = [(await world.copy(one, series.uid)) for one in pair.both()]
    assert [c.state for c in states if c] == [
        CopyState.REMOVED_BY_PERSON,
        CopyState.ENDED,
    ]


async def test_f43_an_organiser_whose_account_is_closed_cancels_nothing() -> None:
    world, pair = await begun()
    before = await world.standing(pair)
    world.google.world = world.google.world.without_account(world.emails[pair.mentor])
    await world.live_through(timedelta(hours=30), HOUR)
    (series,) = await world.series(pair)
    assert series == before
    assert await letters(world, pair) == {}
    (connection,) = await world.connections(pair.mentor)
    assert connection.health is not Health.GOOD


async def test_f43_an_event_moved_to_a_calendar_that_nobody_connected_is_asked() -> (
    None
):
    """The guest still has it: it was not deleted, its organiser put it elsewhere."""
    world, pair = await begun()
    calendar = world.google.act(
        world.emails[pair.mentor], "calendars.insert", {}, {"summary": "Other"}
    )
    assert calendar
    before = await world.standing(pair)
    world.google.act(
        world.emails[pair.mentor],
        "events.move",
        {"calendarId": "primary", "eventId": await world.event(pair)},
        destination=calendar["id"],
        sendUpdates="none",
    )
    await world.settle(6 * POLL)
    assert await world.standing(pair) == before
    assert await letters(world, pair) == {LetterKind.ASK: [pair.mentor]}


async def test_an_event_moved_to_another_calendar_of_theirs_is_followed_there() -> None:
    world, pair = await begun()
    calendar = world.google.act(
        world.emails[pair.mentor], "calendars.insert", {}, {"summary": "Other"}
    )
    assert calendar
    there = await world.connected(pair.mentor, calendar["id"])
    await world.settle(3 * POLL)
    before = await world.standing(pair)
    world.google.act(
        world.emails[pair.mentor],
        "events.move",
        {"calendarId": "primary", "eventId": await world.event(pair)},
        destination=calendar["id"],
        sendUpdates="none",
    )
    await world.settle(6 * POLL)
    await unchanged(world, pair, before)
    copy = await world.copy(pair.mentor, before.uid)
    assert copy
    assert copy.calendar == there.id
