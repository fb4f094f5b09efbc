"""Which days, and which wall times, a rule has: looked at one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache

from tests.integrations.ics.invented.meant import DAY, Rule


@cache
def walls(rule: Rule, first: datetime, last: date) -> list[datetime]:
    """Every wall time of a rule from its first to the end of `last`.

    The first is one of them even where it is not on the rule, and COUNT counts it.
    UNTIL is not looked at.
    """
    found = [first]
    full = completed(rule, first)
    day = first.date()
    while day <= last and (not rule.count or len(found) < rule.count):
        found += [wall for wall in picked(full, first, day) if wall > first]
        day += DAY
    return found[: rule.count] if rule.count else found


def is_on(rule: Rule, first: datetime) -> bool:
    """Whether the first itself is on its rule."""
    return first in picked(completed(rule, first), first, first.date())


def completed(rule: Rule, first: datetime) -> Rule:
    """What is left open is as the first has it (RFC 5545 section 3.3.10)."""
    full = replace(
        rule,
        hours=rule.hours or (first.hour,),
        minutes=rule.minutes or (first.minute,),
    )
    if rule.every == "HOURLY" and not rule.hours:
        full = replace(full, hours=tuple(range(24)))
    if rule.weekdays or rule.month_days or rule.year_days:
        return full
    if rule.weeks or rule.every == "WEEKLY":
        return replace(full, weekdays=((0, first.weekday()),))
    if rule.every == "YEARLY":
        months = rule.months or (first.month,)
        return replace(full, months=months, month_days=(first.day,))
    if rule.every == "MONTHLY":
        return replace(full, month_days=(first.day,))
    return full


def picked(rule: Rule, first: datetime, day: date) -> list[datetime]:
    """The wall times of one day; with BYSETPOS, those that its whole period leaves."""
    if not rule.positions:
        return list(times(rule, first, day))
    return [wall for wall in left(rule, first, period(rule, day)) if wall.date() == day]


@cache
def left(rule: Rule, first: datetime, days: tuple[date, ...]) -> list[datetime]:
    """What BYSETPOS leaves of a period."""
    every = [wall for day in days for wall in times(rule, first, day)]
    numbers = [p - 1 if p > 0 else p for p in rule.positions if abs(p) <= len(every)]
    return sorted({every[n] for n in numbers})


@cache
def period(rule: Rule, day: date) -> tuple[date, ...]:
    """The days of the year, month, week or day around this one."""
    if rule.every == "YEARLY":
        return tuple(year_of(day.year))
    if rule.every == "MONTHLY":
        return tuple(month_of(day.year, day.month))
    if rule.every == "WEEKLY":
        start = week(day, rule.week_start)
        return tuple(start + n * DAY for n in range(7))
    return (day,)


def times(rule: Rule, first: datetime, day: date) -> Iterator[datetime]:
    if not chosen(rule, first.date(), day):
        return
    for hour in sorted(rule.hours):
        for minute in sorted(rule.minutes):
            wall = datetime.combine(day, time(hour, minute))
            if rule.every != "HOURLY" or in_hours(rule, first, wall):
                yield wall


def in_hours(rule: Rule, first: datetime, wall: datetime) -> bool:
    hours = (wall.replace(minute=0) - first.replace(minute=0)) // timedelta(hours=1)
    return hours % rule.interval == 0


def chosen(rule: Rule, first: date, day: date) -> bool:
    """Whether all that the rule says of days holds for this one."""
    return (
        in_turn(rule, first, day)
        and (not rule.months or day.month in rule.months)
        and (
            not rule.month_days
            or in_list(month_of(day.year, day.month), day, rule.month_days)
        )
        and (not rule.weekdays or on_weekday(rule, day))
        and (not rule.year_days or in_list(year_of(day.year), day, rule.year_days))
        and (not rule.weeks or in_week(rule, day))
    )


def in_turn(rule: Rule, first: date, day: date) -> bool:
    """Whether its year, month, week or day is one of every so many."""
    match rule.every:
        case "YEARLY":
            gone = day.year - first.year
        case "MONTHLY":
            gone = (day.year - first.year) * 12 + day.month - first.month
        case "WEEKLY":
            start = week(first, rule.week_start)
            gone = (week(day, rule.week_start) - start).days // 7
        case "DAILY":
            gone = (day - first).days
        case _:
            return True
    return gone % rule.interval == 0


def week(day: date, start: int) -> date:
    while day.weekday() != start:
        day -= DAY
    return day


@cache
def month_of(year: int, month: int) -> list[date]:
    return [day for day in year_of(year) if day.month == month]


@cache
def year_of(year: int) -> list[date]:
    days = (date(year, 1, 1) + n * DAY for n in range(366))
    return [day for day in days if day.year == year]


def number(days: list[date], day: date) -> set[int]:
    """Its number among them, from the start and from the end."""
    at = days.index(day)
    return {at + 1, at - len(days)}


def in_list(days: list[date], day: date, numbers: tuple[int, ...]) -> bool:
    return bool(number(days, day) & {*numbers})


def on_weekday(rule: Rule, day: date) -> bool:
    today = day.weekday()
    wanted = [n for n, weekday in rule.weekdays if weekday == today]
    if not wanted or 0 in wanted:
        return bool(wanted)
    whole_year = rule.every == "YEARLY" and not rule.months
    days = year_of(day.year) if whole_year else month_of(day.year, day.month)
    alike = [one for one in days if one.weekday() == today]
    return bool(number(alike, day) & {*wanted})


def in_week(rule: Rule, day: date) -> bool:
    """By ISO weeks; rules with BYWEEKNO are invented with weeks from Monday only."""
    year, now, _ = day.isocalendar()
    last = date(year, 12, 28).isocalendar()[1]
    return bool({now, now - last - 1} & {*rule.weeks})
