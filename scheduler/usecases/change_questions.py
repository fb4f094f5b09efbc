"""Change what a programme asks its pairs at their meetings."""

from __future__ import annotations

from dataclasses import replace

from scheduler.ids import ProgrammeId
from scheduler.ports.store import Begin
from scheduler.standing import Standing


async def change_questions(
    programme: ProgrammeId,
    *,
    first: tuple[str, ...],
    questions: tuple[str, ...],
    look: tuple[str, ...],
    begin: Begin,
) -> Standing:
    """Ask these from the next refresh of each agenda on; empty ones are Troth's own.

    `Refused` E_QUESTIONS as `Standing.changed` says.
    """
    async with begin() as uow:
        known = await uow.programmes.get(programme)
        old = known.template.standing
        standing = old.changed(first=first, questions=questions, look=look)
        template = replace(known.template, standing=standing)
        await uow.programmes.put(replace(known, template=template))
        await uow.commit()
    return standing
