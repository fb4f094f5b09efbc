"""Everybody's meetings as they are given, by instants and not by patterns.

What a pattern cannot see is seen here: clock changes, months, plans that begin on other
days. A slot is written down only where nobody is in another meeting at any of its
original starts, and where its mentor has room on each of its dates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scheduler.programme.choices import Ints

Bools = NDArray[np.bool_]
#: More than anybody's limit.
NO_LIMIT = 127
_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """A slot's original starts and how long each keeps both people, in seconds.

    `dates` are those of the starts on the mentor's wall clock, as ordinals (1 is a
    Monday); only where the mentor has limits.
    """

    starts: Ints
    seconds: int
    dates: Ints | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """The most meetings of a mentor in a day, and in a week from Monday on."""

    day: int = NO_LIMIT
    week: int = NO_LIMIT


@dataclass(slots=True, eq=False)
class _Page:
    """One person's meetings in order, and how many there are by date and by week."""

    starts: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    ends: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    days: Counter[int] = field(default_factory=Counter)
    weeks: Counter[int] = field(default_factory=Counter)

    def meets(self, starts: Ints, seconds: int) -> NDArray[np.bool_]:
        """Of each meeting that starts there, whether it overlaps one of theirs."""
        after = np.searchsorted(self.ends, starts, side="right")
        later = np.append(self.starts, _NEVER)[after]
        return np.asarray(later < starts + seconds)

    def write(self, series: Series) -> None:
        starts = np.concatenate((self.starts, series.starts))
        ends = np.concatenate((self.ends, series.starts + series.seconds))
        order = np.argsort(starts, kind="stable")
        self.starts, self.ends = starts[order], ends[order]

    def strike(self, series: Series) -> None:
        others = ~np.isin(self.starts, series.starts)
        self.starts, self.ends = self.starts[others], self.ends[others]


class Diary:
    """Who meets when; people are named by whatever tells them apart."""

    def __init__(self, limits: dict[str, Limits]) -> None:
        self._limits = limits
        self._pages: dict[str, _Page] = {}

    def takes(self, mentor: str, mentee: str, series: Series) -> bool:
        """Write a series down, unless one of the two has no time or room for it."""
        pages = [self._pages.setdefault(one, _Page()) for one in (mentor, mentee)]
        if any(page.meets(series.starts, series.seconds).any() for page in pages):
            return False
        limits = self._limits.get(mentor)
        if limits and not self._count(pages[0], limits, series):
            return False
        for page in pages:
            page.write(series)
        return True

    def _count(self, page: _Page, limits: Limits, series: Series) -> bool:
        """Count the dates of a series, unless the mentor has no room on one."""
        if series.dates is None:
            raise ValueError("a mentor with limits needs the dates")
        days = Counter(series.dates.tolist())
        weeks = Counter((day - 1) // 7 for day in days.elements())
        if any(page.days[day] + number > limits.day for day, number in days.items()):
            return False
        if any(page.weeks[week] + n > limits.week for week, n in weeks.items()):
            return False
        page.days.update(days)
        page.weeks.update(weeks)
        return True

    def drops(self, mentor: str, mentee: str, series: Series) -> None:
        """Strike out a series that it took."""
        for one in (mentor, mentee):
            self._pages[one].strike(series)
        if series.dates is not None and self._limits.get(mentor):
            page, days = self._pages[mentor], Counter(series.dates.tolist())
            page.days.subtract(days)
            page.weeks.subtract((day - 1) // 7 for day in days.elements())

    def has(self, person: str) -> bool:
        """Whether they have a meeting."""
        page = self._pages.get(person)
        return page is not None and page.starts.size > 0

    def free(self, people: Iterable[str], starts: Ints, seconds: int) -> Bools:
        """Of each slot, whether all these have time at all its `starts[slot]`."""
        free = np.ones(starts.shape[0], np.bool_)
        for one in people:
            if self.has(one):
                free &= ~self._pages[one].meets(starts, seconds).any(axis=1)
        return free

    def roomy(self, mentor: str, dates: Ints) -> Bools:
        """Of each slot, whether the mentor has room on all its `dates[slot]`."""
        limits, page = self._limits.get(mentor), self._pages.get(mentor)
        roomy = np.ones(dates.shape[0], np.bool_)
        if limits and page:
            days = [day for day, n in page.days.items() if n >= limits.day]
            weeks = [week for week, n in page.weeks.items() if n >= limits.week]
            roomy &= ~np.isin(dates, days).any(axis=1)
            roomy &= ~np.isin((dates - 1) // 7, weeks).any(axis=1)
        return roomy

    def limits(self, mentor: str) -> Limits | None:
        """Theirs, if they have any."""
        return self._limits.get(mentor)

    def counts(self, mentor: str) -> tuple[Counter[int], Counter[int]]:
        """How many meetings a mentor with limits has by date, and by week's number."""
        page = self._pages.get(mentor, _Page())
        return page.days, page.weeks
