"""Pairs, agreements, plans and meetings, over the API."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from starlette.responses import JSONResponse

from config.services import Services
from scheduler.errors import Taken
from scheduler.ids import PairId
from scheduler.onechange import as_option, without_hours_of
from scheduler.people import Role
from scheduler.roster import PairWish, PersonWish, email_address, known_zone
from scheduler.usecases.accept_agreement import accept_agreement
from scheduler.usecases.add_pair import add_pair
from scheduler.usecases.preview_plan import preview_plan
from scheduler.usecases.propose_terms import propose_terms
from scheduler.usecases.see_programme import see_programme
from scheduler.usecases.withdraw_terms import withdraw_terms
from scheduler.versions import latest
from web.api.caller import Called, OwnPair, PersonCaller, ProgrammeCaller, ReachedPair
from web.api.repeats import RepeatRoute
from web.api.shapes import (
    AgreementShape,
    MeetingShape,
    OwnPairShape,
    Page,
    PairShape,
    Shape,
    Short,
    TermsShape,
)
from web.guard import Given

router = APIRouter(prefix="/api/v1", tags=["pairs"], route_class=RepeatRoute)


class NewPerson(Shape):
    """One of the two of a new pair."""

    email: Short
    name: Short = ""
    zone: Short | None = None
    language: Short | None = None

    def wish(self, who: str) -> PersonWish:
        """As a row of a list would have it."""
        zone = known_zone(self.zone, field=f"{who}.zone") if self.zone else None
        email = email_address(self.email, field=f"{who}.email")
        return PersonWish(email, self.name, zone, language=self.language)


class NewPair(Shape):
    """A pair to begin; its first draft comes from the programme's template."""

    mentor: NewPerson
    mentee: NewPerson


class Accept(Shape):
    """Which text is accepted, or taken back."""

    digest: Short


class Propose(Shape):
    """Which text is answered, and with which terms."""

    digest: Short
    terms: TermsShape


@router.get("/pairs")
async def pairs(
    found: ProgrammeCaller,
    services: Given,
    after: Annotated[str | None, Query()] = None,
    named: Annotated[str, Query(max_length=100)] = "",
) -> Page[PairShape]:
    """Pairs of the programme, a hundred at a time; with `named`, those of that name."""
    seen = await see_programme(
        found.programme,
        after=PairId(after) if after else None,
        named=named.strip(),
        begin=services.begin,
        now=services.clock.now(),
    )
    return Page(rows=[PairShape.of(row) for row in seen.rows], after=seen.more)


@router.post("/pairs", status_code=201)
async def new_pair(
    found: ProgrammeCaller, services: Given, wanted: NewPair
) -> OwnPairShape:
    """Begin a pair and ask both to agree; one that is there is answered as it is."""
    wish = PairWish(0, wanted.mentor.wish("mentor"), wanted.mentee.wish("mentee"))
    pair = await add_pair(
        found.programme,
        wish,
        begin=services.begin,
        clock=services.clock,
        ids=services.ids,
    )
    return OwnPairShape.of(pair)


@router.get("/me/pairs")
async def my_pairs(found: PersonCaller, services: Given) -> list[OwnPairShape]:
    """The caller's own pairs."""
    async with services.begin(read_only=True) as uow:
        mine = await uow.pairs.of_person(found.person)
    return [OwnPairShape.of(pair) for pair in mine]


@router.get("/pairs/{pair}/agreements")
async def agreements(
    found: Called, services: Given, theirs: ReachedPair
) -> list[AgreementShape]:
    """Every version, oldest first.

    A coordinator's token is not told what stays outside, nor where they meet.
    """
    async with services.begin(read_only=True) as uow:
        versions = await uow.agreements.of_pair(theirs.id)
    shapes = [AgreementShape.of(version) for version in versions]
    return shapes if found.is_person else [shape.from_outside() for shape in shapes]


async def _changed(services: Services, pair: PairId, taken: Taken) -> Response:
    """409, with the text that is the latest now."""
    async with services.begin(read_only=True) as uow:
        text = latest(await uow.agreements.of_pair(pair))
    said = AgreementShape.of(text).model_dump(mode="json") if text else None
    body = {"code": taken.code, "message": taken.message, "field": taken.field}
    return JSONResponse(body | {"agreement": said}, HTTPStatus.CONFLICT)


@router.post("/pairs/{pair}/agreements/accept", response_model=AgreementShape)
async def accept(
    found: PersonCaller, services: Given, theirs: OwnPair, body: Accept
) -> AgreementShape | Response:
    """Accept the newest version; 409 E_AGREEMENT_CHANGED, with it, for any other."""
    try:
        accepted = await accept_agreement(
            theirs.id,
            found.person,
            body.digest,
            begin=services.begin,
            clock=services.clock,
        )
    except Taken as taken:
        return await _changed(services, theirs.id, taken)
    return AgreementShape.of(accepted)


@router.post("/pairs/{pair}/agreements", status_code=201, response_model=AgreementShape)
async def propose(
    found: PersonCaller, services: Given, theirs: OwnPair, body: Propose
) -> AgreementShape | Response:
    """Propose the next version to the other; 409 when this was not the latest."""
    terms = body.terms.read()
    try:
        proposal = await propose_terms(
            theirs.id,
            found.person,
            body.digest,
            terms,
            begin=services.begin,
            clock=services.clock,
            ids=services.ids,
        )
    except Taken as taken:
        return await _changed(services, theirs.id, taken)
    return AgreementShape.of(proposal)


@router.post("/pairs/{pair}/agreements/withdraw", response_model=AgreementShape)
async def withdraw(
    found: PersonCaller, services: Given, theirs: OwnPair, body: Accept
) -> AgreementShape | Response:
    """Withdraw one's own proposal; answers the text that stands instead."""
    try:
        stands = await withdraw_terms(
            theirs.id,
            found.person,
            body.digest,
            begin=services.begin,
            clock=services.clock,
            ids=services.ids,
        )
    except Taken as taken:
        return await _changed(services, theirs.id, taken)
    return AgreementShape.of(stands)


@router.get("/pairs/{pair}/plan")
async def plan(found: PersonCaller, services: Given, theirs: OwnPair) -> dict[str, Any]:
    """What would be booked if both accepted the newest version now.

    `would_help` are the changes that would help most where dates have no time; of more
    hours only one's own.
    """
    preview = await preview_plan(theirs.id, begin=services.begin, clock=services.clock)
    best = preview.result.best if preview.result else None
    partner = Role.MENTEE if found.person == theirs.mentor else Role.MENTOR
    meetings = [
        {
            "period": m.period,
            "original_start": m.original_start,
            "start": m.start,
            "end": m.end,
            "status": m.status.value,
            "checked": m.checked,
        }
        for m in (best.meetings if best else ())
    ]
    return {
        "known": not preview.unknown,
        "rrule": best.rrule if best else None,
        "zone": best.slot.zone if best else None,
        "meetings": meetings,
        "would_help": [
            {
                "change": option,
                "person": role,
                "to": to,
                "clear": one.plan.clear,
                "moved": one.plan.moved,
                "unplaced": one.plan.unplaced,
            }
            for one in without_hours_of(preview.would_help, partner)
            for option, role, to in [as_option(one.change)]
        ],
    }


@router.get("/pairs/{pair}/meetings")
async def meetings(services: Given, theirs: OwnPair) -> list[MeetingShape]:
    """Every meeting of the pair, in order of its original start."""
    async with services.begin(read_only=True) as uow:
        series = await uow.series.of_pair(theirs.id)
    every = sorted((m for s in series for m in s.meetings), key=lambda m: m.key)
    return [MeetingShape.of(meeting) for meeting in every]
