"""The fast way for the events of one UID: a series with its exceptions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from integrations.ics.decoded import Found, Row, instant
from integrations.ics.offsets import DAY, NotPlain
from integrations.ics.plain import Plain, Times
from integrations.ics.records import Lines, Record, each
from integrations.ics.rule_plain import PlainRules
from integrations.ics.rules import MAX_OCCURRENCES, START_STEPS, Budget
from integrations.ics.sieve import unfolded
from integrations.ics.texts import WHOLE, When
from scheduler.recurrence import Pattern

#: `Found._make` without a call in between.
_found = partial(tuple.__new__, Found)
#: `date.toordinal` of 1970-01-01.
_EPOCH = 719_163

#: Whether it is a day, and the number of the day or the instant.
_Key = tuple[bool, int]


@dataclass(frozen=True, slots=True)
class _Changes:
    """What happens to some occurrences, by their instant or else by their day.

    A row that replaces an occurrence has its original start only from that one. `near`
    are days that have to be looked at because of such rows.
    """

    left_out: frozenset[_Key]
    replaced: dict[_Key, Row]
    near: tuple[int, ...]

    def numbers(self, *, are_days: bool) -> frozenset[int]:
        """Of all that is met by its day, or by its instant."""
        keys = (*self.left_out, *self.replaced)
        return frozenset(number for is_day, number in keys if is_day is are_days)


class PlainSeries:
    """Expands the series of one file, each step paid from its budget."""

    def __init__(self, plain: Plain, budget: Budget) -> None:
        self._plain = plain
        self._rules = PlainRules(plain.texts)
        self._budget = budget
        self._stamps, self._sequences = plain.texts.stamps, plain.sequences

    def found(self, records: Sequence[Record]) -> Found:
        """All that these events of one UID come to; `NotPlain`."""
        stamps, sequences = self._stamps, self._sequences
        first = records[0]
        sequence, changed = sequences[first.sequence], stamps[first.changed]
        if len(records) == 1 and first.is_single:
            rows = self._plain.single(first)
        else:
            rows = self.rows(records)
            sequence = max(sequences[one.sequence] for one in records)
            every = (stamps[one.changed] for one in records)
            changed = max((one for one in every if one is not None), default=None)
        if first.uid:
            return _found((first.uid, first.uid, rows, changed, sequence, ""))
        begins = instant(self._plain.times(first).start)
        return Found(f"{begins:%Y%m%dT%H%M%SZ}", "", rows, changed, sequence)

    def alone(self, record: Record) -> Found | None:
        """The same of one event, if nothing else has its UID.

        None of what repeats or belongs to what repeats, has no UID, or is not plain.
        """
        uid = record.uid
        if not uid or not record.is_single:
            return None
        try:
            rows = self._plain.single(record)
        except NotPlain:
            return None
        changed = self._stamps[record.changed]
        sequence = self._sequences[record.sequence]
        return _found((uid, uid, rows, changed, sequence, ""))

    def rows(self, records: Sequence[Record]) -> tuple[Row, ...]:
        """The rows of events that repeat, or replace one of what repeats."""
        masters = [one for one in records if one.replaces is None]
        others = [one for one in records if one.replaces is not None]
        if len(masters) > 1:
            raise NotPlain("several events with one UID")
        found = self._repeated(masters[0], others) if masters else self._alone(others)
        if len(found) > MAX_OCCURRENCES:
            raise NotPlain("more than 10,000 occurrences")
        return tuple(sorted(found))

    def _alone(self, others: Iterable[Record]) -> list[Row]:
        """Changed occurrences without their series: each stands for itself."""
        found: dict[int, Row] = {}
        for other in others:
            times = self._changed(other)
            clock, day, second = self._replaces(other)
            original = (clock or times.clock).at(day, max(second, 0))
            if original in found:
                raise NotPlain("two changes of one occurrence")
            found[original] = times.row(original, self._plain.meaning(other))
        return [row for row in found.values() if self._plain.concerns(row)]

    def _changed(self, other: Record) -> Times:
        times = self._plain.times(other)
        if times.day < 0:
            raise NotPlain("a year that is far away")
        return times

    def _replaces(self, other: Record) -> When:
        found = self._plain.texts.when(other.replaces or b"")
        if found[1] < 0:
            raise NotPlain("a year that is far away")
        return found

    def _repeated(self, master: Record, others: Sequence[Record]) -> list[Row]:
        if master.rule is None:
            raise NotPlain("exceptions without an RRULE")
        if isinstance(master.rule, tuple):
            raise NotPlain("several RRULEs")
        if master.dates or master.not_rules:
            raise NotPlain("RDATE or EXRULE")
        pattern, until = self._rules[master.rule]
        times, meaning = self._plain.times(master), self._plain.meaning(master)
        if not (master.not_dates or others):
            days = self._days(times, pattern, until, ())
            return self._unchanged(times.all(days), meaning)
        changes = self._changes(times, master.not_dates, others)
        days = self._days(times, pattern, until, changes.near)
        return self._rows(times, days, changes, meaning)

    # Exceptions ---------------------------------------------------------------------

    def _changes(
        self, times: Times, not_dates: Lines, others: Sequence[Record]
    ) -> _Changes:
        left_out = frozenset(self._left_out(times, not_dates))
        replaced: dict[_Key, Row] = {}
        near: list[int] = []
        for other in others:
            when = self._replaces(other)
            key, original = self._key(times, when)
            row = self._changed(other).row(original, self._plain.meaning(other))
            if key in replaced:
                raise NotPlain("two changes of one occurrence")
            if key in left_out:
                continue
            replaced[key] = row
            if self._plain.concerns(row):
                near.append(when[1])
        return _Changes(left_out, replaced, tuple(near))

    def _key(self, times: Times, written: When) -> tuple[_Key, int]:
        """What tells an occurrence apart, and the instant that is written."""
        clock, day, second = written
        original = (clock or times.clock).at(day, max(second, 0))
        if not times.whole:
            return ((True, day) if second == WHOLE else (False, original)), original
        if clock is self._plain.texts.utc and second:
            day = self._plain.home.day(original)
        return (True, day), original

    def _left_out(self, times: Times, not_dates: Lines) -> Iterator[_Key]:
        """EXDATE."""
        for rest in each(not_dates):
            head, colon, values = unfolded(rest).rpartition(b":")
            for value in values.split(b","):
                if value.strip():
                    when = self._plain.texts.when(head + colon + value)
                    yield self._key(times, when)[0]

    # Days and rows ------------------------------------------------------------------

    def _days(
        self, times: Times, pattern: Pattern, until: When | None, near: Sequence[int]
    ) -> list[int]:
        """The days since 1970 that may concern the window, and those of changes."""
        low = self._plain.first - times.days - times.exact // DAY
        high = self._plain.last
        if near:
            low, high = min(low, min(near) - 2), max(high, max(near) + 2)
        if until:
            last = _last_day(times, until)
            if last < times.day:
                raise NotPlain("UNTIL before DTSTART")
            high = min(high, last)
        first, low, high = times.day + _EPOCH, low + _EPOCH, high + _EPOCH
        self._pay(pattern.steps(first, low, high))
        days = _with_first(pattern, first, low, high)
        self._pay(START_STEPS * len(days))
        return [day - _EPOCH for day in days]

    def _pay(self, steps: int) -> None:
        """Before the work; when too little is left, the careful way has to say so."""
        if steps > self._budget.left:
            raise NotPlain("too much work")
        self._budget.spend(steps)

    def _rows(
        self, times: Times, days: Sequence[int], changes: _Changes, meaning: int
    ) -> list[Row]:
        untouched: list[tuple[int, int]] = []
        met: dict[_Key, int] = {}
        on, at = changes.numbers(are_days=True), changes.numbers(are_days=False)
        for day, stretch in zip(days, times.all(days), strict=True):
            start, _ = stretch
            if start in at and not times.whole:
                met.setdefault((False, start), start)
            elif day in on:
                met.setdefault((True, day), start)
            else:
                untouched.append(stretch)
        concerns, replaced = self._plain.concerns, changes.replaced
        if any(concerns(row) for key, row in replaced.items() if key not in met):
            raise NotPlain("a change of an occurrence that its RRULE does not have")
        changed = [
            (start, *replaced[key][1:]) for key, start in met.items() if key in replaced
        ]
        return [*self._unchanged(untouched, meaning), *filter(concerns, changed)]

    def _unchanged(self, found: Iterable[tuple[int, int]], meaning: int) -> list[Row]:
        """Those that concern the window, of starts and ends as a rule has them."""
        low, high, begun = self._plain.low, self._plain.high, self._plain.begun
        return [
            (start, start, end, meaning)
            for start, end in found
            if low <= start < high or (start < low and begun < end)
        ]


def _with_first(pattern: Pattern, first: int, low: int, high: int) -> list[int]:
    """The days of a pattern, and the first: it is there, and counted, in any case."""
    days = pattern.days(first, low, high)
    is_inside = low <= first <= high
    if days and (days[0] == first or not (is_inside or pattern.count)):
        return days
    if pattern.days(first, first, first):
        return days
    if pattern.count == 1:
        raise NotPlain("an RRULE that may have no date")
    if pattern.count:
        pattern = replace(pattern, count=pattern.count - 1)
        days = pattern.days(first, low, high)
    if not days:
        raise NotPlain("an RRULE that may have no date")
    return [first, *days] if is_inside else days


def _last_day(times: Times, until: When) -> int:
    """The last day on which an occurrence lies before or on UNTIL."""
    clock, day, second = until
    if second == WHOLE:
        return day
    end = (clock or times.clock).at(day, second)
    if times.whole:
        return day + 1 if times.clock.at(day + 1, 0) <= end else day
    lasts = (day + 2, day + 1, day, day - 1)
    return next((d for d in lasts if times.clock.at(d, times.second) <= end), day - 2)
