"""What people's acts on Google's own pages leave behind for its readers."""

from datetime import UTC, datetime
from typing import Any

from integrations.google.fake.acts import end_before, split
from integrations.google.fake.repeats import Series
from tests.integrations.google.conftest import MENTEE, MENTOR, Stage
from tests.integrations.google.shapes import guests, listed, timed, weekly

AT = "abcde"
THIRD = {"dateTime": "2026-03-17T09:00:00+00:00", "timeZone": "Europe/Berlin"}


def series(stage: Stage, **more: Any) -> Any:
    body = {"id": AT, **weekly(5), "attendees": guests(MENTEE), **more}
    events = stage.events()
    events.insert(calendarId="primary", body=body, sendUpdates="none").execute()
    return events


def test_this_and_following_deleted_shows_only_in_the_rule(stage: Stage) -> None:
    """Seen: a shorter RRULE and no cancelled item; for the guest too."""
    events = series(stage)
    tokens = {who: listed(stage.events(who))[1] for who in (MENTOR, MENTEE)}
    google = stage.google
    now = google.clock()
    google.become(end_before(google.world, MENTOR, AT, THIRD, now))
    for who in (MENTOR, MENTEE):
        items, _ = listed(stage.events(who), syncToken=tokens[who])
        assert [(one["id"], one["status"]) for one in items] == [(AT, "confirmed")]
        (rule,) = items[0]["recurrence"]
        assert rule == "RRULE:FREQ=WEEKLY;UNTIL=20260317T085959Z"
    assert len(listed(events, singleEvents=True)[0]) == 2


def test_an_exception_behind_the_end_is_cancelled(stage: Stage) -> None:
    """'Recurring events': exceptions after the target instance are lost."""
    events = series(stage)
    name = f"{AT}_20260324T090000Z"
    events.patch(
        calendarId="primary", eventId=name, body=timed(25), sendUpdates="none"
    ).execute()
    _, token = listed(events)
    google = stage.google
    google.become(end_before(google.world, MENTOR, AT, THIRD, google.clock()))
    items, _ = listed(events, syncToken=token)
    told = {one["id"]: one["status"] for one in items}
    assert told == {AT: "confirmed", name: "cancelled"}


def test_this_and_following_edited_makes_another_master(stage: Stage) -> None:
    """Seen: `<old>_R<stamp>`, a UID of its own, and other ids of instances."""
    events = series(stage)
    google = stage.google
    edited = {"summary": "Later", "start": timed(18)["start"], "end": timed(18)["end"]}
    world, name = split(google.world, MENTOR, AT, THIRD, (edited, google.clock()))
    google.become(world)
    assert name == f"{AT}_R20260317T090000"
    for who in (MENTOR, MENTEE):
        items, _ = listed(stage.events(who))
        assert {one["id"] for one in items} == {AT, name}
        (later,) = [one for one in items if one["id"] == name]
        assert later["iCalUID"] == f"{name}@google.com"
        assert later["recurrence"] == ["RRULE:FREQ=WEEKLY;COUNT=3"]
    every, _ = listed(events, singleEvents=True, orderBy="startTime")
    assert [one["id"] for one in every] == [
        f"{AT}_20260303T090000Z",
        f"{AT}_20260310T090000Z",
        f"{name}_20260318T090000Z",
        f"{name}_20260325T090000Z",
        f"{name}_20260401T080000Z",
    ]


def test_a_master_moved_in_time_loses_its_exceptions(stage: Stage) -> None:
    """Of the house: the old original starts are no longer there."""
    events = series(stage)
    name = f"{AT}_20260310T090000Z"
    where = {"calendarId": "primary", "sendUpdates": "none"}
    events.patch(**where, eventId=name, body=timed(11)).execute()
    events.patch(**where, eventId=AT, body=timed(3, 12)).execute()
    found = events.get(calendarId="primary", eventId=name).execute()
    assert found["status"] == "cancelled"
    starts = [one["id"] for one in listed(events, singleEvents=True)[0]]
    assert f"{AT}_20260310T110000Z" in starts
    assert len(starts) == 5


def test_a_series_that_is_restored_has_its_exceptions_again(stage: Stage) -> None:
    """Events, `status`: deleted events can be 'restored (undeleted)'."""
    events = series(stage)
    name = f"{AT}_20260310T090000Z"
    where = {"calendarId": "primary", "sendUpdates": "none"}
    events.patch(**where, eventId=name, body=timed(11)).execute()
    events.delete(**where, eventId=AT).execute()
    _, token = listed(events)
    events.patch(**where, eventId=AT, body={"status": "confirmed"}).execute()
    items, _ = listed(events, syncToken=token)
    assert {one["id"] for one in items} == {AT, name}
    guest, _ = listed(stage.events(MENTEE))
    assert {one["id"] for one in guest} == {AT, name}


def test_dates_added_and_taken_out_by_their_lines(stage: Stage) -> None:
    """'Recurring events': RDATE, EXDATE and EXRULE lines (RFC 5545)."""
    start = {"dateTime": "2026-03-03T09:00:00+00:00", "timeZone": "Europe/Berlin"}
    lines = [
        "RRULE:FREQ=WEEKLY;UNTIL=20260331T235959Z",
        "EXDATE;TZID=Europe/Berlin:20260310T100000",
        "EXRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=1",
        "RDATE:20260311T090000Z",
    ]
    low, high = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    days = [one["dateTime"][5:16] for one in Series.of(start, lines).starts(low, high)]
    assert days == ["03-11T09:00", "03-17T09:00", "03-24T09:00", "03-31T08:00"]


def test_a_start_beside_the_rule_counts_too() -> None:
    """RFC 5545 section 3.3.10: DTSTART 'always counts as the first occurrence'."""
    start = {"dateTime": "2026-03-03T09:00:00+00:00", "timeZone": "Europe/Berlin"}
    low, high = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    for count, days in ((1, ["03"]), (2, ["03", "04"]), (3, ["03", "04", "11"])):
        series = Series.of(start, [f"RRULE:FREQ=WEEKLY;BYDAY=WE;COUNT={count}"])
        assert [one["dateTime"][8:10] for one in series.starts(low, high)] == days
