"""A list of pairs to plan at once: `troth import`'s, with calendars and limits.

What a row leaves out is filled from what the command was given; a person is one and
the same in all their rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from scheduler.availability import Availability
from scheduler.cadence import Cadence
from scheduler.daysoff import days_off
from scheduler.errors import Refused
from scheduler.people import OFFICE_HOURS, Hours, Role
from scheduler.roster import (
    COLUMNS,
    PairWish,
    PersonWish,
    Problem,
    list_rows,
    note_once,
    pair_wish,
)
from scheduler.slots import PlanRequest

CALENDARS = tuple(f"{role}_calendar" for role in Role)
LIMITS = ("mentor_max_day", "mentor_max_week")
NONE = "none"


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the command says for rows that do not; None where it says nothing either."""

    mentor_zone: str | None = None
    mentee_zone: str | None = None
    mentor_hours: Hours = OFFICE_HOURS
    mentee_hours: Hours = OFFICE_HOURS
    cadence: Cadence | None = None
    minutes: int | None = None
    first: date | None = None
    until: date | None = None
    count: int | None = None
    anchor: Role | None = None
    gap: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """One good row: what it says of the pair, and of both calendars and the limits.

    A calendar is a name as `troth plan` takes it, or `none`.
    """

    wish: PairWish
    mentor_calendar: str
    mentee_calendar: str
    max_day: int | None
    max_week: int | None

    def of(self, role: Role) -> tuple[PersonWish, str]:
        """One of the two, and their calendar."""
        if role is Role.MENTOR:
            return self.wish.mentor, self.mentor_calendar
        return self.wish.mentee, self.mentee_calendar


@dataclass(frozen=True, slots=True)
class Listing:
    """Every row of a list, as it was understood."""

    good: tuple[Listed, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Someone:
    """A person of the list, with everything that any row says of them."""

    email: str
    calendar: str
    free: Availability


@dataclass(frozen=True, slots=True)
class Asked:
    """A pair to plan; `request` knows no calendars yet."""

    row: int
    mentor: Someone
    mentee: Someone
    request: PlanRequest
    max_day: int | None
    max_week: int | None


def read_listing(data: bytes) -> Listing:
    """Understand every row on its own; `Refused` as `scheduler.roster.read_roster`."""
    good: list[Listed] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, str], int] = {}
    for row, cells in list_rows(data, (*COLUMNS, *CALENDARS, *LIMITS)):
        try:
            listed = _listed(row, cells)
            note_once(seen, listed.wish)
        except Refused as refused:
            problems.append(problem(row, refused))
        else:
            good.append(listed)
    return Listing(tuple(good), tuple(problems))


def problem(row: int, refused: Refused) -> Problem:
    """What is wrong with one row."""
    return Problem(row, refused.code, refused.field or "", refused.message)


def _listed(row: int, cells: Mapping[str, str]) -> Listed:
    mentor, mentee = (cells.get(name, "").strip() or NONE for name in CALENDARS)
    day, week = (_limit(cells.get(name, "").strip(), name) for name in LIMITS)
    return Listed(pair_wish(row, cells), mentor, mentee, day, week)


def _limit(text: str, field: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 100:
        words = f"{field} is a number of meetings from 1 to 100, or empty."
        raise Refused("E_LIMIT", words, field=field)
    return int(text)


def asked(listing: Listing, defaults: Defaults) -> tuple[list[Asked], list[Problem]]:
    """Every row with what it leaves out filled in, or what is wrong with it."""
    people = _People(defaults)
    pairs: list[Asked] = []
    problems: list[Problem] = []
    agreeing: list[Listed] = []
    for listed in listing.good:
        try:
            people.meet(listed)
        except Refused as refused:
            problems.append(problem(listed.wish.row, refused))
        else:
            agreeing.append(listed)
    for listed in agreeing:
        try:
            pairs.append(_asked(listed, people, defaults))
        except Refused as refused:
            problems.append(problem(listed.wish.row, refused))
    return pairs, problems


class _People:
    """Everybody by address; what one row says of a person holds for all."""

    def __init__(self, defaults: Defaults) -> None:
        self._defaults = defaults
        self._said: dict[str, dict[str, tuple[int, Any]]] = {}

    def meet(self, listed: Listed) -> None:
        """Note what this row says; `Refused` E_CSV_PERSON where rows disagree."""
        row = listed.wish.row
        for role in Role:
            person, calendar = listed.of(role)
            said = self._said.setdefault(person.email.lower(), {})
            new = {
                "zone": person.zone,
                "hours": person.hours,
                "country": person.country or None,
                "calendar": None if calendar == NONE else calendar,
            }
            for name, value in new.items():
                _note(said, name, value, (row, f"{role}_{name}"))
        said = self._said[listed.wish.mentor.email.lower()]
        for name, most in (("max_day", listed.max_day), ("max_week", listed.max_week)):
            _note(said, name, most, (row, f"mentor_{name}"))

    def said(self, email: str, name: str) -> Any:
        """What any row says of this person; None when none does."""
        return self._said[email.lower()].get(name, (0, None))[1]

    def someone(self, listed: Listed, role: Role, dates: tuple[date, date]) -> Someone:
        """One of the two, whole."""
        email = listed.of(role)[0].email
        fallback = getattr(self._defaults, f"{role}_zone")
        where = self.said(email, "zone") or fallback
        if not where:
            raise _missing(f"{role}_zone", f"--{role}-zone")
        hours = self.said(email, "hours") or getattr(self._defaults, f"{role}_hours")
        country = str(self.said(email, "country") or "")
        off = days_off(country, dates[0].year - 1, dates[1].year + 1)
        calendar = str(self.said(email, "calendar") or NONE)
        free = Availability(str(where), hours, days_off=off)
        return Someone(email.lower(), calendar, free)


def _note(
    said: dict[str, tuple[int, Any]], name: str, value: Any, at: tuple[int, str]
) -> None:
    row, field = at
    if value is None:
        return
    first, before = said.setdefault(name, (row, value))
    if before != value:
        raise Refused(
            "E_CSV_PERSON",
            f"{field} is {str(value)[:60]!r} here and {str(before)[:60]!r} in row"
            f" {first} for the same address; a person has one.",
            field=field,
        )


def _missing(field: str, option: str) -> Refused:
    words = f"{field} is empty; fill it in, or give {option} for all rows."
    return Refused("E_CSV_MISSING", words, field=field)


def _asked(listed: Listed, people: _People, defaults: Defaults) -> Asked:
    wish = listed.wish
    cadence, minutes = (
        wish.cadence or defaults.cadence,
        wish.minutes or defaults.minutes,
    )
    if cadence is None:
        raise _missing("cadence", "--cadence")
    if minutes is None:
        raise _missing("minutes", "--minutes")
    first, until, count = _dates(wish, defaults)
    last = until or first + timedelta(days=366 * 2)
    mentor, mentee = (people.someone(listed, role, (first, last)) for role in Role)
    day, week = (people.said(wish.mentor.email, f"max_{x}") for x in ("day", "week"))
    request = PlanRequest(
        mentor.free,
        mentee.free,
        cadence,
        minutes,
        first,
        count,
        until,
        defaults.anchor,
        defaults.gap,
    )
    return Asked(wish.row, mentor, mentee, request, day, week)


def _dates(wish: PairWish, defaults: Defaults) -> tuple[date, date | None, int | None]:
    """The first day, and the day after the last or a number of periods."""
    first = wish.first_day or defaults.first
    if first is None:
        raise _missing("first_day", "--from")
    if wish.last_day:
        return first, wish.last_day + timedelta(days=1), None
    if defaults.until or defaults.count:
        return first, defaults.until, defaults.count
    raise _missing("last_day", "--until or --count")
