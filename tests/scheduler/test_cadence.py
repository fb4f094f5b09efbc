"""Turns of a cadence, and the dates that lie in them."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.cadence import (
    MONTHLY,
    WEEKLY,
    Cadence,
    nth_weekday,
    periods,
    whole_turns,
)
from scheduler.errors import Refused

days = st.dates(date(1999, 1, 1), date(2101, 1, 1))
cadences = st.one_of(
    st.integers(1, 12).map(lambda n: Cadence("week", n)), st.just(MONTHLY)
)


@given(cadences, days, st.integers(1, 30))
def test_periods_follow_each_other(cadence: Cadence, first: date, count: int) -> None:
    found = periods(cadence, first, count)
    assert [period.index for period in found] == list(range(count))
    assert found[0].first <= first < found[0].until
    for left, right in pairwise(found):
        assert left.until == right.first
    if cadence.unit == "month":
        assert {period.first.day for period in found} == {1}
    else:
        assert found[-1].until == first + count * timedelta(days=cadence.days)


@given(cadences, days, st.integers(-50, 1500))
def test_whole_turns_end_by_the_day(cadence: Cadence, first: date, ahead: int) -> None:
    until = first + timedelta(days=ahead)
    turns = whole_turns(cadence, first, until)
    if cadence.unit == "week":
        assert turns == max(0, ahead // cadence.days)
        return
    months = [first.year * 12 + first.month - 1 + n for n in range(60)]
    # The same day of the month, or where it has none the first of the next.
    ends = [(month // 12, month % 12 + 1, first.day) for month in months]
    fitting = [
        n for n, end in enumerate(ends) if end <= (until.year, until.month, until.day)
    ]
    assert turns == max(fitting, default=0)


@given(days, st.integers(0, 6))
def test_weekdays_of_a_month_are_counted_from_both_ends(
    month: date, weekday: int
) -> None:
    found = [nth_weekday(month, weekday, week) for week in (1, 2, 3, 4, -1)]
    assert {day.weekday() for day in found} == {weekday}
    assert {(day.year, day.month) for day in found} == {(month.year, month.month)}
    assert found[0].day <= 7
    assert [b - a for a, b in pairwise(found[:4])] == [timedelta(7)] * 3
    assert (found[4] + timedelta(7)).month != month.month


@pytest.mark.parametrize(
    ("text", "cadence"),
    [
        ("weekly", WEEKLY),
        (" Monthly ", MONTHLY),
        ("every 2 weeks", Cadence("week", 2)),
        ("every  12 weeks", Cadence("week", 12)),
    ],
)
def test_cadences_are_read_and_written(text: str, cadence: Cadence) -> None:
    assert Cadence.parse(text) == cadence
    assert Cadence.parse(str(cadence)) == cadence


@pytest.mark.parametrize(
    "text", ["", "daily", "every 1 weeks", "every 13 weeks", "every two weeks", "2"]
)
def test_other_words_are_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        Cadence.parse(text, field="--cadence")
    assert (refused.value.code, refused.value.field) == ("E_CADENCE", "--cadence")
