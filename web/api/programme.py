"""A programme over the API: health, lists of pairs in and out, audit."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import datetime

from fastapi import APIRouter, Request, Response

from scheduler.access import Audited
from scheduler.bands import Band
from scheduler.errors import Refused
from scheduler.ids import PairId
from scheduler.roster import MOST_BYTES, read_roster
from scheduler.usecases.import_pairs import import_pairs
from scheduler.usecases.see_programme import see_programme
from scheduler.usecases.see_row import SeenRow
from web.api.caller import Caller, ProgrammeCaller
from web.api.repeats import RepeatRoute
from web.api.shapes import Shape
from web.guard import Given

router = APIRouter(
    prefix="/api/v1/programme", tags=["programme"], route_class=RepeatRoute
)

#: Counts below this are told together, so that none can be told apart.
_TOGETHER = 5
_CSV = "text/csv; charset=utf-8"


class Health(Shape):
    """How many pairs there are, and in which band; small bands are told together."""

    pairs: int
    bands: dict[str, int]
    #: Pairs in bands of fewer than five.
    others: int
    undelivered: int


class ProblemShape(Shape):
    """One row of a list that needs another look."""

    row: int
    code: str
    field: str
    message: str


class Imported(Shape):
    """What became of a list."""

    started: int
    problems: list[ProblemShape]


class AuditedShape(Shape):
    """One act, by ids alone."""

    at: datetime
    actor: str
    act: str
    about: str
    cause: str

    @classmethod
    def of(cls, row: Audited) -> AuditedShape:
        """As it stands."""
        return cls(
            at=row.at, actor=row.actor, act=row.act, about=row.about, cause=row.cause
        )


async def _rows(found: Caller, services: Given) -> tuple[list[SeenRow], int]:
    rows: list[SeenRow] = []
    after: PairId | None = None
    while True:
        seen = await see_programme(
            found.programme,
            after=after,
            begin=services.begin,
            now=services.clock.now(),
        )
        rows += seen.rows
        if seen.more is None:
            return rows, len(seen.dead)
        after = seen.more


@router.get("/health")
async def health(found: ProgrammeCaller, services: Given) -> Health:
    """Counts by band; a band of fewer than five pairs is told with the others."""
    rows, dead = await _rows(found, services)
    counts = Counter(row.band for row in rows)
    large = {b: counts[b] for b in Band if counts[b] >= _TOGETHER}
    return Health(
        pairs=len(rows),
        bands={band.value: count for band, count in large.items()},
        others=len(rows) - sum(large.values()),
        undelivered=dead,
    )


@router.get("/audit")
async def audit(
    found: ProgrammeCaller, services: Given, about: str
) -> list[AuditedShape]:
    """Who did what about one thing of the programme, by ids, oldest first."""
    async with services.begin(read_only=True) as uow:
        rows = await uow.audit.about(about)
    return [AuditedShape.of(r) for r in rows if r.programme == found.programme]


@router.get("/pairs.csv")
async def export(found: ProgrammeCaller, services: Given) -> Response:
    """Every pair with its terms, as a list that can be read in again."""
    rows, _ = await _rows(found, services)
    out = io.StringIO()
    sheet = csv.writer(out)
    names = ("name", "email", "zone", "hours", "language")
    columns = [f"{who}_{name}" for who in ("mentor", "mentee") for name in names]
    sheet.writerow([*columns, "cadence", "minutes", "first_day", "last_day"])
    for row in rows:
        people = [
            getattr(person, name)
            for person in (row.mentor, row.mentee)
            for name in names
        ]
        terms = row.agreement.terms if row.agreement else None
        rest = (
            [terms.cadence, terms.minutes, terms.first_day, terms.last_day]
            if terms
            else [""] * 4
        )
        sheet.writerow([*map(str, people), *map(str, rest)])
    return Response(out.getvalue(), media_type=_CSV)


@router.post("/pairs.csv")
async def bring(
    request: Request,
    found: ProgrammeCaller,
    services: Given,
    *,
    good_rows: bool = False,
) -> Imported:
    """Start the pairs of a list; none, unless every row is good or `good_rows`."""
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and int(length) > MOST_BYTES:
        raise Refused("E_CSV_TOO_BIG", "The list is larger than 64 MiB.", field="file")
    roster = read_roster(await request.body())
    problems = [
        ProblemShape(row=p.row, code=p.code, field=p.field, message=p.message)
        for p in roster.problems
    ]
    if problems and not good_rows:
        return Imported(started=0, problems=problems)
    started = await import_pairs(
        found.programme,
        roster.good,
        begin=services.begin,
        clock=services.clock,
        ids=services.ids,
    )
    return Imported(started=len(started), problems=problems)
