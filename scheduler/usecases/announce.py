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
from scheduler.copies import Two, agenda_link, arrivals, copy_row, new_copy
from scheduler.effects import Address
from scheduler.guestlist import guest_list
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
from scheduler.venue import VenueKind
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
    return Two(
        view.mentor.person,
        view.mentee.person,
        sender,
        links.address(link),
        terms.venue.location,
        guest_list(view.mentor, view.mentee),
        room=terms.venue.kind is VenueKind.CALENDAR,
    )


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

    What comes on another route says itself what it is.

    `in_event`: the event itself holds the agenda, and not its link alone.
    """
    agenda = Agenda(link=two.link, in_event=in_event)
    copies = await _copies(uow, view, series, two)
    for copy in copies:
        await uow.copies.put(copy)
    build = partial(whole, series)
    for copy, effect in arrivals(copies, two, agenda, at, build):
        row = OutboxId(ids.new())
        await uow.outbox.add(copy_row(row, effect, copy, view.pair, at, now))
    for copy in copies:
        if copy.route is Route.WRITTEN:
            letter = letter_row(
                OutboxId(ids.new()),
                invitation(series, copy.person, two.where),
                two.reader(copy.person),
                now=now,
                revision=f"{copy.uid}/{at.sequence}",
            )
            await uow.outbox.add(letter)


async def _copies(
    uow: UnitOfWork, view: PairView, series: Series, two: Two
) -> tuple[Copy, ...]:
    """The copy each has, else a new one on the route there is now."""
    copies: list[Copy] = []
    for side in view.sides:
        found = await uow.copies.find(side.person.id, series.uid)
        copies.append(found or new_copy(side, series.uid, two.inviting))
    return tuple(copies)
