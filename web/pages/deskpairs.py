"""The coordinator's pages on single pairs: whom to help, one pair, a kind word."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse

from config.services import Services
from scheduler.agreement import Programme
from scheduler.consent import both_show
from scheduler.errors import NotFound, Refused
from scheduler.ids import PairId
from scheduler.kindword import checked, written_at
from scheduler.usecases.look_at_figures import look_at_figures
from scheduler.usecases.see_help import see_help
from scheduler.usecases.see_row import SeenRow, see_row
from scheduler.usecases.write_word import write_word
from web.again import AgainRoute
from web.bands import meaning
from web.guard import CheckedForm, CoordinatorVisitor, Given, Visitor, limit
from web.limits import Limited
from web.rhythm import rhythm
from web.sheets import sheet
from web.suggestions import LANGUAGES, known, suggested
from web.told import due, figures

router = APIRouter(prefix="/programme", include_in_schema=False, route_class=AgainRoute)


class Word(BaseModel):
    """The form: what was written, and whether to show it, change it or send it."""

    subject: str = Field("", max_length=1000)
    words: str = Field("", max_length=20_000)
    act: Literal["read", "change", "send"] = "read"
    csrf: str = ""


async def _row(
    services: Services, visitor: Visitor, pair: str
) -> tuple[Programme, SeenRow, dict[str, Any]]:
    """A pair of this programme, and what its page says besides."""
    async with services.begin(read_only=True) as uow:
        theirs = await uow.pairs.get(PairId(pair))
        if theirs.programme != visitor.programme:
            raise NotFound("pair")
        home = await uow.programmes.get(visitor.programme)
        row = await see_row(uow, theirs, services.clock.now())
        both = both_show(theirs, await uow.consents.of_pair(theirs.id))
        written = written_at(await uow.outbox.of_pair(theirs.id))
    facts = {"shows": both, "written": written, "meaning": meaning(row.band)}
    return home, row, facts


@router.get("/help")
async def pairs_to_help(
    request: Request, services: Given, visitor: CoordinatorVisitor, after: str = ""
) -> Response:
    """Pairs that could use a hand, a few at a time."""
    seen = await see_help(
        visitor.programme,
        after=PairId(after) if after else None,
        begin=services.begin,
        now=services.clock.now(),
    )
    async with services.begin(read_only=True) as uow:
        programme = await uow.programmes.get(visitor.programme)
    return sheet(
        request,
        "help.html",
        programme=programme,
        rows=[(row, meaning(row.band)) for row in seen.rows],
        more=seen.more,
        after=after,
    )


@router.get("/pairs/{pair}")
async def one_pair(
    request: Request, services: Given, visitor: CoordinatorVisitor, pair: str
) -> Response:
    """Names, terms, connections, the band: nothing that anybody said or wrote."""
    programme, row, facts = await _row(services, visitor, pair)
    return sheet(request, "desk-pair.html", programme=programme, row=row, **facts)


@router.get("/pairs/{pair}/figures")
async def figures_of_pair(
    request: Request, services: Given, visitor: CoordinatorVisitor, pair: str
) -> Response:
    """The figures that both show; the look is kept, and shown on their own pages."""
    now = services.clock.now()
    seen = await look_at_figures(
        visitor.programme, PairId(pair), begin=services.begin, now=now
    )
    programme, row, _ = await _row(services, visitor, pair)
    return sheet(
        request,
        "desk-figures.html",
        programme=programme,
        row=row,
        now=now,
        rhythm=rhythm(seen.row, programme.zone),
        told=due(seen.report),
        figures=figures(seen.report),
    )


@router.get("/pairs/{pair}/word")
async def write(
    request: Request,
    services: Given,
    visitor: CoordinatorVisitor,
    pair: str,
    language: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """A letter to both, suggested."""
    programme, row, facts = await _row(services, visitor, pair)
    chosen = known(language or programme.language)
    subject, words = suggested(row.band, chosen)
    return sheet(
        request,
        "word.html",
        programme=programme,
        row=row,
        subject=subject,
        words=words,
        languages=[(code, name) for code, name in LANGUAGES.items() if code != chosen],
        **facts,
    )


@router.post("/pairs/{pair}/word", dependencies=[CheckedForm])
async def send(
    request: Request,
    services: Given,
    visitor: CoordinatorVisitor,
    pair: str,
    word: Annotated[Word, Form()],
) -> Response:
    """Show the letter as it will go, let it be changed, or send it to both."""
    programme, row, facts = await _row(services, visitor, pair)
    shared = {"programme": programme, "row": row, "languages": (), **facts}
    try:
        subject, words = checked(word.subject, word.words)
        if word.act == "send":
            limit(request, Limited.WORD, visitor.programme)
            await write_word(
                visitor.programme,
                row.pair.id,
                subject,
                words,
                begin=services.begin,
                clock=services.clock,
                ids=services.ids,
            )
            await services.bell.ring(())
            path = f"/programme/pairs/{row.pair.id}"
            return RedirectResponse(path, HTTPStatus.SEE_OTHER)
    except Refused as refused:
        return sheet(
            request,
            "word.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            subject=word.subject,
            words=word.words,
            error=refused,
            **shared,
        )
    name = "word-read.html" if word.act == "read" else "word.html"
    return sheet(request, name, subject=subject, words=words, **shared)
