"""Propose other terms: a first proposal, an answer to one, or a change of what is."""

from __future__ import annotations

from scheduler.access import Audited
from scheduler.agreement import Agreement, Terms
from scheduler.errors import NotFound
from scheduler.ids import AgreementId, OutboxId, PairId, PersonId
from scheduler.joining import check_ahead, check_open, please_agree
from scheduler.outbox import letter_row
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, Ids
from scheduler.versions import latest, proposed
from scheduler.work import WorkKind


async def propose_terms(
    pair: PairId,
    person: PersonId,
    digest: str,
    terms: Terms,
    *,
    begin: Begin,
    clock: Clock,
    ids: Ids,
) -> Agreement:
    """Make these terms the next version, accepted by its author, and ask the other.

    `digest` is that of the text the author saw: `Taken` E_AGREEMENT_CHANGED when it
    is no longer the latest. What is in force rules until both accept the new one;
    proposing just that changes nothing.
    """
    now = clock.now()
    async with begin() as uow:
        both = await uow.pairs.get(pair)
        versions = await uow.agreements.of_pair(pair)
        text = latest(versions)
        if person not in both.both() or text is None:
            raise NotFound("agreement")
        check_open(both)
        check_ahead(terms, now)
        new = AgreementId(ids.new())
        changes = proposed(versions, person, terms, digest=digest, new=new)
        if not changes:
            return text
        for version in changes:
            await uow.agreements.put(version)
        partner = await uow.people.get(both.partner(person))
        letter = please_agree(pair, partner.id)
        row = OutboxId(ids.new())
        await uow.outbox.add(letter_row(row, letter, partner, now=now, revision=new))
        act, cause = "terms proposed", str(changes[-1].version)
        who = f"person:{person}"
        await uow.audit.add(Audited(now, both.programme, who, act, pair, cause))
        await uow.work.add(WorkKind.TEND, pair, now)
        await uow.commit()
    return changes[-1]
