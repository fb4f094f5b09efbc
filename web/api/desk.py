"""Single pairs for a coordinator's token, and what two people say about being seen."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field

from scheduler.consent import has_given
from scheduler.errors import NotFound
from scheduler.ids import PairId
from scheduler.usecases.choose_showing import choose_showing
from scheduler.usecases.look_at_figures import look_at_figures
from scheduler.usecases.see_help import see_help
from scheduler.usecases.see_pair import see_pair
from scheduler.usecases.see_row import see_row
from scheduler.usecases.write_word import write_word
from web.api.caller import OwnPair, PersonCaller, ProgrammeCaller
from web.api.repeats import RepeatRoute
from web.api.shapes import Page, PairShape, Shape
from web.guard import Given, limit
from web.limits import Limited

router = APIRouter(prefix="/api/v1", tags=["desk"], route_class=RepeatRoute)


class PeriodShape(Shape):
    """One period and what became of it."""

    start: datetime
    end: datetime
    outcome: str


class FiguresShape(Shape):
    """The figures of one pair, to date: nothing of what they rest on."""

    pair: str
    periods: list[PeriodShape]
    rates: dict[str, tuple[int, int]]


class WordShape(Shape):
    """A letter to both of a pair; each is greeted by name above the words."""

    subject: Annotated[str, Field(max_length=1000)]
    words: Annotated[str, Field(max_length=20_000)]


class ShowingShape(Shape):
    """Whether the two show their figures, and when the coordinator looked."""

    mine: bool
    partner: bool
    band: str
    looks: list[datetime]


class ShowShape(Shape):
    """What one says."""

    show: bool


@router.get("/programme/help")
async def pairs_to_help(
    found: ProgrammeCaller,
    services: Given,
    after: Annotated[str | None, Query()] = None,
) -> Page[PairShape]:
    """Pairs that could use a hand; a page may be empty and still have a next one."""
    seen = await see_help(
        found.programme,
        after=PairId(after) if after else None,
        begin=services.begin,
        now=services.clock.now(),
    )
    return Page(rows=[PairShape.of(row) for row in seen.rows], after=seen.more)


@router.get("/programme/pairs/{pair}")
async def one_pair(found: ProgrammeCaller, services: Given, pair: str) -> PairShape:
    """One pair as the coordinator's page has it."""
    async with services.begin(read_only=True) as uow:
        theirs = await uow.pairs.get(PairId(pair))
        if theirs.programme != found.programme:
            raise NotFound("pair")
        return PairShape.of(await see_row(uow, theirs, services.clock.now()))


@router.get("/programme/pairs/{pair}/figures")
async def figures(found: ProgrammeCaller, services: Given, pair: str) -> FiguresShape:
    """The figures that both show; each look is noted on their own pages.

    404 unless both say yes now.
    """
    now = services.clock.now()
    seen = await look_at_figures(
        found.programme, PairId(pair), begin=services.begin, now=now
    )
    return FiguresShape(
        pair=pair,
        periods=[
            PeriodShape(start=p.span.start, end=p.span.end, outcome=p.outcome.value)
            for p in seen.report.periods
        ],
        rates={
            name: (rate.numerator, rate.denominator)
            for name, rate in seen.report.rates.named()
        },
    )


@router.post("/programme/pairs/{pair}/word", status_code=204)
async def kind_word(
    request: Request,
    found: ProgrammeCaller,
    services: Given,
    pair: str,
    body: WordShape,
) -> None:
    """Write to both; the same words on one day are one letter."""
    limit(request, Limited.WORD, found.programme)
    await write_word(
        found.programme,
        PairId(pair),
        body.subject,
        body.words,
        begin=services.begin,
        clock=services.clock,
        ids=services.ids,
    )


@router.get("/pairs/{pair}/showing")
async def showing(
    found: PersonCaller, services: Given, theirs: OwnPair
) -> ShowingShape:
    """What the two said about showing their figures, and the looks at them."""
    view = await see_pair(
        theirs.id, found.person, begin=services.begin, now=services.clock.now()
    )
    return ShowingShape(
        mine=has_given(view.me.id, view.consents),
        partner=has_given(view.partner.id, view.consents),
        band=view.band.value if view.band else "closed",
        looks=list(view.looks),
    )


@router.put("/pairs/{pair}/showing", status_code=204)
async def choose(
    found: PersonCaller, services: Given, theirs: OwnPair, body: ShowShape
) -> None:
    """Show the figures from now on, or keep them; both have to say yes."""
    await choose_showing(
        theirs.id,
        found.person,
        given=body.show,
        begin=services.begin,
        clock=services.clock,
    )
