"""How often a pair meets, and the periods that this divides time into.

The rules are those of `troth plan`. Weeks: period k is the 7N days from the first day
+ 7Nk. Monthly: period k is the k-th calendar month, counted from the month of the
slot's first date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from scheduler.errors import Refused


@dataclass(frozen=True, slots=True)
class Cadence:
    """Every `every` weeks, or every month by weekday (`every` is then 1)."""

    unit: Literal["week", "month"]
    every: int = 1

    def __post_init__(self) -> None:
        most = 12 if self.unit == "week" else 1
        if not 1 <= self.every <= most:
            raise ValueError(f"not a cadence: every {self.every} {self.unit}s")

    @classmethod
    def parse(cls, text: str, *, field: str = "cadence") -> Cadence:
        """Read `weekly`, `every N weeks` (2 to 12) or `monthly`; else E_CADENCE."""
        words = " ".join(text.lower().split())
        if words == "weekly":
            return WEEKLY
        if words == "monthly":
            return MONTHLY
        match = re.fullmatch(r"every (\d{1,2}) weeks", words)
        if match and 2 <= int(match[1]) <= 12:
            return cls("week", int(match[1]))
        raise Refused(
            "E_CADENCE",
            f"{text[:40]!r} is not a cadence; use weekly, every N weeks (2 to 12) "
            "or monthly.",
            field=field,
        )

    def __str__(self) -> str:
        if self.unit == "month":
            return "monthly"
        return "weekly" if self.every == 1 else f"every {self.every} weeks"

    @property
    def days(self) -> int:
        """Days of one turn; `ValueError` for months, whose lengths differ."""
        if self.unit == "month":
            raise ValueError("months have no fixed length")
        return 7 * self.every

    @property
    def half(self) -> timedelta:
        """Half a period, the least distance between two meetings, start to start."""
        return (
            timedelta(days=14)
            if self.unit == "month"
            else timedelta(hours=84) * self.every
        )


WEEKLY = Cadence("week")
MONTHLY = Cadence("month")


@dataclass(frozen=True, slots=True)
class Period:
    """One turn of the cadence: the days from `first` up to, not including, `until`."""

    index: int
    first: date
    until: date

    def __post_init__(self) -> None:
        if self.first >= self.until:
            raise ValueError(f"empty period: {self.first} to {self.until}")


def add_months(month: date, months: int) -> date:
    """The first day of the month that many months after the one of `month`."""
    index = month.year * 12 + month.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def nth_weekday(month: date, weekday: int, week: int) -> date:
    """The first to fourth such weekday of the month of `month`, or the last (-1)."""
    if week < 0:
        last = add_months(month, 1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = month.replace(day=1)
    ahead = (weekday - first.weekday()) % 7
    return first + timedelta(days=ahead + 7 * (week - 1))


def periods(cadence: Cadence, first: date, count: int) -> tuple[Period, ...]:
    """The first `count` periods; for months `first` lies anywhere in the first one."""
    if cadence.unit == "week":
        step = timedelta(days=cadence.days)
        return tuple(
            Period(k, first + k * step, first + (k + 1) * step) for k in range(count)
        )
    return tuple(
        Period(k, add_months(first, k), add_months(first, k + 1)) for k in range(count)
    )


def whole_turns(cadence: Cadence, first: date, until: date) -> int:
    """How many whole turns fit from `first` to before `until`."""
    if cadence.unit == "week":
        return max(0, (until - first).days // cadence.days)
    months = (until.year - first.year) * 12 + until.month - first.month
    return max(0, months - (until.day < first.day))
