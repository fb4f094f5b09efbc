"""People, and the hours in which they are willing to meet."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from scheduler.errors import Refused
from scheduler.ids import PairId, PersonId, ProgrammeId
from scheduler.localtime import midnight, wall_minute, zone
from scheduler.timespan import Span, Spans

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY_MINUTES = 24 * 60
_RULE = re.compile(
    r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))?\s+"
    r"(?P<opens>\d{1,2}:\d{2})-(?P<closes>\d{1,2}:\d{2})",
    re.IGNORECASE,
)


class Role(StrEnum):
    """The two sides of a pair."""

    MENTOR = "mentor"
    MENTEE = "mentee"

    @property
    def other(self) -> Role:
        """The partner's."""
        return Role.MENTEE if self is Role.MENTOR else Role.MENTOR


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """From `opens` to `closes`, in wall minutes of one weekday (0 is Monday)."""

    weekday: int
    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ValueError(f"not a weekday: {self.weekday}")
        if not 0 <= self.opens < self.closes <= _DAY_MINUTES:
            raise ValueError(f"empty or outside the day: {self.opens}-{self.closes}")


@dataclass(frozen=True, slots=True)
class Hours:
    """When someone is willing to meet, week by week, on their own wall clock.

    Windows are sorted; those of one day that touch or overlap are one, and none
    crosses midnight. Make one with `Hours.parse` or `Hours.of`.
    """

    windows: tuple[Window, ...]

    @classmethod
    def of(cls, windows: tuple[Window, ...]) -> Hours:
        """Merge any windows, in any order."""
        merged: list[Window] = []
        for window in sorted(windows):
            before = merged[-1] if merged else None
            if (
                before
                and before.weekday == window.weekday
                and window.opens <= before.closes
            ):
                closes = max(before.closes, window.closes)
                merged[-1] = Window(before.weekday, before.opens, closes)
            else:
                merged.append(window)
        return cls(tuple(merged))

    @classmethod
    def parse(cls, text: str, *, field: str = "hours") -> Hours:
        """Read `Mon-Fri 09:00-12:00, Tue 14:00-24:00`; else `Refused` E_HOURS."""
        windows = [
            window
            for rule in text.split(",")
            for window in _windows(rule.strip(), field)
        ]
        return cls.of(tuple(windows))

    def __str__(self) -> str:
        """As `parse` reads it: days in a row that open alike are written once."""
        opening: dict[tuple[int, int], list[int]] = {}
        for window in self.windows:
            days = opening.setdefault((window.opens, window.closes), [])
            days.append(window.weekday)
        return ", ".join(
            f"{_days(first, last)} {_clock(opens)}-{_clock(closes)}"
            for (opens, closes), days in opening.items()
            for first, last in _runs(days)
        )

    def without(self, weekdays: frozenset[int]) -> Hours:
        """These hours without the windows of some weekdays (0 is Monday)."""
        if not weekdays:
            return self
        return Hours(tuple(w for w in self.windows if w.weekday not in weekdays))

    def spans(
        self, first: date, last: date, zone_name: str, but: Collection[date] = ()
    ) -> Spans:
        """These hours as instants, for the days `first` up to, not including, `last`.

        The days in `but` have no hours.

        A window keeps its wall times through clock changes. Where a change lets
        windows of one day touch or overlap they are one on that day, and a window
        that it empties is left out. Windows that touch at midnight stay apart, since
        none crosses it.
        """
        where = zone(zone_name)
        days = (first + timedelta(days=n) for n in range((last - first).days))
        on = (self.on(day, where) for day in days if day not in but)
        return Spans(tuple(span for found in on for span in found.spans))

    def on(self, day: date, where: ZoneInfo) -> Spans:
        """The windows of one day as instants."""
        night = midnight(day + timedelta(days=1), where)
        edges = (
            (
                wall_minute(day, window.opens, where),
                min(wall_minute(day, window.closes, where), night),
            )
            for window in self.windows
            if window.weekday == day.weekday()
        )
        return Spans.of(Span(start, end) for start, end in edges if start < end)


def _windows(rule: str, field: str) -> list[Window]:
    match = _RULE.fullmatch(rule)
    if not match:
        raise _bad_hours(rule, field)
    try:
        first = _DAYS.index(match["first"].title())
        last = _DAYS.index((match["last"] or match["first"]).title())
        opens, closes = _minute(match["opens"]), _minute(match["closes"])
        days = [(first + i) % 7 for i in range((last - first) % 7 + 1)]
        return [Window(day, opens, closes) for day in days]
    except ValueError:
        raise _bad_hours(rule, field) from None


def _runs(days: list[int]) -> list[tuple[int, int]]:
    """First and last of each run of days that follow each other."""
    runs: list[tuple[int, int]] = []
    for day in days:
        if runs and runs[-1][1] == day - 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def _days(first: int, last: int) -> str:
    return _DAYS[first] if first == last else f"{_DAYS[first]}-{_DAYS[last]}"


def _minute(clock: str) -> int:
    hour, minute = map(int, clock.split(":"))
    if minute > 59:
        raise ValueError(clock)
    return hour * 60 + minute


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _bad_hours(rule: str, field: str) -> Refused:
    return Refused(
        "E_HOURS",
        f"{field} {rule[:60]!r} is not understood; write it like "
        "'Mon-Fri 09:00-12:00, Tue 14:00-24:00'.",
        field=field,
    )


OFFICE_HOURS = Hours.parse("Mon-Fri 09:00-17:00")


def check_quiet_days(days: frozenset[int], *, field: str) -> None:
    """`Refused` E_QUIET when these are no weekdays, or leave no day to meet on."""
    if not days <= frozenset(range(7)) or len(days) == 7:
        raise Refused(
            "E_QUIET",
            "Quiet days are days of the week, Mon to Sun; leave at least one to meet.",
            field=field,
        )


def read_quiet_days(text: str, *, field: str) -> frozenset[int]:
    """Read `Sat, Sun`, or nothing; `Refused` E_QUIET."""
    names = [name.strip().title()[:3] for name in text.split(",") if name.strip()]
    if unknown := [name for name in names if name not in _DAYS]:
        raise Refused(
            "E_QUIET",
            f"{field}: {unknown[0]!r} is not a day; write them like 'Sat, Sun'.",
            field=field,
        )
    days = frozenset(_DAYS.index(name) for name in names)
    check_quiet_days(days, field=field)
    return days


def day_names(days: frozenset[int]) -> str:
    """As `read_quiet_days` reads it: `Sat, Sun`."""
    return ", ".join(_DAYS[day] for day in sorted(days))


@dataclass(frozen=True, slots=True)
class Person:
    """A mentor or a mentee in one programme; the same address elsewhere is another."""

    id: PersonId
    programme: ProgrammeId
    name: str
    email: str
    #: IANA name of the zone they live in.
    zone: str
    hours: Hours = OFFICE_HOURS
    #: BCP 47, such as `en` or `de`.
    language: str = "en"
    #: ISO 3166, with region where holidays differ: `DE-BY`; empty when unknown.
    country: str = ""
    #: Weekdays (0 is Monday) on which nothing is booked and no letter is sent.
    quiet_days: frozenset[int] = frozenset()
    #: Since when their address is known not to exist; None while mail arrives.
    bounced_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """One mentor and one mentee of one programme."""

    id: PairId
    programme: ProgrammeId
    mentor: PersonId
    mentee: PersonId
    #: The day, in the anchor's zone, on which the pair was closed.
    closed: date | None = None

    def __post_init__(self) -> None:
        if self.mentor == self.mentee:
            raise ValueError("a pair is two people")

    def both(self) -> tuple[PersonId, PersonId]:
        """The mentor, then the mentee."""
        return self.mentor, self.mentee

    def partner(self, person: PersonId) -> PersonId:
        """The other one of the two; `ValueError` for anybody else."""
        if person == self.mentor:
            return self.mentee
        if person == self.mentee:
            return self.mentor
        raise ValueError("not one of this pair")
