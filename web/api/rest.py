"""Resting and ending over the API: for one of the two, and for the coordinator."""

from __future__ import annotations

from datetime import date, datetime

from fastapi import APIRouter

from scheduler.asker import Asker
from scheduler.ids import PairId
from scheduler.pauses import rest
from scheduler.pausing import PauseWish
from scheduler.usecases.close_pair import close_pair
from scheduler.usecases.pause_pair import pause_pair
from scheduler.usecases.reopen_pair import reopen_pair
from scheduler.usecases.resume_pair import resume_pair
from scheduler.usecases.undo_pause import undo_pause
from web.api.caller import Called, Caller, ReachedPair
from web.api.repeats import RepeatRoute
from web.api.shapes import Shape
from web.guard import Given

router = APIRouter(
    prefix="/api/v1/pairs/{pair}", tags=["pairs"], route_class=RepeatRoute
)


class Pause(Shape):
    """Until the day they go on; from `from_day`, or from now."""

    until: date
    from_day: date | None = None


class RestShape(Shape):
    """How a pair rests; instants are UTC, a half-open stretch."""

    paused_from: datetime | None
    paused_until: datetime | None
    closed: date | None


async def _as_it_stands(services: Given, pair: PairId) -> RestShape:
    async with services.begin(read_only=True) as uow:
        known = await uow.pairs.get(pair)
        rows = await uow.evidence.of_pair(pair)
    pause = None if known.closed else rest(rows).pause_at(services.clock.now())
    return RestShape(
        paused_from=pause.start if pause else None,
        paused_until=pause.end if pause else None,
        closed=known.closed,
    )


def _asker(found: Caller) -> Asker:
    return Asker(found.programme, found.person if found.is_person else None)


@router.get("/rest")
async def rests(services: Given, theirs: ReachedPair) -> RestShape:
    """Whether the pair pauses, and whether it is closed."""
    return await _as_it_stands(services, theirs.id)


@router.post("/pause")
async def pause(
    found: Called, services: Given, theirs: ReachedPair, body: Pause
) -> RestShape:
    """Rest; meetings inside are taken out of both calendars with one notice each."""
    wish = PauseWish(body.until, body.from_day)
    await pause_pair(theirs.id, wish, _asker(found), **services.acting)
    await services.bell.ring(())
    return await _as_it_stands(services, theirs.id)


@router.post("/resume")
async def resume(found: Called, services: Given, theirs: ReachedPair) -> RestShape:
    """Come back; nothing new is booked, and what lies behind the pause stands."""
    await resume_pair(theirs.id, _asker(found), **services.acting)
    await services.bell.ring(())
    return await _as_it_stands(services, theirs.id)


@router.post("/pause/undo")
async def undo(found: Called, services: Given, theirs: ReachedPair) -> RestShape:
    """Take the pause back within a day; what can be put back stands again."""
    await undo_pause(theirs.id, _asker(found), **services.acting)
    await services.bell.ring(())
    return await _as_it_stands(services, theirs.id)


@router.post("/close/undo")
async def reopen(found: Called, services: Given, theirs: ReachedPair) -> RestShape:
    """Within a day: propose the same terms again; nothing taken out is put back."""
    await reopen_pair(
        theirs.id,
        _asker(found),
        begin=services.begin,
        clock=services.clock,
        ids=services.ids,
    )
    await services.bell.ring(())
    return await _as_it_stands(services, theirs.id)


@router.post("/close")
async def close(found: Called, services: Given, theirs: ReachedPair) -> RestShape:
    """End it: nothing of the pair lies ahead in any calendar any more."""
    await close_pair(theirs.id, _asker(found), **services.acting)
    await services.bell.ring(())
    return await _as_it_stands(services, theirs.id)
