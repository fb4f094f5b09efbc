"""Erase somebody who asked for it: everything about them, and no figure changes.

The chain is: close their pairs, which decides what is to be taken out of calendars and
who is told; wait until that is done, since it needs their calendar's password and
their address; end what they allowed elsewhere; then forget all of it. What does not
answer within 72 hours is not waited for: the outbox gives up on it after as long.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from scheduler.access import Audited
from scheduler.asker import Asker
from scheduler.copies import domain_of
from scheduler.effects import Address, Outgoing
from scheduler.erasing import LOOK, Erasure, called, is_settled, look_again
from scheduler.errors import Unavailable
from scheduler.ids import PersonId
from scheduler.outbox import message_id
from scheduler.ports.consent import Consent
from scheduler.ports.links import Links
from scheduler.ports.privacy import Files, SentCopies
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, Ids
from scheduler.ports.watching import Watching
from scheduler.usecases.close_pair import close_pair
from scheduler.usecases.revoke_account import accounts_of, end_grant
from scheduler.usecases.stop_watching import stop_watching


async def erase_person(
    person: PersonId,
    *,
    begin: Begin,
    clock: Clock,
    ids: Ids,
    links: Links,
    sender: Address,
    copies: SentCopies,
    files: Files,
    consent: Consent | None = None,
    watching: Watching | None = None,
) -> datetime | None:
    """Go on with it; answers when to come back, None once it is done or not asked.

    May run any number of times and end between any two lines.
    """
    async with begin(read_only=True) as uow:
        asked = await uow.erasures.find(person)
        pairs = await uow.pairs.of_person(person)
    if asked is None or asked.done_at:
        return None
    for pair in pairs:
        if not pair.closed:
            asker = Asker(asked.programme, person)
            await close_pair(
                pair.id,
                asker,
                begin=begin,
                clock=clock,
                ids=ids,
                links=links,
                sender=sender,
            )
    if again := await _again(asked, begin=begin, now=clock.now()):
        return again
    async with begin(read_only=True) as uow:
        calendars = await uow.calendars.of_person(person)
    for one in calendars:
        await stop_watching(one.id, begin=begin, watching=watching, clock=clock)
    if again := await _end_grants(asked, begin=begin, now=clock.now(), consent=consent):
        return again
    await _forget_copies(person, sender, begin=begin, copies=copies)
    async with begin() as uow:
        await uow.erasures.erase(person)
        await uow.commit()
    if not await files.scrub():
        return clock.now() + LOOK
    await _done(asked, begin=begin, now=clock.now())
    return None


async def _again(asked: Erasure, *, begin: Begin, now: datetime) -> datetime | None:
    """When to look again whether what the closing decided is done."""
    rows: list[Outgoing] = []
    async with begin(read_only=True) as uow:
        for pair in await uow.pairs.of_person(asked.person):
            rows += await uow.outbox.of_pair(pair.id)
    return None if is_settled(rows, asked.person) else look_again(asked, now)


async def _end_grants(
    asked: Erasure, *, begin: Begin, now: datetime, consent: Consent | None
) -> datetime | None:
    """End what they allowed elsewhere; when to try again where nobody answers.

    Ending one that has ended is nothing. Who does not answer in 72 hours is not waited
    for: the key is forgotten here all the same.
    """
    again = None
    for account in await accounts_of(asked.person, begin=begin):
        try:
            await end_grant(account, begin=begin, consent=consent)
        except Unavailable:
            again = look_again(asked, now)
    return again


async def _forget_copies(
    person: PersonId, sender: Address, *, begin: Begin, copies: SentCopies
) -> None:
    """Before the rows go: they say which mail there is, and whom to look for."""
    async with begin(read_only=True) as uow:
        known = await uow.people.get(person)
        keys = await uow.erasures.mail_keys(person)
    names = [message_id(key, domain_of(sender)) for key in keys]
    await copies.forget(names, called(known))


async def _done(asked: Erasure, *, begin: Begin, now: datetime) -> None:
    async with begin() as uow:
        await uow.erasures.put(replace(asked, done_at=now))
        await uow.audit.add(
            Audited(now, asked.programme, "troth", "erased", asked.person)
        )
        await uow.commit()
