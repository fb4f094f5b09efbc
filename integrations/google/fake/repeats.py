"""When a series meets: its `recurrence` lines through our own rules engine.

Wall times repeat in the zone of the start; DTSTART is always one of them (RFC 5545).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from integrations.google.fake.problems import Json, invalid
from integrations.google.fake.times import named_zone, stamp
from integrations.ics.rule_text import TooOften, read_rule
from integrations.ics.rules import Budget, Rule
from scheduler.errors import Refused

#: What one series may cost in one request.
_STEPS = 2_000_000
_KINDS = frozenset({"RRULE", "EXRULE", "RDATE", "EXDATE"})


@dataclass(frozen=True, slots=True)
class _Line:
    kind: str
    value: str
    zone: str | None

    @staticmethod
    def read(text: str) -> _Line:
        head, colon, value = text.partition(":")
        kind, *parameters = head.upper().split(";")
        if not colon or kind not in _KINDS:
            raise invalid("Invalid recurrence rule.", "recurrence")
        zone = next((p[5:] for p in head.split(";") if p.upper()[:5] == "TZID="), None)
        del parameters
        return _Line(kind, value, zone)


@dataclass(frozen=True, slots=True)
class Series:
    """The rhythm of one master, on wall clocks without a zone."""

    start: Mapping[str, str]
    lines: tuple[_Line, ...]

    @staticmethod
    def of(start: Mapping[str, str], recurrence: Sequence[str]) -> Series:
        """Read it; 400 for a rule that cannot be read."""
        series = Series(start, tuple(_Line.read(text) for text in recurrence))
        next(series.between(datetime.min, datetime.min), None)  # noqa: DTZ901 - walls
        return series

    @property
    def first(self) -> datetime:
        """DTSTART as a wall time."""
        return self._wall(self.start)

    def starts(self, low: datetime, high: datetime) -> Iterator[Json]:
        """Original starts that may lie from `low` to `high` (UTC), a day to spare."""
        wall_low = max(low.replace(tzinfo=None) - timedelta(days=1), self.first)
        wall_high = high.replace(tzinfo=None) + timedelta(days=1)
        yield from (self._kept(one) for one in self.between(wall_low, wall_high))

    def holds(self, original: Mapping[str, str]) -> bool:
        """Whether the series has a meeting that begins then by its rules."""
        if ("date" in original) != ("date" in self.start):
            return False
        at = self._wall(original).replace(tzinfo=UTC)
        near = self.starts(at - timedelta(hours=1), at + timedelta(hours=1))
        return any(stamp(one) == stamp(original) for one in near)

    def between(self, low: datetime, high: datetime) -> Iterator[datetime]:
        """Wall starts from `low` to `high`, both included, in order, each once."""
        try:
            found = set(self._yielded(low, high, "R"))
            found -= set(self._yielded(low, high, "EX"))
        except (Refused, TooOften, ValueError):
            raise invalid("Invalid recurrence rule.", "recurrence") from None
        yield from sorted(found)

    def _yielded(
        self, low: datetime, high: datetime, prefix: str
    ) -> Iterator[datetime]:
        if prefix == "R" and low <= self.first <= high:
            yield self.first
        budget = Budget(_STEPS)
        for line in self.lines:
            if line.kind == f"{prefix}RULE":
                rule, until = read_rule(line.value)
                yield from self._by_rule(rule, until, (low, high), budget)
            elif line.kind == f"{prefix}DATE":
                dates = (self._date(text, line) for text in line.value.split(","))
                yield from (one for one in dates if low <= one <= high)

    def _by_rule(
        self,
        rule: Rule,
        until: str,
        window: tuple[datetime, datetime],
        budget: Budget,
    ) -> Iterator[datetime]:
        last = min(window[1], self._until(until)) if until else window[1]
        counted = self._counted(rule, budget)
        if last >= self.first and counted is not None:
            yield from counted.between(self.first, window[0], last, budget)

    def _counted(self, rule: Rule, budget: Budget) -> Rule | None:
        """COUNT counts DTSTART too, also where the rule does not yield it."""
        first = self.first
        if rule.count is None or any(rule.between(first, first, first, budget)):
            return rule
        return replace(rule, count=rule.count - 1) if rule.count > 1 else None

    def _until(self, text: str) -> datetime:
        day = datetime.strptime(text[:8], "%Y%m%d")  # noqa: DTZ007 - a wall time
        if len(text) == 8:
            return datetime.combine(day, time.max)
        return self._date(text, _Line("", "", None))

    def _date(self, text: str, line: _Line) -> datetime:
        """A date of RDATE, EXDATE or UNTIL on the wall clock of the series."""
        if len(text) == 8:
            return datetime.strptime(text, "%Y%m%d")  # noqa: DTZ007 - a wall time
        wall = datetime.strptime(text.rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007
        own = self.start.get("timeZone", "UTC")
        zone = "UTC" if text.endswith("Z") else line.zone or own
        if zone == own:
            return wall
        there = wall.replace(tzinfo=named_zone(zone))
        return there.astimezone(named_zone(own)).replace(tzinfo=None)

    def _wall(self, kept: Mapping[str, str]) -> datetime:
        if "date" in kept:
            return datetime.combine(date.fromisoformat(kept["date"]), time.min)
        zone = named_zone(self.start.get("timeZone", "UTC"))
        local = datetime.fromisoformat(kept["dateTime"]).astimezone(zone)
        return local.replace(tzinfo=None)

    def _kept(self, wall: datetime) -> Json:
        if "date" in self.start:
            return {"date": wall.date().isoformat()}
        zone = self.start["timeZone"]
        utc = wall.replace(tzinfo=named_zone(zone)).astimezone(UTC)
        return {"dateTime": utc.isoformat(), "timeZone": zone}


def cut(recurrence: Sequence[str], before: datetime, *, whole_days: bool) -> list[str]:
    """The lines with every rule ended before this instant (UTC): the shortened tail."""
    last = before - timedelta(days=1 if whole_days else 0, seconds=not whole_days)
    until = f"{last:%Y%m%d}" if whole_days else f"{last:%Y%m%dT%H%M%SZ}"
    return [_ended(line, until) for line in recurrence]


def _ended(line: str, until: str) -> str:
    head, _, value = line.partition(":")
    if head != "RRULE":
        return line
    parts = [p for p in value.split(";") if p.split("=")[0] not in {"COUNT", "UNTIL"}]
    return f"{head}:{';'.join(parts)};UNTIL={until}"
