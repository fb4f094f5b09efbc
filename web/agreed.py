"""The text of an agreement, clause by clause, and what of it is new.

Every term of a version stands in one line, so that two versions are compared line by
line; what a person wrote is escaped here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from babel import Locale
from markupsafe import Markup

from scheduler.agreement import Agreement, Terms
from scheduler.people import Hours, Person, Role, Window
from scheduler.usecases.see_pair import SeenPair
from scheduler.venue import VenueKind
from web.sheets import day, first, number, place, sentence

_DAYS = (
    "Mondays",
    "Tuesdays",
    "Wednesdays",
    "Thursdays",
    "Fridays",
    "Saturdays",
    "Sundays",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence or two; `was` is what the version in force says instead."""

    text: Markup
    was: Markup | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """One numbered part of the text."""

    title: str
    lines: tuple[Line, ...]


def clauses(
    view: SeenPair, version: Agreement, against: Agreement | None = None
) -> tuple[Clause, ...]:
    """The whole text of a version; lines that differ from `against` say so."""
    before = dict(_all(view, against.terms)) if against else {}
    return tuple(
        Clause(title, tuple(_lines(texts, before.get(title))))
        for title, texts in _all(view, version.terms)
    )


def _lines(
    texts: tuple[Markup, ...], before: tuple[Markup, ...] | None
) -> Iterator[Line]:
    for n, text in enumerate(texts):
        was = before[n] if before and before[n] != text else None
        yield Line(text, was)


def news(found: tuple[Clause, ...]) -> tuple[str, ...]:
    """The clauses in which something is new, as one reads them in a sentence."""
    return tuple(
        clause.title.lower()
        for clause in found
        if any(line.was is not None for line in clause.lines)
    )


def listed(words: Sequence[str]) -> str:
    """`one`, `one and two`, `one, two and three`."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


def _all(view: SeenPair, terms: Terms) -> Iterator[tuple[str, tuple[Markup, ...]]]:
    """Each clause with its lines: always as many, so that versions line up."""
    people = ((Role.MENTOR, view.mentor), (Role.MENTEE, view.mentee))
    yield (
        "How often",
        (
            Markup("We meet {} for {} minutes, between {} and {}.").format(
                sentence(terms.cadence).lower(),
                terms.minutes,
                day(terms.first_day, year=True),
                day(terms.last_day, year=True),
            ),
        ),
    )
    yield "When", tuple(_when(terms.hours_of(role), one) for role, one in people)
    yield (
        "Days we leave out",
        (
            *(_quiet(terms.quiet_of(role), one) for role, one in people),
            _holidays(terms),
        ),
    )
    yield "When something changes", (_notice(terms), _repair(terms))
    yield "Where", (_where(terms), _agenda(terms))
    yield "What stays outside", (_outside(terms),)
    yield "Looking back", (_review(terms),)


def _when(hours: Hours, person: Person) -> Markup:
    return Markup("{}: {}, {} time.").format(
        first(person), spoken(hours) or "at no time", place(person.zone)
    )


def spoken(hours: Hours) -> str:
    """`Mondays to Fridays from 09:00 to 12:00, and Tuesdays from 14:00 to 18:00`."""
    opening: dict[tuple[int, int], list[Window]] = {}
    for window in hours.windows:
        opening.setdefault((window.opens, window.closes), []).append(window)
    return ", and ".join(
        f"{day_words([w.weekday for w in windows])} from {_clock(opens)} "
        f"to {_clock(closes)}"
        for (opens, closes), windows in opening.items()
    )


def day_words(days: list[int]) -> str:
    """`Mondays to Fridays`, `Mondays and Thursdays`; 0 is Monday."""
    runs: list[str] = []
    for _, run in groupby(enumerate(sorted(days)), lambda found: found[1] - found[0]):
        inside = [weekday for _, weekday in run]
        if len(inside) > 2:
            runs.append(f"{_DAYS[inside[0]]} to {_DAYS[inside[-1]]}")
        else:
            runs += [_DAYS[weekday] for weekday in inside]
    return listed(runs)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _quiet(days: frozenset[int], person: Person) -> Markup:
    if not days:
        return Markup("No day of {}’s week is quiet.").format(first(person))
    return Markup("{} is quiet on {}: nothing is booked, and no letter comes.").format(
        first(person), day_words(sorted(days))
    )


def _holidays(terms: Terms) -> Markup:
    codes = dict.fromkeys(code for role in Role if (code := terms.country_of(role)))
    if not codes:
        return Markup("Public holidays are days like any other.")
    return Markup(
        "Public holidays in {}. A meeting moves to another day of its turn; if there "
        "is none, nothing is owed for it."
    ).format(listed([country_name(code) for code in codes]))


def country_name(code: str) -> str:
    """`Germany (BY)` for DE-BY."""
    country, _, region = code.partition("-")
    name: str = Locale("en").territories.get(country, country)
    return f"{name} ({region})" if region else name


def _notice(terms: Terms) -> Markup:
    if not terms.notice_hours:
        return Markup("We say so as soon as we know.")
    return Markup("We say so at least {} hours before, if we can.").format(
        terms.notice_hours
    )


def _repair(terms: Terms) -> Markup:
    if terms.book_without_asking:
        return Markup(
            "Troth then books the best other time at once, and either of us can take "
            "it back for a day."
        )
    return Markup(
        "Troth then offers times inside the same turn, and books nothing before one "
        "of us has chosen."
    )


def _where(terms: Terms) -> Markup:
    match terms.venue.kind:
        case VenueKind.LINK:
            link = terms.venue.link
            return Markup('<a href="{}" rel="noreferrer">{}</a>').format(link, link)
        case VenueKind.PLACE:
            return Markup("{}").format(terms.venue.text)
        case VenueKind.CALENDAR:
            return Markup("In the video room that comes with the invitation.")
        case VenueKind.OPEN:
            return Markup("We say where before we meet.")


def _agenda(terms: Terms) -> Markup:
    if terms.agenda_in_event:
        return Markup("Our agenda stands in the calendar entry.")
    return Markup("The calendar entry holds no more than a link to our agenda.")


def _outside(terms: Terms) -> Markup:
    if not terms.off_limits:
        return Markup("We have named nothing.")
    return Markup("<br>").join(Markup.escape(line) for line in terms.off_limits)


def _review(terms: Terms) -> Markup:
    weeks = terms.review_weeks
    if weeks is None:
        return Markup("We have set no day for it; either of us may ask for one.")
    often = "Every week" if weeks == 1 else f"Every {number(weeks)} weeks"
    return Markup(
        "{} each of us answers three questions in private. We share the answers only "
        "if we both want to."
    ).format(often)
