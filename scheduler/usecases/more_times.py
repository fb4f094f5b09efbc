"""Look for other times than those that were offered."""

from __future__ import annotations

from scheduler.effects import Address
from scheduler.errors import NotFound
from scheduler.ids import PairId, PersonId
from scheduler.offering import looked_again
from scheduler.ports.calendars import OpenCalendar
from scheduler.ports.links import Links
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, Ids
from scheduler.series import MeetingKey, Offer
from scheduler.usecases.decide import decide
from scheduler.usecases.read_afresh import read_afresh


async def more_times(
    pair: PairId,
    key: MeetingKey,
    person: PersonId,
    *,
    begin: Begin,
    open_calendar: OpenCalendar,
    clock: Clock,
    ids: Ids,
    links: Links,
    sender: Address,
    months: int,
) -> Offer | None:
    """At most three times not offered before, on what both calendars say now.

    Earlier offers stay open. None when there is no other time. `NotFound` for anybody
    else's meeting, `Unavailable` when a calendar does not answer, `Taken` E_OFFER_OVER
    when the meeting needs no other time.
    """
    async with begin(read_only=True) as uow:
        both = await uow.pairs.get(pair)
    if person not in both.both():
        raise NotFound("meeting")
    await read_afresh(
        both,
        begin=begin,
        open_calendar=open_calendar,
        clock=clock,
        ids=ids,
        months=months,
    )
    case = await decide(
        pair,
        person,
        lambda case: looked_again(case, key),
        begin=begin,
        clock=clock,
        ids=ids,
        links=links,
        sender=sender,
    )
    found = [o for o in case.open_offers(key) if o.checked_at == case.now]
    return found[-1] if found else None
