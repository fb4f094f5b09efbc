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


async def pair_lines(programme: ProgrammeId, services: Services) -> AsyncIterator[str]:
    """The header, then every pair, read a page at a time."""
    yield line(COLUMNS)
    after: PairId | None = None
    while True:
        seen = await see_programme(
            programme, after=after, begin=services.begin, now=services.clock.now()
        )
        for row in seen.rows:
            yield line(_cells(row))
        if seen.more is None:
            return
        after = seen.more


def _cells(row: SeenRow) -> tuple[object, ...]:
    terms = row.agreement.terms if row.agreement else None
    agreed = (
        (terms.cadence, terms.minutes, terms.first_day, terms.last_day)
        if terms
        else ("",) * 4
    )
    has_mail = all(side.has_mail for side in row.sides)
    return (
        row.pair.id,
        row.mentor.name,
        row.mentor.email,
        row.mentee.name,
        row.mentee.email,
        row.word,
        *agreed,
        row.connected,
        row.answering,
        "arrives" if has_mail else "comes back",
    )
