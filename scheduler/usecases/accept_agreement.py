"""Accept a version of the agreement; the second acceptance puts it in force."""

from __future__ import annotations

from scheduler.agreement import Agreement, AgreementState, accept
from scheduler.errors import NotFound
from scheduler.evidence import Evidence, EvidenceKind, SourceKind
from scheduler.ids import EvidenceId, PairId, PersonId
from scheduler.joining import check_open, put_in_force
from scheduler.outbox import digest as name
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock
from scheduler.work import WorkKind


async def accept_agreement(
    pair: PairId, person: PersonId, digest: str, *, begin: Begin, clock: Clock
) -> Agreement:
    """Accept the text with this digest, which the person saw.

    When it is in force, it is planned at once. `Taken` E_AGREEMENT_CHANGED when there
    is a newer text; `NotFound` for anybody who is not one of the pair.
    """
    now = clock.now()
    async with begin() as uow:
        two = await uow.pairs.get(pair)
        both = two.both()
        versions = await uow.agreements.of_pair(pair)
        if person not in both or not versions:
            raise NotFound("agreement")
        check_open(two)
        latest = versions[-1]
        accepted = accept(latest, person, both=both, digest=digest, now=now)
        if accepted == latest:
            return latest
        for version in put_in_force(versions, accepted):
            await uow.agreements.put(version)
        if accepted.state is AgreementState.IN_FORCE:
            row = Evidence(
                EvidenceId(name(EvidenceKind.ACCEPTED.value, accepted.id)),
                pair,
                "",
                EvidenceKind.ACCEPTED,
                now,
                now,
                SourceKind.PAGE,
                detail=str(accepted.version),
            )
            await uow.evidence.add((row,))
            await uow.work.add(WorkKind.PLAN, pair, now)
        await uow.work.add(WorkKind.TEND, pair, now)
        await uow.commit()
    return accepted
