"""Put a booked series on record, and on its way to both, inside one transaction."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from scheduler.agenda import Agenda
from scheduler.agreement import Terms
from scheduler.booking import (
    booked_rows,
    off_rows,
    rested,
    rested_rows,
    unplaced_rows,
)
from scheduler.busy import Side
from scheduler.copies import (
    Two,
    agenda_link,
    arrival,
    copy_row,
    new_copy,
    written_calendar,
)
from scheduler.effects import Address
from scheduler.ids import OutboxId
from scheduler.invitation import invitation
from scheduler.itip import Revision, whole
from scheduler.outbox import letter_row
from scheduler.pauses import rest
from scheduler.planning import PairView
from scheduler.ports.links import Links
from scheduler.ports.store import UnitOfWork
from scheduler.ports.system import Ids
from scheduler.series import Copy, Route, Series
from scheduler.slots import Plan
from scheduler.work import WorkKind


async def enter(uow: UnitOfWork, series: Series, plan: Plan, now: datetime) -> None:
    """Save what a plan became, with its ledger and evidence; `Taken` E_SLOT_TAKEN."""
    await uow.series.put(series)
    paused = rested(series, rest(await uow.evidence.of_pair(series.pair))) - plan.off
    for row in unplaced_rows(series, now, plan.off | paused):
        await uow.ledger.put(row)
    await uow.evidence.add(rested_rows(series, now, paused))
    await uow.evidence.add(booked_rows(series, now))
    await uow.evidence.add(off_rows(series, now, plan.off))
    await uow.work.add(WorkKind.TEND, series.pair, now)


async def two_of(
    uow: UnitOfWork, view: PairView, terms: Terms, *, links: Links, sender: Address
) -> Two:
    """The two as they stand in their events, with the pair's one agenda link."""
    link = agenda_link(view.pair, terms.last_day)
    if await uow.doors.link(link.id) is None:
        await uow.doors.put_link(link)
    address, where = links.address(link), terms.venue.location
    return Two(view.mentor.person, view.mentee.person, sender, address, where)


async def announce(
    uow: UnitOfWork,
    view: PairView,
    series: Series,
    two: Two,
    at: Revision,
    *,
    in_event: bool,
    now: datetime,
    ids: Ids,
) -> None:
    """Have a copy made for each on their one route, and a letter beside written ones.

    `in_event`: the event itself holds the agenda, and not its link alone.
    """
    agenda = Agenda(link=two.link, in_event=in_event)
    for side in view.sides:
        copy = await _copy(uow, side, series)
        await uow.copies.put(copy)
        effect = arrival(copy, two, agenda, at, partial(whole, series))
        await uow.outbox.add(
            copy_row(OutboxId(ids.new()), effect, copy, view.pair, at, now)
        )
        if copy.route is Route.WRITTEN:
            letter = letter_row(
                OutboxId(ids.new()),
                invitation(series, copy.person, two.where),
                side.person,
                now=now,
                revision=f"{copy.uid}/{at.sequence}",
            )
            await uow.outbox.add(letter)


async def _copy(uow: UnitOfWork, side: Side, series: Series) -> Copy:
    """The copy this person has, else a new one on the route there is now."""
    found = await uow.copies.find(side.person.id, series.uid)
    if found:
        return found
    connections = (r.connection for r in side.readings)
    return new_copy(side.person.id, series.uid, written_calendar(connections))
