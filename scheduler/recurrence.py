"""The days of a simple repeat rule, found inside a range without walking to it.

Everything is whole numbers: a day is its proleptic Gregorian ordinal
(`date.toordinal`). Times of day, zones and texts are the caller's. The BY parts choose
days of each period as RFC 5545 section 3.3.10 says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum

_LAST = date.max.toordinal() - 31


class Every(Enum):
    """What a pattern repeats by."""

    DAY = 1
    WEEK = 7
    MONTH = 28
    YEAR = 365


#: What a period costs against a day that is looked at.
_COSTS = {Every.DAY: 2, Every.WEEK: 4, Every.MONTH: 10, Every.YEAR: 100}


@dataclass(frozen=True, slots=True)
class Pattern:
    """Every so many days, weeks, months or years; an empty tuple leaves a part open.

    `weekdays` are (n, day): the n-th such day of its month or year, n = 0 every one;
    Monday is 0. `month_days` may count from the end. `count` is of all days from the
    first on.
    """

    every: Every
    interval: int = 1
    count: int | None = None
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    weekdays: tuple[tuple[int, int], ...] = ()
    week_start: int = 0

    def steps(self, first: int, low: int, high: int) -> int:
        """How many days and periods `days` has to look at, roughly and not too few."""
        begin = first if self.count is not None else max(first, low)
        period = min(self.every.value * self.interval, 36_500)
        return (max(0, high - begin) // period + 2) * _COSTS[self.every]

    def days(self, first: int, low: int, high: int) -> list[int]:
        """The pattern's own days from `low` to `high`, both included, in order.

        `first` is where counting begins; it is among them only if it is on the pattern.
        """
        low, high = max(low, first), min(high, _LAST)
        if high < low:
            return []
        if self.every is Every.WEEK and not (self.months or self.month_days):
            return _weekly(self, first, low, high)
        if self.every is Every.DAY and not (
            self.months or self.month_days or self.weekdays
        ):
            return _daily(self, first, low, high)
        begin = low if self.count is None else first
        days = [day for day in _walked(self, first, begin, high) if day >= first]
        return [day for day in days[: self.count] if low <= day <= high]


def _daily(pattern: Pattern, first: int, low: int, high: int) -> list[int]:
    step = pattern.interval
    if pattern.count is not None:
        high = min(high, first + (pattern.count - 1) * step)
    return list(range(first + -((first - low) // step) * step, high + 1, step))


def _weekly(pattern: Pattern, first: int, low: int, high: int) -> list[int]:
    """Whole weeks of some weekdays; where COUNT ends is worked out, not counted."""
    step, chosen = 7 * pattern.interval, _in_week(pattern, first)
    monday = _week_of(first, pattern.week_start)
    if pattern.count is not None:
        before = sum(monday + day < first for day in chosen)
        weeks, rest = divmod(before + pattern.count - 1, len(chosen))
        high = min(high, monday + weeks * step + chosen[rest])
    if len(chosen) == 1:
        only = monday + chosen[0]
        return list(range(only + -((only - low) // step) * step, high + 1, step))
    begin = monday + max(0, (low - 6 - monday) // step) * step
    return [
        week + day
        for week in range(begin, high + 1, step)
        for day in chosen
        if low <= week + day <= high
    ]


def _in_week(pattern: Pattern, first: int) -> list[int]:
    """The chosen days of a week, counted from its start; a number means nothing."""
    weekdays = {day for _, day in pattern.weekdays} or {_weekday(first)}
    return sorted((day - pattern.week_start) % 7 for day in weekdays)


def _weekday(day: int) -> int:
    return (day + 6) % 7


def _week_of(day: int, week_start: int) -> int:
    """The first day of the week that holds `day`."""
    return day - (_weekday(day) - week_start) % 7


def _walked(pattern: Pattern, first: int, begin: int, high: int) -> Iterator[int]:
    """Days of one period after another, from that of `begin` to the last by `high`."""
    match pattern.every:
        case Every.DAY:
            gone = max(0, (begin - first) // pattern.interval) * pattern.interval
            days: Iterable[int] = range(first + gone, high + 1, pattern.interval)
            yield from (day for day in days if _fits(pattern, day))
        case Every.WEEK:
            step, chosen = 7 * pattern.interval, _in_week(pattern, first)
            monday = _week_of(first, pattern.week_start)
            start = monday + max(0, (begin - 6 - monday) // step) * step
            every = (week + n for week in range(start, high + 1, step) for n in chosen)
            yield from (day for day in every if _fits(pattern, day))
        case Every.MONTH:
            yield from _monthly(pattern, date.fromordinal(first), begin, high)
        case Every.YEAR:
            yield from _yearly(pattern, date.fromordinal(first), begin, high)


def _fits(pattern: Pattern, day: int) -> bool:
    """Whether a day or week rule lets this day stand."""
    found = date.fromordinal(day)
    if pattern.months and found.month not in pattern.months:
        return False
    if pattern.weekdays and all(found.weekday() != d for _, d in pattern.weekdays):
        return False
    if not pattern.month_days:
        return True
    last = _length(found.year, found.month)
    return bool({found.day, found.day - last - 1} & set(pattern.month_days))


def _monthly(pattern: Pattern, first: date, begin: int, high: int) -> Iterator[int]:
    start, end = date.fromordinal(begin), date.fromordinal(high)
    origin = first.year * 12 + first.month - 1
    gone = start.year * 12 + start.month - 1 - origin
    number = origin + max(0, gone // pattern.interval) * pattern.interval
    month_days = pattern.month_days
    if not (month_days or pattern.weekdays):
        month_days = (first.day,)
    while number <= end.year * 12 + end.month - 1:
        year, month = divmod(number, 12)
        if not pattern.months or month + 1 in pattern.months:
            yield from _of_month(year, month + 1, month_days, pattern.weekdays)
        number += pattern.interval


def _yearly(pattern: Pattern, first: date, begin: int, high: int) -> Iterator[int]:
    months, month_days = pattern.months, pattern.month_days
    if not (month_days or pattern.weekdays):
        months, month_days = months or (first.month,), (first.day,)
    numbered = not months and any(n for n, _ in pattern.weekdays)
    gone = date.fromordinal(begin).year - first.year
    year = first.year + max(0, gone // pattern.interval) * pattern.interval
    while year <= date.fromordinal(high).year:
        if numbered:
            yield from _of_year(year, month_days, pattern.weekdays)
        else:
            for month in months or range(1, 13):
                yield from _of_month(year, month, month_days, pattern.weekdays)
        year += pattern.interval


def _of_month(
    year: int,
    month: int,
    month_days: tuple[int, ...],
    weekdays: tuple[tuple[int, int], ...],
) -> list[int]:
    """The days of one month that both lists choose, one left open choosing all."""
    start, last = date(year, month, 1).toordinal(), _length(year, month)
    numbered = _numbered(month_days, last)
    if not weekdays:
        return sorted(start + day - 1 for day in numbered)
    chosen = _nth(start, last, weekdays)
    if month_days:
        chosen &= {start + day - 1 for day in numbered}
    return sorted(chosen)


def _of_year(
    year: int, month_days: tuple[int, ...], weekdays: tuple[tuple[int, int], ...]
) -> list[int]:
    """The days of a year whose weekdays are numbered through the year."""
    start = date(year, 1, 1).toordinal()
    chosen = _nth(start, date(year, 12, 31).toordinal() - start + 1, weekdays)
    if month_days:
        chosen &= {
            day for m in range(1, 13) for day in _of_month(year, m, month_days, ())
        }
    return sorted(chosen)


def _numbered(month_days: tuple[int, ...], last: int) -> set[int]:
    """The days of a month of `last` days, those from the end as from its start."""
    days = {day if day > 0 else last + 1 + day for day in month_days}
    return {day for day in days if 1 <= day <= last}


def _nth(start: int, length: int, weekdays: Iterable[tuple[int, int]]) -> set[int]:
    """Weekdays of a stretch: all (n = 0), or the n-th from its start or its end."""
    found: set[int] = set()
    for number, weekday in weekdays:
        first = start + (weekday - _weekday(start)) % 7
        every = range(first, start + length, 7)
        if number == 0:
            found.update(every)
        elif abs(number) <= len(every):
            found.add(every[number - 1 if number > 0 else number])
    return found


def _length(year: int, month: int) -> int:
    """How many days a month has."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return following.toordinal() - date(year, month, 1).toordinal()
