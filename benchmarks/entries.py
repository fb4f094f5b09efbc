"""What stands in a calendar, and when it makes its owner busy: found day by day.

No calendar library is used here, so that what the benchmarks find can be held against
it. Only parts of RFC 5545 that nearly all calendars use; wall times are naive.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduler.timespan import Span

#: Where floating times and whole days are placed.
HOME = "America/New_York"
WINDOW = Span(datetime(2026, 9, 1, tzinfo=UTC), datetime(2027, 9, 1, tzinfo=UTC))
DAY = timedelta(days=1)
_LAST = WINDOW.end.date() + 2 * DAY

#: Busy time in order, apart: seconds since 1970, half-open.
Busy = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A repeat rule. `weekdays` are (which of the month, or 0; 0 is Monday)."""

    frequency: str
    interval: int = 1
    weekdays: tuple[tuple[int, int], ...] = ()
    monthday: int = 0
    count: int = 0
    until: datetime | None = None

    def falls_on(self, day: date, first: date) -> bool:
        """Whether the rule that began on `first` names this day."""
        match self.frequency:
            case "DAILY":
                return (day - first).days % self.interval == 0
            case "WEEKLY":
                weeks = (_monday(day) - _monday(first)).days // 7
                return weeks % self.interval == 0 and self._weekday(day, first)
            case "MONTHLY":
                months = 12 * (day.year - first.year) + day.month - first.month
                return months % self.interval == 0 and self._of_month(day)
            case _:
                return (day.month, day.day) == (first.month, first.day)

    def _weekday(self, day: date, first: date) -> bool:
        named = [weekday for _, weekday in self.weekdays]
        return day.weekday() in (named or [first.weekday()])

    def _of_month(self, day: date) -> bool:
        if self.monthday:
            return day.day == self.monthday
        left = monthrange(day.year, day.month)[1] - day.day
        nth = {(day.day - 1) // 7 + 1, -(left // 7 + 1)}
        return any(
            which in nth and day.weekday() == weekday
            for which, weekday in self.weekdays
        )


@dataclass(frozen=True, slots=True)
class Change:
    """A date of a series that begins at another time, or is cancelled."""

    original: datetime
    begins: datetime
    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A single event or a series. `zone` is an IANA name, UTC, or None: whole days."""

    uid: str
    zone: str | None
    begins: datetime
    lasts: timedelta
    rule: Rule | None = None
    left_out: tuple[datetime, ...] = ()
    changes: tuple[Change, ...] = ()
    status: str = "CONFIRMED"
    is_free: bool = False

    def dates(self, last: date = _LAST) -> list[datetime]:
        """Every start that the rule gives up to a day, those left out among them."""
        if self.rule is None:
            return [self.begins]
        found: list[datetime] = []
        first, clock = self.begins.date(), self.begins.time()
        for number in range((last - first).days + 1):
            day = first + number * DAY
            start = datetime.combine(day, clock)
            if self.rule.until and start > self.rule.until:
                break
            if self.rule.falls_on(day, first):
                found.append(start)
            if len(found) == self.rule.count > 0:
                break
        return found

    def occupied(self) -> Iterator[tuple[int, int]]:
        """When each date that takes place begins and ends."""
        if self.is_free or self.status == "CANCELLED":
            return
        elsewhere = {change.original for change in self.changes}
        for start in self.dates():
            if start not in elsewhere and start not in self.left_out:
                yield self._times(start)
        for change in self.changes:
            if not change.is_cancelled:
                yield self._times(change.begins)

    def _times(self, start: datetime) -> tuple[int, int]:
        """A length is exact; whole days begin and end at midnight, however long."""
        begins = _seconds(start, self.zone)
        if self.zone is None:
            return begins, _seconds(start + self.lasts, None)
        return begins, begins + int(self.lasts.total_seconds())


def joined(spans: Iterable[tuple[int, int]]) -> Busy:
    """The same time as spans that lie apart inside the window, in order."""
    opens, closes = (int(edge.timestamp()) for edge in (WINDOW.start, WINDOW.end))
    apart: Busy = []
    for start, end in sorted(spans):
        since, until = max(start, opens), min(end, closes)
        if apart and since <= apart[-1][1]:
            since, before = apart.pop()
            until = max(until, before)
        if since < until:
            apart.append((since, until))
    return apart


def expected(entries: Iterable[Entry]) -> Busy:
    """When somebody with these entries is busy."""
    return joined(span for entry in entries for span in entry.occupied())


def _monday(day: date) -> date:
    return day - day.weekday() * DAY


def _seconds(wall: datetime, zone: str | None) -> int:
    if zone is None:
        wall, zone = datetime.combine(wall, time()), HOME
    return int(wall.replace(tzinfo=ZoneInfo(zone)).timestamp())
