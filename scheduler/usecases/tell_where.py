"""Tell programs where the two meet, when another agreement says another place."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from scheduler.agenda import Agenda
from scheduler.agreement import Terms
from scheduler.copies import arrival, arrivals, copy_row, standing
from scheduler.effects import Address
from scheduler.ids import OutboxId
from scheduler.itip import whole
from scheduler.planning import PairView
from scheduler.ports.links import Links
from scheduler.ports.store import UnitOfWork
from scheduler.ports.system import Ids
from scheduler.rerouting import lead_of
from scheduler.series import Route, Series
from scheduler.usecases.announce import two_of
from scheduler.venue import Venue
from scheduler.withdrawal import next_revision


async def tell_where(
    uow: UnitOfWork,
    view: PairView,
    series: Series,
    before: Venue,
    terms: Terms,
    *,
    now: datetime,
    ids: Ids,
    links: Links,
    sender: Address,
) -> None:
    """Send the series once more, with its LOCATION, to whoever has it by mail.

    Nothing else of it changes, so that nobody is asked to answer again. Written copies
    say it when the agenda of their next meeting is refreshed; only the event with a
    guest is written again where the calendar is to add a room.
    """
    if not any(m.span and m.span.start > now for m in series.live() if m.uid is None):
        return
    two = await two_of(uow, view, terms, links=links, sender=sender)
    sent = [row.effect for row in await uow.outbox.of_pair(view.pair.id)]
    at = next_revision(sent, series.uid, now)
    copies = standing(await uow.copies.of_uids([series.uid]))
    agenda, build = Agenda(link=two.link), partial(whole, series)
    told = [
        (copy, arrival(copy, two, agenda, at, build))
        for copy in copies
        if copy.route is Route.IMIP and before.location != two.where
    ]
    if two.room and lead_of(copies):
        told += arrivals(copies, two, agenda, at, build)
    for copy, effect in told:
        row = copy_row(OutboxId(ids.new()), effect, copy, view.pair, at, now)
        await uow.outbox.add(row)
