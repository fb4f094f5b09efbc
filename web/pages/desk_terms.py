"""What a programme proposes: its template, and the draft of one pair."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import RedirectResponse

from config.services import Services
from scheduler.agreement import Agreement, AgreementState, Template, Terms, changed
from scheduler.errors import NotFound, Refused, Taken
from scheduler.ids import PairId
from scheduler.people import Person, Role
from scheduler.usecases.change_template import change_template
from scheduler.usecases.edit_draft import edit_draft
from scheduler.versions import latest
from web.again import AgainRoute
from web.guard import CheckedForm, CoordinatorVisitor, Given, Visitor
from web.sheets import first, sheet
from web.termform import CHOICES, Reader, TermForm, read_terms, shown, typed

router = APIRouter(prefix="/programme", include_in_schema=False, route_class=AgainRoute)

Typed = Annotated[dict[str, str], Depends(typed)]
#: In the template one field speaks for both.
_BOTH = {Role.MENTOR: ""}
_EACH = {Role.MENTOR: "mentor_", Role.MENTEE: "mentee_"}
_ANY_DAY = date(2001, 1, 1)


@router.get("/terms")
async def terms(
    request: Request, services: Given, visitor: CoordinatorVisitor
) -> Response:
    """What is proposed to pairs that begin from now on."""
    template = await _template(services, visitor)
    form = shown(_as_terms(template), _BOTH)
    form = replace(form, values={**form.values, "weeks": str(template.weeks)})
    return await _template_sheet(request, services, visitor, form)


@router.post("/terms", dependencies=[CheckedForm])
async def change_terms(
    request: Request, services: Given, visitor: CoordinatorVisitor, form: Typed
) -> Response:
    """Keep it; drafts and agreements that exist stay as they are."""
    template = await _template(services, visitor)
    read, back = _read_template(form, template)
    if read is None:
        return await _template_sheet(request, services, visitor, back)
    await change_template(visitor.programme, read, begin=services.begin)
    return RedirectResponse("/programme/terms", HTTPStatus.SEE_OTHER)


@router.get("/pairs/{pair}/draft")
async def draft(
    request: Request, services: Given, visitor: CoordinatorVisitor, pair: str
) -> Response:
    """The draft of one pair, as long as neither of the two has answered it."""
    text, people = await _draft(services, visitor, pair)
    form = shown(text.terms, _EACH)
    return await _draft_sheet(request, services, visitor, form, text, people)


@router.post("/pairs/{pair}/draft", dependencies=[CheckedForm])
async def change_draft(
    request: Request,
    services: Given,
    visitor: CoordinatorVisitor,
    pair: str,
    form: Typed,
) -> Response:
    """Put other terms into it."""
    text, people = await _draft(services, visitor, pair)
    read, back = read_terms(form, text.terms, _EACH)
    if read is None:
        return await _draft_sheet(request, services, visitor, back, text, people)
    try:
        await edit_draft(
            visitor.programme,
            PairId(pair),
            form.get("digest", ""),
            read,
            begin=services.begin,
            clock=services.clock,
        )
    except Taken as taken:
        text, people = await _draft(services, visitor, pair)
        return await _draft_sheet(
            request, services, visitor, back, text, people, error=taken
        )
    except Refused as refused:
        if refused.field is None or refused.field not in back.values:
            raise
        wrong = replace(back, errors={refused.field: refused})
        return await _draft_sheet(request, services, visitor, wrong, text, people)
    return RedirectResponse(f"/programme/pairs/{pair}", HTTPStatus.SEE_OTHER)


def _as_terms(template: Template) -> Terms:
    return template.terms(_ANY_DAY, _ANY_DAY + timedelta(weeks=template.weeks))


def _read_template(
    form: dict[str, str], template: Template
) -> tuple[Template | None, TermForm]:
    """The template that was typed, or None and the form with every error."""
    read, back = read_terms(form, _as_terms(template), _BOTH)
    reader = Reader(form)
    weeks = reader.read("weeks", int, template.weeks)
    try:
        changed_weeks = replace(template, weeks=weeks)
    except Refused as refused:
        reader.errors["weeks"] = refused
    else:
        if read and not reader.errors:
            return _with_terms(changed_weeks, read), back
    values = {**back.values, "weeks": form.get("weeks", str(template.weeks))}
    return None, TermForm(values, {**back.errors, **reader.errors})


def _with_terms(template: Template, read: Terms) -> Template:
    return replace(
        template,
        cadence=read.cadence,
        minutes=read.minutes,
        hours=read.mentor_hours,
        notice_hours=read.notice_hours,
        book_without_asking=read.book_without_asking,
        agenda_in_event=read.agenda_in_event,
        quiet_days=read.mentor_quiet,
        country=read.mentor_country,
        venue=read.venue,
        off_limits=read.off_limits,
        review_weeks=read.review_weeks,
    )


async def _template(services: Services, visitor: Visitor) -> Template:
    async with services.begin(read_only=True) as uow:
        return (await uow.programmes.get(visitor.programme)).template


async def _draft(
    services: Services, visitor: Visitor, pair: str
) -> tuple[Agreement, tuple[Person, Person]]:
    """The draft on the table; E_AGREEMENT_CHANGED once it is the two's own."""
    async with services.begin(read_only=True) as uow:
        theirs = await uow.pairs.get(PairId(pair))
        if theirs.programme != visitor.programme:
            raise NotFound("pair")
        text = latest(await uow.agreements.of_pair(theirs.id))
        people = (
            await uow.people.get(theirs.mentor),
            await uow.people.get(theirs.mentee),
        )
    if theirs.closed or text is None or text.state is not AgreementState.DRAFT:
        raise changed()
    return text, people


async def _template_sheet(
    request: Request, services: Services, visitor: Visitor, form: TermForm
) -> Response:
    return await _sheet(
        request,
        services,
        visitor,
        form,
        here="terms",
        heading="What new pairs are asked to agree",
        lead="Each pair may change it before they accept. Drafts and agreements that "
        "exist stay as they are.",
        people=[("", "Everybody’s")],
        act="/programme/terms",
        digest="",
        error=None,
    )


async def _draft_sheet(
    request: Request,
    services: Services,
    visitor: Visitor,
    form: TermForm,
    text: Agreement,
    people: tuple[Person, Person],
    *,
    error: Refused | None = None,
) -> Response:
    mentor, mentee = people
    return await _sheet(
        request,
        services,
        visitor,
        form,
        here="pair",
        heading=f"The draft for {first(mentor)} and {first(mentee)}",
        lead="You can change it until one of the two accepts it, or proposes "
        "something else. From then on it is theirs.",
        people=[("mentor_", f"{first(mentor)}’s"), ("mentee_", f"{first(mentee)}’s")],
        act=f"/programme/pairs/{text.pair}/draft",
        digest=text.digest,
        error=error,
    )


async def _sheet(
    request: Request,
    services: Services,
    visitor: Visitor,
    form: TermForm,
    **facts: Any,
) -> Response:
    status = HTTPStatus.OK
    if facts["error"]:
        status = HTTPStatus.CONFLICT
    elif form.is_wrong:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    async with services.begin(read_only=True) as uow:
        programme = await uow.programmes.get(visitor.programme)
    return sheet(
        request,
        "desk-terms.html",
        status=status,
        programme=programme,
        form=form,
        **(facts | CHOICES),
    )
