"""Delivery: one object for each person and UID, people's own changes stand."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.access import Purpose
from scheduler.delivery import GIVE_UP
from scheduler.effects import (
    MoveInCopy,
    OutboxState,
    Outgoing,
    PutCopy,
)
from scheduler.errors import NeedsConsent, Rejected, Unavailable
from scheduler.ids import OutboxId
from scheduler.letters import Facts, Letter, LetterKind
from scheduler.outbox import chain, letter_row
from scheduler.people import Hours, Pair
from scheduler.series import CopyState, Route, Series
from scheduler.timespan import Span
from scheduler.work import WorkKind
from tests.usecases.world import NOW, World

HOUR = timedelta(hours=1)


async def booked(*calendars_of: str) -> tuple[World, Pair, Series]:
    world = await World().open()
    pair = await world.agreed_pair(*(calendars_of or ("mentor",)))
    await world.work()
    (series,) = await world.series(pair)
    return world, pair, series


async def move(world: World, pair: Pair, series: Series, by: timedelta) -> OutboxId:
    """Decide to move the third meeting in the mentor's copy, and do not do it yet."""
    meeting, copy = series.live()[2], await world.copy(pair.mentor, series.uid)
    assert meeting.span and copy and copy.calendar
    to = Span(meeting.span.start + by, meeting.span.end + by)
    original, now = meeting.key.original_start, world.clock.now()
    effect = MoveInCopy(
        pair.mentor, copy.calendar, series.uid, original, to, 1, now, meeting.span
    )
    row = Outgoing(
        OutboxId(world.ids.new()),
        "move",
        pair.programme,
        pair.id,
        effect,
        now,
        chain=chain(pair.mentor, series.uid),
    )
    async with world.store() as uow:
        await uow.outbox.add(row)
        await uow.commit()
    return row.id


async def ending(world: World, row: OutboxId) -> Outgoing:
    async with world.store(read_only=True) as uow:
        return await uow.outbox.get(row)


async def everything(world: World, pair: Pair) -> list[OutboxId]:
    return [row.id for row in await world.outbox(pair)]


@pytest.mark.slow
@given(st.randoms(use_true_random=False))
@settings(max_examples=12, deadline=None)
def test_any_order_and_any_repeats_leave_one_object_each(draw):
    async def story() -> None:
        world = await World().open()
        pair = await world.agreed_pair("mentor", "mentee")
        for person in pair.both():
            (calendar,) = await world.connections(person)
            await world.do(WorkKind.SYNC, calendar.id)
        await world.do(WorkKind.PLAN, pair.id)
        await world.propose(
            pair, pair.mentor, mentor_hours=Hours.parse("Tue 9:00-18:00")
        )
        await world.accept(pair, pair.mentee)
        await world.do(WorkKind.PLAN, pair.id)
        rows = await everything(world, pair) * 4
        draw.shuffle(rows)
        for row in rows:
            await world.do(WorkKind.SEND, row)
        await world.live_through(2 * HOUR, HOUR)
        (series,) = await world.series(pair)
        for person in pair.both():
            (held,) = world.paper(person).held.values()
            assert held.uid == series.uid
            assert sorted(held.dates.values()) == [m.span for m in series.live()]

    asyncio.run(story())


async def test_what_a_person_deleted_is_never_made_again():
    world, pair, series = await booked("mentor", "mentee")
    paper = world.paper(pair.mentor)
    (remote,) = paper.held
    paper.by_hand_delete(remote)
    await move(world, pair, series, HOUR)
    await world.live_through(5 * HOUR, HOUR)
    assert paper.held == {}
    copy = await world.copy(pair.mentor, series.uid)
    assert copy
    async with world.store() as uow:
        await uow.copies.put(replace(copy, state=CopyState.REMOVED_BY_PERSON))
        await uow.commit()
    for row in await everything(world, pair):
        await world.do(WorkKind.SEND, row)
    await world.do(WorkKind.REFRESH, pair.id)
    await world.live_through(5 * HOUR, HOUR)
    assert paper.held == {}


async def test_a_put_that_waited_does_not_undo_a_deletion():
    world = await World().open()
    pair = await world.agreed_pair("mentor")
    world.trouble = Unavailable("asleep")
    await world.do(WorkKind.PLAN, pair.id)
    async with world.store(read_only=True) as uow:
        connections = await uow.calendars.of_person(pair.mentor)
    world.trouble = None
    await world.do(WorkKind.SYNC, connections[0].id)
    await world.do(WorkKind.PLAN, pair.id)
    (series,) = await world.series(pair)
    copy = await world.copy(pair.mentor, series.uid)
    assert copy
    async with world.store() as uow:
        await uow.copies.put(replace(copy, state=CopyState.REMOVED_BY_PERSON))
        await uow.commit()
    await world.work()
    assert world.paper(pair.mentor).held == {}


async def test_an_answer_that_was_lost_is_adopted():
    world, pair, series = await booked()
    copy = await world.copy(pair.mentor, series.uid)
    rows = [r for r in await world.outbox(pair) if isinstance(r.effect, PutCopy)]
    assert copy
    async with world.store() as uow:
        await uow.copies.put(
            replace(copy, state=CopyState.WANTED, remote_id=None, sequence=-1)
        )
        await uow.outbox.put(replace(rows[0], state=OutboxState.WAITING))
        await uow.commit()
    await world.do(WorkKind.SEND, rows[0].id)
    again = await world.copy(pair.mentor, series.uid)
    assert again and again.state is CopyState.THERE
    assert again.remote_id == copy.remote_id
    assert len(world.paper(pair.mentor).held) == 1


async def test_notes_that_people_wrote_meanwhile_survive_a_move():
    world, pair, series = await booked()
    row = await move(world, pair, series, HOUR)
    paper, meeting = world.paper(pair.mentor), series.live()[2]
    (remote,) = paper.held
    paper.by_hand_write(remote, meeting.key.original_start, "bring the draft")
    await world.do(WorkKind.SEND, row)
    held = paper.held[remote]
    assert (await ending(world, row)).state is OutboxState.DONE
    assert held.dates[meeting.key.original_start].start == meeting.span.start + HOUR
    assert paper.words(remote, meeting.key.original_start) == "bring the draft"


async def test_a_person_who_moved_it_meanwhile_wins():
    world, pair, series = await booked()
    row = await move(world, pair, series, HOUR)
    paper, meeting = world.paper(pair.mentor), series.live()[2]
    (remote,) = paper.held
    paper.by_hand_move(remote, meeting.key.original_start, 3 * HOUR)
    await world.do(WorkKind.SEND, row)
    assert (await ending(world, row)).state is OutboxState.DROPPED
    held = paper.held[remote]
    assert held.dates[meeting.key.original_start].start == meeting.span.start + 3 * HOUR


async def test_a_silent_calendar_is_given_up_after_72_hours_and_shown():
    world, pair, series = await booked()
    row = await move(world, pair, series, HOUR)
    world.trouble = Unavailable("asleep")
    await world.live_through(GIVE_UP - 5 * HOUR, HOUR)
    assert (await ending(world, row)).state is OutboxState.WAITING
    await world.live_through(timedelta(hours=14), HOUR)
    assert (await ending(world, row)).state is OutboxState.DEAD
    async with world.store(read_only=True) as uow:
        assert [r.id for r in await uow.outbox.dead(pair.programme)] == [row]


async def test_what_is_never_taken_is_dead_at_once():
    world, pair, series = await booked()
    row = await move(world, pair, series, HOUR)
    world.trouble = Rejected("too large")
    await world.do(WorkKind.SEND, row)
    dead = await ending(world, row)
    assert (dead.state, dead.trouble) == (OutboxState.DEAD, "too large")


async def test_who_has_a_calendar_that_refuses_our_copy_is_invited_by_mail_once():
    world = await World().open()
    pair = await world.agreed_pair("mentor")
    (calendar,) = await world.connections(pair.mentor)
    await world.do(WorkKind.SYNC, calendar.id)
    await world.do(WorkKind.PLAN, pair.id)
    world.trouble = Rejected("read-only")
    for row in await everything(world, pair):
        await world.do(WorkKind.SEND, row)
    world.trouble = None
    await world.live_through(5 * HOUR, HOUR)
    (series,) = await world.series(pair)
    copy = await world.copy(pair.mentor, series.uid)
    assert copy
    assert (copy.route, copy.state) == (Route.IMIP, CopyState.THERE)
    assert world.paper(pair.mentor).held == {}
    mails = [m for m in world.post.read().values() if m.to.email == "ida@example.org"]
    assert sorted((m.method, m.subject) for m in mails) == [
        ("", "please-agree"),
        ("REQUEST", "Ida and Leyla"),
    ]


async def test_a_refused_password_is_not_tried_over_and_over():
    world, pair, series = await booked()
    await move(world, pair, series, HOUR)
    paper = world.paper(pair.mentor)
    world.trouble = NeedsConsent("password")
    await world.work()
    before = paper.asked
    await world.live_through(timedelta(hours=23), HOUR)
    assert paper.asked - before <= 3
    letters = [m for m in world.post.read().values() if m.subject == "broken"]
    assert len(letters) == 1


async def test_a_written_series_is_told_when_it_is_there_not_before():
    world = await World().open()
    pair = await world.agreed_pair("mentor")
    (calendar,) = await world.connections(pair.mentor)
    await world.do(WorkKind.SYNC, calendar.id)
    await world.do(WorkKind.PLAN, pair.id)
    world.trouble = Unavailable("asleep")
    await world.live_through(HOUR, timedelta(minutes=10))
    assert "invitation" not in {m.subject for m in world.post.read().values()}
    world.trouble = None
    await world.live_through(5 * HOUR, timedelta(minutes=10))
    assert "invitation" in {m.subject for m in world.post.read().values()}


async def test_a_mail_server_that_comes_back_at_night_sends_letters_in_the_morning():
    world = await World().open()
    pair = await world.pair()
    world.post.trouble = Unavailable("asleep")
    await world.live_through(timedelta(hours=11), timedelta(minutes=30))
    world.post.trouble = None  # 21:00 in Berlin
    await world.live_through(timedelta(hours=20), timedelta(minutes=15))
    assert len(world.post.read()) == 2
    for row in await world.outbox(pair):
        assert row.state is OutboxState.DONE
    assert all(7 <= hour < 21 for hour in world.post.hours("Europe/Berlin", "ida"))


async def test_every_link_in_a_letter_opens_for_its_reader_alone():
    world, pair, _ = await booked()
    await world.live_through(5 * HOUR, HOUR)
    people = {"ida@example.org": pair.mentor, "leyla@example.org": pair.mentee}
    letters = [m for m in world.post.read().values() if not m.method]
    assert letters
    for letter in letters:
        for purpose in (Purpose.PAGES, Purpose.MET):
            (ticket,) = re.findall(rf"/p/{purpose.value}/(\S+)", letter.text)
            name = world.links.read(ticket, purpose)
            assert name
            async with world.store(read_only=True) as uow:
                link = await uow.doors.link(name)
            assert link
            assert link.person == people[letter.to.email]
            assert (link.pair, link.purpose) == (pair.id, purpose)


async def test_a_link_opens_from_when_its_mail_went_out_however_late():
    world = await World().open()
    await world.pair()
    world.post.trouble = Unavailable("asleep")
    await world.live_through(5 * HOUR, HOUR)
    world.post.trouble = None
    await world.live_through(4 * HOUR, HOUR)
    (at, email), *_ = world.post.times
    assert at - NOW > 4 * HOUR
    (letter,) = [m for m in world.post.read().values() if m.to.email == email]
    (ticket,) = re.findall(r"/p/pages/(\S+)", letter.text)
    name = world.links.read(ticket, Purpose.PAGES)
    assert name
    async with world.store(read_only=True) as uow:
        link = await uow.doors.link(name)
    assert link and link.expires_at == at + timedelta(days=45)


async def test_a_reminder_is_not_sent_once_the_meeting_began():
    world, pair, series = await booked()
    first = series.live()[0]
    async with world.store() as uow:
        mentee = await uow.people.get(pair.mentee)
        letter = Letter(
            LetterKind.AGENDA, mentee.id, pair.id, Facts(meeting=first.span), first.key
        )
        row = letter_row(OutboxId("late"), letter, mentee, now=first.span.start)
        await uow.outbox.add(row)
        await uow.commit()
    world.clock.set(first.span.start)
    await world.do(WorkKind.SEND, OutboxId("late"))
    assert (await ending(world, OutboxId("late"))).state is OutboxState.DROPPED


async def test_letters_that_somebody_does_not_want_are_dropped():
    world, pair, series = await booked()
    first = series.live()[0]
    rows = {}
    async with world.store() as uow:
        await uow.settings.set_fewer(pair.mentee, frozenset({"agenda", "fell-out"}))
        mentee = await uow.people.get(pair.mentee)
        for kind in (LetterKind.AGENDA, LetterKind.FELL_OUT):
            letter = Letter(
                kind, mentee.id, pair.id, Facts(meeting=first.span), first.key
            )
            rows[kind] = OutboxId(kind.value)
            now = world.clock.now() + 4 * HOUR
            await uow.outbox.add(letter_row(rows[kind], letter, mentee, now=now))
        await uow.commit()
    await world.live_through(5 * HOUR, HOUR)
    assert (await ending(world, rows[LetterKind.AGENDA])).state is OutboxState.DROPPED
    assert (await ending(world, rows[LetterKind.FELL_OUT])).state is OutboxState.DONE
