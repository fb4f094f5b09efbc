"""An event of ours as a whole: a guest's answer, and other dates for all of it."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from integrations.google.fake.faults import Refuse, Rule
from integrations.google.fake.problems import UNAVAILABLE
from integrations.google.fake.service import FakeGoogle
from scheduler.errors import Conflict, Gone, Rejected, Unavailable
from scheduler.events import Meaning
from scheduler.invite import Attendee, Invite, Override
from scheduler.ports.calendars import Accept, Move, Rebook, TakeOut
from scheduler.timespan import Span
from tests.integrations.google.conftest import MENTEE, MENTOR, fresh
from tests.integrations.google.test_against_fake import DATES, FIRST, HOUR, ID, INVITE
from tests.integrations.google.test_calendar import opened, standing

HOST = Attendee(MENTOR, "Mo", partstat="ACCEPTED")
LISTED = replace(INVITE, organizer=HOST, attendees=(HOST, Attendee(MENTEE, "Mia")))


def later(at: datetime, hours: int = 2) -> Span:
    return Span(at + hours * HOUR, at + (hours + 1) * HOUR)


def answers(google: FakeGoogle) -> dict[str, str]:
    event = google.world.calendars[MENTOR].entries[ID].body
    return {one["email"]: one["responseStatus"] for one in event["attendees"]}


def mails(google: FakeGoogle) -> list[tuple[str, str]]:
    return [(mail.to, mail.method) for mail in google.world.mails]


# A guest's answer -------------------------------------------------------------------


async def test_a_guest_accepts_once_and_nobody_is_mailed() -> None:
    google = fresh()
    await opened(google).create(LISTED)
    guest = opened(google, MENTEE)
    (found,) = (await guest.changes(None, Span(FIRST, FIRST + 9 * HOUR))).changed
    for _ in range(2):
        await guest.edit(found.id, Accept(), etag=None)
        assert answers(google) == {MENTOR: "accepted", MENTEE: "accepted"}
    assert mails(google) == [(MENTEE, "REQUEST")]
    patches = [one for one in google.requests if one.http == "PATCH"]
    assert len(patches) == 1


@pytest.mark.parametrize("said", ["declined", "tentative"])
async def test_what_a_guest_answered_stands(said: str) -> None:
    google = fresh()
    written = await opened(google).create(LISTED)
    mine = {"email": MENTEE, "responseStatus": said}
    body = {"attendees": [mine], "attendeesOmitted": True}
    where = {"calendarId": "primary", "eventId": ID}
    google.act(MENTEE, "events.patch", where, body, sendUpdates="none")
    await opened(google, MENTEE).edit(written.id, Accept(), etag=None)
    assert answers(google)[MENTEE] == said


async def test_an_invitation_that_a_guest_deleted_is_gone() -> None:
    google = fresh()
    written = await opened(google).create(LISTED)
    where = {"calendarId": "primary", "eventId": ID}
    google.act(MENTEE, "events.delete", where, sendUpdates="none")
    with pytest.raises(Gone):
        await opened(google, MENTEE).edit(written.id, Accept(), etag=None)


async def test_who_is_no_guest_accepts_nothing() -> None:
    google = fresh()
    calendar = opened(google)
    written = await calendar.create(INVITE)
    with pytest.raises(Rejected):
        await calendar.edit(written.id, Accept(), etag=None)


# Other dates for all ----------------------------------------------------------------


async def rebooked(google: FakeGoogle, invite: Invite) -> list[datetime]:
    await opened(google).edit(ID, Rebook(invite), etag=None)  # type: ignore[arg-type]
    mine, guests = (
        await standing(opened(google)),
        await standing(opened(google, MENTEE)),
    )
    assert mine == guests
    return mine


async def test_a_series_moves_as_a_whole_and_its_guest_is_told_once() -> None:
    google = fresh()
    await opened(google).create(LISTED)
    other = replace(LISTED, span=later(FIRST), rrule="FREQ=WEEKLY;COUNT=3")
    dates = [at + 2 * HOUR for at in DATES[:3]]
    assert await rebooked(google, other) == dates
    assert mails(google) == [(MENTEE, "REQUEST")] * 2
    calls = len(google.requests)
    assert await rebooked(google, other) == dates
    assert {one.http for one in google.requests[calls:]} == {"GET"}
    assert answers(google)[MENTOR] == "accepted"


async def test_dates_that_were_changed_before_stand_where_the_new_plan_has_them() -> (
    None
):
    google = fresh()
    calendar = opened(google)
    written = await calendar.create(LISTED)
    out, move = TakeOut(DATES[1], 1, FIRST), Move(DATES[2], later(DATES[2]), 2, FIRST)
    etag = (await calendar.edit(written.id, out, etag=written.etag)).etag
    await calendar.edit(written.id, move, etag=etag)
    apart = replace(LISTED, overrides=(Override(DATES[3], later(DATES[3])),))
    told = len(mails(google))
    for _ in range(2):
        assert await rebooked(google, apart) == [*DATES[:3], DATES[3] + 2 * HOUR]
    assert len(mails(google)) == told


async def test_what_a_person_deleted_is_not_rebooked() -> None:
    google = fresh()
    await opened(google).create(LISTED)
    where = {"calendarId": "primary", "eventId": ID}
    google.act(MENTOR, "events.delete", where, sendUpdates="all")
    with pytest.raises(Gone):
        await rebooked(google, replace(LISTED, span=later(FIRST)))


# A try that never heard whether it was done -----------------------------------------


async def test_a_repeat_sets_the_moved_dates_apart_that_a_lost_try_did_not() -> None:
    google = fresh()
    calendar = opened(google)
    invite = replace(LISTED, overrides=(Override(DATES[1], later(DATES[1])),))
    google.play(Rule("events.insert", Refuse(UNAVAILABLE, applied=True)))
    with pytest.raises(Unavailable):
        await calendar.create(invite)
    assert await standing(calendar) == DATES
    with pytest.raises(Conflict):
        await calendar.create(invite)
    moved = [DATES[0], DATES[1] + 2 * HOUR, *DATES[2:]]
    assert await standing(calendar) == await standing(opened(google, MENTEE)) == moved
    assert mails(google) == [(MENTEE, "REQUEST")]


async def test_another_generation_is_another_event_of_the_same_series() -> None:
    google = fresh()
    calendar = opened(google)
    await calendar.create(LISTED)
    where: dict[str, Any] = {"calendarId": "primary", "eventId": ID}
    google.act(MENTOR, "events.delete", where, sendUpdates="all")
    with pytest.raises(Gone):
        await calendar.create(LISTED)
    again = await calendar.create(LISTED, generation=2)
    assert again.id != ID
    assert await calendar.find(LISTED.uid, generation=2) == again
    assert await calendar.find(LISTED.uid) is None
    guest = await opened(google, MENTEE).changes(None, Span(FIRST, FIRST + 9 * HOUR))
    shown = [one.id for one in guest.changed if one.occurrences]
    busy = {o.meaning for one in guest.changed for o in one.occurrences}
    assert shown == [again.id]
    assert Meaning.CANCELLED not in busy
