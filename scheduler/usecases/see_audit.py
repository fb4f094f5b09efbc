"""The audit, as a coordinator and as one of a pair may see it."""

from __future__ import annotations

from dataclasses import replace

from scheduler.access import Audited
from scheduler.consent import LOOKED
from scheduler.evidence import EvidenceKind
from scheduler.ids import PersonId, ProgrammeId
from scheduler.ports.store import Begin, UnitOfWork

#: What happened at meetings and with promises: figures, which both show or nobody sees,
#: and from whose sources it could follow who called something off.
THEIRS = {kind.value for kind in EvidenceKind} - {
    kind.value
    for kind in (
        EvidenceKind.PAUSED,
        EvidenceKind.RESUMED,
        EvidenceKind.CLOSED,
        EvidenceKind.CONNECTION_BROKEN,
        EvidenceKind.CONNECTION_BACK,
    )
} | {"mail read"}
#: Rows in one answer, and pages that are looked through for them.
_PAGE, _PAGES = 100, 20
#: Who it was when it was a mentor or a mentee: which one is not the coordinator's.
SOMEBODY = "person"


def unnamed(row: Audited) -> Audited:
    """An act without which of the two it was, and about whom of them."""
    if not row.actor.startswith("person:"):
        return row
    own = row.about == row.actor.removeprefix("person:")
    return replace(row, actor=SOMEBODY, about=SOMEBODY if own else row.about)


def is_told(row: Audited) -> bool:
    """Whether a coordinator is told of an act at all."""
    return row.act not in THEIRS


async def see_programme_audit(
    programme: ProgrammeId, *, about: str, before: int | None, begin: Begin
) -> tuple[tuple[int | None, Audited], ...]:
    """A page of the programme, newest first; or all about one thing, oldest first."""
    async with begin(read_only=True) as uow:
        if not about:
            return await _page(uow, programme, before)
        rows = await uow.audit.about(about)
    return tuple(
        (None, unnamed(row))
        for row in rows
        if row.programme == programme and is_told(row)
    )


async def _page(
    uow: UnitOfWork, programme: ProgrammeId, before: int | None
) -> tuple[tuple[int, Audited], ...]:
    """A hundred rows that are told, or as many as there are in some thousand."""
    found: list[tuple[int, Audited]] = []
    for _ in range(_PAGES):
        page = await uow.audit.of_programme(programme, before=before)
        found += [(no, unnamed(row)) for no, row in page if is_told(row)]
        if not page or len(found) >= _PAGE:
            break
        before = page[-1][0]
    return tuple(found[:_PAGE])


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
