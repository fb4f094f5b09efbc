"""What Google's events mean for whoever owns the calendar."""

import json
from datetime import UTC, datetime

import pytest

from integrations.google.items import (
    Kept,
    Removed,
    instance_id,
    instance_of,
    read_items,
    split_from,
)
from integrations.google.state import objects
from scheduler.errors import Refused
from scheduler.events import Meaning
from tests.integrations.google.events import at, busy, event, instance, known, read
from tests.integrations.ics.texts import BERLIN, NEW_YORK, YEAR

TEN, ELEVEN = at("2026-03-02 10:00"), at("2026-03-02 11:00")
WEEKLY = event("weekly", TEN, ELEVEN, "RRULE:FREQ=WEEKLY;COUNT=3")
THREE = [
    "2026-03-02 09:00/10:00",
    "2026-03-09 09:00/10:00",
    "2026-03-16 09:00/10:00",
]


@pytest.mark.parametrize(
    ("more", "meaning"),
    [
        ({}, Meaning.BUSY),
        ({"status": "tentative"}, Meaning.BUSY),
        ({"transparency": "opaque"}, Meaning.BUSY),
        ({"transparency": "transparent"}, Meaning.FREE),
        ({"eventType": "default"}, Meaning.BUSY),
        ({"eventType": "fromGmail"}, Meaning.BUSY),
        ({"eventType": "fromGmail", "transparency": "transparent"}, Meaning.FREE),
        ({"eventType": "workingLocation"}, Meaning.FREE),
        ({"eventType": "birthday"}, Meaning.FREE),
        ({"eventType": "focusTime"}, Meaning.BUSY),
        ({"eventType": "focusTime", "transparency": "transparent"}, Meaning.BUSY),
        ({"eventType": "outOfOffice", "transparency": "transparent"}, Meaning.BUSY),
        ({"eventType": "not yet invented"}, Meaning.BUSY),
        (
            {"attendees": [{"self": True, "responseStatus": "declined"}]},
            Meaning.DECLINED,
        ),
        ({"attendees": [{"self": True, "responseStatus": "tentative"}]}, Meaning.BUSY),
        ({"attendees": [{"responseStatus": "declined"}]}, Meaning.BUSY),
        ({"endTimeUnspecified": True}, Meaning.BUSY),
    ],
)
def test_an_event_means_what_google_means_by_it(
    more: dict[str, object], meaning: Meaning
) -> None:
    (found,) = read(event("one", TEN, ELEVEN, **more)).objects
    assert [one.meaning for one in found.occurrences] == [meaning]


def test_a_series_keeps_the_wall_time_of_its_zone() -> None:
    start, end = at("2026-03-23 10:00"), at("2026-03-23 11:00")
    # The answer may write the instant in any offset; the named zone is what repeats.
    start["dateTime"] = "2026-03-23T05:00:00-04:00"
    assert busy(event("one", start, end, "RRULE:FREQ=WEEKLY;COUNT=2")) == [
        "2026-03-23 09:00/10:00",
        "2026-03-30 08:00/09:00",
    ]


def test_whole_days_are_days_of_the_calendars_own_zone() -> None:
    one = event("one", at("2026-03-29"), at("2026-03-30"))
    assert busy(one) == ["2026-03-28 23:00/2026-03-29 22:00"]
    assert busy(one, zone=NEW_YORK) == ["2026-03-29 04:00/2026-03-30 04:00"]


@pytest.mark.parametrize(
    "sparse",
    [
        {"id": "weekly_20260309T090000Z", "status": "cancelled"},
        {
            "id": "weekly_20260309T090000Z",
            "status": "cancelled",
            "recurringEventId": "weekly",
            "originalStartTime": at("2026-03-09 10:00"),
        },
        {
            "id": "of-another-form",
            "status": "cancelled",
            "recurringEventId": "weekly",
            "originalStartTime": at("2026-03-09 10:00"),
        },
    ],
)
def test_a_cancelled_instance_is_told_by_its_id_alone(sparse: dict[str, str]) -> None:
    (found,) = read(WEEKLY, sparse).objects
    assert [one.meaning for one in found.occurrences] == [
        Meaning.BUSY,
        Meaning.CANCELLED,
        Meaning.BUSY,
    ]
    assert busy(sparse, WEEKLY) == [THREE[0], THREE[2]]


def test_a_cancelled_whole_day_is_told_by_its_id_alone() -> None:
    days = event("days", at("2026-03-02"), at("2026-03-03"), "RRULE:FREQ=DAILY;COUNT=3")
    sparse = {"id": "days_20260303", "status": "cancelled"}
    for zone in (BERLIN, NEW_YORK):
        (found,) = read(days, sparse, zone=zone).objects
        assert [one.meaning for one in found.occurrences] == [
            Meaning.BUSY,
            Meaning.CANCELLED,
            Meaning.BUSY,
        ]


def test_a_moved_instance_keeps_its_original_start() -> None:
    moved = instance(
        "weekly",
        at("2026-03-09 10:00"),
        "20260309T090000Z",
        start=at("2026-03-10 16:00"),
        end=at("2026-03-10 16:30"),
    )
    (found,) = read(moved, WEEKLY).objects
    assert found.id == "weekly"
    assert found.uid == "weekly@google.com"
    original, start = found.occurrences[1].original_start, found.occurrences[1].start
    assert original == datetime(2026, 3, 9, 9, tzinfo=UTC)
    assert start == datetime(2026, 3, 10, 15, tzinfo=UTC)


@pytest.mark.parametrize("series", [{}, {"recurringEventId": "weekly"}])
def test_instances_without_their_series_stand_for_themselves(
    series: dict[str, str],
) -> None:
    """What the free/busy scope may give: no masters, no words (promises.md, Scopes)."""
    anonymous = [
        {
            "id": f"weekly_202603{day}T090000Z",
            "status": "confirmed",
            "start": {"dateTime": f"2026-03-{day}T09:00:00Z"},
            "end": {"dateTime": f"2026-03-{day}T10:00:00Z"},
        }
        | series
        for day in ("02", "09", "16")
    ]
    assert busy(*anonymous) == busy(WEEKLY) == THREE
    (found,) = read(*anonymous).objects
    assert found.id == "weekly"
    gone = {"id": "weekly_20260309T090000Z", "status": "cancelled"}
    assert busy(*anonymous, gone) == [THREE[0], THREE[2]]


def test_a_split_series_is_linked_to_the_one_it_came_from() -> None:
    assert split_from("abc_R20260316T090000") == "abc"
    assert split_from("abc_R20260316T090000Z") == "abc"
    assert split_from("abc_R20260316") == "abc"
    assert split_from("abc_R20260316T090000_R20260330T090000") == "abc"
    assert split_from("abc") == "abc"
    assert instance_of("abc_R20260316T090000") is None
    assert instance_of("abc_R20260316T090000_20260323T090000Z") == (
        "abc_R20260316T090000",
        "20260323T090000Z",
    )


@pytest.mark.parametrize(
    "name", ["abc", "abc_", "_20260309", "abc_20261309", "abc_20260309T996000Z"]
)
def test_not_every_id_is_one_of_an_instance(name: str) -> None:
    assert instance_of(name) is None


def test_an_instances_id_is_read_back() -> None:
    when = datetime(2026, 3, 9, 9, tzinfo=UTC)
    assert instance_of(instance_id("abc", when, whole_day=False)) == (
        "abc",
        "20260309T090000Z",
    )
    assert instance_of(instance_id("abc", when, whole_day=True)) == ("abc", "20260309")


def test_a_cancelled_series_is_removed() -> None:
    assert read_items([{"id": "abc", "status": "cancelled"}]) == (Removed("abc"),)
    assert read_items([{"status": "confirmed"}]) == ()


@pytest.mark.parametrize(
    "start", [None, {}, {"date": "soon"}, {"dateTime": 5}, {"dateTime": "9999"}, "x"]
)
def test_what_has_no_start_must_not_look_free(start: object) -> None:
    with pytest.raises(Refused, match="E_GOOGLE_EVENT"):
        read_items([{"id": "abc", "status": "confirmed", "start": start}])


@pytest.mark.parametrize("zone", ["Moon/Crater", "a\nRRULE:FREQ=DAILY", "x" * 300])
def test_a_series_in_an_unknown_zone_is_busy_over_all_it_may_mean(zone: str) -> None:
    start = {"dateTime": "2026-03-02T10:00:00+01:00", "timeZone": zone}
    series = event("one", start, ELEVEN, "RRULE:FREQ=WEEKLY;COUNT=2")
    found = read(series)
    assert [one.code for one in found.warnings] == ["W_TZ_UNKNOWN"]
    (first, second) = found.objects[0].occurrences
    assert first.start <= datetime(2026, 3, 2, 9, tzinfo=UTC) < first.end
    assert (second.start - first.start).days == 7


def test_of_a_single_event_the_instant_counts_whatever_its_zone() -> None:
    start = {"dateTime": "2026-03-02T10:00:00+01:00", "timeZone": "Moon/Crater"}
    assert busy(event("one", start, ELEVEN)) == THREE[:1]


@pytest.mark.parametrize(
    ("uid", "kept"),
    [
        ("one@google.com", "one@google.com"),
        ("5f0c@programme.test", "5f0c@programme.test"),
        ("20260302-ida.keller@lawyers.example", ""),
        ("two@google.com", ""),
        ("x@evil.programme.test", ""),
        (None, ""),
    ],
)
def test_uids_that_may_name_people_are_not_kept(uid: str | None, kept: str) -> None:
    items = [event("one", TEN, ELEVEN, iCalUID=uid)]
    (found,) = read_items(items, domain="programme.test")
    assert isinstance(found, Kept)
    assert found.uid == kept


def test_no_word_of_anybodys_is_kept() -> None:
    canary = "Divorce lawyer"
    words = {
        "summary": canary,
        "description": canary,
        "location": canary,
        "organizer": {"email": canary},
        "attendees": [{"email": canary, "responseStatus": "accepted"}],
    }
    state = known(event("one", TEN, ELEVEN, **words))
    assert canary not in state.text()
    assert canary not in repr(objects(state, YEAR, BERLIN))
    assert all(isinstance(one, Kept) for one in state.events.values())
    assert json.loads(state.text())["events"][0][0] == "one"
