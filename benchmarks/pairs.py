"""Two people with full calendars, and every meeting that could be asked about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from benchmarks.calendars import draw
from benchmarks.entries import Busy
from scheduler.availability import Availability
from scheduler.cadence import WEEKLY
from scheduler.people import Hours, Role, Window
from scheduler.slots import PlanRequest
from scheduler.timespan import Span, Spans

FIRST = date(2026, 9, 7)
DAY, QUARTER = timedelta(days=1), timedelta(minutes=15)
ZONES = ("America/New_York", "Europe/Berlin", "Europe/London", "America/Chicago")
SLOTS = 7 * 96


@dataclass(frozen=True, slots=True)
class Person:
    """Someone's zone, working hours (minutes of Monday to Friday) and busy time."""

    zone: str
    busy: Busy
    opens: int = 8 * 60
    closes: int = 19 * 60

    @property
    def availability(self) -> Availability:
        """As Troth has it."""
        windows = tuple(Window(day, self.opens, self.closes) for day in range(5))
        spans = (Span(_instant(start), _instant(end)) for start, end in self.busy)
        return Availability(self.zone, Hours.of(windows), Spans.of(spans))

    def windows(self, weeks: int) -> Busy:
        """The hours as stretches of time."""
        where = ZoneInfo(self.zone)
        return [
            (
                _seconds(day, self.opens // 15, where),
                _seconds(day, self.closes // 15, where),
            )
            for day in (FIRST + n * DAY for n in range(-7, 7 * weeks + 7))
            if day.weekday() < 5
        ]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people who want to meet each week, on the mentor's clock."""

    mentor: Person
    mentee: Person
    minutes: int = 45
    weeks: int = 52

    @property
    def people(self) -> tuple[Person, Person]:
        """Both."""
        return self.mentor, self.mentee

    @property
    def request(self) -> PlanRequest:
        """As Troth is asked."""
        return PlanRequest(
            self.mentor.availability,
            self.mentee.availability,
            WEEKLY,
            self.minutes,
            FIRST,
            self.weeks,
            anchor=Role.MENTOR,
        )

    def starts(self) -> list[list[int]]:
        """Of each week, in seconds since 1970, the start of each quarter hour's slot.

        Slot 96 d + q is quarter hour q of the d-th day from the first.
        """
        where = ZoneInfo(self.mentor.zone)
        return [
            [
                _seconds(FIRST + (7 * week + day) * DAY, quarter, where)
                for day in range(7)
                for quarter in range(96)
            ]
            for week in range(self.weeks)
        ]


def someone(number: int, *, weeks: int = 52) -> Person:
    """Somebody with five events on each working day of more than those weeks."""
    return Person(ZONES[number % len(ZONES)], list(_occupied(number, weeks)))


def _occupied(number: int, weeks: int) -> Iterator[tuple[int, int]]:
    quarter = int(QUARTER.total_seconds())
    first = int(datetime.combine(FIRST, time(), UTC).timestamp())
    for day in range(-7, 7 * weeks + 7):
        if (FIRST + day * DAY).weekday() < 5:
            chance = draw(1 << 60, number, day)
            for n in range(5):
                chance, begins = divmod(chance, 4)
                chance, lasts = divmod(chance, 4)
                start = first + quarter * (96 * day + 44 + 8 * n + begins)
                yield start, start + quarter * (1 + lasts)


def spread(many: int) -> Spans:
    """So many stretches over a year, at odd minutes, apart."""
    step = timedelta(days=365) / many
    begin = datetime.combine(FIRST, time(), UTC)
    starts = [begin + n * step + timedelta(minutes=n % 7) for n in range(many)]
    return Spans.of(
        Span(start, min(start + timedelta(minutes=20 + n * 7 % 60), following))
        for n, (start, following) in enumerate(pairwise([*starts, begin + 366 * DAY]))
    )


def _seconds(day: date, quarter: int, where: ZoneInfo) -> int:
    wall = datetime.combine(day, time(quarter // 4, quarter % 4 * 15), where)
    return int(wall.timestamp())


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
