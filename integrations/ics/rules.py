"""RRULE: the wall times a rule yields, found inside a window without walking to it.

A rule is a sequence of periods (years, months, weeks, days or hours, every INTERVAL of
them); the BY parts choose days and times of each (RFC 5545 section 3.3.10). Without
COUNT the search begins at the window, with COUNT at the start, so that what a file
costs depends on what is asked and not on how old it is. Every step is paid from a
`Budget`. All times are naive wall times.
"""

from __future__ import annotations

from bisect import bisect_left
from calendar import isleap, monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import Enum
from itertools import count as counting
from itertools import groupby, product
from typing import assert_never

from scheduler.errors import Refused

#: More of one event than this inside the window are not told apart any more.
MAX_OCCURRENCES = 10_000
#: What a start costs, with all that is made of it later, against a day looked at.
START_STEPS = 20
#: And what a period costs, apart from its days.
PERIOD_STEPS = 4
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


class Frequency(Enum):
    """How often a rule repeats. The two shorter ones are never expanded."""

    YEARLY = "YEARLY"
    MONTHLY = "MONTHLY"
    WEEKLY = "WEEKLY"
    DAILY = "DAILY"
    HOURLY = "HOURLY"


class Budget:
    """Steps left for one file; a step is a period or a day looked at."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self, steps: int = 1) -> None:
        """Pay; `Refused` with E_RRULE_TOO_COMPLEX when there is not enough left."""
        self.left -= steps
        if self.left < 0:
            raise Refused(
                "E_RRULE_TOO_COMPLEX",
                "A repeat rule of this calendar takes too long to work out; simplify"
                " or delete that event.",
            )


@dataclass(frozen=True, slots=True)
class Rule:
    """One RRULE without its UNTIL; an empty tuple is a BY part that was not given.

    `weekdays` are (n, day): the n-th such day of its month or year, n = 0 every one;
    Monday is 0. `positions` is BYSETPOS. Lists are sorted.
    """

    frequency: Frequency
    interval: int = 1
    count: int | None = None
    months: tuple[int, ...] = ()
    weeks: tuple[int, ...] = ()
    year_days: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    weekdays: tuple[tuple[int, int], ...] = ()
    hours: tuple[int, ...] = ()
    minutes: tuple[int, ...] = ()
    seconds: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0

    def between(
        self, first: datetime, low: datetime, high: datetime, budget: Budget
    ) -> Iterator[datetime]:
        """The rule's own starts from `low` to `high`, both included, in order.

        `first` is DTSTART, where counting begins; it is yielded only if the rule
        yields it.
        """
        left = self.count
        low = max(low, first)
        begin = first if left is not None else low
        for day, times in _Search(self, first, budget).days(begin, high):
            if day <= first.date():
                times = _from(day, times, first)  # noqa: PLW2901 - narrowed in place
            if left is not None:
                times = times[:left]  # noqa: PLW2901
                left -= len(times)
            if day >= low.date():
                budget.spend(START_STEPS * len(times))
                starts = (datetime.combine(day, at) for at in times)
                yield from (when for when in starts if low <= when <= high)
            if left == 0:
                return


def _from(day: date, times: Sequence[time], first: datetime) -> Sequence[time]:
    """Those of the times that do not lie before `first`."""
    if day < first.date():
        return ()
    return times[bisect_left(times, first.time()) :]


class _Search:
    """Walks the periods of one rule that begins at `first`."""

    def __init__(self, rule: Rule, first: datetime, budget: Budget) -> None:
        self._rule = _completed(rule, first)
        self._first = first
        self._budget = budget
        self._times = self._all_times()

    def days(
        self, begin: datetime, high: datetime
    ) -> Iterator[tuple[date, Sequence[time]]]:
        """Days with their times, from the period of `begin` to the last by `high`."""
        for index in counting(_index(self._rule, self._first, begin)):
            period = self._period(index)
            if period is None or period[0] > high.date():
                return
            days, times = tuple(self._days(period[0], period[1])), period[2]
            if self._rule.positions:
                yield from _positioned(days, times, self._rule.positions)
            else:
                yield from ((day, times) for day in days)

    def _days(self, start: date, length: int) -> Iterator[date]:
        """The chosen days among `length` from `start`, month by month in a year."""
        self._budget.spend(PERIOD_STEPS)
        stretches = [(start, length)]
        if self._rule.frequency is Frequency.YEARLY and self._rule.months:
            year = start.year
            stretches = [
                (date(year, month, 1), monthrange(year, month)[1])
                for month in self._rule.months
            ]
        for begin, days in stretches:
            self._budget.spend(days)
            every = (begin + n * DAY for n in range(days))
            yield from (day for day in every if _chosen(self._rule, day))

    def _all_times(self) -> tuple[time, ...]:
        """The times of one day, or of one hour with the hour left at 0."""
        hourly = self._rule.frequency is Frequency.HOURLY
        hours = (0,) if hourly else self._rule.hours
        parts = hours, self._rule.minutes, self._rule.seconds
        self._budget.spend(len(parts[0]) * len(parts[1]) * len(parts[2]))
        return tuple(time(h, m, s) for h, m, s in product(*parts))

    def _period(self, index: int) -> tuple[date, int, Sequence[time]] | None:
        """First day, number of days and times of one period; None after the last."""
        try:
            return self._unguarded(index * self._rule.interval)
        except (OverflowError, ValueError):  # past the year 9999
            return None

    def _unguarded(self, steps: int) -> tuple[date, int, Sequence[time]]:
        first = self._first.date()
        match self._rule.frequency:
            case Frequency.YEARLY:
                year = first.year + steps
                return date(year, 1, 1), 365 + isleap(year), self._times
            case Frequency.MONTHLY:
                years, month = divmod(first.month - 1 + steps, 12)
                year, month = first.year + years, month + 1
                return date(year, month, 1), monthrange(year, month)[1], self._times
            case Frequency.WEEKLY:
                monday = week_of(first, self._rule.week_start)
                return monday + steps * 7 * DAY, 7, self._times
            case Frequency.DAILY:
                return first + steps * DAY, 1, self._times
            case Frequency.HOURLY:
                return self._hour(steps)

    def _hour(self, steps: int) -> tuple[date, int, Sequence[time]]:
        when = self._first.replace(minute=0, second=0) + steps * HOUR
        if self._rule.hours and when.hour not in self._rule.hours:
            return when.date(), 1, ()
        return when.date(), 1, tuple(at.replace(when.hour) for at in self._times)


def _completed(rule: Rule, first: datetime) -> Rule:
    """The rule with what it leaves open taken from DTSTART."""
    months, days, weekdays = rule.months, rule.month_days, rule.weekdays
    if not (rule.weeks or rule.year_days or days or weekdays):
        if rule.frequency is Frequency.YEARLY:
            months, days = months or (first.month,), (first.day,)
        elif rule.frequency is Frequency.MONTHLY:
            days = (first.day,)
        elif rule.frequency is Frequency.WEEKLY:
            weekdays = ((0, first.weekday()),)
    elif rule.weeks and not (rule.year_days or days or weekdays):
        weekdays = ((0, first.weekday()),)
    hourly = rule.frequency is Frequency.HOURLY
    return replace(
        rule,
        months=months,
        month_days=days,
        weekdays=weekdays,
        hours=rule.hours or (() if hourly else (first.hour,)),
        minutes=rule.minutes or (first.minute,),
        seconds=rule.seconds or (first.second,),
    )


def _index(rule: Rule, first: datetime, begin: datetime) -> int:
    """The number of the last period that does not begin after `begin`."""
    match rule.frequency:
        case Frequency.YEARLY:
            gone = begin.year - first.year
        case Frequency.MONTHLY:
            gone = (begin.year - first.year) * 12 + begin.month - first.month
        case Frequency.WEEKLY:
            monday = week_of(first.date(), rule.week_start)
            gone = (begin.date() - monday).days // 7
        case Frequency.DAILY:
            gone = (begin.date() - first.date()).days
        case Frequency.HOURLY:
            gone = (begin - first.replace(minute=0, second=0)) // HOUR
        case other:
            assert_never(other)
    return max(0, gone // rule.interval)


def week_of(day: date, week_start: int) -> date:
    """The first day of the week that holds `day`."""
    back = (day.weekday() - week_start) % 7
    return day - min(back, day.toordinal() - 1) * DAY


def _chosen(rule: Rule, day: date) -> bool:
    """Whether the BY parts let this day stand."""
    return (
        (not rule.months or day.month in rule.months)
        and (not rule.month_days or _in_month(rule, day))
        and (not rule.weekdays or _on_weekday(rule, day))
        and (not rule.year_days or _in_year(rule, day))
        and (not rule.weeks or _in_week(rule, day))
    )


def _in_month(rule: Rule, day: date) -> bool:
    last = monthrange(day.year, day.month)[1]
    return day.day in rule.month_days or day.day - last - 1 in rule.month_days


def _in_year(rule: Rule, day: date) -> bool:
    number = day.timetuple().tm_yday
    from_end = number - 366 - isleap(day.year)
    return number in rule.year_days or from_end in rule.year_days


def _on_weekday(rule: Rule, day: date) -> bool:
    weekday = day.weekday()
    wanted = [n for n, other in rule.weekdays if other == weekday]
    if not wanted or 0 in wanted:
        return bool(wanted)
    match rule.frequency:
        case Frequency.MONTHLY:
            in_month = True
        case Frequency.YEARLY if not rule.weeks:
            in_month = bool(rule.months)
        case _:
            return True  # a number means nothing there
    if in_month:
        number, last = day.day, monthrange(day.year, day.month)[1]
    else:
        number, last = day.timetuple().tm_yday, 365 + isleap(day.year)
    return (number - 1) // 7 + 1 in wanted or -((last - number) // 7 + 1) in wanted


def _in_week(rule: Rule, day: date) -> bool:
    """Week 1 is the first with four days in its year (RFC 5545, BYWEEKNO)."""
    year, number = _week(day, rule.week_start)
    last = _week(date(year, 12, 28), rule.week_start)[1]
    return number in rule.weeks or number - last - 1 in rule.weeks


def _week(day: date, week_start: int) -> tuple[int, int]:
    """Year and number of the week that holds this day."""
    middle = week_of(day, week_start) + 3 * DAY
    return middle.year, (middle.timetuple().tm_yday - 1) // 7 + 1


def _positioned(
    days: Sequence[date], times: Sequence[time], positions: Sequence[int]
) -> Iterator[tuple[date, Sequence[time]]]:
    """What BYSETPOS leaves of a period, without making the whole set of it."""
    total = len(days) * len(times)
    wanted = sorted(
        {p - 1 if p > 0 else total + p for p in positions if 0 < abs(p) <= total}
    )
    for day, group in groupby(wanted, key=lambda index: index // len(times)):
        yield days[day], tuple(times[index % len(times)] for index in group)
