"""Propose other terms: a first proposal, an answer to one, or a change of what is."""

from __future__ import annotations

from scheduler.agreement import Agreement, AgreementState, Terms, answer
from scheduler.errors import NotFound, Taken
from scheduler.ids import AgreementId, OutboxId, PairId, PersonId
from scheduler.joining import check_open, please_agree
from scheduler.outbox import letter_row
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, Ids
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
    is no longer the latest. What is in force rules until both accept the new one.
    """
    now = clock.now()
    async with begin() as uow:
        both = await uow.pairs.get(pair)
        versions = await uow.agreements.of_pair(pair)
        if person not in both.both() or not versions:
            raise NotFound("agreement")
        check_open(both)
        latest = versions[-1]
        if _is_said_already(latest, person, terms):
            return latest
        if latest.digest != digest:
            raise Taken(
                "E_AGREEMENT_CHANGED",
                "This agreement has changed since you opened it; here is the new text.",
                field="agreement",
            )
        old, proposal = answer(latest, person, terms, new=AgreementId(ids.new()))
        await uow.agreements.put(old)
        await uow.agreements.put(proposal)
        partner = await uow.people.get(both.partner(person))
        letter = please_agree(pair, partner.id)
        row = OutboxId(ids.new())
        await uow.outbox.add(
            letter_row(row, letter, partner, now=now, revision=proposal.id)
        )
        await uow.work.add(WorkKind.TEND, pair, now)
        await uow.commit()
    return proposal


def _is_said_already(latest: Agreement, person: PersonId, terms: Terms) -> bool:
    return (
        latest.state is AgreementState.PROPOSED
        and latest.author == person
        and latest.terms == terms
    )
