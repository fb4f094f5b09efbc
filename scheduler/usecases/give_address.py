"""A coordinator gives another address for somebody whose mail comes back."""

from __future__ import annotations

from dataclasses import replace

from scheduler.access import Audited
from scheduler.bounces import reached_rows, sent_again
from scheduler.effects import Address
from scheduler.errors import NotFound, Refused
from scheduler.ids import PairId, PersonId, ProgrammeId
from scheduler.inviting import invited_again
from scheduler.people import Person
from scheduler.ports.links import Links
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.ports.system import Clock, Ids
from scheduler.roster import email_address
from scheduler.usecases.keep_change import keep_change
from scheduler.usecases.load_situation import load_situation
from scheduler.work import WorkKind


async def give_address(
    programme: ProgrammeId,
    person: PersonId,
    email: str,
    *,
    begin: Begin,
    clock: Clock,
    ids: Ids,
    links: Links,
    sender: Address,
) -> Person:
    """Write to this address from now on, which may be the old one; twice is once.

    What came back is sent again. `NotFound` in another programme, `Refused` E_EMAIL,
    E_ADDRESS_WORKS while nothing came back, `Taken` E_EMAIL_TAKEN.
    """
    address = email_address(email, field="email")
    now = clock.now()
    async with begin() as uow:
        known = await uow.people.get(person)
        if known.programme != programme:
            raise NotFound("person")
        if known.bounced_at is None:
            if known.email == address:
                return known
            raise Refused(
                "E_ADDRESS_WORKS",
                "Mail to this person arrives; only they can ask for another address.",
                field="email",
            )
        reached = replace(known, email=address, bounced_at=None)
        await uow.people.put(reached)
        pairs = [pair.id for pair in await uow.pairs.of_person(person)]
        await uow.evidence.add(reached_rows(known, pairs, now))
        for pair in pairs:
            await _send_again(uow, pair, person, clock=clock)
            case = await load_situation(uow, pair, now, links=links, sender=sender)
            if case:
                await keep_change(uow, case, invited_again(case, person), ids=ids)
        await uow.audit.add(
            Audited(now, programme, "coordinator", "address given", person)
        )
        await uow.commit()
    return reached


async def _send_again(
    uow: UnitOfWork, pair: PairId, person: PersonId, *, clock: Clock
) -> None:
    for row in await uow.outbox.of_pair(pair):
        again = sent_again(row, person)
        if again:
            await uow.outbox.put(again)
            await uow.work.add(WorkKind.SEND, row.id, clock.now())
