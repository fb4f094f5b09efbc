"""When letters go out: what holds in every zone, at every minute of the year."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.ids import PersonId, ProgrammeId
from scheduler.letters import LetterKind
from scheduler.localtime import zone
from scheduler.people import Person
from scheduler.quiet import PRESSING, is_quiet, letter_at, open_from

ZONES = st.sampled_from(
    [
        "Europe/Berlin",
        "America/New_York",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Kiritimati",
        "Africa/Casablanca",
        "America/St_Johns",
        "UTC",
    ]
)
INSTANTS = st.integers(0, 3 * 366 * 24 * 60).map(
    lambda minute: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
)
QUIET = st.frozensets(st.integers(0, 6), max_size=7)


@given(INSTANTS, ZONES, QUIET)
def test_a_letter_waits_for_the_first_minute_that_is_not_quiet(now, where, days):
    at = open_from(now, where, days)
    counted = days if len(days) < 7 else frozenset()
    local = at.astimezone(zone(where))
    assert at >= now
    assert 7 <= local.hour < 21
    assert local.weekday() not in counted
    if at > now:
        assert is_quiet(now, where, counted)
        assert is_quiet(at - timedelta(minutes=1), where, counted)
        assert at - now <= timedelta(days=7, hours=11)


@given(INSTANTS, ZONES, QUIET)
def test_waiting_twice_is_waiting_once(now, where, days):
    at = open_from(now, where, days)
    assert open_from(at, where, days) == at


def person(zone_name="Europe/Berlin", quiet_days=frozenset()):
    return Person(
        PersonId("p"),
        ProgrammeId("g"),
        "Ida",
        "ida@example.org",
        zone_name,
        quiet_days=quiet_days,
    )


NIGHT = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)  # a Monday, 23:30 in Berlin
MORNING = datetime(2026, 3, 3, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "ahead", "expected"),
    [
        (LetterKind.FELL_OUT, PRESSING - timedelta(minutes=1), NIGHT),
        (LetterKind.FELL_OUT, PRESSING, MORNING),
        (LetterKind.MOVED, timedelta(hours=-1), MORNING),
        (LetterKind.CONSISTENCY, timedelta(hours=1), MORNING),
        (LetterKind.AGENDA, timedelta(hours=1), MORNING),
        (LetterKind.SIGN_IN, timedelta(days=9), NIGHT),
    ],
)
def test_only_a_change_of_a_near_meeting_is_told_at_night(kind, ahead, expected):
    assert letter_at(kind, person(), NIGHT, NIGHT + ahead) == expected


def test_a_quiet_day_is_waited_out_whole():
    quiet = person(quiet_days=frozenset({1, 2}))
    assert letter_at(LetterKind.MET, quiet, NIGHT) == MORNING + timedelta(days=2)
