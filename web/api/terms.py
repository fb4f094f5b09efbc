"""What a programme proposes, over the API: its template, and the draft of a pair."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from scheduler.agreement import MOST_LINES, Template
from scheduler.cadence import Cadence
from scheduler.daysoff import known_country
from scheduler.ids import PairId
from scheduler.people import Hours, day_names, read_quiet_days
from scheduler.usecases.change_template import change_template
from scheduler.usecases.edit_draft import edit_draft
from scheduler.venue import read_venue
from web.api.caller import ProgrammeCaller
from web.api.repeats import RepeatRoute
from web.api.shapes import AgreementShape, Shape, Short, TermsShape, WhereShape
from web.guard import Given

router = APIRouter(prefix="/api/v1/programme", tags=["terms"], route_class=RepeatRoute)


class TemplateShape(Shape):
    """What new pairs are asked to agree; the same words as in their terms."""

    cadence: Short
    minutes: int
    #: Length of a term.
    weeks: int
    hours: Short
    notice_hours: int = 24
    book_without_asking: bool = False
    agenda_in_event: bool = True
    quiet_days: Short = ""
    country: Short = ""
    where: WhereShape = WhereShape()
    off_limits: Annotated[tuple[Short, ...], Field(max_length=MOST_LINES)] = ()
    review_weeks: int | None = 12

    @classmethod
    def of(cls, template: Template) -> TemplateShape:
        """As it stands."""
        return cls(
            cadence=str(template.cadence),
            minutes=template.minutes,
            weeks=template.weeks,
            hours=str(template.hours),
            notice_hours=template.notice_hours,
            book_without_asking=template.book_without_asking,
            agenda_in_event=template.agenda_in_event,
            quiet_days=day_names(template.quiet_days),
            country=template.country,
            where=WhereShape(kind=template.venue.kind, text=template.venue.text),
            off_limits=template.off_limits,
            review_weeks=template.review_weeks,
        )

    def read(self, base: Template) -> Template:
        """The template meant; `Refused` names the field that is wrong."""
        return replace(
            base,
            cadence=Cadence.parse(self.cadence),
            minutes=self.minutes,
            weeks=self.weeks,
            hours=Hours.parse(self.hours),
            notice_hours=self.notice_hours,
            book_without_asking=self.book_without_asking,
            agenda_in_event=self.agenda_in_event,
            quiet_days=read_quiet_days(self.quiet_days, field="quiet_days"),
            country=known_country(self.country, field="country"),
            venue=read_venue(self.where.kind, self.where.text),
            off_limits=self.off_limits,
            review_weeks=self.review_weeks,
        )


class Draft(Shape):
    """Which draft is changed, and into which terms."""

    digest: Short
    terms: TermsShape


@router.get("/template")
async def template(found: ProgrammeCaller, services: Given) -> TemplateShape:
    """What is proposed to pairs that begin from now on."""
    async with services.begin(read_only=True) as uow:
        programme = await uow.programmes.get(found.programme)
    return TemplateShape.of(programme.template)


@router.put("/template")
async def new_template(
    found: ProgrammeCaller, services: Given, body: TemplateShape
) -> TemplateShape:
    """Keep another; drafts and agreements that exist stay as they are."""
    async with services.begin(read_only=True) as uow:
        known = (await uow.programmes.get(found.programme)).template
    changed = await change_template(
        found.programme, body.read(known), begin=services.begin
    )
    return TemplateShape.of(changed.template)


@router.put("/pairs/{pair}/draft")
async def draft(
    found: ProgrammeCaller, services: Given, pair: str, body: Draft
) -> AgreementShape:
    """Change a draft; 409 E_AGREEMENT_CHANGED once one of the two has answered it."""
    changed = await edit_draft(
        found.programme,
        PairId(pair),
        body.digest,
        body.terms.read(),
        begin=services.begin,
        clock=services.clock,
    )
    return AgreementShape.of(changed)
