"""Days as people say them: `by Friday`, `in 3 days`, `bis morgen`, `2026-03-06`.

product.md, 'The agenda in the event': DATE is a day of the writer's own calendar, in
the writer's language; English is read from everybody, since no word of it means
another day elsewhere. What is not understood is no day: nothing is guessed.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

_TOMORROW = {"en": ("tomorrow",), "de": ("morgen",)}
#: Monday to Sunday; some have two names.
_WEEKDAYS = {
    "en": "monday tuesday wednesday thursday friday saturday sunday",
    "de": "montag dienstag mittwoch donnerstag freitag samstag/sonnabend sonntag",
}
_AHEAD = {
    "en": re.compile(r"in (?P<count>[0-9]{1,4}) (?:days?|(?P<weeks>weeks?))"),
    "de": re.compile(r"in (?P<count>[0-9]{1,4}) (?:tag(?:en)?|(?P<weeks>wochen?))"),
}
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: What stands before the day; without it a comma has to.
_BY = re.compile(r"(?:by|bis(?: zum)?) ", re.IGNORECASE)
_SAYS_BY = re.compile(
    r"(?P<text>.*\S),? (?:by|bis(?: zum)?) (?P<day>.+)", re.IGNORECASE
)
_SAYS_COMMA = re.compile(r"(?P<text>.*\S) ?, ?(?P<day>[^,]+)")
_PROMISE = frozenset({"promise", "zusage", "versprechen"})
#: A line longer than this is no promise.
_MOST_CHARACTERS = 400


def read_day(text: str, today: date, language: str = "en") -> date | None:
    """The day that is said, seen from `today`; None when it is not understood.

    A weekday is the next one, never today. With or without `by` before it.
    """
    said = " ".join(text.split()).rstrip(".!;").casefold()
    said = _BY.sub("", said, count=1) if _BY.match(said) else said
    if _ISO.fullmatch(said):
        return _iso(said)
    own = language.partition("-")[0].lower()
    for one in dict.fromkeys((own, "en")):
        if one in _AHEAD and (found := _in_language(said, today, one)):
            return found
    return None


def read_until(text: str, today: date, language: str = "en") -> tuple[str, date] | None:
    """What is to be done and by which day, from `send the list, by Friday`.

    None when it does not end in a day that is understood, or says nothing else.
    """
    said = " ".join(text.split())
    for shape in (_SAYS_BY, _SAYS_COMMA):
        found = shape.fullmatch(said) if len(said) <= _MOST_CHARACTERS else None
        day = read_day(found["day"], today, language) if found else None
        if found and day:
            return found["text"].rstrip(" ,;"), day
    return None


def asked_promise(line: str) -> str:
    """What a line `promise: …` (`Versprechen: …`) says behind the colon; else empty."""
    word, colon, rest = line.strip().lstrip("-* ").partition(":")
    said = " ".join(rest.split())
    return said if colon and word.strip().casefold() in _PROMISE else ""


def _in_language(said: str, today: date, language: str) -> date | None:
    if said in _TOMORROW[language]:
        return _after(today, 1)
    for weekday, names in enumerate(_WEEKDAYS[language].split()):
        if said in names.split("/"):
            return _after(today, (weekday - today.weekday() - 1) % 7 + 1)
    if found := _AHEAD[language].fullmatch(said):
        return _after(today, int(found["count"]) * (7 if found["weeks"] else 1))
    return None


def _after(today: date, days: int) -> date | None:
    try:
        return today + timedelta(days=days)
    except OverflowError:
        return None


def _iso(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None
