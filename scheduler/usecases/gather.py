"""Read everything about a pair that planning needs, inside one transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from scheduler.busy import Reading, Side
from scheduler.ids import PairId, PersonId
from scheduler.pauses import rest
from scheduler.planning import PairView
from scheduler.ports.store import UnitOfWork
from scheduler.timespan import Span, Spans

#: Agreements last two years at most: nothing is booked further ahead than this.
_AHEAD = timedelta(days=3 * 366)
_BACK = timedelta(days=62)


async def gather(uow: UnitOfWork, pair: PairId, now: datetime) -> PairView:
    """The pair as the store knows it; `NotFound` when there is none."""
    found = await uow.pairs.get(pair)
    return PairView(
        found,
        await gather_side(uow, found.mentor, now),
        await gather_side(uow, found.mentee, now),
        await uow.agreements.of_pair(pair),
        await uow.series.of_pair(pair),
        Spans.of(rest(await uow.evidence.of_pair(pair)).pauses),
    )


async def gather_side(uow: UnitOfWork, person: PersonId, now: datetime) -> Side:
    """One person: their calendars, and what Troth booked for them in any pair."""
    connections = await uow.calendars.of_person(person)
    readings = [Reading(c, await uow.calendars.objects(c.id)) for c in connections]
    window = Span(now - _BACK, now + _AHEAD)
    return Side(
        await uow.people.get(person),
        tuple(readings),
        await uow.series.uids(person),
        await uow.series.busy(person, window),
        await uow.accounts.of_person(person),
    )
