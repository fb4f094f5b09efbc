"""What Google documents of writing events, by its own client."""

from typing import Any

import pytest
from googleapiclient.errors import HttpError

from tests.integrations.google.conftest import MENTOR, OUTSIDER, Stage
from tests.integrations.google.shapes import guests, listed, timed, weekly
from tests.integrations.google.test_fake_listing import reason


@pytest.mark.parametrize("name", ["abcd", "wxyzw", "Abcde", "a-bcd", "a" * 1025])
def test_own_ids_are_base32hex_and_long_enough(stage: Stage, name: str) -> None:
    """Events, `id`: characters a-v and 0-9, length 5 to 1024."""
    body = {"id": name, **timed()}
    with pytest.raises(HttpError) as caught:
        stage.events().insert(calendarId="primary", body=body).execute()
    assert reason(caught) == (400, "invalid")


def test_an_id_is_taken_for_ever(stage: Stage) -> None:
    """'Handle API errors', 409: the requested identifier already exists."""
    events = stage.events()
    insert = events.insert(calendarId="primary", body={"id": "abc12", **timed()})
    made = insert.execute()
    assert made["id"] == "abc12"
    assert made["iCalUID"] == "abc12@google.com"
    for _ in range(2):
        with pytest.raises(HttpError) as caught:
            insert.execute()
        assert reason(caught) == (409, "duplicate")
        if _ == 0:
            events.delete(calendarId="primary", eventId="abc12").execute()
    with pytest.raises(HttpError) as caught:
        events.delete(calendarId="primary", eventId="abc12").execute()
    assert reason(caught) == (410, "deleted")


def test_every_write_has_another_etag_and_an_old_one_is_refused(stage: Stage) -> None:
    """'Get specific versions of resources': If-Match and 412."""
    events = stage.events()
    made = events.insert(calendarId="primary", body=timed()).execute()
    request = events.patch(
        calendarId="primary", eventId=made["id"], body={"summary": "x"}
    )
    request.headers["If-Match"] = made["etag"]
    changed = request.execute()
    assert changed["etag"] != made["etag"]
    with pytest.raises(HttpError) as caught:
        request.execute()
    assert reason(caught) == (412, "conditionNotMet")
    gone = events.delete(calendarId="primary", eventId=made["id"])
    gone.headers["If-Match"] = made["etag"]
    with pytest.raises(HttpError):
        gone.execute()


def test_a_master_s_etag_does_not_cover_its_exceptions(stage: Stage) -> None:
    """Events, `etag`: an exception is a resource of its own."""
    events = stage.events()
    made = events.insert(calendarId="primary", body=weekly()).execute()
    one = events.instances(calendarId="primary", eventId=made["id"]).execute()
    first = one["items"][0]["id"]
    events.patch(calendarId="primary", eventId=first, body={"summary": "x"}).execute()
    now = events.get(calendarId="primary", eventId=made["id"]).execute()
    assert now["etag"] == made["etag"]


def test_patch_merges_and_update_replaces(stage: Stage) -> None:
    """'Performance tips', patch: arrays replaced, null takes away; update is whole."""
    events = stage.events()
    body = {"summary": "a", "location": "b", "description": "c", **timed()}
    made = events.insert(calendarId="primary", body=body).execute()
    where = {"calendarId": "primary", "eventId": made["id"]}
    change: Any = {"summary": "d", "location": None}
    patched = events.patch(**where, body=change).execute()
    assert (patched["summary"], patched["description"]) == ("d", "c")
    assert "location" not in patched
    updated = events.update(**where, body={"summary": "e", **timed(4)}).execute()
    assert updated["summary"] == "e"
    assert "description" not in updated
    assert updated["created"] == made["created"]
    with pytest.raises(HttpError) as caught:
        events.update(**where, body={"summary": "e"}).execute()
    assert reason(caught) == (400, "required")


def test_the_sequence_counts_changes_of_time(stage: Stage) -> None:
    """Events, `sequence`: as iCalendar has it (RFC 5545 section 3.8.7.4)."""
    events = stage.events()
    made = events.insert(calendarId="primary", body=timed()).execute()
    where = {"calendarId": "primary", "eventId": made["id"]}
    assert events.patch(**where, body={"summary": "x"}).execute()["sequence"] == 0
    assert events.patch(**where, body=timed(4)).execute()["sequence"] == 1
    with pytest.raises(HttpError) as caught:
        events.patch(**where, body={"sequence": 0}).execute()
    assert reason(caught) == (400, "invalid")


def test_reminders_change_the_etag_and_not_updated(stage: Stage) -> None:
    """Events, `reminders`: does 'not also change the updated property'."""
    events = stage.events()
    made = events.insert(calendarId="primary", body=timed()).execute()
    stage.clock.advance(stage.google.behaviour.token_life / 1000)
    mine = {"useDefault": False, "overrides": [{"method": "popup", "minutes": 10}]}
    where = {"calendarId": "primary", "eventId": made["id"]}
    changed = events.patch(**where, body={"reminders": mine}).execute()
    assert changed["updated"] == made["updated"]
    assert changed["etag"] != made["etag"]
    for wrong in (
        {"useDefault": True, "overrides": mine["overrides"]},
        {"useDefault": False, "overrides": [{"method": "fax", "minutes": 1}]},
        {"useDefault": False, "overrides": [{"method": "email", "minutes": 40321}]},
        {"useDefault": False, "overrides": mine["overrides"] * 6},
    ):
        with pytest.raises(HttpError) as caught:
            events.patch(**where, body={"reminders": wrong}).execute()
        assert reason(caught)[0] == 400


def test_attachments_need_their_flag(stage: Stage) -> None:
    """Events, `attachments`: `supportsAttachments` 'should be set to true'."""
    events = stage.events()
    file = {"fileUrl": "https://drive.google.com/open?id=1", "title": "Agenda"}
    body = {**timed(), "attachments": [file]}
    without = events.insert(calendarId="primary", body=body).execute()
    assert "attachments" not in without
    made = events.insert(
        calendarId="primary", body=body, supportsAttachments=True
    ).execute()
    assert made["attachments"] == [file]
    where = {"calendarId": "primary", "eventId": made["id"]}
    kept = events.update(**where, body=timed(4)).execute()
    assert kept["attachments"] == [file]
    for wrong in ([file] * 26, [{"title": "no address"}]):
        with pytest.raises(HttpError) as caught:
            events.patch(
                **where, body={"attachments": wrong}, supportsAttachments=True
            ).execute()
        assert reason(caught)[0] == 400


def test_a_conference_needs_its_version(stage: Stage) -> None:
    """'Create events', conferences: `conferenceDataVersion=1` and a createRequest."""
    events = stage.events()
    wanted = {
        "createRequest": {
            "requestId": "r1",
            "conferenceSolutionKey": {"type": "hangoutsMeet"},
        }
    }
    body = {**timed(), "conferenceData": wanted}
    assert "conferenceData" not in (
        events.insert(calendarId="primary", body=body).execute()
    )
    made = events.insert(
        calendarId="primary", body=body, conferenceDataVersion=1
    ).execute()
    assert made["hangoutLink"].startswith("https://meet.google.com/")
    status = made["conferenceData"]["createRequest"]["status"]["statusCode"]
    assert status == "success"
    kept = events.patch(
        calendarId="primary", eventId=made["id"], body={"summary": "x"}
    ).execute()
    assert kept["hangoutLink"] == made["hangoutLink"]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"start": timed()["start"]}, "required"),
        ({**timed(), "end": timed(2)["end"]}, "timeRangeEmpty"),
        ({**timed(), "start": {"date": "2026-03-03"}}, "invalid"),
        ({**timed(), "recurrence": ["DTSTART:20260303T100000Z"]}, "invalid"),
        ({**timed(), "recurrence": ["RRULE:FREQ=WEEKLY;BYDAY=XX"]}, "invalid"),
        ({**timed(zone="Mars/Olympus")}, "invalid"),
        ({**timed(), "status": "maybe"}, "invalid"),
        ({**timed(), "attendees": [{"displayName": "nobody"}]}, "invalid"),
        ({**timed(), "title": "no such field"}, "parseError"),
        ({**timed(), "summary": 7}, "parseError"),
        (
            {
                "start": {"dateTime": "2026-03-03T10:00:00Z"},
                "end": {"dateTime": "2026-03-03T11:00:00Z"},
                "recurrence": ["RRULE:FREQ=DAILY"],
            },
            "required",
        ),
        ({**timed(), "id": "abcde", "iCalUID": "other@troth.test"}, "invalid"),
        ({**timed(), "eventType": "fromGmail"}, "eventTypeRestriction"),
        ({**timed(), "source": {"url": "ftp://x"}}, "invalid"),
    ],
)
def test_what_is_no_event_is_refused(stage: Stage, body: Any, why: str) -> None:
    """Events: insert, and the descriptions of its fields."""
    with pytest.raises(HttpError) as caught:
        stage.events().insert(calendarId="primary", body=body).execute()
    assert reason(caught) == (400, why)


def test_one_instance_is_moved_and_keeps_its_name(stage: Stage) -> None:
    """'Recurring events', exceptions: originalStartTime identifies the instance."""
    events = stage.events()
    master = events.insert(calendarId="primary", body=weekly()).execute()["id"]
    _, token = listed(events)
    name = f"{master}_20260310T090000Z"
    where = {"calendarId": "primary", "eventId": name}
    moved = events.patch(**where, body=timed(11, 15)).execute()
    assert moved["id"] == name
    assert moved["recurringEventId"] == master
    assert moved["originalStartTime"]["dateTime"] == "2026-03-10T10:00:00+01:00"
    items, _ = listed(events, syncToken=token)
    assert [one["id"] for one in items] == [name]
    every, _ = listed(events, singleEvents=True)
    assert len(every) == 4


def test_one_instance_is_cancelled_and_stays_so(stage: Stage) -> None:
    """Events, `status`: cancelled exceptions are kept for the life of the series."""
    events = stage.events()
    master = events.insert(calendarId="primary", body=weekly()).execute()["id"]
    _, token = listed(events)
    name = f"{master}_20260310T090000Z"
    events.delete(calendarId="primary", eventId=name).execute()
    (item,), _ = listed(events, syncToken=token)
    assert item.keys() >= {"id", "recurringEventId", "originalStartTime"}
    assert item["status"] == "cancelled"
    assert "summary" not in item
    stage.clock.advance(stage.google.behaviour.cancelled_kept * 2)
    events = stage.events()
    items, _ = listed(events)
    assert {one["id"] for one in items} == {master, name}
    assert len(listed(events, singleEvents=True)[0]) == 3


def test_there_is_no_instance_where_the_rule_has_none(stage: Stage) -> None:
    """Events: get: 404 for what is not there."""
    events = stage.events()
    master = events.insert(calendarId="primary", body=weekly()).execute()["id"]
    for tail in ("20260311T090000Z", "20260310", "20260407T080000Z", "x"):
        with pytest.raises(HttpError) as caught:
            events.get(calendarId="primary", eventId=f"{master}_{tail}").execute()
        assert reason(caught) == (404, "notFound")


def test_a_deleted_series_takes_its_instances_along(stage: Stage) -> None:
    """'Synchronize resources efficiently': one item for the whole series."""
    events = stage.events()
    master = events.insert(calendarId="primary", body=weekly()).execute()["id"]
    name = f"{master}_20260310T090000Z"
    events.patch(calendarId="primary", eventId=name, body=timed(11)).execute()
    _, token = listed(events)
    events.delete(calendarId="primary", eventId=master).execute()
    items, _ = listed(events, syncToken=token)
    assert [(one["id"], one["status"]) for one in items] == [(master, "cancelled")]
    assert listed(events)[0] == []


def test_import_makes_a_private_copy_once(stage: Stage) -> None:
    """Events: import: 'a private copy of an existing event'; it mails nobody."""
    events = stage.events()
    body = {
        **timed(),
        "iCalUID": "one@troth.test",
        "organizer": {"email": OUTSIDER},
        "attendees": guests(MENTOR, OUTSIDER),
    }
    call = events.import_(calendarId="primary", body=body)
    made = call.execute()
    assert made["organizer"]["email"] == OUTSIDER
    assert call.execute()["id"] == made["id"]
    assert stage.google.world.mails == ()
    for wrong, why in (
        ({**timed()}, "required"),
        (
            {**body, "iCalUID": "b@c", "attendees": guests(OUTSIDER)},
            "participantIsNeitherOrganizerNorAttendee",
        ),
    ):
        with pytest.raises(HttpError) as caught:
            events.import_(calendarId="primary", body=wrong).execute()
        assert reason(caught) == (400, why)


def test_move_changes_the_organiser(stage: Stage) -> None:
    """Events: move: 'changes an event's organizer'."""
    service = stage.service()
    other = service.calendars().insert(body={"summary": "Mentoring"}).execute()["id"]
    events = service.events()
    made = events.insert(calendarId="primary", body=timed()).execute()
    moved = events.move(
        calendarId="primary", eventId=made["id"], destination=other
    ).execute()
    assert moved["id"] == made["id"]
    assert moved["organizer"]["email"] == other
    assert listed(events)[0] == []
    kept = events.list(calendarId=other).execute()["items"]
    assert [one["id"] for one in kept] == [made["id"]]


def test_long_names_of_properties_are_dropped_and_values_cut(stage: Stage) -> None:
    """'Extended properties', limits: 44 and 1024 characters, in silence."""
    marks = {"private": {"k" * 45: "x", "k" * 44: "v" * 1025}}
    body = {**timed(), "extendedProperties": marks}
    made = stage.events().insert(calendarId="primary", body=body).execute()
    kept = made["extendedProperties"]["private"]
    assert kept == {"k" * 44: "v" * 1024}
