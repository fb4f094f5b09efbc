"""An RRULE that only chooses days -> a `Pattern`."""

from __future__ import annotations

from integrations.ics.offsets import NotPlain
from integrations.ics.rule_text import TooOften, read_rule
from integrations.ics.rules import Frequency, Rule
from integrations.ics.sieve import unfolded
from integrations.ics.texts import Texts, When
from scheduler.errors import Refused
from scheduler.recurrence import Every, Pattern

_EVERY = {
    Frequency.DAILY: Every.DAY,
    Frequency.WEEKLY: Every.WEEK,
    Frequency.MONTHLY: Every.MONTH,
    Frequency.YEARLY: Every.YEAR,
}
_MOST_RULES = 10_000

Read = tuple[Pattern, When | None]


class PlainRules(dict[bytes, Read]):
    """The text of a rule, from its `:` on -> its pattern and its UNTIL; `NotPlain`."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts

    def __missing__(self, rest: bytes) -> Read:
        text = unfolded(rest)
        if text[:1] != b":":
            raise NotPlain("an RRULE with parameters")
        try:
            rule, until = read_rule(text[1:].decode(errors="replace"))
        except (Refused, TooOften):
            raise NotPlain("an RRULE that cannot be read") from None
        end = self._texts.when(b":" + until.encode()) if until else None
        found = _pattern(rule), end
        if len(self) < _MOST_RULES:
            self[rest] = found
        return found


def _pattern(rule: Rule) -> Pattern:
    every = _EVERY.get(rule.frequency)
    if every is None:
        raise NotPlain(f"FREQ={rule.frequency.value}")
    if rule.frequency is Frequency.WEEKLY and rule.month_days:
        raise NotPlain("BYMONTHDAY in weeks")
    parts = {
        "BYSETPOS": rule.positions,
        "BYWEEKNO": rule.weeks,
        "BYYEARDAY": rule.year_days,
        "BYHOUR": rule.hours,
        "BYMINUTE": rule.minutes,
        "BYSECOND": rule.seconds,
    }
    for name, numbers in parts.items():
        if numbers:
            raise NotPlain(name)
    return Pattern(
        every,
        interval=rule.interval,
        count=rule.count,
        months=rule.months,
        month_days=rule.month_days,
        weekdays=rule.weekdays,
        week_start=rule.week_start,
    )
