"""A Google calendar behind the port, before FakeGoogle and without a socket."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from integrations.google.calendar import GoogleCalendar
from integrations.google.failures import Operation, error
from integrations.google.fake.faults import Refuse, Rule
from integrations.google.fake.problems import Problem
from integrations.google.fake.service import FakeGoogle
from integrations.google.protocol import Request
from scheduler.errors import Conflict, CursorExpired, Gone, Rejected, Unavailable
from scheduler.events import CalendarObject, Meaning
from scheduler.ids import RemoteId
from scheduler.invite import Attendee, Override
from scheduler.ports.calendars import (
    Calendar,
    Describe,
    Edit,
    Move,
    PutBack,
    Shorten,
    TakeOut,
)
from scheduler.timespan import Span
from tests.integrations.google.asking import Asking, Refusal
from tests.integrations.google.conftest import MENTEE, MENTOR, fresh
from tests.integrations.google.test_against_fake import (
    BERLIN,
    DATES,
    FIRST,
    HOUR,
    ID,
    INVITE,
    YEAR,
)

LATER = Span(DATES[1] + 5 * HOUR, DATES[1] + 6 * HOUR)
MOVE = Move(DATES[1], LATER, 1, FIRST)


def opened(
    google: FakeGoogle, user: str = MENTOR, scope: str = "calendar.events.owned"
) -> Calendar:
    asking = Asking(google, user, scope)

    async def ask(request: Request, operation: Operation) -> Mapping[str, Any]:
        try:
            return asking(request)
        except Refusal as refusal:
            found = error(refusal.failure, operation)
        if found is None:
            return {}
        raise found

    return GoogleCalendar(ask, "primary", BERLIN, "programme.test")


def person(google: FakeGoogle, method: str, event: str, body: Any = None) -> None:
    where = {"calendarId": "primary", "eventId": event}
    google.act(MENTOR, f"events.{method}", where, body, sendUpdates="none")


def dated(event: str, at: datetime) -> str:
    return f"{event}_{at:%Y%m%dT%H%M%SZ}"


def times(start: datetime) -> dict[str, Any]:
    return {
        "start": {"dateTime": start.isoformat()},
        "end": {"dateTime": (start + HOUR).isoformat()},
    }


async def object_of(calendar: Calendar) -> CalendarObject:
    (found,) = (await calendar.changes(None, YEAR)).changed
    return found


async def standing(calendar: Calendar) -> list[datetime]:
    found = await object_of(calendar)
    return [o.start for o in found.occurrences if o.meaning is Meaning.BUSY]


async def test_it_is_made_once_and_found() -> None:
    google = fresh()
    calendar = opened(google)
    written = await calendar.create(INVITE)
    assert written.id == ID
    with pytest.raises(Conflict):
        await calendar.create(INVITE)
    assert await calendar.find(INVITE.uid) == written
    assert await calendar.find("other@programme.test") is None
    assert await standing(calendar) == DATES
    assert (await object_of(calendar)).etag == written.etag


async def test_dates_of_the_booking_are_set_apart_without_another_mail() -> None:
    google = fresh()
    invite = replace(
        INVITE,
        attendees=(Attendee(MENTOR, "Mo"), Attendee(MENTEE, "Mia")),
        exdates=(DATES[2],),
        overrides=(Override(DATES[1], LATER, "Later"),),
    )
    written = await opened(google).create(invite)
    assert await standing(opened(google)) == [DATES[0], LATER.start, DATES[3]]
    assert await standing(opened(google, MENTEE)) == [DATES[0], LATER.start, DATES[3]]
    told = [one for one in google.requests if one.http in {"POST", "PATCH"}]
    assert [dict(one.query)["sendUpdates"] for one in told] == ["all", "none"]
    assert (await object_of(opened(google))).etag == written.etag


@pytest.mark.parametrize(
    ("edit", "left"),
    [
        (MOVE, [DATES[0], LATER.start, *DATES[2:]]),
        (TakeOut(DATES[1], 1, FIRST), [DATES[0], *DATES[2:]]),
        (Shorten(DATES[2], 1, FIRST), DATES[:2]),
        (Describe(DATES[1], "Today"), DATES),
    ],
)
async def test_an_edit_keeps_the_etag_good_for_the_next(
    edit: Edit, left: list[datetime]
) -> None:
    google = fresh()
    calendar = opened(google)
    written = await calendar.create(INVITE)
    after = await calendar.edit(written.id, edit, etag=written.etag)
    assert await standing(calendar) == left
    assert (await object_of(calendar)).etag == after.etag
    calls = len(google.requests)
    assert await calendar.edit(written.id, edit, etag=after.etag) == after
    assert {one.http for one in google.requests[calls:]} == {"GET"}
    again = PutBack(DATES[0], INVITE.span, 2, FIRST)
    out = await calendar.edit(after.id, TakeOut(DATES[0], 2, FIRST), etag=after.etag)
    back = await calendar.edit(out.id, again, etag=out.etag)
    assert await standing(calendar) == left
    assert (await object_of(calendar)).etag == back.etag


async def test_a_date_skipped_when_it_was_booked_is_put_back() -> None:
    google = fresh()
    calendar = opened(google)
    written = await calendar.create(replace(INVITE, exdates=(DATES[1],)))
    back = PutBack(DATES[1], LATER, 1, FIRST)
    await calendar.edit(written.id, back, etag=written.etag)
    assert await standing(calendar) == [DATES[0], LATER.start, *DATES[2:]]


async def test_people_win() -> None:
    """A date that somebody moved is not what an older etag spoke of."""
    google = fresh()
    calendar = opened(google)
    written = await calendar.create(INVITE)
    person(google, "patch", dated(ID, DATES[1]), times(DATES[1] + 2 * HOUR))
    for edit in (MOVE, TakeOut(DATES[1], 1, FIRST), Shorten(FIRST, 1, FIRST)):
        with pytest.raises(Conflict):
            await calendar.edit(written.id, edit, etag=written.etag)
    # Another date is as it was.
    await calendar.edit(written.id, TakeOut(DATES[3], 1, FIRST), etag=written.etag)
    assert await standing(calendar) == [DATES[0], DATES[1] + 2 * HOUR, DATES[2]]


async def test_words_that_somebody_added_are_not_written_over() -> None:
    google = fresh()
    calendar = opened(google)
    written = await calendar.create(replace(INVITE, description="Agenda"))
    text = await calendar.text(written.id, DATES[1])
    assert text.text == "Agenda"
    person(google, "patch", dated(ID, DATES[1]), {"description": "Agenda, and mine"})
    with pytest.raises(Conflict):
        await calendar.edit(written.id, Describe(DATES[1], "New"), etag=text.etag)
    text = await calendar.text(written.id, DATES[1])
    assert text.text == "Agenda, and mine"
    await calendar.edit(written.id, Describe(DATES[1], "New"), etag=text.etag)
    assert (await calendar.text(written.id, DATES[1])).text == "New"
    assert (await calendar.text(written.id, DATES[2])).text == "Agenda"


async def test_what_a_person_deleted_stays_deleted() -> None:
    google = fresh()
    calendar = opened(google)
    written = await calendar.create(INVITE)
    person(google, "delete", dated(ID, DATES[1]))
    with pytest.raises(Gone):
        await calendar.edit(written.id, MOVE, etag=None)
    person(google, "delete", ID)
    with pytest.raises(Gone):
        await calendar.edit(written.id, MOVE, etag=None)
    with pytest.raises(Gone):
        await calendar.create(INVITE)
    assert await calendar.find(INVITE.uid) is None
    await calendar.remove(written.id, etag=None)
    with pytest.raises(Gone):
        await calendar.read(written.id, YEAR)


async def test_it_is_taken_away_unless_it_changed() -> None:
    google = fresh()
    calendar = opened(google)
    written = await calendar.create(INVITE)
    person(google, "patch", ID, {"summary": "Ours"})
    with pytest.raises(Conflict):
        await calendar.remove(written.id, etag=written.etag)
    await calendar.remove(written.id, etag=None)
    assert (await calendar.changes(None, YEAR)).changed == ()
    await calendar.remove(written.id, etag=written.etag)


async def test_one_object_as_it_stands() -> None:
    google = fresh()
    calendar = opened(google)
    written = await calendar.create(INVITE)
    await calendar.edit(written.id, MOVE, etag=None)
    found = await opened(google, scope="calendar.events.freebusy").read(ID, YEAR)
    assert [o.start for o in found.occurrences] == await standing(calendar)
    with pytest.raises(Gone):
        await calendar.read(RemoteId("none1"), YEAR)


async def test_one_change_costs_one_call() -> None:
    google = fresh()
    calendar = opened(google)
    await calendar.create(INVITE)
    first = await calendar.changes(None, YEAR)
    person(google, "patch", ID, times(FIRST + HOUR))
    calls = len(google.requests)
    told = await calendar.changes(first.cursor, YEAR)
    assert len(told.changed) == 1
    assert len(google.requests) == calls + 1


@pytest.mark.parametrize("page", [1, 2, 3])
async def test_a_token_that_is_refused_on_any_page_expires_the_cursor(
    page: int,
) -> None:
    """F18: 410 on page k; the next full read tells all of it."""
    google = fresh()
    google.behaviour = replace(google.behaviour, page_limit=1)
    calendar = opened(google)
    await calendar.create(INVITE)
    first = await calendar.changes(None, YEAR)
    for n in range(3):
        person(google, "patch", dated(ID, DATES[n]), times(DATES[n] + HOUR))
    stale = Problem(410, "fullSyncRequired", "Sync token is no longer valid.")
    google.play(Rule("events.list", Refuse(stale), nth=page))
    with pytest.raises(CursorExpired):
        await calendar.changes(first.cursor, YEAR)
    again = await calendar.changes(None, YEAR)
    assert again.everything
    assert len(again.changed) == 1
    google.play(Rule("events.list", Refuse(stale), nth=page))
    with pytest.raises(Unavailable):
        await calendar.changes(None, YEAR)


async def test_a_calendar_that_is_not_there_takes_no_copies() -> None:
    google = fresh()
    missing = Problem(404, "notFound", "Not Found")
    google.play(Rule("events.insert", Refuse(missing)))
    with pytest.raises(Rejected):
        await opened(google).create(INVITE)
    google.play(Rule("events.get", Refuse(Problem(403, "forbidden", "Forbidden"))))
    with pytest.raises(Unavailable):
        await opened(google).edit(RemoteId(ID), MOVE, etag=None)
