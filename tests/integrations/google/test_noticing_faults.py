"""Fault table rows of promises.md that noticing answers, each under its number."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integrations.google.fake.faults import Refuse, Rule
from integrations.google.fake.problems import BACKEND, FORBIDDEN, FULL_SYNC
from integrations.google.fake.world import Behaviour, FreeBusy
from scheduler.connections import Health
from scheduler.events import Coming
from scheduler.evidence import EvidenceKind, SourceKind
from scheduler.ids import PersonId
from scheduler.letters import LetterKind
from scheduler.people import Pair
from scheduler.ports.calendars import PutBack
from scheduler.series import CopyState, MeetingState, Series
from scheduler.timespan import Span
from scheduler.usecases.gather import gather_side
from scheduler.work import WorkKind
from tests.integrations.google.booked import DAY, HOUR, GoogleWorld
from tests.integrations.google.test_noticing import acts, fallen, letters
from tests.usecases.breaking import Crash
from tests.usecases.noticing import POLL

#: A minute together: for `make test`.
pytestmark = pytest.mark.slow

QUARTER = timedelta(minutes=15)


async def begun(
    behaviour: Behaviour | None = None, **how: Any
) -> tuple[GoogleWorld, Pair]:
    world = GoogleWorld(behaviour)
    await world.open()
    return world, await world.begun(**how)


async def home(world: GoogleWorld, person: PersonId, number: int = 0) -> str:
    return (await world.connections(person))[number].id


async def own_patch(
    world: GoogleWorld, pair: Pair, body: dict[str, Any], at: datetime | None = None
) -> None:
    await world.act(pair.mentor, "patch", pair, at, body)


def adds(world: GoogleWorld, person: PersonId, start: datetime, **more: Any) -> None:
    body = {
        "start": {"dateTime": start.isoformat()},
        "end": {"dateTime": (start + HOUR).isoformat()},
        **more,
    }
    world.google.act(
        world.emails[person], "events.insert", {"calendarId": "primary"}, body
    )


# F18, F19: what is read anew, and what breaks off ----------------------------------


async def paged() -> tuple[GoogleWorld, Pair]:
    """The organiser's calendar takes several pages."""
    world, pair = await begun(Behaviour(page_limit=2))
    for n in range(7):
        adds(world, pair.mentor, world.clock.now() + timedelta(days=n, hours=11))
    await world.settle(6 * POLL)
    return world, pair


async def change_much(world: GoogleWorld, pair: Pair) -> None:
    for n in range(4):
        adds(world, pair.mentor, world.clock.now() + timedelta(days=n, hours=13))
    await world.deletes(pair.mentor, pair, await world.start(pair, 1))


@pytest.mark.parametrize("page", range(1, 10))
async def test_f18_a_410_on_any_page_ends_as_a_read_that_went_well(page: int) -> None:
    world, pair = await paged()
    await change_much(world, pair)
    user = world.emails[pair.mentor]
    rule = Rule("events.list", Refuse(FULL_SYNC), nth=page, times=1, user=user)
    world.google.play(rule)
    await world.live_through(timedelta(hours=2), QUARTER)
    world.google.play()
    await world.live_through(QUARTER, QUARTER)
    assert len(await world.objects(pair.mentor)) == 12
    assert await fallen(world, pair) == [1]
    assert set(await letters(world, pair)) == {LetterKind.FELL_OUT}


async def test_f18_a_token_refused_in_a_loop_is_one_full_read_in_15_minutes() -> None:
    world, pair = await begun(guest_connected=False)
    rule = Rule(
        "events.list", Refuse(FULL_SYNC), times=10_000, user=world.emails[pair.mentor]
    )
    world.clock.advance(QUARTER)
    world.google.play(rule)
    before = len(world.google.requests)
    for _ in range(60):
        await world.do(WorkKind.SYNC, await home(world, pair.mentor))
        world.clock.advance(timedelta(minutes=1))
    asked = world.google.requests[before:]
    whole = [r for r in asked if "syncToken" not in dict(r.query)]
    assert len(whole) == 4
    assert await fallen(world, pair) == []


async def test_f19_a_crash_between_any_two_calls_loses_and_doubles_nothing() -> None:
    """Rows and cursor are kept together, so a read that broke off never was."""
    point, steps = 0, 1
    while point < steps:
        point += 1
        world, pair = await paged()
        await change_much(world, pair)
        world.fuse.steps, world.fuse.at = 0, point
        with_crash = False
        try:
            await world.do(WorkKind.SYNC, await home(world, pair.mentor))
        except Crash:
            with_crash = True
        steps = world.fuse.steps + with_crash
        world.fuse.at = None
        await world.live_through(timedelta(hours=1), QUARTER)
        assert len(await world.objects(pair.mentor)) == 12
        assert await fallen(world, pair) == [1]
        told = await letters(world, pair)
        assert told == {LetterKind.FELL_OUT: sorted(pair.both())}
    assert steps > 10


# F20: sparse cancelled instances ----------------------------------------------------


@pytest.mark.parametrize("who", ["mentor", "mentee"])
async def test_f20_a_sparse_cancelled_instance_is_a_date_taken_out(who: str) -> None:
    world, pair = await begun(Behaviour(sparse=True, deleting_declines=False))
    person = getattr(pair, who)
    await world.deletes(person, pair, await world.start(pair, 1))
    await world.settle(6 * POLL)
    assert await fallen(world, pair) == [1]
    assert await acts(world, pair) == {
        (EvidenceKind.CANCELLED, person, SourceKind.GOOGLE)
    }


# F29: a calendar that is not there any more -----------------------------------------


@pytest.mark.parametrize("who", ["mentor", "mentee"])
async def test_f29_a_calendar_that_is_gone_is_unknown_not_empty(who: str) -> None:
    world, pair = await begun()
    person = getattr(pair, who)
    rule = Rule(
        "events.list", Refuse(FORBIDDEN), times=10_000, user=world.emails[person]
    )
    world.google.play(rule)
    before = await world.standing(pair)
    await world.live_through(timedelta(hours=30), HOUR)
    assert (await world.standing(pair)).meetings == before.meetings
    assert set(await letters(world, pair)) == set()
    async with world.store(read_only=True) as uow:
        side = await gather_side(uow, person, world.clock.now())
    assert side.stale(world.clock.now())
    assert len(await world.letters(pair, LetterKind.BROKEN)) in {0, 1}
    broken = [
        e
        for e in await world.evidence(pair)
        if e.kind is EvidenceKind.CONNECTION_BROKEN
    ]
    assert [(e.by, e.source) for e in broken] == [(person, SourceKind.GOOGLE)]
    world.google.play()
    await world.live_through(HOUR, QUARTER)
    assert (await world.standing(pair)).meetings == before.meetings


async def test_f29_one_calendar_of_several_that_is_gone_offers_nothing() -> None:
    world, pair = await begun()
    await world.connected(pair.mentee, "team@group.calendar.test")
    await world.settle(HOUR)
    (_, other) = sorted(
        await world.connections(pair.mentee), key=lambda c: c.url.reveal == "primary"
    )[::-1]
    assert other.health is Health.FAILING
    async with world.store(read_only=True) as uow:
        side = await gather_side(uow, pair.mentee, world.clock.now())
    assert [c.id for c in side.stale(world.clock.now())] == [other.id]
    assert await fallen(world, pair) == []


# F39: one event edited by its organiser ---------------------------------------------


async def unchanged(world: GoogleWorld, pair: Pair, before: Series) -> None:
    assert await world.standing(pair) == before
    assert await letters(world, pair) == {}
    assert await acts(world, pair) == set()


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


# F45: answers -----------------------------------------------------------------------


async def put_back(world: GoogleWorld, pair: Pair, number: int) -> None:
    """As if both had agreed to it again in Troth."""
    meeting = await world.meeting(pair, number)
    copy = await world.copy(pair.mentor, (await world.standing(pair)).uid)
    assert copy
    assert copy.remote_id
    assert meeting.span
    (connection,) = await world.connections(pair.mentor)
    at = meeting.key.original_start
    edit = PutBack(at, meeting.span, 9, world.clock.now())
    await world.open_calendar(connection).edit(copy.remote_id, edit, etag=None)
    async with world.store() as uow:
        series = await uow.series.get(meeting.key.series)
        own = tuple(
            replace(m, state=MeetingState.LIVE) if m.key == meeting.key else m
            for m in series.meetings
        )
        await uow.series.put(replace(series, meetings=own))
        for person in pair.both():
            known = await uow.copies.find(person, series.uid)
            assert known
            await uow.copies.put(replace(known, written_at=world.clock.now()))
        await uow.commit()
    world.clock.advance(timedelta(minutes=1))


@pytest.mark.parametrize("connected", [True, False])
async def test_f45_an_old_no_does_not_undo_a_newer_yes(connected: bool) -> None:
    world, pair = await begun(guest_connected=connected)
    at = await world.start(pair, 1)
    await world.answers(pair.mentee, pair, "declined", at)
    await world.settle(3 * POLL)
    assert await fallen(world, pair) == [1]
    await put_back(world, pair, 1)
    await world.settle(6 * POLL)
    assert await fallen(world, pair) == []
    # But a new one does.
    await world.answers(pair.mentee, pair, "accepted", at)
    await world.settle(3 * POLL)
    assert await fallen(world, pair) == []
    await world.answers(pair.mentee, pair, "declined", at)
    await world.settle(3 * POLL)
    assert await fallen(world, pair) == [1]


def nothing_is_written(world: GoogleWorld) -> None:
    """What Troth would change stays as people left it."""
    world.google.play(
        *(
            Rule(f"events.{method}", Refuse(BACKEND), times=10_000)
            for method in ("patch", "delete")
        )
    )


@pytest.mark.parametrize("connected", [True, False])
async def test_f45_a_yes_after_a_no_is_on_record_and_puts_nothing_back(
    connected: bool,
) -> None:
    world, pair = await begun(guest_connected=connected)
    at = await world.start(pair, 1)
    nothing_is_written(world)
    for said in ("declined", "accepted", "tentative"):
        await world.answers(pair.mentee, pair, said, at)
        await world.settle(3 * POLL)
        assert await fallen(world, pair) == [1]
    rows = [
        (e.kind, e.by, e.about)
        for e in await world.evidence(pair)
        if e.kind is EvidenceKind.ACCEPTED and e.source is SourceKind.GOOGLE
    ]
    about = str((await world.meeting(pair, 1)).key)
    assert rows == [(EvidenceKind.ACCEPTED, pair.mentee, about)]
    assert await letters(world, pair) == {LetterKind.FELL_OUT: sorted(pair.both())}


@pytest.mark.parametrize("connected", [True, False])
async def test_f45_the_answer_to_all_of_it_is_kept_with_the_copy(
    connected: bool,
) -> None:
    world, pair = await begun(guest_connected=connected)
    uid = (await world.standing(pair)).uid
    nothing_is_written(world)
    for said, kept in (
        ("accepted", "ACCEPTED"),
        ("tentative", "TENTATIVE"),
        ("declined", "DECLINED"),
        ("accepted", "ACCEPTED"),
    ):
        await world.answers(pair.mentee, pair, said)
        await world.settle(3 * POLL)
        copy = await world.copy(pair.mentee, uid)
        assert copy
        assert copy.partstat == kept
    count = len((await world.standing(pair)).meetings)
    assert await fallen(world, pair) == list(range(count))


# Hidden invitations, what a scope hides, and what it costs ----------------------------


async def test_an_invitation_that_is_hidden_is_not_one_that_was_deleted() -> None:
    world, pair = await begun(hides=True)
    before = await world.standing(pair)
    await world.live_through(2 * DAY, 6 * HOUR)
    await unchanged(world, pair, before)
    # Once it was answered it shows; then its absence says something.
    await world.answers(pair.mentee, pair, "accepted")
    await world.settle(3 * POLL)
    await unchanged(world, pair, before)
    await world.deletes(pair.mentee, pair)
    await world.settle(6 * POLL)
    assert await letters(world, pair) == {LetterKind.FELL_OUT: sorted(pair.both())}


@pytest.mark.parametrize("shape", list(FreeBusy))
@pytest.mark.parametrize("act", ["deletes", "declines"])
async def test_a_guest_who_lets_troth_see_times_alone(
    shape: FreeBusy, act: str
) -> None:
    world = GoogleWorld(Behaviour(freebusy=shape))
    world.scopes["leyla@example.org"] = "calendar.events.freebusy"
    await world.open()
    pair = await world.begun()
    before = await world.standing(pair)
    await world.settle(6 * POLL)
    await unchanged(world, pair, before)
    at = await world.start(pair, 1)
    if act == "deletes":
        await world.deletes(pair.mentee, pair, at)
    else:
        await world.answers(pair.mentee, pair, "declined", at)
    await world.settle(6 * POLL)
    assert await fallen(world, pair) == [1]
    assert await letters(world, pair) == {LetterKind.FELL_OUT: sorted(pair.both())}


async def test_one_change_costs_one_list_call_and_ours_one_read_of_the_whole() -> None:
    world, pair = await begun()
    connection = await home(world, pair.mentor)

    async def calls() -> list[str]:
        before = len(world.google.requests)
        await world.do(WorkKind.SYNC, connection)
        return [r.method for r in world.google.requests[before:]]

    assert await calls() == ["events.list"]
    adds(world, pair.mentor, datetime(2026, 4, 1, 9, tzinfo=UTC))
    assert await calls() == ["events.list"]
    await world.answers(pair.mentee, pair, "declined", await world.start(pair, 1))
    assert await calls() == ["events.list", "events.get", "events.instances"]
    assert await calls() == ["events.list"]


async def test_a_guest_who_ignores_the_question_costs_no_calls() -> None:
    """Their copy stays different for good; the calendars are read again once."""
    world, pair = await begun()
    at = await world.start(pair, 1)
    length = (await world.standing(pair)).length
    there = Span(at + 2 * HOUR, at + 2 * HOUR + length)
    await world.moves(pair.mentee, pair, at, there)
    await world.settle(6 * POLL)
    before = len(world.google.requests)
    await world.live_through(DAY, POLL)
    assert await letters(world, pair) == {LetterKind.ASK: [pair.mentee]}
    assert len(world.google.requests) - before <= 2 * (DAY // POLL) + 4


@pytest.mark.parametrize("kind", ["workingLocation", "focusTime", "outOfOffice"])
async def test_what_google_itself_puts_there_is_read_as_google_means_it(
    kind: str,
) -> None:
    world, pair = await begun()
    at = (await world.meeting(pair, 2)).span
    assert at
    details = {
        "workingLocation": {"workingLocationProperties": {"type": "homeOffice"}},
        "focusTime": {"focusTimeProperties": {}},
        "outOfOffice": {"outOfOfficeProperties": {}},
    }[kind]
    seen = {"visibility": "public"} if kind == "workingLocation" else {}
    free = {"transparency": "transparent"} if kind == "workingLocation" else {}
    adds(world, pair.mentor, at.start, eventType=kind, **details, **seen, **free)
    await world.settle(6 * POLL)
    clashes = [] if kind == "workingLocation" else sorted(pair.both())
    assert (await letters(world, pair)).get(LetterKind.CLASH, []) == clashes


async def test_a_no_to_all_of_it_is_told_once_though_one_date_has_its_own_answer() -> (
    None
):
    """A date that was moved has a list of its own, and its answers stay."""
    world, pair = await begun(guest_connected=False)
    at = await world.start(pair, 1)
    length = (await world.standing(pair)).length
    await world.moves(pair.mentor, pair, at, Span(at + HOUR, at + HOUR + length))
    await world.settle(3 * POLL)
    await world.answers(pair.mentee, pair, "declined")
    await world.settle(6 * POLL)
    count = len((await world.standing(pair)).meetings)
    assert await fallen(world, pair) == [n for n in range(count) if n != 1]
    assert await letters(world, pair) == {
        LetterKind.FELL_OUT: sorted(pair.both()),
        LetterKind.MOVED: sorted(pair.both()),
    }
