"""Read how things stand, decide, and keep what was decided: one transaction."""

from __future__ import annotations

from collections.abc import Callable

from scheduler.effects import Address
from scheduler.errors import NotFound
from scheduler.ids import PairId, PersonId
from scheduler.ports.links import Links
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, Ids
from scheduler.situation import Change, Situation
from scheduler.usecases.keep_change import keep_change
from scheduler.usecases.load_situation import load_situation
from scheduler.usecases.tell_fallen import told_of_fallen


async def decide(
    pair: PairId,
    person: PersonId,
    decision: Callable[[Situation], Change],
    *,
    begin: Begin,
    clock: Clock,
    ids: Ids,
    links: Links,
    sender: Address,
) -> Situation:
    """How things stand once one of the two has had their way.

    What fell out by it is told and offered anew. `NotFound` for anybody else, or where
    nothing was agreed yet; what the decision raises is passed on, and nothing is kept.
    """
    async with begin() as uow:
        both = await uow.pairs.get(pair)
        if person not in both.both():
            raise NotFound("pair")
        now = clock.now()
        case = await load_situation(uow, pair, now, links=links, sender=sender)
        if case is None:
            raise NotFound("meeting")
        change = decision(case)
        change += told_of_fallen(case.after(change), ids=ids, sender=sender)
        await keep_change(uow, case, change, ids=ids)
        await uow.commit()
        return case.after(change)
