"""The fast way for one event: its usual values -> whole numbers.

It proves what it reads: whatever is not among the usual is `NotPlain`, and its whole
UID takes the careful way. Both ways give the same rows; tests hold them together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from integrations.ics.clocks import Named
from integrations.ics.decoded import (
    BUSY,
    CANCELLED,
    DECLINED,
    FREE,
    Row,
    seconds,
    seconds_back,
)
from integrations.ics.offsets import DAY, Clock, NotPlain
from integrations.ics.records import Record, text
from integrations.ics.texts import WHOLE, Texts, When
from integrations.ics.values import MAX_DAYS, Unreadable, length, sequence
from scheduler.timespan import Span

#: How many texts of one kind are remembered.
_MOST = 10_000


class Times(NamedTuple):
    """When something is, and for how long.

    It begins at `second` of `day` (since 1970) on a clock, and takes `days` of the
    wall clock and then `exact` seconds. `whole`: days are counted.
    """

    clock: Clock
    day: int
    second: int
    whole: bool
    days: int
    exact: int

    @property
    def start(self) -> int:
        """In seconds since 1970."""
        return self.clock.at(self.day, self.second)

    def row(self, original: int, meaning: int) -> Row:
        """As an occurrence."""
        end = start = self.start
        if self.days:
            end = max(start, self.clock.at(self.day + self.days, self.second))
        return (original, start, end + self.exact, meaning)

    def all(self, days: Sequence[int]) -> list[tuple[int, int]]:
        """Start and end of an occurrence on each of these days."""
        starts, exact = self.clock.starts(days, self.second), self.exact
        if not self.days:
            return [(start, start + exact) for start in starts]
        ends = self.clock.starts([day + self.days for day in days], self.second)
        return [(start, end + exact) for start, end in zip(starts, ends, strict=True)]


class _Lengths(dict[bytes | None, tuple[int, int]]):
    """DURATION -> days and exact seconds."""

    def __missing__(self, rest: bytes | None) -> tuple[int, int]:
        try:
            long = length(text(rest)) if rest else None
        except Unreadable:
            raise NotPlain("a DURATION that cannot be read") from None
        found = (long.days, long.exact.days * DAY + long.exact.seconds) if long else _NO
        if len(self) < _MOST:
            self[rest] = found
        return found


class _Meanings(dict[tuple[bytes | None, bytes | None], int]):
    """STATUS and TRANSP -> the number of a meaning."""

    def __missing__(self, key: tuple[bytes | None, bytes | None]) -> int:
        found = BUSY
        if text(key[0]).upper() == "CANCELLED":
            found = CANCELLED
        elif text(key[1]).upper() == "TRANSPARENT":
            found = FREE
        if len(self) < _MOST:
            self[key] = found
        return found


class _Sequences(dict[bytes | None, int]):
    """SEQUENCE -> its number."""

    def __missing__(self, rest: bytes | None) -> int:
        found = sequence(text(rest))
        if len(self) < _MOST:
            self[rest] = found
        return found


_NO = (0, 0)


class Plain:
    """Reads the events of one file."""

    def __init__(self, window: Span, home: Named) -> None:
        # Where the window is finer than seconds: those that lie in it.
        self.low = -seconds_back(window.start)
        self.high = -seconds_back(window.end)
        self.begun = seconds(window.start)
        #: Days that a single event must touch to concern the window.
        self.first = self.low // DAY - 3
        self.last = self.high // DAY + 3
        low, high = self.first - MAX_DAYS, self.last + MAX_DAYS
        self.home = Clock(home.zone, low, high)
        self.texts = Texts(low, high)
        self.sequences = _Sequences()
        self.lengths = _Lengths()
        self._meanings = _Meanings()

    def single(self, record: Record) -> tuple[Row, ...]:
        """The rows of an event that has nothing to do with another one."""
        start, end = record.start, record.end
        if start is None:
            raise NotPlain("no DTSTART")
        begin = self.texts.when(start)
        # Most end on the day on which they start: the lines differ in their times only.
        if end and start[:-7] == end[:-7] and start[-1] == end[-1]:
            last = self.texts.times.get(end[-7:], WHOLE)
            if 0 <= begin[2] <= last:
                return self._within_a_day(record, begin, last)
        return self._across(record, begin, self.texts.when(end) if end else None)

    def _within_a_day(self, record: Record, begin: When, last: int) -> tuple[Row, ...]:
        """The rows of one that ends at second `last` of the day on which it starts."""
        clock, day, second = begin
        if self.last < day or 0 <= day < self.first:
            return ()
        offset = (clock or self.home).offsets[day]
        if day < 0 or offset is None:
            return self._across(record, begin, (clock, day, last))
        starts = day * DAY + second - offset
        row = (starts, starts, starts + last - second, self.meaning(record))
        return (row,) if self.concerns(row) else ()

    def _across(self, record: Record, begin: When, end: When | None) -> tuple[Row, ...]:
        """The rows of one that may end on another day, or in another zone."""
        if end and self._is_far(begin, end):
            return ()
        times = self._timed(begin, end, record.duration)
        if times.day < 0:
            raise NotPlain("a year that is far away")
        found = times.row(times.start, self.meaning(record))
        return (found,) if self.concerns(found) else ()

    def start(self, record: Record) -> When:
        """DTSTART."""
        if record.start is None:
            raise NotPlain("no DTSTART")
        return self.texts.when(record.start)

    def times(self, record: Record) -> Times:
        """When an event is, or the first of a series."""
        end = None if record.end is None else self.texts.when(record.end)
        return self._timed(self.start(record), end, record.duration)

    def meaning(self, record: Record) -> int:
        """What the event means for the owner."""
        found = self._meanings[record.status, record.transparent]
        return DECLINED if record.guests and found != CANCELLED else found

    def concerns(self, found: Row) -> bool:
        """Whether an occurrence touches the window, or would have before a change."""
        original, start, end, _ = found
        low, high = self.low, self.high
        if low <= original < high or low <= start < high:
            return True
        return start < low and self.begun < end

    def _is_far(self, begin: When, end: When) -> bool:
        """Whether an event surely lies outside the window, and nothing is odd in it."""
        clock, day, second = begin
        last_clock, last_day, last_second = end
        return (
            (last_day < self.first or day > self.last)
            and last_clock is clock
            and (day, second) <= (last_day, last_second)
            and (second == WHOLE) == (last_second == WHOLE)
            and day >= 0
            and last_day - day < MAX_DAYS
        )

    def _timed(self, begin: When, end: When | None, duration: bytes | None) -> Times:
        clock, day, second = begin
        days, exact = self._until(begin, end) if end else self.lengths[duration]
        if days < 0 or exact < 0:
            raise NotPlain("an end before its start")
        if days * DAY + exact > MAX_DAYS * DAY:
            raise NotPlain("over 400 days")
        whole = second == WHOLE
        if whole:
            second = 0
            if not exact:
                days = days or 1
        return Times(clock or self.home, day, second, whole, days, exact)

    def _until(self, begin: When, end: When) -> tuple[int, int]:
        """The length up to DTEND: days of whole days, or exact seconds."""
        clock, day, second = begin
        last_clock, last_day, last_second = end
        if (second == WHOLE) != (last_second == WHOLE):
            raise NotPlain("a date and a time as the two ends of an event")
        if second == WHOLE:
            return last_day - day, 0
        clock = clock or self.home
        last_clock = last_clock or clock
        exact = last_clock.at(last_day, last_second) - clock.at(day, second)
        wall = (last_day - day) * DAY + last_second - second
        if exact < 0 <= wall and clock is last_clock:
            return 0, wall
        return 0, exact
