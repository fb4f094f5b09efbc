"""A coordinator gives another address for somebody whose mail comes back."""

from __future__ import annotations

from dataclasses import replace

from scheduler.access import Audited
from scheduler.bounces import reached_rows, sent_again
from scheduler.effects import Address
from scheduler.errors import NotFound, Refused
from scheduler.guestlist import address_at_google
from scheduler.ids import OutboxId, PairId, PersonId, ProgrammeId
from scheduler.inviting import invited_again
from scheduler.people import Person
from scheduler.ports.links import Links
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.ports.system import Clock, Ids
from scheduler.rerouting import Lost, lead_of, still_ahead
from scheduler.roster import email_address
from scheduler.series import Route
from scheduler.situation import Situation
from scheduler.usecases.gather import gather_side
from scheduler.usecases.keep_change import keep_change
from scheduler.usecases.load_situation import load_situation
from scheduler.usecases.reroute import reroute
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
        before = await gather_side(uow, person, now)
        await uow.people.put(reached)
        is_elsewhere = address_at_google(before) != address_at_google(
            replace(before, person=reached)
        )
        pairs = [pair.id for pair in await uow.pairs.of_person(person)]
        await uow.evidence.add(reached_rows(known, pairs, now))
        for pair in pairs:
            await _send_again(uow, pair, person, clock=clock)
            case = await load_situation(uow, pair, now, links=links, sender=sender)
            if case:
                await keep_change(uow, case, invited_again(case, person), ids=ids)
            if case and is_elsewhere:
                await _listed_anew(
                    uow, case, person, ids=ids, links=links, sender=sender
                )
        await uow.audit.add(
            Audited(now, programme, "coordinator", "address given", person)
        )
        await uow.commit()
    return reached


async def _listed_anew(
    uow: UnitOfWork,
    case: Situation,
    person: PersonId,
    *,
    ids: Ids,
    links: Links,
    sender: Address,
) -> None:
    """Who was a guest under the old address ends as that, and is brought it anew."""
    for series in case.view.series:
        for uid in dict.fromkeys([series.uid, *(m.uid for m in series.meetings)]):
            copies = case.copies_of(uid) if uid else ()
            mine = any(c.person == person and c.route is Route.GUEST for c in copies)
            if not mine or not still_ahead(series, copies[0].uid, case.now):
                continue
            await reroute(
                uow,
                series,
                Lost(copies, left=lead_of(copies)),
                now=case.now,
                name=lambda: OutboxId(ids.new()),
                links=links,
                sender=sender,
            )


async def _send_again(
    uow: UnitOfWork, pair: PairId, person: PersonId, *, clock: Clock
) -> None:
    for row in await uow.outbox.of_pair(pair):
        again = sent_again(row, person)
        if again:
            await uow.outbox.put(again)
            await uow.work.add(WorkKind.SEND, row.id, clock.now())
