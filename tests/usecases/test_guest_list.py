"""Both at Google: one event, one is its guest, and Google alone tells the guest."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from functools import partial

import pytest

from integrations.google.fake.faults import Refuse, Rule
from integrations.google.fake.problems import BACKEND
from scheduler.agenda import BEGIN
from scheduler.asker import Asker
from scheduler.effects import AcceptCopy, OutboxState
from scheduler.letters import LetterKind
from scheduler.people import Hours
from scheduler.series import CopyState, OfferState, Route
from scheduler.usecases.leave_out import leave_out
from scheduler.usecases.move_meeting import move_meeting
from scheduler.usecases.undo_choice import undo_choice
from scheduler.usecases.undo_pause import undo_pause
from scheduler.venue import Venue, VenueKind
from tests.usecases.guesting import (
    ALL,
    LEYLA,
    MO,
    READS,
    GuestingWorld,
    a_listed_pair,
    both_copies,
    deletes,
    holds,
    letters_to,
    the_guest_is_left_to_google,
)
from tests.usecases.noticing import HOUR

# Booking ----------------------------------------------------------------------------


async def test_one_event_stands_for_both_and_each_hears_of_it_once() -> None:
    world, pair = await a_listed_pair()
    await holds(world, pair)
    mine, guest = await both_copies(world, pair)
    assert (mine.route, guest.route) == (Route.WRITTEN, Route.GUEST)
    assert mine.state is guest.state is CopyState.THERE
    assert guest.calendar == f"google-{pair.mentee}"
    assert world.google_mails(LEYLA) == ["REQUEST"]
    assert world.google_mails(MO) == []
    assert letters_to(world, "ida@example.org", LetterKind.INVITATION) == 1
    assert letters_to(world, "leyla@example.org", LetterKind.INVITATION) == 0
    assert not any(m.method for m in world.post.read().values())


async def test_a_gmail_address_alone_makes_a_guest() -> None:
    world, pair = await a_listed_pair(mentee=None)
    await holds(world, pair)
    _, guest = await both_copies(world, pair)
    assert (guest.route, guest.calendar) == (Route.GUEST, None)
    assert world.invitations("leyla@gmail.com") == 1
    assert letters_to(world, "leyla@gmail.com", LetterKind.INVITATION) == 0


async def test_the_mentee_invites_where_the_mentor_does_not_let_us() -> None:
    world, pair = await a_listed_pair(mentor=READS, mentee=ALL)
    await holds(world, pair)
    guest, mine = await both_copies(world, pair)
    assert (mine.route, guest.route) == (Route.WRITTEN, Route.GUEST)
    assert (world.invitations(MO), world.invitations(LEYLA)) == (1, 0)


async def test_an_invitation_is_accepted_where_its_guest_lets_us() -> None:
    world, pair = await a_listed_pair(mentee=ALL)
    mine, _ = await both_copies(world, pair)
    event = world.google.world.calendars[MO].entries[str(mine.remote_id)]
    said = {one["email"]: one["responseStatus"] for one in event.body["attendees"]}
    assert said == {MO: "accepted", LEYLA: "accepted"}
    assert "REPLY" not in world.google_mails(MO)
    await holds(world, pair)


async def test_who_answered_is_not_answered_for() -> None:
    world = GuestingWorld()
    await world.open()
    pair = await world.pair()
    for person in pair.both():
        await world.at_google(person)
    world.google.play(Rule("events.patch", Refuse(BACKEND), user=LEYLA))
    await world.agree(pair)
    mine, _ = await both_copies(world, pair)
    answer = {"email": LEYLA, "responseStatus": "tentative"}
    no = {"attendees": [answer], "attendeesOmitted": True}
    where = {"calendarId": "primary", "eventId": str(mine.remote_id)}
    world.google.act(LEYLA, "events.patch", where, no, sendUpdates="none")
    await world.live_through(5 * HOUR, HOUR)
    rows = [r for r in await world.outbox(pair) if isinstance(r.effect, AcceptCopy)]
    assert [r.state for r in rows] == [OutboxState.DONE]
    event = world.google.world.calendars[MO].entries[str(mine.remote_id)]
    assert event.body["attendees"][1]["responseStatus"] == "tentative"


async def test_a_calendar_written_elsewhere_is_where_its_owner_wants_meetings() -> None:
    world = GuestingWorld()
    await world.open()
    pair = await world.pair()
    await world.at_google(pair.mentor)
    await world.connect_as(pair.mentee)
    await world.at_google(pair.mentee, READS)
    await world.agree(pair)
    mine, other = await both_copies(world, pair)
    assert mine.route is other.route is Route.WRITTEN
    assert world.google.world.mails == ()


async def test_a_video_room_is_asked_of_the_calendar_that_makes_one() -> None:
    world = GuestingWorld()
    await world.open()
    pair = await world.pair()
    await world.at_google(pair.mentor)
    await world.at_google(pair.mentee, READS)
    await world.propose(pair, pair.mentor, venue=Venue(VenueKind.CALENDAR))
    await world.agree(pair)
    mine, _ = await both_copies(world, pair)
    for email in (MO, LEYLA):
        event = world.google.world.calendars[email].entries[str(mine.remote_id)]
        assert event.body["conferenceData"]


# What changes afterwards ------------------------------------------------------------


@pytest.mark.parametrize("by", ["mentor", "mentee"])
async def test_a_move_is_told_to_the_guest_by_google_alone(by: str) -> None:
    world, pair = await a_listed_pair()
    meeting = await world.meeting(pair, 2)
    assert meeting.span
    to = meeting.span.start + HOUR
    await move_meeting(pair.id, meeting.key, getattr(pair, by), to, **world.ports)
    await world.work()
    await the_guest_is_left_to_google(world, pair)
    assert world.google_mails(LEYLA) == ["REQUEST", "REQUEST"]
    assert not any(m.method for m in world.post.read().values())


@pytest.mark.parametrize("by", ["mentor", "mentee"])
async def test_who_takes_a_date_out_takes_it_out_for_both(by: str) -> None:
    world, pair = await a_listed_pair()
    await deletes(world, pair, getattr(pair, by), await world.meeting(pair, 1))
    await world.work()
    await the_guest_is_left_to_google(world, pair)
    mine, guest = await both_copies(world, pair)
    assert mine.state is guest.state is CopyState.THERE


@pytest.mark.parametrize("by", ["mentor", "mentee"])
async def test_a_replacement_is_one_event_and_its_undo_takes_it_from_both(
    by: str,
) -> None:
    world, pair = await a_listed_pair(mentee=ALL)
    await deletes(world, pair, getattr(pair, by), await world.meeting(pair, 1))
    await world.work()
    [offer] = [o for o in await world.offers(pair) if o.state is OfferState.OPEN]
    chosen = await world.choose(offer, offer.times[0], pair.mentee)
    await world.work()
    await the_guest_is_left_to_google(world, pair)
    assert world.invitations(LEYLA) == 2
    await undo_choice(pair.id, chosen.meeting, pair.mentor, **world.ports)
    await world.work()
    await the_guest_is_left_to_google(world, pair)
    assert world.google_mails(LEYLA)[-1] == "CANCEL"


async def test_leaving_out_goes_out_of_one_event() -> None:
    world, pair = await a_listed_pair()
    meeting = await world.meeting(pair, 1)
    for person in pair.both():
        await leave_out(pair.id, meeting.key, person, **world.ports)
    await world.work()
    await the_guest_is_left_to_google(world, pair)


async def test_a_pause_is_told_by_its_letter_and_not_date_by_date() -> None:
    world, pair = await a_listed_pair()
    before = world.google_mails(LEYLA)
    await world.pause(pair, date(2026, 5, 25), date(2026, 3, 30))
    await world.work()
    await the_guest_is_left_to_google(world, pair)
    assert len(await world.ahead(pair)) < len((await world.standing(pair)).meetings)
    await undo_pause(pair.id, Asker(world.programme, pair.mentor), **world.ports)
    await world.work()
    await the_guest_is_left_to_google(world, pair)
    assert world.google_mails(LEYLA) == before


async def test_closing_leaves_nothing_ahead() -> None:
    """promises.md F44."""
    world, pair = await a_listed_pair()
    await world.close(pair, by=pair.mentee)
    await world.work()
    assert not await world.ahead(pair)
    await the_guest_is_left_to_google(world, pair)
    assert {c.state for c in await world.copies(pair)} == {CopyState.ENDED}
    assert world.google_mails(LEYLA) == ["REQUEST", "CANCEL"]


async def test_closing_later_keeps_what_was() -> None:
    world, pair = await a_listed_pair()
    await world.live_through(timedelta(weeks=5), timedelta(weeks=1))
    await world.close(pair, by=pair.mentee)
    await world.work()
    assert not await world.ahead(pair)
    await the_guest_is_left_to_google(world, pair)
    shown = [await world.shown(person) for person in pair.both()]
    assert shown[0] == shown[1] != {}


# What stands in the event -----------------------------------------------------------


def words(world: GuestingWorld, email: str, event: str, key: str) -> list[str]:
    """What a person's own copy says, of each date that says something else."""
    entries = world.google.world.calendars[email].entries.values()
    return [
        str(one.body.get(key) or "")
        for one in entries
        if one.master == event and not one.is_cancelled
    ]


async def test_both_read_one_agenda_and_nobody_gets_it_by_mail() -> None:
    world, pair = await a_listed_pair()
    await world.live_through(timedelta(days=14), HOUR * 6)
    mine, _ = await both_copies(world, pair)
    read = [
        words(world, one, str(mine.remote_id), "description") for one in (MO, LEYLA)
    ]
    assert read[0] == read[1]
    assert any(BEGIN in text for text in read[0])
    for email in ("ida@example.org", "leyla@example.org"):
        assert letters_to(world, email, LetterKind.AGENDA) == 0
    assert world.google_mails(LEYLA) == ["REQUEST"]


async def test_another_place_is_read_by_both_and_mailed_to_nobody() -> None:
    world, pair = await a_listed_pair()
    cafe = Venue(VenueKind.PLACE, "Café Elbe")
    await world.propose(pair, pair.mentor, venue=cafe)
    await world.accept(pair, pair.mentee)
    await world.live_through(2 * HOUR, HOUR)
    await the_guest_is_left_to_google(world, pair)
    mine, _ = await both_copies(world, pair)
    for email in (MO, LEYLA):
        places = words(world, email, str(mine.remote_id), "location")
        assert "Café Elbe" in places
    assert world.google_mails(LEYLA) == ["REQUEST"]


async def test_a_room_that_terms_ask_for_later_is_added_to_the_event() -> None:
    world, pair = await a_listed_pair()
    await world.propose(pair, pair.mentor, venue=Venue(VenueKind.CALENDAR))
    await world.accept(pair, pair.mentee)
    await world.live_through(2 * HOUR, HOUR)
    await the_guest_is_left_to_google(world, pair)
    mine, _ = await both_copies(world, pair)
    for email in (MO, LEYLA):
        event = world.google.world.calendars[email].entries[str(mine.remote_id)]
        assert event.body["conferenceData"]
    assert world.invitations(LEYLA) == 1


async def test_notes_that_are_written_during_a_move_stay() -> None:
    """promises.md F24, at every step of the write."""
    start, pair = await a_listed_pair()
    meeting = await start.meeting(pair, 2)
    copy, _ = await both_copies(start, pair)
    assert meeting.span
    to = meeting.span.start + HOUR
    await move_meeting(pair.id, meeting.key, pair.mentor, to, **start.ports)
    at = {"calendarId": "primary"}
    at |= {"eventId": f"{copy.remote_id}_{meeting.key.original_start:%Y%m%dT%H%M%SZ}"}
    for step in range(1, 20):
        world = deepcopy(start)
        notes = {"description": "bring the plan"}
        act = partial(
            world.google.act, MO, "events.patch", at, notes, sendUpdates="none"
        )
        world.fuse.when(world.fuse.steps + step, act)
        await world.live_through(2 * HOUR, HOUR)
        await holds(world, pair)
        for email in (MO, LEYLA):
            said = words(world, email, str(copy.remote_id), "description")
            assert any("bring the plan" in text for text in said), step


# Other terms ------------------------------------------------------------------------

LATE, ALL_DAY = Hours.parse("Mon-Fri 15:00-18:00"), Hours.parse("Mon-Sun 00:00-24:00")


async def test_other_times_for_all_are_told_once_and_keep_the_event() -> None:
    world, pair = await a_listed_pair(mentee=ALL)
    mine, _ = await both_copies(world, pair)
    old = await world.ahead(pair)
    await world.propose(pair, pair.mentor, mentor_hours=LATE)
    await world.accept(pair, pair.mentee)
    await world.live_through(2 * HOUR, HOUR)
    assert not old & await world.ahead(pair)
    await the_guest_is_left_to_google(world, pair)
    again, guest = await both_copies(world, pair)
    assert again.remote_id == mine.remote_id == guest.remote_id
    assert world.google_mails(LEYLA) == ["REQUEST", "REQUEST"]
    assert world.invitations(LEYLA) == 1


async def test_terms_that_change_midway_end_one_event_and_make_another() -> None:
    world, pair = await a_listed_pair()
    await world.live_through(timedelta(weeks=5), timedelta(weeks=1))
    await world.propose(pair, pair.mentor, mentor_hours=LATE)
    await world.accept(pair, pair.mentee)
    await world.live_through(2 * HOUR, HOUR)
    assert len(await world.series(pair)) == 2
    await the_guest_is_left_to_google(world, pair)
    assert world.invitations(LEYLA) == 2


async def test_a_series_is_shortened_though_its_etag_is_not_known() -> None:
    """Nobody tells the etag of a rebooked event whose dates were changed since."""
    world, pair = await a_listed_pair()
    await world.propose(pair, pair.mentor, mentor_hours=LATE)
    await world.accept(pair, pair.mentee)
    await world.live_through(2 * HOUR, HOUR)
    far = await world.meeting(pair, 5)
    assert far.span
    to = far.span.start + HOUR
    await move_meeting(pair.id, far.key, pair.mentor, to, **world.ports)
    await world.live_through(timedelta(weeks=5), timedelta(weeks=1))
    mine, _ = await both_copies(world, pair)
    await world.change_copy(pair.mentor, mine.uid, etag=None)
    hours = Hours.parse("Mon-Fri 09:00-12:00")
    await world.propose(pair, pair.mentor, mentor_hours=hours, mentee_hours=ALL_DAY)
    await world.accept(pair, pair.mentee)
    await world.live_through(2 * HOUR, HOUR)
    assert len(await world.series(pair)) == 2
    await the_guest_is_left_to_google(world, pair)


async def test_a_date_far_from_its_original_is_taken_out_without_an_etag() -> None:
    world, pair = await a_listed_pair()
    far = await world.meeting(pair, 3)
    assert far.span
    to = far.span.start + timedelta(days=3)
    await move_meeting(pair.id, far.key, pair.mentor, to, **world.ports)
    await world.work()
    mine, _ = await both_copies(world, pair)
    await world.change_copy(pair.mentor, mine.uid, etag=None)
    for person in pair.both():
        await leave_out(pair.id, far.key, person, **world.ports)
    await world.work()
    await the_guest_is_left_to_google(world, pair)
