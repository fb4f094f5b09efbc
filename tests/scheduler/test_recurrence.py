"""The days of a pattern, against looking at every day one by one."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.recurrence import Every, Pattern
from tests.cases import tried

DAY = timedelta(days=1)
FIRST, LAST = date(2023, 11, 1), date(2031, 3, 1)

numbers = st.integers(-5, 5).filter(bool)
patterns = st.builds(
    Pattern,
    every=st.sampled_from(Every),
    interval=st.sampled_from([1, 1, 2, 3, 7]),
    count=st.none() | st.integers(1, 40),
    months=st.just(())
    | st.sets(st.integers(1, 12), max_size=3).map(lambda s: tuple(sorted(s))),
    month_days=st.just(())
    | st.sets(st.integers(-31, 31).filter(bool) | st.integers(29, 31), max_size=3).map(
        lambda s: tuple(sorted(s))
    ),
    weekdays=st.sets(
        st.tuples(st.just(0) | numbers, st.integers(0, 6)), max_size=3
    ).map(tuple),
    week_start=st.integers(0, 6),
)
days = st.dates(FIRST, LAST)


def slowly(pattern: Pattern, first: date, low: date, high: date) -> list[int]:
    """Day by day from the first on: in a period's turn, and chosen by every part."""
    found, day = [], first
    while day <= high and (pattern.count is None or len(found) < pattern.count):
        if in_turn(pattern, first, day) and chosen(pattern, first, day):
            found.append(day)
        day += DAY
    return [day.toordinal() for day in found if day >= low]


def in_turn(pattern: Pattern, first: date, day: date) -> bool:
    def week(some: date) -> int:
        return (some.toordinal() - 1 - pattern.week_start) // 7

    gone = {
        Every.DAY: (day - first).days,
        Every.WEEK: week(day) - week(first),
        Every.MONTH: (day.year - first.year) * 12 + day.month - first.month,
        Every.YEAR: day.year - first.year,
    }
    return gone[pattern.every] % pattern.interval == 0


def chosen(pattern: Pattern, first: date, day: date) -> bool:
    months, month_days, weekdays = completed(pattern, first)
    last = monthrange(day.year, day.month)[1]
    return (
        (not months or day.month in months)
        and (not month_days or bool({day.day, day.day - last - 1} & set(month_days)))
        and (not weekdays or any(is_nth(pattern, day, *one) for one in weekdays))
    )


def completed(pattern: Pattern, first: date):
    """What DTSTART says where the rule is silent (RFC 5545 section 3.3.10)."""
    months, month_days, weekdays = pattern.months, pattern.month_days, pattern.weekdays
    if not (month_days or weekdays):
        if pattern.every is Every.YEAR:
            months, month_days = months or (first.month,), (first.day,)
        elif pattern.every is Every.MONTH:
            month_days = (first.day,)
    if pattern.every is Every.WEEK and not weekdays:
        weekdays = ((0, first.weekday()),)
    return months, month_days, weekdays


def is_nth(pattern: Pattern, day: date, number: int, weekday: int) -> bool:
    """The n-th such weekday: of its month, or of its year where no month is given."""
    if day.weekday() != weekday:
        return False
    if not number or pattern.every in {Every.DAY, Every.WEEK}:
        return True
    in_year = pattern.every is Every.YEAR and not pattern.months
    same, some = 0, day
    step = -7 * DAY if number > 0 else 7 * DAY
    while (some.year, in_year or some.month) == (day.year, in_year or day.month):
        same, some = same + 1, some + step
    return same == abs(number)


@settings(max_examples=tried(600))
@given(patterns, days, days, st.integers(0, 60))
def test_finds_what_looking_at_every_day_finds(
    pattern: Pattern, first: date, low: date, length: int
) -> None:
    high = low + length * DAY
    found = pattern.days(first.toordinal(), low.toordinal(), high.toordinal())
    assert found == slowly(pattern, first, low, high)


@given(patterns, days)
def test_steps_are_few_for_a_window_far_away(pattern: Pattern, first: date) -> None:
    begin = first.toordinal()
    low = begin + 36_500
    steps = pattern.steps(begin, low, low + 366)
    if pattern.count is None:
        assert steps <= 366 * 2 + 200
    assert steps >= len(pattern.days(begin, low, low + 366))
