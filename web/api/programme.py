"""A programme over the API: health, lists of pairs in and out."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request, Response

from scheduler.errors import Refused
from scheduler.roster import MOST_BYTES, read_roster
from scheduler.shown import Shown, ShownGroup, shown
from scheduler.usecases.import_pairs import import_pairs
from web.api.caller import ProgrammeCaller
from web.api.repeats import RepeatRoute
from web.api.shapes import Shape
from web.guard import Given
from web.pairlines import pair_lines, roster_lines
from web.sheetcsv import download

router = APIRouter(
    prefix="/api/v1/programme", tags=["programme"], route_class=RepeatRoute
)


class BandsShape(Shape):
    """Bands that are told as one, and how many pairs they are: five or more."""

    bands: list[str]
    pairs: int


class FortnightShape(Shape):
    """Meetings that took place, of those due in two weeks."""

    held: int
    due: int


class GroupShape(Shape):
    """Pairs of some cadences: five or more.

    `fortnights` are those before the count, oldest first; where fewer than five pairs
    had anything it is null, and counts in no rate. `rates` are (numerator,
    denominator), null where fewer than five pairs have anything to count.
    """

    cadences: list[str]
    pairs: int
    rates: dict[str, tuple[int, int] | None]
    fortnights: list[FortnightShape | None]

    @classmethod
    def of(cls, group: ShownGroup) -> GroupShape:
        """As the page shows it."""
        return cls(
            cadences=list(group.cadences),
            pairs=group.pairs,
            rates={
                name: (rate.numerator, rate.denominator) if rate else None
                for name, rate in group.rates
            },
            fortnights=[
                FortnightShape(held=one.held, due=one.due) if one else None
                for one in group.stretches
            ],
        )


class SideShape(Shape):
    """The pairs that show their figures, or those that do not: each counted apart."""

    bands: tuple[BandsShape, ...] = ()
    groups: tuple[GroupShape, ...] = ()

    @classmethod
    def of(cls, side: Shown) -> SideShape:
        """As the page shows it."""
        return cls(
            bands=tuple(
                BandsShape(bands=[band.value for band in told.kinds], pairs=told.pairs)
                for told in side.bands
            ),
            groups=tuple(GroupShape.of(group) for group in side.groups),
        )


class Health(Shape):
    """The count of the week, without a total from which a part could be subtracted.

    `as_of` is null before the first Monday. `undelivered` is what could not be sent.
    """

    as_of: datetime | None
    shows: SideShape
    keeps: SideShape
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


@router.get("/health")
async def health(found: ProgrammeCaller, services: Given) -> Health:
    """How the pairs are, as of the last Monday; small groups are told together."""
    async with services.begin(read_only=True) as uow:
        snapshot = await uow.snapshots.latest(found.programme)
        dead = await uow.outbox.dead(found.programme)
    sides = shown(snapshot) if snapshot else None
    return Health(
        as_of=snapshot.as_of if snapshot else None,
        shows=SideShape.of(sides[0]) if sides else SideShape(),
        keeps=SideShape.of(sides[1]) if sides else SideShape(),
        undelivered=len(dead),
    )


@router.get("/pairs.csv")
async def export(found: ProgrammeCaller, services: Given) -> Response:
    """Every pair with its terms, as a list that can be read in again."""
    return download(roster_lines(found.programme, services), "roster.csv")


@router.get("/overview.csv")
async def overview(found: ProgrammeCaller, services: Given) -> Response:
    """What the coordinator's page shows of every pair."""
    return download(pair_lines(found.programme, services), "pairs.csv")


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
