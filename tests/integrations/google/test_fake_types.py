"""Working places, focus time and absence: 'Manage focus time, out of office, …'."""

from typing import Any

import pytest
from googleapiclient.errors import HttpError

from tests.integrations.google.conftest import Stage
from tests.integrations.google.shapes import Json, guests, listed, timed
from tests.integrations.google.test_fake_listing import reason

HOME = {
    "eventType": "workingLocation",
    "visibility": "public",
    "transparency": "transparent",
    "workingLocationProperties": {"type": "homeOffice", "homeOffice": {}},
}
AWAY = {
    "eventType": "outOfOffice",
    "outOfOfficeProperties": {"autoDeclineMode": "declineNone"},
}
FOCUS = {"eventType": "focusTime", "focusTimeProperties": {"chatStatus": "available"}}
DAY = {"start": {"date": "2026-03-03"}, "end": {"date": "2026-03-04"}}


def insert(stage: Stage, body: Any, where: str = "primary") -> Json:
    made: Json = stage.events().insert(calendarId=where, body=body).execute()
    return made


def test_each_type_is_kept_and_chosen_by(stage: Stage) -> None:
    """Events: list, `eventTypes`; Events, `eventType`."""
    insert(stage, timed(4))
    made = {
        kind["eventType"]: insert(stage, {**timed(), **kind}) for kind in (AWAY, FOCUS)
    }
    made["workingLocation"] = insert(stage, {**DAY, **HOME})
    for kind, event in made.items():
        assert event["eventType"] == kind
        items, _ = listed(stage.events(), eventTypes=[kind])
        assert [one["id"] for one in items] == [event["id"]]
    assert len(listed(stage.events(), eventTypes=["default", "focusTime"])[0]) == 2
    assert len(listed(stage.events())[0]) == 4


@pytest.mark.parametrize(
    "body",
    [
        {**DAY, **AWAY},
        {**DAY, **FOCUS},
        {**DAY, **HOME, "transparency": "opaque"},
        {**DAY, **HOME, "visibility": "private"},
        {**timed(), "eventType": "birthday"},
    ],
)
def test_types_have_rules_of_their_own(stage: Stage, body: Any) -> None:
    """'Manage focus time, out of office, and working location events'."""
    with pytest.raises(HttpError) as caught:
        insert(stage, body)
    assert reason(caught)[0] == 400


def test_other_types_live_in_primary_calendars_and_stay(stage: Stage) -> None:
    """The same page: primary calendars only; Events: move: default events alone."""
    calendars = stage.service().calendars()
    other = calendars.insert(body={"summary": "Second"}).execute()["id"]
    with pytest.raises(HttpError) as caught:
        insert(stage, {**timed(), **AWAY}, other)
    assert reason(caught) == (400, "eventTypeRestriction")
    made = insert(stage, {**timed(), **AWAY})
    with pytest.raises(HttpError) as caught:
        stage.events().move(
            calendarId="primary", eventId=made["id"], destination=other
        ).execute()
    assert reason(caught) == (400, "cannotBeMoved")


def test_guests_of_a_calendar_of_its_own_see_its_name(stage: Stage) -> None:
    """Seen: the organiser of such an event is the calendar, not its owner."""
    calendars = stage.service().calendars()
    other = calendars.insert(body={"summary": "Mentoring"}).execute()["id"]
    body = {**timed(), "attendees": guests("mia@gmail.test")}
    events = stage.events()
    made = events.insert(calendarId=other, body=body, sendUpdates="none").execute()
    organizer = {"email": other, "displayName": "Mentoring"}
    assert made["organizer"] == {**organizer, "self": True}
    (copy,), _ = listed(stage.events("mia@gmail.test"))
    assert copy["organizer"] == organizer
    for wrong in ({}, {"summary": ""}):
        with pytest.raises(HttpError) as caught:
            calendars.insert(body=wrong).execute()
        assert reason(caught) == (400, "required")
    with pytest.raises(HttpError) as caught:
        calendars.delete(calendarId="primary").execute()
    assert reason(caught)[0] == 400
