"""What Google documents of lists, pages and sync tokens, by its own client."""

import pytest
from googleapiclient.errors import HttpError

from integrations.google.fake.world import Behaviour
from tests.integrations.google.conftest import MENTOR, Stage
from tests.integrations.google.shapes import listed, timed, weekly


def reason(caught: pytest.ExceptionInfo[HttpError]) -> tuple[int, str]:
    return caught.value.status_code, caught.value.error_details[0]["reason"]


def test_pages_and_the_token_comes_with_the_last(stage: Stage) -> None:
    """'Synchronize resources efficiently': nextSyncToken only on the last page."""
    events = stage.events()
    for n in range(5):
        events.insert(calendarId="primary", body=timed(3 + n)).execute()
    first = events.list(calendarId="primary", maxResults=2).execute()
    assert len(first["items"]) == 2
    assert "nextPageToken" in first
    assert "nextSyncToken" not in first
    items, token = listed(events, maxResults=2)
    assert len(items) == 5
    assert token


def test_a_page_may_be_short_or_empty_with_more_behind_it(stage: Stage) -> None:
    """Events: list, `maxResults`: 'less than this value, or none at all'."""
    events = stage.events()
    for n in range(3):
        events.insert(calendarId="primary", body=timed(3 + n)).execute()
    stage.google.behaviour = Behaviour(page_limit=1, empty_first_page=True)
    first = events.list(calendarId="primary").execute()
    assert first["items"] == []
    assert len(listed(events)[0]) == 3


def test_a_token_tells_what_changed_and_what_was_deleted(stage: Stage) -> None:
    """'Synchronize resources efficiently': incremental sync has deleted entries."""
    events = stage.events()
    kept, gone = (
        events.insert(calendarId="primary", body=timed(day)).execute()["id"]
        for day in (3, 4)
    )
    _, token = listed(events)
    events.patch(calendarId="primary", eventId=kept, body={"summary": "x"}).execute()
    events.delete(calendarId="primary", eventId=gone).execute()
    items, later = listed(events, syncToken=token)
    told = {one["id"]: one["status"] for one in items}
    assert told == {kept: "confirmed", gone: "cancelled"}
    assert listed(events, syncToken=later)[0] == []
    assert [one["id"] for one in listed(events)[0]] == [kept]


@pytest.mark.parametrize(
    "more",
    [
        {"timeMin": "2026-03-01T00:00:00Z"},
        {"timeMax": "2026-04-01T00:00:00Z"},
        {"q": "x"},
        {"iCalUID": "x@y"},
        {"orderBy": "updated"},
        {"updatedMin": "2026-03-01T00:00:00Z"},
        {"privateExtendedProperty": ["a=b"]},
        {"sharedExtendedProperty": ["a=b"]},
        {"showDeleted": False},
        {"singleEvents": True},
        {"maxAttendees": 1},
        {"showHiddenInvitations": True},
    ],
    ids=lambda more: next(iter(more)),
)
def test_a_token_is_bound_to_its_query(stage: Stage, more: dict[str, object]) -> None:
    """Events: list, `syncToken`: parameters that cannot stand beside it."""
    events = stage.events()
    _, token = listed(events)
    with pytest.raises(HttpError) as caught:
        events.list(calendarId="primary", syncToken=token, **more).execute()
    assert reason(caught) == (400, "invalid")


def test_an_old_token_needs_a_full_sync(stage: Stage) -> None:
    """'Handle API errors', 410: the sync token is no longer valid."""
    events = stage.events()
    _, token = listed(events)
    stage.clock.advance(stage.google.behaviour.token_life * 1.01)
    events = stage.events()
    with pytest.raises(HttpError) as caught:
        events.list(calendarId="primary", syncToken=token).execute()
    assert reason(caught) == (410, "fullSyncRequired")
    long_ago = "2025-03-01T00:00:00Z"
    with pytest.raises(HttpError) as caught:
        events.list(calendarId="primary", updatedMin=long_ago).execute()
    assert reason(caught) == (410, "updatedMinTooLongAgo")


def test_a_series_is_a_master_or_its_instances(stage: Stage) -> None:
    """Events: list, `singleEvents`: instances, 'but not the underlying events'."""
    events = stage.events()
    master = events.insert(calendarId="primary", body=weekly(5)).execute()["id"]
    assert [one["id"] for one in listed(events)[0]] == [master]
    items, _ = listed(events, singleEvents=True, orderBy="startTime")
    assert [one["id"] for one in items] == [
        f"{master}_202603{day}T0{hour}0000Z"
        for day, hour in (("03", 9), ("10", 9), ("17", 9), ("24", 9), ("31", 8))
    ]
    assert {one["recurringEventId"] for one in items} == {master}
    assert items[4]["start"]["dateTime"] == "2026-03-31T10:00:00+02:00"
    assert items[4]["originalStartTime"] == items[4]["start"]


def test_whole_days_are_named_by_their_day(stage: Stage) -> None:
    """'Recurring events': instances of all-day events."""
    days = {"start": {"date": "2026-03-03"}, "end": {"date": "2026-03-04"}}
    events = stage.events()
    body = {**days, "recurrence": ["RRULE:FREQ=DAILY;COUNT=2"]}
    master = events.insert(calendarId="primary", body=body).execute()["id"]
    items = events.instances(calendarId="primary", eventId=master).execute()["items"]
    names = [f"{master}_20260303", f"{master}_20260304"]
    assert [one["id"] for one in items] == names
    assert items[1]["originalStartTime"] == {"date": "2026-03-04"}


def test_an_expanded_delta_tells_of_instances_that_are_gone(stage: Stage) -> None:
    """'Synchronize resources efficiently': the same for expanded lists."""
    events = stage.events()
    master = events.insert(calendarId="primary", body=weekly(3)).execute()
    _, token = listed(events, singleEvents=True)
    rule = {"recurrence": ["RRULE:FREQ=WEEKLY;COUNT=1"]}
    events.patch(calendarId="primary", eventId=master["id"], body=rule).execute()
    items, _ = listed(events, singleEvents=True, syncToken=token)
    states = sorted((one["id"][-16:-8], one["status"]) for one in items)
    assert states == [
        ("20260303", "confirmed"),
        ("20260310", "cancelled"),
        ("20260317", "cancelled"),
    ]


def test_a_window_has_open_bounds(stage: Stage) -> None:
    """Events: list: timeMin is exclusive of an event's end, timeMax of its start."""
    events = stage.events()
    events.insert(calendarId="primary", body=timed(3, 10)).execute()
    for low, high, found in (
        ("2026-03-03T10:00:00Z", None, 0),
        ("2026-03-03T09:59:59Z", None, 1),
        (None, "2026-03-03T09:00:00Z", 0),
        (None, "2026-03-03T09:00:01Z", 1),
    ):
        assert len(listed(events, timeMin=low, timeMax=high)[0]) == found
    with pytest.raises(HttpError) as caught:
        listed(events, timeMin="2026-03-03T09:00:00Z", timeMax="2026-03-03T09:00:00Z")
    assert reason(caught) == (400, "timeRangeEmpty")


def test_only_the_fields_that_are_asked_for(stage: Stage) -> None:
    """'Performance tips', partial responses; a page token only when it is named."""
    events = stage.events()
    events.insert(calendarId="primary", body={"summary": "x", **timed()}).execute()
    fields = "items(id,start/dateTime,attendees(self,responseStatus)),nextSyncToken"
    answer = events.list(calendarId="primary", fields=fields).execute()
    assert answer.keys() == {"items", "nextSyncToken"}
    assert answer["items"][0].keys() == {"id", "start"}
    assert answer["items"][0]["start"].keys() == {"dateTime"}
    bare = events.list(calendarId="primary", fields="items/id").execute()
    assert bare.keys() == {"items"}
    for wrong in ("items(title)", "items(id", "items()", "id", ",", "items/"):
        with pytest.raises(HttpError) as caught:
            events.list(calendarId="primary", fields=wrong).execute()
        assert reason(caught) == (400, "invalidParameter")


def test_deleted_events_disappear_but_their_ids_stay_taken(stage: Stage) -> None:
    """Events, `status`: 'Such cancelled events will eventually disappear'."""
    events = stage.events()
    body = {"id": "abcde", **timed()}
    events.insert(calendarId="primary", body=body).execute()
    events.delete(calendarId="primary", eventId="abcde").execute()
    found = events.get(calendarId="primary", eventId="abcde").execute()
    assert found["status"] == "cancelled"
    stage.clock.advance(stage.google.behaviour.cancelled_kept * 1.01)
    events = stage.events(MENTOR)
    assert listed(events, showDeleted=True)[0] == []
    with pytest.raises(HttpError) as caught:
        events.get(calendarId="primary", eventId="abcde").execute()
    assert reason(caught) == (404, "notFound")
    with pytest.raises(HttpError) as caught:
        events.insert(calendarId="primary", body=body).execute()
    assert reason(caught) == (409, "duplicate")


def test_filters_by_extended_properties_and_uid(stage: Stage) -> None:
    """'Extended properties': searched by name=value, private and shared apart."""
    events = stage.events()
    marks = {"extendedProperties": {"private": {"a": "1"}, "shared": {"b": "2"}}}
    made = events.insert(calendarId="primary", body={**timed(), **marks}).execute()
    events.insert(calendarId="primary", body=timed(4)).execute()
    for query in (
        {"privateExtendedProperty": ["a=1"]},
        {"sharedExtendedProperty": ["b=2"]},
        {"iCalUID": made["iCalUID"]},
    ):
        items, token = listed(events, **query)
        assert [one["id"] for one in items] == [made["id"]]
        assert token is None
    assert listed(events, privateExtendedProperty=["b=2"])[0] == []


def test_what_happens_between_pages_comes_with_the_next_token(stage: Stage) -> None:
    """'Synchronize resources efficiently': a listing counts from its first page."""
    events = stage.events()
    _, token = listed(events)
    names = ["aaaaa", "bbbbb", "ccccc"]
    for name, day in zip(names, (3, 4, 5), strict=True):
        events.insert(calendarId="primary", body={"id": name, **timed(day)}).execute()
    for since in (None, token):
        request = events.list(calendarId="primary", maxResults=2, syncToken=since)
        first = request.execute()
        edit = events.patch(
            calendarId="primary", eventId="aaaaa", body={"summary": "x"}
        )
        edit.execute()
        last = events.list_next(request, first).execute()
        items, _ = listed(events, syncToken=last["nextSyncToken"])
        assert [one["id"] for one in items] == ["aaaaa"]


def test_a_page_token_is_bound_to_its_query(stage: Stage) -> None:
    """Events: list, `pageToken`: the page of that result, and of no other."""
    events = stage.events()
    for day in (3, 4, 5):
        events.insert(calendarId="primary", body=timed(day)).execute()
    token = events.list(calendarId="primary", maxResults=1).execute()["nextPageToken"]
    more = events.list(calendarId="primary", maxResults=2, pageToken=token).execute()
    assert len(more["items"]) == 2
    for other in ({"singleEvents": True}, {"q": "x"}, {"showDeleted": True}):
        with pytest.raises(HttpError) as caught:
            events.list(calendarId="primary", pageToken=token, **other).execute()
        assert reason(caught) == (400, "invalid")
