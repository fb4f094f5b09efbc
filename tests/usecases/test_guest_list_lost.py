"""A guest list when calendars, grants and addresses are lost, or Google refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from integrations.google.fake.faults import Refuse, Rule
from integrations.google.fake.problems import CALENDAR_USE, UNAVAILABLE
from integrations.memory.traces import NoCopies, NoFiles
from scheduler.effects import AcceptCopy, MoveInCopy, OutboxState, RemoveCopy
from scheduler.letters import LetterKind
from scheduler.series import CopyState, Route
from scheduler.usecases.answer_question import answer_question
from scheduler.usecases.ask_erasure import ask_erasure
from scheduler.usecases.erase_person import erase_person
from scheduler.usecases.give_address import give_address
from scheduler.usecases.move_meeting import move_meeting
from tests.usecases.guesting import (
    ALL,
    LEYLA,
    MO,
    READS,
    GuestingWorld,
    a_listed_pair,
    both_copies,
    holds,
    letters_to,
)
from tests.usecases.noticing import HOUR

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow

# Calendars that go ------------------------------------------------------------------


async def test_without_the_organisers_calendar_both_go_on_by_mail() -> None:
    world, pair = await a_listed_pair()
    ahead = await world.ahead(pair)
    await world.disconnect(pair.mentor)
    await world.live_through(timedelta(days=1), HOUR)
    assert await world.ahead(pair) == ahead
    await holds(world, pair)
    mine, guest = await both_copies(world, pair)
    assert mine.route is guest.route is Route.IMIP
    assert world.google_mails(LEYLA) == ["REQUEST", "CANCEL"]


async def test_without_the_organisers_calendar_the_guests_may_invite() -> None:
    world, pair = await a_listed_pair(mentee=ALL)
    ahead = await world.ahead(pair)
    await world.disconnect(pair.mentor)
    await world.live_through(timedelta(days=1), HOUR)
    assert await world.ahead(pair) == ahead
    await holds(world, pair)
    guest, mine = await both_copies(world, pair)
    assert (mine.route, guest.route) == (Route.WRITTEN, Route.IMIP)


async def test_roles_are_exchanged_where_the_first_organiser_is_still_at_google() -> (
    None
):
    world = GuestingWorld()
    await world.open()
    pair = await world.pair()
    await world.moves_to(pair.mentor, "ida@gmail.com")
    for person in pair.both():
        await world.at_google(person)
    await world.agree(pair)
    old, _ = await both_copies(world, pair)
    ahead = await world.ahead(pair)
    await world.disconnect(pair.mentor)
    await world.live_through(timedelta(days=1), HOUR)
    assert await world.ahead(pair) == ahead
    await holds(world, pair)
    guest, mine = await both_copies(world, pair)
    assert (mine.route, guest.route) == (Route.WRITTEN, Route.GUEST)
    assert mine.remote_id == guest.remote_id != old.remote_id
    assert world.google_mails(LEYLA) == ["REQUEST", "CANCEL"]
    assert world.google_mails("ida@gmail.com") == ["REQUEST"]
    await world.live_through(4 * HOUR, HOUR)
    assert letters_to(world, "leyla@example.org", LetterKind.INVITATION) == 1


async def test_a_guest_without_a_connected_calendar_is_a_guest_all_the_same() -> None:
    world, pair = await a_listed_pair(mentee=ALL)
    await world.disconnect(pair.mentee)
    meeting = await world.meeting(pair, 2)
    assert meeting.span
    to = meeting.span.start + HOUR
    await move_meeting(pair.id, meeting.key, pair.mentor, to, **world.ports)
    await world.work()
    await holds(world, pair)
    _, guest = await both_copies(world, pair)
    assert (guest.route, guest.calendar) == (Route.GUEST, None)
    assert "REPLY" not in world.google_mails(MO)


async def test_an_event_that_cannot_be_taken_back_is_on_record() -> None:
    world, pair = await a_listed_pair()
    await world.revoke(pair.mentor)
    await world.disconnect(pair.mentor)
    await world.work()
    for person in pair.both():
        assert {*await world.mailed(pair, person)} == {*await world.ahead(pair)}
    series = await world.standing(pair)
    async with world.store(read_only=True) as uow:
        acts = [row.act for row in await uow.audit.about(series.id)]
    assert "event left behind" in acts


# What Google refuses ----------------------------------------------------------------


async def test_who_may_invite_no_more_today_has_both_invited_by_mail() -> None:
    """promises.md F22."""
    world = GuestingWorld()
    await world.open()
    pair = await world.pair()
    await world.at_google(pair.mentor)
    await world.at_google(pair.mentee, READS)
    world.google.play(Rule("events.insert", Refuse(CALENDAR_USE), times=1000))
    await world.agree(pair)
    await world.live_through(timedelta(days=1), HOUR)
    await holds(world, pair)
    assert {c.route for c in await world.copies(pair)} == {Route.IMIP}
    assert sum(r.method == "events.insert" for r in world.google.requests) <= 10
    async with world.store(read_only=True) as uow:
        assert len(await uow.outbox.dead(pair.programme)) == 1
    mails = [m.to.email for m in world.post.read().values() if m.method == "REQUEST"]
    assert sorted(mails) == ["ida@example.org", "leyla@example.org"]
    assert letters_to(world, "ida@example.org", LetterKind.INVITATION) == 0


async def test_a_change_that_may_be_told_later_waits_for_hours() -> None:
    world, pair = await a_listed_pair()
    meeting = await world.meeting(pair, 3)
    assert meeting.span
    world.google.play(Rule("events.patch", Refuse(CALENDAR_USE), times=6))
    to = meeting.span.start + HOUR
    await move_meeting(pair.id, meeting.key, pair.mentor, to, **world.ports)
    before = len(world.google.requests)
    await world.live_through(timedelta(hours=24), HOUR / 2)
    asked = [r for r in world.google.requests[before:] if r.method == "events.patch"]
    assert len(asked) <= 10
    await holds(world, pair)


@pytest.mark.parametrize("applied", [True, False])
async def test_an_insert_whose_answer_is_lost_makes_one_event(applied: bool) -> None:
    """promises.md F25."""
    world = GuestingWorld()
    await world.open()
    pair = await world.pair()
    await world.at_google(pair.mentor)
    await world.at_google(pair.mentee, READS)
    world.google.play(Rule("events.insert", Refuse(UNAVAILABLE, applied=applied)))
    await world.agree(pair)
    await holds(world, pair)
    assert world.google_mails(LEYLA) == ["REQUEST"]


@pytest.mark.parametrize("said_yes", [True, False])
async def test_who_deletes_an_event_between_two_tries_is_asked(said_yes: bool) -> None:
    """promises.md F26: what a person deleted is never made again by a machine."""
    world = GuestingWorld()
    await world.open()
    pair = await world.pair()
    await world.at_google(pair.mentor)
    await world.at_google(pair.mentee, READS)
    world.google.play(Rule("events.insert", Refuse(UNAVAILABLE, applied=True)))
    for person in pair.both():
        await world.accept(pair, person)
    await world.work()
    [event] = world.google.world.calendars[MO].entries
    where = {"calendarId": "primary", "eventId": event}
    world.google.act(MO, "events.delete", where, sendUpdates="all")
    await world.live_through(timedelta(hours=12), HOUR)
    mine, guest = await both_copies(world, pair)
    assert mine.state is CopyState.REMOVED_BY_PERSON
    assert guest.state is CopyState.ENDED
    inserts = [r for r in world.google.requests if r.method == "events.insert"]
    assert len(inserts) == 2
    assert await world.shown(pair.mentor) == await world.shown(pair.mentee) == {}
    assert letters_to(world, "ida@example.org", LetterKind.INVITATION) == 0
    assert letters_to(world, "ida@example.org", LetterKind.ASK) == 1
    first = (await world.standing(pair)).live()[0]
    await answer_question(pair.id, first.key, pair.mentor, yes=said_yes, **world.ports)
    await world.work()
    await holds(world, pair)
    async with world.store(read_only=True) as uow:
        causes = [row.cause for row in await uow.audit.about(pair.id)]
    inserts = [r for r in world.google.requests if r.method == "events.insert"]
    assert (len(inserts), "human" in causes) == ((2, False) if said_yes else (3, True))


async def test_a_grant_that_stays_lost_brings_changes_to_both_by_mail() -> None:
    """promises.md F43: what is left behind is shown to the coordinator."""
    world, pair = await a_listed_pair()
    old, _ = await both_copies(world, pair)
    await world.revoke(pair.mentor)
    meeting = await world.meeting(pair, 4)
    assert meeting.span
    to = meeting.span.start + HOUR
    await move_meeting(pair.id, meeting.key, pair.mentee, to, **world.ports)
    await world.live_through(timedelta(days=4), HOUR * 2)
    mine, guest = await both_copies(world, pair)
    assert mine.route is guest.route is Route.IMIP
    for person in pair.both():
        now = world.clock.now()
        heard = await world.mailed(pair, person)
        assert {s for s in heard if s.end > now} == {*await world.ahead(pair)}
    await world.live_through(timedelta(days=4), HOUR * 4)
    async with world.store(read_only=True) as uow:
        dead = await uow.outbox.dead(pair.programme)
    assert [type(row.effect) for row in dead] == [MoveInCopy, RemoveCopy]
    assert dead[1].effect.remote == old.remote_id  # type: ignore[union-attr]


async def test_what_was_left_behind_goes_when_its_owner_lets_us_in_again() -> None:
    world, pair = await a_listed_pair()
    await world.revoke(pair.mentor)
    meeting = await world.meeting(pair, 4)
    assert meeting.span
    to = meeting.span.start + HOUR
    await move_meeting(pair.id, meeting.key, pair.mentee, to, **world.ports)
    await world.live_through(timedelta(days=4), HOUR * 2)
    ahead = await world.ahead(pair)
    world.revoked.clear()
    await world.at_google(pair.mentor)
    await world.live_through(timedelta(days=1), HOUR * 2)
    assert await world.ahead(pair) == ahead
    await holds(world, pair)


async def test_an_answer_that_cannot_be_given_is_no_trouble_of_the_coordinator() -> (
    None
):
    world = GuestingWorld()
    await world.open()
    pair = await world.pair()
    for person in pair.both():
        await world.at_google(person)
    refusal = Refuse(UNAVAILABLE)
    world.google.play(Rule("events.patch", refusal, times=999, user=LEYLA))
    await world.agree(pair)
    await world.live_through(timedelta(days=5), HOUR * 2)
    await holds(world, pair)
    rows = [r for r in await world.outbox(pair) if isinstance(r.effect, AcceptCopy)]
    assert [row.state for row in rows] == [OutboxState.DROPPED]
    async with world.store(read_only=True) as uow:
        assert await uow.outbox.dead(pair.programme) == ()


# People who change ------------------------------------------------------------------


@pytest.mark.parametrize("email", ["leyla.new@gmail.com", "leyla@posteo.example"])
async def test_a_guest_with_another_address_is_brought_it_there(email: str) -> None:
    world, pair = await a_listed_pair(mentee=None)
    old, _ = await both_copies(world, pair)
    async with world.store() as uow:
        known = await uow.people.get(pair.mentee)
        await uow.people.put(replace(known, bounced_at=world.clock.now()))
        await uow.commit()
    world.google.add_account("leyla.new@gmail.com")
    world.emails[pair.mentee] = email
    await give_address(world.programme, pair.mentee, email, **world.ports)
    await world.work()
    await holds(world, pair)
    assert world.google_mails("leyla@gmail.com") == ["REQUEST", "CANCEL"]
    mine, guest = await both_copies(world, pair)
    at_google = email.endswith("gmail.com")
    assert guest.route is (Route.GUEST if at_google else Route.IMIP)
    assert mine.remote_id != old.remote_id


@pytest.mark.parametrize("who", ["mentor", "mentee"])
async def test_erasing_either_leaves_no_event_ahead(who: str) -> None:
    world, pair = await a_listed_pair()
    person = getattr(pair, who)
    await ask_erasure(person, "operator", begin=world.begin, clock=world.clock)
    again: datetime | None = world.clock.now()
    while again:
        again = await erase_person(
            person, copies=NoCopies(), files=NoFiles(), **world.ports
        )
        await world.live_through(HOUR, HOUR / 4)
    for one in (pair.mentor, pair.mentee):
        assert not await world.shown(one)
    kept = repr(await world.outbox(pair)) + repr(await world.copies(pair))
    assert world.emails[person] not in kept
