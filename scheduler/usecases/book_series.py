"""Book a plan: the series and everything that follows from it, in one transaction."""

from __future__ import annotations

from datetime import date

from scheduler.access import Audited
from scheduler.booking import Names, series_of
from scheduler.copies import domain_of
from scheduler.effects import Address
from scheduler.errors import Taken
from scheduler.ids import AgreementId, PairId, SeriesId
from scheduler.itip import Revision
from scheduler.planning import anchor_of, recheck
from scheduler.ports.links import Links
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, Ids
from scheduler.series import Series
from scheduler.slots import Plan
from scheduler.usecases.announce import announce, enter, two_of
from scheduler.usecases.gather import gather


async def book_series(
    pair: PairId,
    agreement: AgreementId,
    plan: Plan,
    first: date,
    *,
    begin: Begin,
    clock: Clock,
    ids: Ids,
    links: Links,
    sender: Address,
) -> Series:
    """Book a plan whose periods begin on `first`, checked again on today's data.

    A pair that has a series already is answered with it. `Taken` E_SLOT_TAKEN when
    one of the times is no longer free: search again; E_AGREEMENT_CHANGED when another
    version rules; `Unavailable` when a calendar has not been read lately.
    """
    now = clock.now()
    async with begin() as uow:
        view = await gather(uow, pair, now)
        if view.standing:
            return view.standing
        ruling = recheck(view, agreement, plan, first, now)
        names = Names(
            SeriesId(ids.new()),
            ids.uid(domain_of(sender)),
            pair,
            agreement,
            anchor_of(plan, view.pair),
        )
        series = series_of(plan, first, names)
        if not series.live():
            raise Taken("E_SLOT_TAKEN", "There is no time left for this pair.")
        await enter(uow, series, plan, now)
        two = await two_of(uow, view, ruling.terms, links=links, sender=sender)
        await announce(
            uow,
            view,
            series,
            two,
            Revision.first(now),
            in_event=ruling.terms.agenda_in_event,
            now=now,
            ids=ids,
        )
        home, cause = view.pair.programme, agreement
        act = Audited(now, home, "troth", "series booked", series.id, cause)
        await uow.audit.add(act)
        await uow.commit()
    return series
