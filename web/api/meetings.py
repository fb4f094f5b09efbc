"""Meetings over the API: confirm, look for other times, choose, leave out, undo."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter
from pydantic import AwareDatetime

from scheduler.errors import NotFound, Refused
from scheduler.ids import OfferId
from scheduler.reported import document
from scheduler.series import MeetingKey, Offer, OfferState
from scheduler.timespan import Span
from scheduler.usecases.choose_time import choose_time
from scheduler.usecases.leave_out import leave_out
from scheduler.usecases.more_times import more_times
from scheduler.usecases.move_meeting import move_meeting
from scheduler.usecases.read_report import read_report
from scheduler.usecases.say_met import say_met
from scheduler.usecases.undo_choice import undo_choice
from web.api.caller import OwnPair, PersonCaller
from web.api.repeats import RepeatRoute
from web.api.shapes import MeetingShape, Shape, Short
from web.guard import Given

router = APIRouter(
    prefix="/api/v1/pairs/{pair}", tags=["meetings"], route_class=RepeatRoute
)


class Window(Shape):
    """From `start` up to, not including, `end`; UTC."""

    start: datetime
    end: datetime


class OfferShape(Shape):
    """Times that suited both when they were checked."""

    id: str
    about: str
    kind: str
    state: str
    times: list[Window]
    checked_at: datetime

    @classmethod
    def of(cls, offer: Offer) -> OfferShape:
        """As it stands."""
        return cls(
            id=offer.id,
            about=str(offer.about),
            kind=offer.kind.value,
            state=offer.state.value,
            times=[Window(start=t.start, end=t.end) for t in offer.times],
            checked_at=offer.checked_at,
        )


class About(Shape):
    """Which meeting, by its key."""

    key: Short

    def read(self) -> MeetingKey:
        """The key meant; `NotFound` for what is none."""
        try:
            return MeetingKey.parse(self.key)
        except ValueError:
            raise NotFound("meeting", field="key") from None


class Confirm(About):
    """Whether they met, and when, if at another time."""

    met: bool
    moved_to: AwareDatetime | None = None


class Choose(Shape):
    """Which of the offered times."""

    start: AwareDatetime


@router.post("/meetings/confirm")
async def confirm(
    found: PersonCaller, services: Given, theirs: OwnPair, body: Confirm
) -> MeetingShape:
    """Say whether you met; a later answer changes it, for thirty days.

    A `moved_to` that is still ahead moves the meeting there.
    """
    key, now = body.read(), services.clock.now()
    if body.met and body.moved_to and body.moved_to > now:
        moved = await move_meeting(
            theirs.id,
            key,
            found.person,
            body.moved_to.astimezone(UTC),
            **services.acting,
        )
        return MeetingShape.of(moved)
    meeting = await say_met(
        theirs.id,
        found.person,
        key,
        met=body.met,
        moved_to=body.moved_to,
        begin=services.begin,
        clock=services.clock,
    )
    return MeetingShape.of(meeting)


@router.get("/offers")
async def offers(services: Given, theirs: OwnPair) -> list[OfferShape]:
    """Offers that are open."""
    async with services.begin(read_only=True) as uow:
        every = await uow.offers.of_pair(theirs.id)
    return [OfferShape.of(o) for o in every if o.state is OfferState.OPEN]


@router.post("/meetings/repair-options")
async def repair_options(
    found: PersonCaller, services: Given, theirs: OwnPair, body: About
) -> OfferShape | None:
    """At most three other times for a meeting, on what both calendars say now."""
    offer = await more_times(theirs.id, body.read(), found.person, **services.reading)
    return OfferShape.of(offer) if offer else None


@router.post("/offers/{offer}/choose")
async def choose(
    found: PersonCaller, services: Given, theirs: OwnPair, offer: str, body: Choose
) -> OfferShape:
    """Book one of the times; 409 E_SLOT_TAKEN when it is no longer free."""
    async with services.begin(read_only=True) as uow:
        known = await uow.offers.get(OfferId(offer))
    if known.pair != theirs.id:
        raise NotFound("offer")
    chosen = await choose_time(
        known.id, _meant(known, body.start), found.person, **services.reading
    )
    return OfferShape.of(chosen.offer)


def _meant(offer: Offer, start: datetime) -> Span:
    if offer.state is OfferState.TAKEN and offer.chosen:
        return offer.chosen
    span = next((t for t in offer.times if t.start == start), None)
    if span is None:
        raise Refused("E_TIME", "Choose one of the times offered.", field="start")
    return span


@router.post("/meetings/skip")
async def skip(
    found: PersonCaller, services: Given, theirs: OwnPair, body: About
) -> dict[str, bool]:
    """Propose to leave a meeting out, or agree to that."""
    agreed = await leave_out(theirs.id, body.read(), found.person, **services.acting)
    return {"agreed": agreed}


@router.post("/meetings/undo")
async def undo(
    found: PersonCaller, services: Given, theirs: OwnPair, body: About
) -> MeetingShape:
    """Take a choice of the last 24 hours back."""
    meeting = await undo_choice(theirs.id, body.read(), found.person, **services.acting)
    return MeetingShape.of(meeting)


@router.get("/consistency")
async def consistency(services: Given, theirs: OwnPair) -> dict[str, Any]:
    """What `troth report` prints: periods, rates, ledger, evidence."""
    now = services.clock.now()
    return document(await read_report(theirs.id, begin=services.begin, now=now))
