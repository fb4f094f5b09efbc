"""Mail somebody the link with which they can have everything about them erased."""

from __future__ import annotations

from scheduler.effects import Outgoing, SendLetter
from scheduler.ids import OutboxId, PersonId
from scheduler.letters import Facts, Letter, LetterKind
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, Ids


async def write_erase_link(
    person: PersonId, *, begin: Begin, clock: Clock, ids: Ids
) -> None:
    """At most once each five minutes; nothing happens before it is used."""
    now = clock.now()
    slot = int(now.timestamp()) // 300
    async with begin() as uow:
        known = await uow.people.get(person)
        letter = Letter(LetterKind.ERASE, person, None, Facts())
        row = Outgoing(
            OutboxId(ids.new()),
            f"erase/{person}/{slot}",
            known.programme,
            None,
            SendLetter(letter),
            now,
        )
        await uow.outbox.add(row)
        await uow.commit()
