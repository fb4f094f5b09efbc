"""The events of one UID -> its occurrences inside a window.

Occurrences are told apart by their original start, as an instant: RECURRENCE-ID and
EXDATE may be written in UTC for a series that lives in a zone. Where days are counted,
or only a day is written, the day is what must agree.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import chain, islice

from integrations.ics.clocks import Clock
from integrations.ics.events import Event, Repeats, Warn
from integrations.ics.rules import MAX_OCCURRENCES, START_STEPS, Budget, Rule
from integrations.ics.values import (
    FIRST_YEAR,
    LAST_YEAR,
    MAX_DAYS,
    Length,
    Moment,
    written_day,
)
from scheduler.errors import Refused
from scheduler.events import Meaning, Occurrence
from scheduler.timespan import Span

#: How many steps the search for a first occurrence outside the window may take.
_NEVER_STEPS = 60_000
_NEVER_STARTS = 100
#: No clock is further from UTC than this; added where wall times meet instants.
_OFFSETS = timedelta(hours=27)
_FIRST = datetime(1, 1, 3)  # noqa: DTZ001 - a wall time
_LAST = datetime(9998, 1, 1)  # noqa: DTZ001


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of every series: a window, the clock of whole days, a budget."""

    window: Span
    home: Clock
    budget: Budget
    warn: Warn


def occurrences(
    master: Event | None, others: Iterable[Event], asked: Asked
) -> tuple[Occurrence, ...]:
    """Those that touch the window, or would have if nobody had moved them.

    `master` may be missing: then the others stand for themselves. `Refused` with
    E_RRULE_TOO_COMPLEX when the budget is used up.
    """
    found: Iterator[Occurrence]
    if master and not others and master.is_single:
        found = iter((_alone(master),))
    elif master:
        found = _Series(master, tuple(others), asked).occurrences()
    else:
        found = (_alone(event) for event in others)
    near = (o for o in found if _concerns(o, asked.window))
    uid = master.uid if master else ""
    return _capped(near, uid, asked.warn)


def _alone(event: Event) -> Occurrence:
    original = event.replaces or event.start
    return _occurrence(original.utc, event.start, event.length, event.meaning)


def _occurrence(
    original: datetime, start: Moment, long: Length, meaning: Meaning
) -> Occurrence:
    """From the earliest to the latest that its wall times may mean."""
    begin = start.utc - start.clock.early
    if long == Length():
        return Occurrence(original, begin, begin, meaning)
    last = replace(start, wall=start.wall + timedelta(days=long.days)).utc
    end = last + start.clock.late + long.exact
    return Occurrence(original, begin, max(begin, end), meaning)


def _concerns(found: Occurrence, window: Span) -> bool:
    return (
        window.start <= found.original_start < window.end
        or window.start <= found.start < window.end
        or found.start < window.start < found.end
    )


def _capped(
    found: Iterator[Occurrence], uid: str, warn: Warn
) -> tuple[Occurrence, ...]:
    """All of them; of too many, one from the first to the last that is busy."""
    kept = list(islice(found, MAX_OCCURRENCES))
    over = next(found, None)
    if over is None:
        return tuple(sorted(kept))
    warn(
        "W_RRULE_CAPPED",
        uid,
        "An event with more than 10,000 occurrences counts as busy from the first of"
        " them to the last.",
    )
    whole = _whole(chain(kept, (over,), found))
    return (whole,) if whole else ()


def _whole(found: Iterable[Occurrence]) -> Occurrence | None:
    whole: Occurrence | None = None
    for one in found:
        if one.meaning is Meaning.BUSY:
            start = min(whole.start, one.start) if whole else one.start
            end = max(whole.end, one.end) if whole else one.end
            whole = Occurrence(start, start, end)
    return whole


class _Series:
    """One master with what replaces or leaves out some of its occurrences."""

    def __init__(self, master: Event, others: tuple[Event, ...], asked: Asked) -> None:
        self._master = master
        self._asked = asked
        self._left_out = {self._key(moment) for moment in master.not_dates}
        self._replaced = {
            key: changed
            for key, changed in map(self._keyed, others)
            if key not in self._left_out
        }
        self._onwards = {
            other.replaces.utc: other
            for other in self._replaced.values()
            if other.onwards
            and other.replaces
            and abs(_shift(other)) <= timedelta(days=MAX_DAYS)
        }
        self._turns = sorted(self._onwards)

    def _keyed(self, other: Event) -> tuple[date, Event]:
        """A changed occurrence by what it replaces, read on the clock of the series."""
        replaces = (other.replaces or other.start).on(self._master.start.clock)
        return self._key(replaces), replace(other, replaces=replaces)

    def occurrences(self) -> Iterator[Occurrence]:
        """Those that may touch the window, and some around it."""
        met = set()
        for start, long in self._starts():
            key = self._hit(start, self._replaced)
            if key is None:
                yield self._own(start, long)
            elif key not in met:
                met.add(key)
                other = self._replaced[key]
                yield _occurrence(start.utc, other.start, other.length, other.meaning)
        yield from self._alone(met)

    def _alone(self, met: Container[date]) -> Iterator[Occurrence]:
        """The changed occurrences that belong to no date of the series."""
        for key, other in self._replaced.items():
            if key in met or not _concerns(alone := _alone(other), self._asked.window):
                continue
            self._tell(
                "W_OVERRIDE_ALONE",
                "A changed occurrence belongs to no date of its series; it counts"
                " where it stands.",
            )
            yield alone

    def _own(self, start: Moment, long: Length) -> Occurrence:
        """An occurrence as the master has it, or the last change from then onwards."""
        original, then, meaning = start.utc, start, self._master.meaning
        if turn := bisect_right(self._turns, original):
            other = self._onwards[self._turns[turn - 1]]
            then = replace(start, wall=start.wall + _shift(other))
            long, meaning = other.length, other.meaning
        return _occurrence(original, then, long, meaning)

    def _key(self, moment: Moment) -> date:
        """What tells an occurrence apart; a `datetime` unless only days matter."""
        if self._master.start.whole_day:
            return written_day(moment, self._asked.home)
        return moment.wall.date() if moment.whole_day else moment.utc

    def _hit(self, start: Moment, keys: Container[date]) -> date | None:
        """Which of the keys means this occurrence."""
        when, day = start.utc, start.wall.date()
        if not self._master.start.whole_day and when in keys:
            return when
        return day if day in keys else None

    def _starts(self) -> Iterator[tuple[Moment, Length]]:
        """DTSTART, RRULE and RDATE without EXRULE and EXDATE, each start once."""
        master = self._master
        low, high = self._reach()
        excluded = self._walls(master.not_rules, low, high, self._asked.budget)
        walls = self._by_rule(low, high, excluded)
        own = ((replace(master.start, wall=wall), master.length) for wall in walls)
        dates = [
            (moment, long.cut(MAX_DAYS) if long else master.length)
            for moment, long in master.dates
            if low <= moment.wall <= high
        ]
        # Of two lengths for one start the longer counts.
        dates.sort(key=lambda date: date[1].rough, reverse=True)
        longer = [one for one in dates if one[1].rough > master.length.rough]
        self._asked.budget.spend(START_STEPS * len(master.dates) // 2)
        met: set[date] = set()
        for start, long in chain(longer, own, dates):
            # A day that a zone skips begins with the next, and both are told.
            key = start.wall.date() if master.start.whole_day else start.utc
            if key in met or self._hit(start, self._left_out):
                continue
            if len(met) <= 2 * MAX_OCCURRENCES:
                met.add(key)
            yield start, long

    def _reach(self) -> tuple[datetime, datetime]:
        """The wall times between which a start may concern the window."""
        window, master = self._asked.window, self._master
        near = [
            other.replaces.wall
            for other in self._replaced.values()
            if other.replaces
            and FIRST_YEAR <= other.replaces.wall.year <= LAST_YEAR
            and _concerns(_alone(other), window)
        ]
        lengths = [master.length, *(other.length for other in self._onwards.values())]
        lengths += [long.cut(MAX_DAYS) for _, long in master.dates if long]
        shifts = [timedelta(0), *(_shift(other) for other in self._onwards.values())]
        back = max(long.rough for long in lengths) + max(shifts)
        low = min([window.start.replace(tzinfo=None) - back, *near]) - _OFFSETS
        ahead = -min(shifts)
        high = max([window.end.replace(tzinfo=None) + ahead, *near]) + _OFFSETS
        return max(low, _FIRST), min(high, _LAST)

    def _by_rule(
        self, low: datetime, high: datetime, excluded: Container[datetime]
    ) -> Iterator[datetime]:
        """DTSTART and what the rules yield; nothing where they never yield any."""
        first = self._master.start.wall
        rules = self._master.rules
        live = tuple(one for one in rules if self._within(one.until, first))
        if rules and not live:
            self._tell("W_RRULE_EMPTY", "A repeat rule ends before its event begins.")
            return
        walls = self._on_rules(live, low, high, self._asked.budget)
        found = (wall for wall in walls if wall not in excluded)
        one = next(found, None)
        if rules and one is None and not self._ever(live):
            self._tell("W_RRULE_NEVER", "A repeat rule never yields a date.")
            return
        if low <= first <= high and first not in excluded:
            yield first
        if one is not None:
            yield one
            yield from found

    def _ever(self, rules: tuple[Repeats, ...]) -> bool:
        """Whether the rules yield any date at all, as far as a look ahead can tell.

        One that would only yield dates after its end leaves the first where it is.
        """
        rules = tuple(Repeats(replace(one.rule, count=None), None) for one in rules)
        budget = Budget(min(_NEVER_STEPS, self._asked.budget.left))
        before, first = budget.left, self._master.start.wall
        try:
            walls = self._on_rules(rules, first, _LAST, budget)
            ahead = list(islice(walls, _NEVER_STARTS if self._master.not_rules else 1))
            last = max(ahead, default=first)
            excluded = self._walls(self._master.not_rules, first, last, budget)
            return any(wall not in excluded for wall in ahead)
        except Refused:
            return False
        finally:
            self._asked.budget.spend(before - max(budget.left, 0))

    def _walls(
        self,
        rules: tuple[Repeats, ...],
        low: datetime,
        high: datetime,
        budget: Budget,
    ) -> frozenset[datetime]:
        return frozenset(self._on_rules(rules, low, high, budget))

    def _on_rules(
        self,
        rules: tuple[Repeats, ...],
        low: datetime,
        high: datetime,
        budget: Budget,
    ) -> Iterator[datetime]:
        """What the rules yield themselves, DTSTART only where it is on them."""
        first = self._master.start.wall
        for one in rules:
            rule = _counting_the_first(one.rule, first, budget)
            if rule is None:
                continue
            until = one.until.wall if one.until else _LAST
            last = min(high, min(until, _LAST) + _OFFSETS)
            for wall in rule.between(first, low, last, budget):
                if self._within(one.until, wall):
                    yield wall

    def _within(self, until: Moment | None, wall: datetime) -> bool:
        """Whether a start lies before or on UNTIL; of a date all hours are meant."""
        if until is None:
            return True
        start = self._master.start
        if start.whole_day or until.whole_day:
            if wall.date() <= until.wall.date():
                return True
            return not until.whole_day and start.clock.utc(wall) <= until.utc
        return start.clock.utc(wall) - start.clock.early <= until.utc

    def _tell(self, code: str, message: str) -> None:
        self._asked.warn(code, self._master.uid, message)


def _shift(onwards: Event) -> timedelta:
    """How far RANGE=THISANDFUTURE moves what follows, on the wall clock."""
    if onwards.replaces is None:
        return timedelta(0)
    if onwards.start.clock is onwards.replaces.clock:
        return onwards.start.wall - onwards.replaces.wall
    return onwards.start.utc - onwards.replaces.utc


def _counting_the_first(rule: Rule, first: datetime, budget: Budget) -> Rule | None:
    """The rule with its COUNT less one where DTSTART is not on it: it counts too."""
    if rule.count is None or next(rule.between(first, first, first, budget), None):
        return rule
    return replace(rule, count=rule.count - 1) if rule.count > 1 else None
