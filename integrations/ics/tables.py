"""VTIMEZONE -> a `Table` of its changes (RFC 5545 section 3.6.5)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from integrations.ics.clocks import UTC_CLOCK, Table
from integrations.ics.rule_text import TooOften, read_rule
from integrations.ics.rules import Budget, Frequency
from integrations.ics.sieve import Component
from integrations.ics.values import LAST_YEAR, Reader, Unreadable
from scheduler.errors import Refused

_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(\d\d)?")
_END = datetime(LAST_YEAR + 1, 12, 31)  # noqa: DTZ001 - a wall time
_SECOND_YEAR = datetime(2, 2, 2)  # noqa: DTZ001
#: Changes before this are only needed where none follows them.
_EARLY = datetime(1960, 1, 1)  # noqa: DTZ001 - a wall time
#: What one zone may cost, and how many parts of it are looked at.
_STEPS, _PARTS = 100_000, 400

Change = tuple[datetime, timedelta, timedelta]


class Tables:
    """The zones that a file defines itself, each worked out when it is asked for.

    Most names are known without it, and a VTIMEZONE costs more than all else in a small
    file.
    """

    def __init__(self, components: Iterable[Component], budget: Budget) -> None:
        self._written: dict[str, list[Component]] = {}
        for component in components:
            self._written.setdefault(component.text("TZID"), []).append(component)
        self._budget = budget
        #: Steps that zones took so far.
        self.spent = 0

    def named(self, name: str) -> Table | None:
        """The zone of this TZID; None where there is none that can be read.

        `Refused` with E_RRULE_TOO_COMPLEX when the file's budget is used up.
        """
        written = reversed(self._written.get(name.strip(), []))
        return next((table for table in map(self._readable, written) if table), None)

    def _readable(self, component: Component) -> Table | None:
        own = Budget(_STEPS)
        try:
            return _table(component, own)
        except (Unreadable, Refused, TooOften):
            return None
        finally:
            steps = _STEPS - max(own.left, 0)
            self.spent += steps
            self._budget.spend(steps)


def _table(component: Component, budget: Budget) -> Table | None:
    """The changes of all parts, in order; None where there is none."""
    changes = sorted(
        change for part in component.parts[:_PARTS] for change in _changes(part, budget)
    )
    if not changes:
        return None
    return Table(
        changes=tuple(when for when, _, _ in changes),
        offsets=(changes[0][1], *(after for _, _, after in changes)),
    )


def _changes(part: Component, budget: Budget) -> Iterator[Change]:
    """(naive UTC, offset before, offset after) of each onset of one part."""
    before, after = _offset(part.text("TZOFFSETFROM")), _offset(part.text("TZOFFSETTO"))
    for onset in _onsets(part, budget):
        budget.spend()
        try:
            yield onset - before, before, after
        except OverflowError:
            continue


def _onsets(part: Component, budget: Budget) -> Iterator[datetime]:
    """When a part begins to hold, on the wall clock before."""
    reader = Reader(UTC_CLOCK, lambda _: UTC_CLOCK)
    start = part.first("DTSTART")
    if start is None:
        raise Unreadable("DTSTART")
    first = reader.moment(start).wall
    yield first
    for line in part.all("RDATE"):
        yield from (moment.wall for moment in reader.moments(line))
    for line in part.all("RRULE"):
        rule, until = read_rule(line.value)
        if rule.frequency is not Frequency.YEARLY:
            raise Unreadable("FREQ")
        end = _until(until, _offset(part.text("TZOFFSETFROM")))
        low = min(_EARLY, max(end, _SECOND_YEAR) - timedelta(days=366))
        yield from rule.between(first, low, end, budget)


def _until(text: str, before: timedelta) -> datetime:
    """UNTIL as a wall time before the change; it is written in UTC."""
    match = re.fullmatch(r"(\d{8})(?:T(\d{6})(Z?))?", text)
    if match is None:
        return _END
    try:
        parsed = datetime.strptime(match[1] + (match[2] or "235959"), "%Y%m%d%H%M%S")  # noqa: DTZ007 - a wall time
    except ValueError:
        return _END
    parsed = min(parsed, _END)
    return parsed + before if match[3] else parsed


def _offset(text: str) -> timedelta:
    match = _OFFSET.fullmatch(text)
    if match is None:
        raise Unreadable(text[:10])
    hours, minutes, seconds = (int(group or 0) for group in match.groups()[1:])
    size = timedelta(hours=min(hours, 23), minutes=minutes, seconds=seconds)
    return -size if match[1] == "-" else size
