"""The list of pairs as lines of CSV: what the coordinator's page shows of each."""

from __future__ import annotations

from collections.abc import AsyncIterator

from config.services import Services
from scheduler.ids import PairId, ProgrammeId
from scheduler.usecases.see_programme import see_programme
from scheduler.usecases.see_row import SeenRow
from web.sheetcsv import line

COLUMNS = (
    "pair",
    "mentor_name",
    "mentor_email",
    "mentee_name",
    "mentee_email",
    "band",
    "cadence",
    "minutes",
    "first_day",
    "last_day",
    "calendars",
    "calendars_answering",
    "mail",
)


#: The columns of a list that `troth import` reads (scheduler/roster.py).
PEOPLE = ("name", "email", "zone", "hours", "language")
TERMS = ("cadence", "minutes", "first_day", "last_day")


async def pair_lines(programme: ProgrammeId, services: Services) -> AsyncIterator[str]:
    """The header, then every pair, read a page at a time."""
    yield line(COLUMNS)
    async for row in _rows(programme, services):
        yield line(_cells(row))


async def roster_lines(
    programme: ProgrammeId, services: Services
) -> AsyncIterator[str]:
    """The same pairs as a list that can be read in again."""
    yield line(
        [*(f"{who}_{name}" for who in ("mentor", "mentee") for name in PEOPLE), *TERMS]
    )
    async for row in _rows(programme, services):
        people = [
            getattr(person, name)
            for person in (row.mentor, row.mentee)
            for name in PEOPLE
        ]
        yield line([*people, *_agreed(row)])


async def _rows(programme: ProgrammeId, services: Services) -> AsyncIterator[SeenRow]:
    after: PairId | None = None
    while True:
        seen = await see_programme(
            programme, after=after, begin=services.begin, now=services.clock.now()
        )
        for row in seen.rows:
            yield row
        if seen.more is None:
            return
        after = seen.more


def _agreed(row: SeenRow) -> tuple[object, ...]:
    terms = row.agreement.terms if row.agreement else None
    if terms is None:
        return ("",) * len(TERMS)
    return terms.cadence, terms.minutes, terms.first_day, terms.last_day


def _cells(row: SeenRow) -> tuple[object, ...]:
    has_mail = all(side.has_mail for side in row.sides)
    return (
        row.pair.id,
        row.mentor.name,
        row.mentor.email,
        row.mentee.name,
        row.mentee.email,
        row.word,
        *_agreed(row),
        row.connected,
        row.answering,
        "arrives" if has_mail else "comes back",
    )
