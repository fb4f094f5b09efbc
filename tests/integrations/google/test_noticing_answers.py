"""Answers of guests (F45 of promises.md), what is hidden, and what a look costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from integrations.google.fake.faults import Refuse, Rule
from integrations.google.fake.problems import BACKEND
from integrations.google.fake.world import Behaviour, FreeBusy
from scheduler.evidence import EvidenceKind, SourceKind
from scheduler.letters import LetterKind
from scheduler.people import Pair
from scheduler.ports.calendars import PutBack
from scheduler.series import MeetingState
from scheduler.timespan import Span
from scheduler.work import WorkKind
from tests.integrations.google.booked import DAY, HOUR, GoogleWorld
from tests.integrations.google.noticed import adds, begun, home, unchanged
from tests.integrations.google.test_noticing import fallen, letters
from tests.usecases.noticing import POLL

#: A minute together: for `make test`.
pytestmark = pytest.mark.slow

QUARTER = timedelta(minutes=15)


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
