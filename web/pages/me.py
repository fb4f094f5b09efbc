"""Pages about one person: their pairs, their letters, what is kept."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from config.services import Services
from scheduler.letters import ALWAYS, LetterKind
from web.again import AgainRoute
from web.guard import CheckedForm, Given, PersonVisitor, Visitor
from web.sheets import sheet

router = APIRouter(include_in_schema=False, route_class=AgainRoute)

#: Letters that a person may do without, in the words of the page.
KINDS = {
    LetterKind.WELCOME: "a welcome when a pair begins",
    LetterKind.AGENDA: "the agenda, two days before a meeting",
    LetterKind.MET: "“did you meet?”, the morning after",
    LetterKind.ASK: "a question about something seen in your calendar",
    LetterKind.CLASH: "a new clash on top of a meeting",
    LetterKind.REPAIRED: "a fallen meeting has a new time",
    LetterKind.MOVED: "a meeting has moved",
    LetterKind.OWED: "a meeting that was not made up for",
    LetterKind.PROMISE: "a promise of yours whose day has passed",
    LetterKind.CONSISTENCY: "the letter on the month",
    LetterKind.MILESTONE: "something to celebrate",
    LetterKind.REVIEW: "time for a look back, the two of you",
    LetterKind.RENEW: "how it goes on, before your last day",
    LetterKind.RESUMED: "your meetings go on after a pause",
    LetterKind.KIND_WORD: "a word from your coordinator",
}


async def me_sheet(
    request: Request, services: Services, visitor: Visitor, name: str, **facts: Any
) -> Response:
    """Render a page that belongs to no pair; who came in for one finds back to it."""
    async with services.begin(read_only=True) as uow:
        programme = await uow.programmes.get(visitor.programme)
        me = await uow.people.get(visitor.person)
        own = visitor.session.pair
        pair = await uow.pairs.get(own) if own else None
    shared: dict[str, Any] = {"programme": programme, "pair": pair, "me": me}
    return sheet(request, name, **(shared | facts))


@router.get("/pairs")
async def pairs(request: Request, services: Given, visitor: PersonVisitor) -> Response:
    """Every pair of this person; straight to it where there is only one."""
    async with services.begin(read_only=True) as uow:
        mine = [p for p in await uow.pairs.of_person(visitor.person) if not p.closed]
        partners = [await uow.people.get(p.partner(visitor.person)) for p in mine]
    if len(mine) == 1:
        return RedirectResponse(f"/pair/{mine[0].id}", HTTPStatus.SEE_OTHER)
    both = list(zip(mine, partners, strict=True))
    return await me_sheet(request, services, visitor, "pairs.html", pairs=both)


@router.get("/kept")
async def kept(request: Request, services: Given, visitor: PersonVisitor) -> Response:
    """What is kept about people, and what is not."""
    days = services.settings.audit_days
    return await me_sheet(request, services, visitor, "kept.html", audit_days=days)


@router.get("/letters")
async def letters(
    request: Request, services: Given, visitor: PersonVisitor
) -> Response:
    """Which letters this person wants."""
    async with services.begin(read_only=True) as uow:
        fewer = await uow.settings.fewer(visitor.person)
    kinds = [(kind.value, words) for kind, words in KINDS.items()]
    return await me_sheet(
        request, services, visitor, "letters.html", kinds=kinds, fewer=fewer
    )


@router.post("/letters", dependencies=[CheckedForm])
async def keep_letters(
    services: Given,
    visitor: PersonVisitor,
    wanted: Annotated[list[str], Form(default_factory=list)],
) -> Response:
    """Keep the choice; letters that are always sent cannot be taken away."""
    fewer = {kind.value for kind in KINDS if kind not in ALWAYS} - set(wanted)
    async with services.begin() as uow:
        await uow.settings.set_fewer(visitor.person, frozenset(fewer))
        await uow.commit()
    return RedirectResponse("/letters", HTTPStatus.SEE_OTHER)
