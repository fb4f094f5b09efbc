"""Search the slot of a pair that agreed, and book it."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from scheduler.agreement import Terms
from scheduler.connections import Health
from scheduler.effects import Address
from scheduler.errors import Refused, Taken, Unavailable
from scheduler.ids import AgreementId, PairId
from scheduler.planning import PairView, plan_request
from scheduler.ports.links import Links
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.ports.system import Clock, Ids
from scheduler.search import search
from scheduler.series import Series
from scheduler.slots import PlanRequest
from scheduler.usecases.book_series import book_series
from scheduler.usecases.change_series import change_series
from scheduler.usecases.gather import gather
from scheduler.usecases.tell_where import tell_where
from scheduler.venue import Venue
from scheduler.work import WorkKind

#: Somebody was faster: search again on what is left.
AT_ONCE = timedelta(seconds=5)
#: A calendar is being read.
SOON = timedelta(minutes=2)
#: A calendar does not answer; when it does, its next read has the pair planned.
HOURLY = timedelta(hours=1)
#: No date has a time for both; calendars change.
LATER = timedelta(hours=12)


async def plan_pair(
    pair: PairId,
    *,
    begin: Begin,
    clock: Clock,
    ids: Ids,
    links: Links,
    sender: Address,
) -> datetime | None:
    """Book what both agreed to, if it is not booked yet; a repeat does nothing.

    Answers when to try again; None when there is nothing (more) to do.
    """
    now = clock.now()
    try:
        tell = partial(tell_where, now=now, ids=ids, links=links, sender=sender)
        asked = await _question(pair, now, tell, begin=begin)
    except Refused:
        return None  # no such pair, or no whole period left before the last day
    if not isinstance(asked, _Question):
        return asked
    plan = (await to_thread(search, asked.request)).best
    if plan is None:
        return now + LATER
    try:
        await (change_series if asked.changes else book_series)(
            pair,
            asked.agreement,
            plan,
            asked.request.first,
            begin=begin,
            clock=clock,
            ids=ids,
            links=links,
            sender=sender,
        )
    except (Taken, Unavailable):
        return now + AT_ONCE
    return None


_Tell = Callable[[UnitOfWork, PairView, Series, Venue, Terms], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Question:
    """What the slot search is asked, and for which version."""

    agreement: AgreementId
    request: PlanRequest
    changes: bool


async def _question(
    pair: PairId, now: datetime, tell: _Tell, *, begin: Begin
) -> _Question | datetime | None:
    """The question; or when to ask again, while a calendar has to be read first."""
    async with begin() as uow:
        view = await gather(uow, pair, now)
        ruling = view.in_force
        if ruling is None or view.is_planned:
            await _rename(view, uow, tell)
            return None
        if view.stale(now):
            return await _have_read(view, now, uow)
    request = plan_request(view, ruling, now)
    return _Question(ruling.id, request, changes=view.standing is not None)


async def _rename(view: PairView, uow: UnitOfWork, tell: _Tell) -> None:
    """Put the series that stands under the version in force, if it is another.

    Another place to meet moves no meeting, but is told.
    """
    series, ruling = view.standing, view.in_force
    if series and ruling and series.agreement != ruling.id:
        before = next(v for v in view.versions if v.id == series.agreement)
        if before.terms.venue != ruling.terms.venue:
            await tell(uow, view, series, before.terms.venue, ruling.terms)
        await uow.series.put(replace(series, agreement=ruling.id))
        await uow.commit()


async def _have_read(view: PairView, now: datetime, uow: UnitOfWork) -> datetime:
    """Have the calendars read without which nothing is offered (promises.md I8)."""
    patience = SOON
    for connection in view.stale(now):
        if connection.health in {Health.FAILING, Health.NEEDS_CONSENT}:
            patience = HOURLY
        else:
            await uow.work.add(WorkKind.SYNC, connection.id, now)
    await uow.commit()
    return now + patience
