"""Take back what one proposed, as long as the other has not accepted it."""

from __future__ import annotations

from scheduler.access import Audited
from scheduler.agreement import Agreement, AgreementState
from scheduler.errors import NotFound
from scheduler.ids import AgreementId, OutboxId, PairId, PersonId
from scheduler.joining import check_open, please_agree
from scheduler.outbox import letter_row
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, Ids
from scheduler.versions import latest, withdrawn
from scheduler.work import WorkKind


async def withdraw_terms(
    pair: PairId,
    person: PersonId,
    digest: str,
    *,
    begin: Begin,
    clock: Clock,
    ids: Ids,
) -> Agreement:
    """Withdraw the proposal with this digest; answers the text that stands instead.

    That is what is in force. Where nothing ever was, the first draft is on the table
    again and both are asked. `Refused` E_NOT_YOURS for the other's proposal, `Taken`
    E_AGREEMENT_CHANGED when it is not on the table any more.
    """
    now = clock.now()
    async with begin() as uow:
        both = await uow.pairs.get(pair)
        versions = await uow.agreements.of_pair(pair)
        if person not in both.both() or not versions:
            raise NotFound("agreement")
        check_open(both)
        new = AgreementId(ids.new())
        for version in withdrawn(versions, person, digest=digest, new=new):
            await uow.agreements.put(version)
            if version.state is not AgreementState.DRAFT:
                continue
            for one in both.both():
                to, row = await uow.people.get(one), OutboxId(ids.new())
                letter = please_agree(pair, one)
                await uow.outbox.add(letter_row(row, letter, to, now=now, revision=new))
        stands = latest(await uow.agreements.of_pair(pair))
        if stands is None:
            raise NotFound("agreement")
        who, act = f"person:{person}", "terms withdrawn"
        await uow.audit.add(Audited(now, both.programme, who, act, pair))
        await uow.work.add(WorkKind.TEND, pair, now)
        await uow.commit()
    return stands
