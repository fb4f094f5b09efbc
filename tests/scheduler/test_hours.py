"""Hours on a wall clock, as instants, through clock changes."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.errors import Refused
from scheduler.people import Hours, Window
from scheduler.timespan import Span

ZONES = (
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "America/Nuuk",
    "Asia/Beirut",
)


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def on(text: str, day: date, zone: str = "America/New_York") -> list[Span]:
    return list(Hours.parse(text).spans(day, day + timedelta(days=1), zone))


windows = st.tuples(st.integers(0, 6), st.integers(0, 95), st.integers(1, 30)).map(
    lambda w: Window(w[0], 15 * w[1], min(15 * (w[1] + w[2]), 1440))
)


@given(
    st.lists(windows, max_size=6),
    st.dates(date(2024, 1, 1), date(2027, 1, 1)),
    st.sampled_from(ZONES),
)
def test_windows_are_sorted_apart_and_inside_their_day(
    made: list[Window], first: date, zone: str
) -> None:
    hours = Hours.of(tuple(made))
    night = None
    for offset in range(9):
        day = first + timedelta(days=offset)
        spans = list(hours.spans(day, day + timedelta(days=1), zone))
        for left, right in pairwise(spans):
            assert left.end < right.start
        if spans and night:
            assert night <= spans[0].start
        night = spans[-1].end if spans else night


def test_windows_that_touch_are_one_but_not_at_midnight() -> None:
    text = "Mon 14:00-24:00, Mon 09:00-12:00, Mon 12:00-14:00, Tue 00:00-08:00"
    assert str(Hours.parse(text)) == "Mon 09:00-24:00, Tue 00:00-08:00"


def test_a_window_keeps_its_wall_times() -> None:
    assert on("Sun 01:00-04:00", date(2026, 3, 8)) == [Span(utc(8, 6), utc(8, 8))]
    assert on("Sun 02:30-04:00", date(2026, 3, 8)) == [Span(utc(8, 7, 30), utc(8, 8))]
    assert on("Sun 02:15-02:45", date(2026, 3, 8)) == [
        Span(utc(8, 7, 15), utc(8, 7, 45))
    ]


def test_windows_that_a_clock_change_lets_overlap_are_one_that_day() -> None:
    text = "Sun 01:00-02:30, Sun 03:00-04:00"
    assert on(text, date(2026, 3, 8)) == [Span(utc(8, 6), utc(8, 8))]
    assert len(on(text, date(2026, 3, 15))) == 2


def test_a_window_that_a_clock_change_empties_is_left_out() -> None:
    assert on("Sun 02:45-03:15", date(2026, 3, 8)) == []


def test_a_day_that_loses_its_last_hour_ends_at_midnight() -> None:
    spans = on("Sat 22:00-23:30", date(2026, 3, 28), "America/Nuuk")
    assert spans == [Span(utc(29, 0), utc(29, 1))]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Mon",
        "Mon 9-12",
        "Mon 12:00-09:00",
        "Mon 23:00-25:00",
        "Mon 09:60-10:00",
        "Mon 09:00-09:00",
        "Xyz 09:00-10:00",
        "Mon 09:00-10:00,",
    ],
)
def test_hours_not_understood_are_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        Hours.parse(text, field="mentor-hours")
    assert refused.value.code == "E_HOURS"
    assert refused.value.field == "mentor-hours"


def test_days_that_open_alike_are_written_once() -> None:
    for text in (
        "Mon-Fri 09:00-17:00",
        "Mon-Wed 09:00-12:00, Fri 09:00-12:00, Tue 14:00-24:00",
        "Sun 10:00-12:00",
    ):
        assert str(Hours.parse(text)) == text


@given(st.lists(windows, min_size=1, max_size=6))
def test_what_is_written_is_read_again(made: list[Window]) -> None:
    hours = Hours.of(tuple(made))
    assert Hours.parse(str(hours)) == hours
