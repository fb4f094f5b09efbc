"""Decide about a pair's rest and keep it, whoever of those who may asks."""

from __future__ import annotations

from collections.abc import Callable

from scheduler.access import Audited
from scheduler.asker import Asker
from scheduler.effects import Address
from scheduler.errors import Refused
from scheduler.ids import PairId
from scheduler.ports.links import Links
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, Ids
from scheduler.situation import NO_CHANGE, Change, Situation
from scheduler.usecases.keep_change import keep_change
from scheduler.usecases.load_situation import load_situation
from scheduler.work import WorkKind


async def rest_pair(
    pair: PairId,
    asker: Asker,
    act: str,
    decision: Callable[[Situation], Change],
    *,
    begin: Begin,
    clock: Clock,
    ids: Ids,
    links: Links,
    sender: Address,
) -> Situation:
    """How things stand then. `act` is the word of the audit, which alone says who.

    `NotFound` for a pair that is not the asker's, `Refused` E_PAUSE before anything
    was agreed; what the decision raises is passed on, and nothing is kept.
    """
    async with begin() as uow:
        asker.check(await uow.pairs.get(pair))
        now = clock.now()
        case = await load_situation(uow, pair, now, links=links, sender=sender)
        if case is None:
            raise Refused("E_PAUSE", "There are no meetings to pause.", field="until")
        change = decision(case)
        if change == NO_CHANGE:
            return case
        await keep_change(uow, case, change, ids=ids)
        await uow.work.add(WorkKind.OBSERVE, pair, now)
        await uow.audit.add(Audited(now, case.pair.programme, str(asker), act, pair))
        await uow.commit()
        return case.after(change)
