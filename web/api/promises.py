"""Promises of a pair, over the API."""

from __future__ import annotations

from datetime import date, datetime

from fastapi import APIRouter

from config.services import Services
from scheduler.ids import PersonId, PromiseId
from scheduler.people import Pair
from scheduler.promises import Promise, shown
from scheduler.promising import Said, Turned, keep, move_to, release, undo
from scheduler.usecases.make_promise import make_promise
from scheduler.usecases.turn_promise import turn_promise
from web.api.caller import OwnPair, PersonCaller
from web.api.repeats import RepeatRoute
from web.api.shapes import Shape
from web.guard import Given

router = APIRouter(
    prefix="/api/v1/pairs/{pair}/promises", tags=["promises"], route_class=RepeatRoute
)


class PromiseShape(Shape):
    """What one of them said they would do; days are of its owner's own calendar."""

    id: str
    by: str
    text: str
    made_at: datetime
    due: date
    #: Every date that was agreed on, in order; `due` is the last.
    dates: list[date]
    #: `open`, `kept` or `released`.
    state: str
    overdue: bool

    @classmethod
    def of(cls, promise: Promise, now: datetime, zone: str) -> PromiseShape:
        """As it stands now, its day being over in its owner's zone."""
        return cls(
            id=promise.id,
            by=promise.by,
            text=promise.text,
            made_at=promise.made_at,
            due=promise.due,
            dates=list(promise.dates),
            state=promise.state.value,
            overdue=promise.is_overdue(now, zone),
        )


class NewPromise(Shape):
    """What the caller will do, and by when."""

    text: str
    by: date


class NewDate(Shape):
    """Until when it is promised now."""

    by: date


async def _shown(services: Services, promise: Promise) -> PromiseShape:
    async with services.begin(read_only=True) as uow:
        owner = await uow.people.get(promise.by)
    return PromiseShape.of(promise, services.clock.now(), owner.zone)


async def _turned(
    services: Services, pair: Pair, who: PersonId, promise: str, turned: Turned
) -> PromiseShape:
    one = await turn_promise(
        pair.id,
        who,
        PromiseId(promise),
        turned,
        begin=services.begin,
        clock=services.clock,
    )
    return await _shown(services, one)


@router.get("")
async def promises(
    found: PersonCaller, services: Given, theirs: OwnPair
) -> list[PromiseShape]:
    """Those of both: open ones by date, then what was kept or let go."""
    del found
    async with services.begin(read_only=True) as uow:
        every = await uow.promises.of_pair(theirs.id)
    return [await _shown(services, one) for one in shown(every)]


@router.post("", status_code=201)
async def make(
    found: PersonCaller, services: Given, theirs: OwnPair, body: NewPromise
) -> PromiseShape:
    """Promise something; the same words twice, while it is open, are one promise."""
    one = await make_promise(
        theirs.id,
        found.person,
        Said(body.text, body.by),
        begin=services.begin,
        clock=services.clock,
    )
    return await _shown(services, one)


@router.post("/{promise}/keep")
async def kept(
    found: PersonCaller, services: Given, theirs: OwnPair, promise: str
) -> PromiseShape:
    """Say that it is done; for its owner."""
    return await _turned(services, theirs, found.person, promise, keep)


@router.post("/{promise}/move")
async def moved(
    found: PersonCaller, services: Given, theirs: OwnPair, promise: str, body: NewDate
) -> PromiseShape:
    """Set a new date; for its owner."""
    return await _turned(services, theirs, found.person, promise, move_to(body.by))


@router.post("/{promise}/release")
async def released(
    found: PersonCaller, services: Given, theirs: OwnPair, promise: str
) -> PromiseShape:
    """Let it go; for the partner."""
    return await _turned(services, theirs, found.person, promise, release)


@router.post("/{promise}/undo")
async def undone(
    found: PersonCaller, services: Given, theirs: OwnPair, promise: str
) -> PromiseShape:
    """Take the last of these back, within 24 hours; for whoever did it."""
    return await _turned(services, theirs, found.person, promise, undo)
