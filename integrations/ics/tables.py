"""VTIMEZONE -> a `Table` of its changes (RFC 5545 section 3.6.5)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from integrations.ics.clocks import UTC_CLOCK, Table
from integrations.ics.rule_text import TooOften, read_rule
from integrations.ics.rules import Budget, Frequency
from integrations.ics.sieve import Component
from integrations.ics.values import LAST_YEAR, Reader, Unreadable
from scheduler.errors import Refused

_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(\d\d)?")
_END = datetime(LAST_YEAR + 1, 12, 31)  # noqa: DTZ001 - a wall time
#: What one zone may cost, and how many parts of it are looked at.
_STEPS, _PARTS = 200_000, 400

Change = tuple[datetime, timedelta, timedelta]


def tables(components: Iterable[Component]) -> Mapping[str, Table]:
    """The zones that a file defines itself, by TZID; unreadable ones left out.

    Each is worked out when it is asked for: most names are known without it, and a
    VTIMEZONE costs more than all else in a small file.
    """
    return _Tables(components)


class _Tables(Mapping[str, Table]):
    def __init__(self, components: Iterable[Component]) -> None:
        self._written: dict[str, list[Component]] = {}
        for component in components:
            if component.name == "VTIMEZONE":
                self._written.setdefault(component.text("TZID"), []).append(component)
        self._found: dict[str, Table | None] = {}

    def __getitem__(self, name: str) -> Table:
        if name not in self._found:
            readable = map(_readable, reversed(self._written[name]))
            self._found[name] = next((table for table in readable if table), None)
        found = self._found[name]
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._written if self.get(name))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _readable(component: Component) -> Table | None:
    try:
        return _table(component)
    except (Unreadable, Refused, TooOften):
        return None


def _table(component: Component) -> Table | None:
    """The changes of all parts, in order; None where there is none."""
    budget = Budget(_STEPS)
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
        yield from rule.between(first, first, end, budget)


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
