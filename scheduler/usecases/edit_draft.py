"""Change a draft before anybody accepts it: the coordinator's part in an agreement."""

from __future__ import annotations

from scheduler.agreement import Agreement, Terms
from scheduler.errors import NotFound
from scheduler.ids import PairId, ProgrammeId
from scheduler.joining import check_ahead, check_open
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock
from scheduler.versions import edited


async def edit_draft(
    programme: ProgrammeId,
    pair: PairId,
    digest: str,
    terms: Terms,
    *,
    begin: Begin,
    clock: Clock,
) -> Agreement:
    """Put other terms into the draft with this digest.

    `Taken` E_AGREEMENT_CHANGED once one of the two has accepted it or proposed
    another, `NotFound` for a pair of another programme.
    """
    async with begin() as uow:
        both = await uow.pairs.get(pair)
        if both.programme != programme:
            raise NotFound("pair")
        check_open(both)
        check_ahead(terms, clock.now())
        draft = edited(await uow.agreements.of_pair(pair), terms, digest=digest)
        await uow.agreements.put(draft)
        await uow.commit()
    return draft
