"""Somebody asks to be erased, or an operator does so for them."""

from __future__ import annotations

from scheduler.access import Audited
from scheduler.erasing import Erasure
from scheduler.ids import PersonId
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock
from scheduler.work import WorkKind


async def ask_erasure(
    person: PersonId, actor: str, *, begin: Begin, clock: Clock
) -> Erasure:
    """From now on no link, session or token of theirs opens; the rest is a worker's.

    Asking twice is asking once. `NotFound` when there is no such person.
    """
    async with begin() as uow:
        known = await uow.people.get(person)
        asked = await uow.erasures.find(person)
        if asked:
            return asked
        now = clock.now()
        asked = Erasure(person, known.programme, now)
        await uow.erasures.put(asked)
        await uow.erasures.shut_doors(person)
        await uow.work.add(WorkKind.ERASE, person, now)
        await uow.audit.add(
            Audited(now, known.programme, actor, "erasure asked", person)
        )
        await uow.commit()
    return asked
