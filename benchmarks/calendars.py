"""Somebody's calendar, made up: always the same, of the kinds that real ones have."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

from benchmarks.entries import DAY, WINDOW, Busy, Change, Entry, Rule, expected, joined
from benchmarks.written import ZONES, written

_T = TypeVar("_T")

KINDS = (
    *("week",) * 25,
    *("month weekday",) * 10,
    *("day",) * 8,
    *("month day",) * 5,
    *("year",) * 4,
    *("whole day",) * 4,
    *("week in UTC",) * 4,
)
MINUTES = (15, 25, 30, 30, 45, 50, 60, 60, 60, 90, 120)
#: For how long a series goes on, of ten: for ever, until a day, a number of times.
ENDS = ("", "", "", "", "", "until", "until", "until", "count", "count")


@dataclass(frozen=True, slots=True)
class Size:
    """How many VEVENTs; so many of them repeat, so many change a date of these."""

    events: int
    series: int
    changes: int


SIZES = {
    "big": Size(2_000, 60, 40),
    "big2": Size(2_000, 60, 40),
    "small": Size(50, 8, 3),
    "small2": Size(50, 8, 3),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """A calendar and the busy time that it stands for."""

    name: str
    data: bytes
    busy: Busy


def samples(folder: Path | None = None) -> dict[str, Sample]:
    """Those made up here, or NAME.ics and NAME.expected.json of a folder.

    The second is a list of [start, end], in seconds since 1970. A folder need not have
    small2.
    """
    if folder is None:
        return {name: made(name) for name in SIZES}
    names = [name for name in SIZES if (folder / f"{name}.ics").exists()]
    return {name: _read(folder, name) for name in names}


def made(name: str) -> Sample:
    """The calendar of this name, as it is made up here."""
    entries = drawn(name, SIZES[name])
    return Sample(name, written(entries), expected(entries))


def _read(folder: Path, name: str) -> Sample:
    told = json.loads((folder / f"{name}.expected.json").read_bytes())
    spans = joined((start, end) for start, end in told)
    return Sample(name, (folder / f"{name}.ics").read_bytes(), spans)


def draw(most: int, *about: object) -> int:
    """Give a number below `most` that looks like chance and is always the same."""
    digest = blake2b(repr(about).encode(), digest_size=8).digest()
    return int.from_bytes(digest) % most


def chosen(options: Sequence[_T], *about: object) -> _T:
    """One of them, the same for ever."""
    return options[draw(len(options), *about)]


def drawn(name: str, size: Size) -> list[Entry]:
    """Everything in the calendar of this name, in the order in which it is written."""
    series = [_series(name, number) for number in range(size.series)]
    _change(name, series, size.changes)
    singles = size.events - size.series - size.changes
    entries = series + [_single(name, number) for number in range(singles)]
    return sorted(entries, key=lambda entry: draw(2**32, "order", entry.uid))


def _single(name: str, number: int) -> Entry:
    about = (name, "single", number)
    day = date(2024, 1, 1) + draw(1_330, *about, "day") * DAY
    status = chosen(("CONFIRMED",) * 18 + ("TENTATIVE", "CANCELLED"), *about, "status")
    uid = f"{name}-{number}-{draw(2**64, *about):x}@example.org"
    if draw(12, *about, "whole") == 0:
        lasts = chosen((1, 1, 2, 3, 5), *about, "days") * DAY
        begins = datetime.combine(day, time())
        is_free = draw(5, *about, "free") < 2
        return Entry(uid, None, begins, lasts, status=status, is_free=is_free)
    where = "UTC" if draw(6, *about, "UTC") == 0 else _zone(about)
    is_free = draw(20, *about, "free") == 0
    begins, lasts = _begins(day, about), _lasts(about)
    return Entry(uid, where, begins, lasts, status=status, is_free=is_free)


def _series(name: str, number: int) -> Entry:
    about = (name, "series", number)
    kind = KINDS[(7 * number + draw(len(KINDS), name)) % len(KINDS)]
    rule = _rule(kind, about)
    first = _first(kind, rule, about)
    uid = f"{name}-repeats-{number}-{draw(2**64, *about):x}@example.org"
    if kind in {"year", "whole day"}:
        begins, lasts, where = datetime.combine(first, time()), DAY, None
    else:
        begins, lasts, where = _begins(first, about), _lasts(about), _zone(about)
    entry = Entry(
        uid,
        "UTC" if kind == "week in UTC" else where,
        begins,
        lasts,
        _ending(kind, rule, begins, about),
        is_free=kind == "year" or draw(25, *about, "free") == 0,
    )
    return replace(entry, left_out=_left_out(entry, about))


def _rule(kind: str, about: tuple[object, ...]) -> Rule:
    match kind:
        case "week" | "week in UTC":
            first = draw(5, *about, "weekday")
            days = {(first + 2 * n) % 5 for n in range(1 + draw(5, *about, "n") // 2)}
            interval = chosen((1, 1, 1, 2), *about, "interval")
            return Rule("WEEKLY", interval, tuple((0, day) for day in sorted(days)))
        case "day":
            return Rule("DAILY", chosen((1, 1, 1, 1, 2, 3), *about, "interval"))
        case "month weekday":
            which = chosen((1, 2, 2, 3, -1), *about, "which")
            return Rule("MONTHLY", weekdays=((which, draw(5, *about, "weekday")),))
        case "month day":
            return Rule("MONTHLY", monthday=1 + draw(28, *about, "monthday"))
        case "year":
            return Rule("YEARLY")
        case _:
            interval = chosen((2, 4), *about, "interval")
            return Rule("WEEKLY", interval, ((0, draw(5, *about, "weekday")),))


def _first(kind: str, rule: Rule, about: tuple[object, ...]) -> date:
    """A series begins on a date that its own rule names."""
    if kind == "year":
        return date(1985, 1, 1) + draw(10_950, *about, "first") // 365 * 365 * DAY
    earliest = date(2026, 6, 1) if kind == "day" else date(2023, 9, 1)
    day = earliest + draw(365 if kind == "day" else 1_270, *about, "first") * DAY
    while not rule.falls_on(day, day):
        day += DAY
    return day


def _ending(kind: str, rule: Rule, begins: datetime, about: tuple[object, ...]) -> Rule:
    if kind == "year":
        return rule
    ends = chosen(ENDS, *about, "ends")
    if kind == "day":
        ends = ends or "count"
    if ends == "count":
        return replace(rule, count=chosen((6, 10, 26, 52), *about, "count"))
    if ends == "until":
        days = 10 + draw(110 if kind == "day" else 890, *about, "until")
        return replace(rule, until=begins + days * DAY)
    return rule


def _left_out(entry: Entry, about: tuple[object, ...]) -> tuple[datetime, ...]:
    """Up to five dates, in two of three series that have enough of them."""
    dates = entry.dates()[1:]
    if len(dates) < 6 or entry.is_free or draw(3, *about, "left out") == 0:
        return ()
    many = 1 + draw(5, *about, "many")
    return tuple(sorted({chosen(dates, *about, "date", n) for n in range(many)}))


def _change(name: str, series: list[Entry], many: int) -> None:
    """Move dates of series, or cancel them: one of five."""
    may = [
        number
        for number, entry in enumerate(series)
        if entry.zone and not entry.is_free and _open_dates(entry)
    ]
    turn = 0
    while many:
        number = may[turn % len(may)]
        turn += 1
        dates = _open_dates(series[number])
        if not dates:
            continue
        about = (name, "change", turn)
        original = chosen(dates, *about)
        begins = original + timedelta(hours=chosen((-2, -1, 1, 2, 24), *about, "to"))
        change = Change(original, begins, draw(5, *about, "cancelled") == 0)
        old = series[number]
        series[number] = replace(old, changes=(*old.changes, change))
        many -= 1


def _open_dates(entry: Entry) -> list[datetime]:
    """Dates well inside the window that nothing was said about yet."""
    opens, closes = (
        datetime.combine(edge.date(), time())
        for edge in (WINDOW.start + 9 * DAY, WINDOW.end - 12 * DAY)
    )
    told = {*entry.left_out, *(change.original for change in entry.changes)}
    return [
        start for start in entry.dates() if opens < start < closes and start not in told
    ]


def _begins(day: date, about: tuple[object, ...]) -> datetime:
    quarter = chosen((0, 0, 0, 15, 30, 30, 45), *about, "minute")
    return datetime.combine(day, time(8 + draw(10, *about, "hour"), quarter))


def _lasts(about: tuple[object, ...]) -> timedelta:
    return timedelta(minutes=chosen(MINUTES, *about, "lasts"))


def _zone(about: tuple[object, ...]) -> str:
    return chosen(tuple(ZONES)[:1] * 14 + tuple(ZONES), *about, "zone")
