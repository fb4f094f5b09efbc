"""Somebody wants no more letters of one kind."""

from __future__ import annotations

from scheduler.access import Audited
from scheduler.ids import PersonId
from scheduler.letters import ALWAYS, LetterKind
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock

_MAY_STOP = frozenset(kind.value for kind in LetterKind if kind not in ALWAYS)


async def stop_letters(
    person: PersonId, kind: str, *, begin: Begin, clock: Clock
) -> None:
    """Stop this kind alone; twice is once, and what is always sent stays."""
    if kind not in _MAY_STOP:
        return
    async with begin() as uow:
        fewer = await uow.settings.fewer(person)
        if kind in fewer:
            return
        known = await uow.people.get(person)
        await uow.settings.set_fewer(person, fewer | {kind})
        actor = f"person:{person}"
        await uow.audit.add(
            Audited(
                clock.now(), known.programme, actor, "letters stopped", person, kind
            )
        )
        await uow.commit()
