"""Let a new plan take the place of the series that stands, with one notice each."""

from __future__ import annotations

from datetime import date

from scheduler.access import Audited
from scheduler.booking import Names, begins, cut, series_of
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
from scheduler.usecases.take_back import take_back, withdrawal
from scheduler.withdrawal import next_revision


async def change_series(
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
    """Book a plan from `first` on instead of what stands from there.

    While all of the series lies ahead it keeps its UID and its number rises;
    otherwise it is shortened, and a new one follows. Errors are those of
    `book_series`; a series of this agreement is answered as it is.
    """
    now = clock.now()
    async with begin() as uow:
        view = await gather(uow, pair, now)
        old = view.standing
        if old is None:
            raise Taken("E_AGREEMENT_CHANGED", "This pair has no meetings to change.")
        if old.agreement == agreement:
            return old
        ruling = recheck(view, agreement, plan, first, now)
        two = await two_of(uow, view, ruling.terms, links=links, sender=sender)
        change = await withdrawal(uow, old, begins(old, first), two)
        if change.is_whole:
            change = change.to_replace(view.rebooked)
            names = Names(old.id, old.uid, pair, agreement, anchor_of(plan, view.pair))
            at = next_revision(change.effects, old.uid, now)
        else:
            await uow.series.put(cut(old, change.before))
            uid = ids.uid(domain_of(sender))
            names = Names(
                SeriesId(ids.new()), uid, pair, agreement, anchor_of(plan, view.pair)
            )
            at = Revision.first(now)
        await take_back(uow, view.pair, change, now=now, ids=ids)
        series = series_of(plan, first, names)
        await enter(uow, series, plan, now)
        in_event = ruling.terms.agenda_in_event
        await announce(uow, view, series, two, at, in_event=in_event, now=now, ids=ids)
        home, cause = view.pair.programme, agreement
        act = Audited(now, home, "troth", "series changed", series.id, cause)
        await uow.audit.add(act)
        await uow.commit()
    return series
