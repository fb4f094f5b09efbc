"""The text of an RRULE or EXRULE -> a `Rule` and its UNTIL (RFC 5545 section 3.3.10).

Parts with an unknown name are passed over, a COUNT below one too (some programs write
COUNT=-1 for 'for ever'). What is left must be readable: a rule that is only half
understood would show busy time as free.
"""

from __future__ import annotations

import re

from integrations.ics.rules import Frequency, Rule
from scheduler.errors import Refused

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_NUMBER = re.compile(r"[+-]?\d{1,9}")
#: Beyond this a number of years, weeks or days makes no difference to anybody.
_MOST = 10**9


class TooOften(Exception):
    """FREQ=SECONDLY or MINUTELY: such an event would close a calendar for ever."""


def read_rule(text: str) -> tuple[Rule, str]:
    """The rule, and the text of its UNTIL ('' without one).

    `TooOften`, or `Refused` with E_RRULE_INTERVAL or E_RRULE_UNREADABLE.
    """
    parts = _parts(text)
    if parts.get("RSCALE", "GREGORIAN") != "GREGORIAN" or "SKIP" in parts:
        raise _unreadable("counts in another calendar than the Gregorian")
    rule = Rule(
        frequency=_frequency(parts.get("FREQ", "")),
        interval=_interval(parts),
        count=_count(parts),
        months=_numbers(parts, "BYMONTH", 1, 12),
        weeks=_numbers(parts, "BYWEEKNO", 1, 53, signed=True),
        year_days=_numbers(parts, "BYYEARDAY", 1, 366, signed=True),
        month_days=_numbers(parts, "BYMONTHDAY", 1, 31, signed=True),
        weekdays=tuple(_weekday(part) for part in _list(parts, "BYDAY")),
        hours=_numbers(parts, "BYHOUR", 0, 23),
        minutes=_numbers(parts, "BYMINUTE", 0, 59),
        # A leap second is the second before it.
        seconds=_at_most_59(_numbers(parts, "BYSECOND", 0, 60)),
        positions=_numbers(parts, "BYSETPOS", 1, _MOST, signed=True),
        week_start=_week_start(parts.get("WKST", "MO")),
    )
    return rule, parts.get("UNTIL", "")


def _parts(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.upper().split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs if value.strip()}


def _frequency(text: str) -> Frequency:
    if text in {"SECONDLY", "MINUTELY"}:
        raise TooOften
    try:
        return Frequency(text)
    except ValueError:
        raise _unreadable("has no FREQ that Troth knows") from None


def _interval(parts: dict[str, str]) -> int:
    number = _number(parts.get("INTERVAL", "1"), "INTERVAL")
    if number < 1:
        raise Refused(
            "E_RRULE_INTERVAL",
            "A repeat rule has an INTERVAL below 1; give it 1 or more.",
            field="RRULE",
        )
    return min(number, _MOST)


def _count(parts: dict[str, str]) -> int | None:
    if "COUNT" not in parts:
        return None
    number = _number(parts["COUNT"], "COUNT")
    return min(number, _MOST) if number > 0 else None


def _list(parts: dict[str, str], name: str) -> list[str]:
    if name not in parts:
        return []
    found = (part.strip() for part in parts[name].split(","))
    return list(dict.fromkeys(part for part in found if part))


def _numbers(
    parts: dict[str, str], name: str, low: int, high: int, *, signed: bool = False
) -> tuple[int, ...]:
    if name not in parts:
        return ()
    numbers = {_number(part, name) for part in _list(parts, name)}
    for number in numbers:
        if not low <= (abs(number) if signed else number) <= high:
            raise _unreadable(f"has a {name} that does not exist")
    return tuple(sorted(numbers))


def _number(text: str, name: str) -> int:
    if not _NUMBER.fullmatch(text):
        if text.isdecimal():
            return _MOST
        raise _unreadable(f"has a {name} that is no number")
    return int(text)


def _at_most_59(seconds: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted({min(second, 59) for second in seconds}))


def _weekday(text: str) -> tuple[int, int]:
    match = _WEEKDAY.fullmatch(text)
    if match is None:
        raise _unreadable("has a BYDAY that is no weekday")
    return int(match[1] or 0), WEEKDAYS.index(match[2])


def _week_start(text: str) -> int:
    if text not in WEEKDAYS:
        raise _unreadable("has a WKST that is no weekday")
    return WEEKDAYS.index(text)


def _unreadable(why: str) -> Refused:
    return Refused(
        "E_RRULE_UNREADABLE",
        f"A repeat rule {why}; save that event anew in its calendar program.",
        field="RRULE",
    )
