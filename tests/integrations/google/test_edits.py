"""Changes to our own events: the same ones as to a copy in a CalDAV calendar."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.google.edits import requests, set_apart, text_of
from integrations.google.writing import Wish, event_id, insert
from integrations.ics.decode import decode
from integrations.ics.edit import apply
from integrations.ics.encode import encode
from scheduler.errors import Gone
from scheduler.events import Meaning
from scheduler.ids import Uid
from scheduler.invite import Attachment, Attendee, Invite, Override
from scheduler.localtime import zone as zone_of
from scheduler.ports.calendars import Describe, Edit, Move, PutBack, Shorten, TakeOut
from scheduler.timespan import Span
from tests.integrations.google.calendar import Stand

HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)
FIRST = datetime(2026, 3, 16, 9, tzinfo=UTC)
STAMP = datetime(2026, 3, 1, tzinfo=UTC)
ALWAYS = Span(datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
DATES = [FIRST, FIRST + WEEK, FIRST + 2 * WEEK - HOUR, FIRST + 3 * WEEK - HOUR]
SERIES = Invite(
    uid=Uid("abc@programme.test"),
    sequence=0,
    stamp=STAMP,
    zone="Europe/Berlin",
    span=Span(FIRST, FIRST + HOUR),
    summary="Ida and Jon",
    rrule="FREQ=WEEKLY;COUNT=4",
)
GUESTS = (Attendee("ida@a.test", "Ida"), Attendee("jon@a.test", "Jon"))


def stand(invite: Invite = SERIES) -> Stand:
    body = insert("primary", invite, Wish("tag"), 1).body
    assert body is not None
    return Stand(dict(body))


def standing(data: bytes) -> list[tuple[datetime, datetime, datetime]]:
    found = decode(data, window=ALWAYS, zone=zone_of("UTC")).objects
    return sorted(
        (o.original_start, o.start, o.end)
        for one in found
        for o in one.occurrences
        if o.meaning is not Meaning.CANCELLED
    )


def shown(one: Stand) -> list[tuple[datetime, datetime, datetime]]:
    if one.event is None:
        return []
    return sorted(
        (o.original_start, o.start, o.end)
        for o in one.standing().occurrences()
        if o.meaning is not Meaning.CANCELLED
    )


dates = st.sampled_from([*DATES, FIRST + timedelta(days=1)])
spans = st.builds(
    lambda day, hours: Span(
        day + timedelta(hours=hours), day + timedelta(hours=hours + 1)
    ),
    st.sampled_from(DATES),
    st.integers(-5, 40),
)
edits = st.one_of(
    st.builds(Move, dates, spans, st.just(1), st.just(STAMP)),
    st.builds(TakeOut, dates, st.just(1), st.just(STAMP)),
    st.builds(PutBack, dates, spans, st.just(1), st.just(STAMP)),
    st.builds(Shorten, dates, st.just(1), st.just(STAMP)),
    st.builds(Describe, dates, st.sampled_from(["", "One", "Two"])),
)
invites = st.builds(
    lambda left_out, rule: replace(
        SERIES, rrule=rule, exdates=tuple(left_out) if rule else ()
    ),
    st.lists(st.sampled_from(DATES[1:]), max_size=2, unique=True),
    st.sampled_from(["FREQ=WEEKLY;COUNT=4", "FREQ=WEEKLY;UNTIL=20260501T000000Z", ""]),
)


@settings(max_examples=150, deadline=None)
@given(invites, st.lists(edits, max_size=6))
def test_both_calendars_come_to_the_same(invite: Invite, changes: list[Edit]) -> None:
    google, dav = stand(invite), encode(invite)
    assert shown(google) == standing(dav)
    for edit in changes:
        try:
            after = apply(dav, edit, zone_of("UTC"))
        except Gone:
            with pytest.raises(Gone):
                requests(google.standing(), edit)
            continue
        google.take(requests(google.standing(), edit))
        if after is None:
            assert google.event is None
            return
        dav = after
        assert shown(google) == standing(dav)
        # An edit that is already true is no call.
        assert requests(google.standing(), edit) == ()


def test_whom_google_writes_to() -> None:
    one = stand(replace(SERIES, attendees=GUESTS))
    assert one.event is not None
    one.event["attendees"][0]["self"] = True
    at = DATES[1]
    moved = Span(at + HOUR, at + 2 * HOUR)
    for edit, told in (
        (Move(at, moved, 1, STAMP), "all"),
        (Describe(at, "Bring questions"), "none"),
        (TakeOut(at, 1, STAMP), "all"),
        (PutBack(at, moved, 1, STAMP), "all"),
        (Shorten(DATES[2], 1, STAMP), "all"),
        (Shorten(FIRST, 1, STAMP), "all"),
    ):
        asked = requests(one.standing(), edit)
        assert [call.params["sendUpdates"] for call in asked][-1:] == [told]
        one.take(asked)
    assert one.event is None


def test_nobody_is_written_to_where_there_are_no_guests() -> None:
    one = stand()
    (asked,) = requests(one.standing(), TakeOut(DATES[1], 1, STAMP))
    assert asked.params["sendUpdates"] == "none"


def test_a_changed_date_of_the_tail_goes_with_it_untold() -> None:
    one = stand(replace(SERIES, attendees=GUESTS))
    at = DATES[3]
    one.take(
        requests(one.standing(), Move(at, Span(at + HOUR, at + 2 * HOUR), 1, STAMP))
    )
    first, last = requests(one.standing(), Shorten(DATES[2], 1, STAMP))
    assert first.body == {"status": "cancelled"}
    assert first.params["sendUpdates"] == "none"
    assert last.body == {"recurrence": ["RRULE:FREQ=WEEKLY;UNTIL=20260330T075959Z"]}


def test_text_place_and_link_of_one_date() -> None:
    one = stand(replace(SERIES, location="Room 1", description="Every week"))
    at = DATES[1]
    assert text_of(one.standing(), at) == "Every week"
    document = "https://docs.google.com/document/d/1/edit"
    edit = Describe(at, "Today", document, "Room 2", frozenset({"Room 1"}))
    (asked,) = requests(one.standing(), edit)
    assert asked.params["supportsAttachments"] is True
    one.take([asked])
    (changed,) = one.instances.values()
    assert changed["location"] == "Room 2"
    assert [link["fileUrl"] for link in changed["attachments"]] == [document]
    assert text_of(one.standing(), at) == "Today"
    assert text_of(one.standing(), DATES[2]) == "Every week"
    assert requests(one.standing(), edit) == ()
    other = Describe(at, "Today", "https://troth.test/a", "Room 3", frozenset({"x"}))
    (asked,) = requests(one.standing(), other)
    assert asked.body == {"description": "Today\n\nhttps://troth.test/a"}
    with pytest.raises(Gone):
        text_of(one.standing(), at + HOUR)


def test_a_moved_date_of_the_booking_is_set_apart_once() -> None:
    at = DATES[1]
    apart = Override(at, Span(at + HOUR, at + 2 * HOUR), "Later, today")
    one = stand(replace(SERIES, overrides=(apart,), attendees=GUESTS))
    (asked,) = set_apart(one.standing(), apart)
    assert asked.params["sendUpdates"] == "none"
    one.take([asked])
    assert shown(one)[1] == (at, apart.span.start, apart.span.end)
    assert set_apart(one.standing(), apart) == ()


def test_what_is_inserted() -> None:
    invite = replace(
        SERIES,
        attendees=GUESTS,
        exdates=(DATES[2], DATES[1]),
        attachments=(Attachment("https://docs.google.com/x", "text/html"),),
    )
    asked = insert("primary", invite, Wish("tag", (10,), meet=True), 1)
    assert asked.params == {
        "calendarId": "primary",
        "sendUpdates": "all",
        "supportsAttachments": True,
        "conferenceDataVersion": 1,
    }
    assert asked.body is not None
    assert "iCalUID" not in asked.body
    assert asked.body["recurrence"] == [
        "RRULE:FREQ=WEEKLY;COUNT=4",
        "EXDATE;TZID=Europe/Berlin:20260323T100000,20260330T100000",
    ]
    assert asked.body["start"] == {
        "dateTime": "2026-03-16T10:00:00+01:00",
        "timeZone": "Europe/Berlin",
    }
    assert asked.body["guestsCanModify"] is False
    assert asked.body["extendedProperties"] == {"shared": {"troth": "tag"}}
    assert asked.body["reminders"]["overrides"] == [{"method": "popup", "minutes": 10}]
    create = asked.body["conferenceData"]["createRequest"]
    again = insert("primary", invite, Wish("tag", (10,), meet=True), 1)
    assert asked == again
    assert create["requestId"].startswith(asked.body["id"])
    alone = insert("own", SERIES, Wish("tag"), 1)
    assert alone.params["sendUpdates"] == "none"
    assert alone.body is not None
    assert alone.body["extendedProperties"] == {"private": {"troth": "tag"}}


@given(st.text(), st.integers(1, 9))
def test_an_id_is_one_that_google_takes(uid: str, generation: int) -> None:
    found = event_id(uid, generation)
    assert re.fullmatch("[a-v0-9]{5,1024}", found)
    assert found == event_id(uid, generation)
    assert found != event_id(uid, generation + 1)
