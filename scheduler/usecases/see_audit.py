"""The audit, as a coordinator and as one of a pair may see it."""

from __future__ import annotations

from dataclasses import replace

from scheduler.access import Audited
from scheduler.consent import LOOKED
from scheduler.ids import PersonId, ProgrammeId
from scheduler.ports.store import Begin, UnitOfWork

#: Who it was when it was a mentor or a mentee: which one is not the coordinator's.
SOMEBODY = "person"


def unnamed(row: Audited) -> Audited:
    """An act without which of the two it was, and about whom of them."""
    if not row.actor.startswith("person:"):
        return row
    own = row.about == row.actor.removeprefix("person:")
    return replace(row, actor=SOMEBODY, about=SOMEBODY if own else row.about)


async def see_programme_audit(
    programme: ProgrammeId, *, about: str, before: int | None, begin: Begin
) -> tuple[tuple[int | None, Audited], ...]:
    """A page of the programme, newest first; or all about one thing, oldest first."""
    async with begin(read_only=True) as uow:
        if not about:
            page = await uow.audit.of_programme(programme, before=before)
            return tuple((no, unnamed(row)) for no, row in page)
        rows = await uow.audit.about(about)
    return tuple((None, unnamed(r)) for r in rows if r.programme == programme)


async def see_own_audit(person: PersonId, *, begin: Begin) -> tuple[Audited, ...]:
    """What they did, what was done about them, and looks at their figures.

    Oldest first. What their partner did about the pair is the partner's.
    """
    async with begin(read_only=True) as uow:
        return await own_audit(uow, person)


async def own_audit(uow: UnitOfWork, person: PersonId) -> tuple[Audited, ...]:
    """The same, inside a unit of work."""
    rows = [*await uow.audit.about(person), *await uow.audit.by(f"person:{person}")]
    for pair in await uow.pairs.of_person(person):
        about = await uow.audit.about(pair.id)
        rows += [row for row in about if row.act == LOOKED]
    return tuple(sorted(dict.fromkeys(rows), key=lambda row: row.at))
