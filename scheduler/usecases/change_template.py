"""Change what a programme proposes to its new pairs."""

from __future__ import annotations

from dataclasses import replace

from scheduler.agreement import Programme, Template
from scheduler.ids import ProgrammeId
from scheduler.ports.store import Begin


async def change_template(
    programme: ProgrammeId, template: Template, *, begin: Begin
) -> Programme:
    """Keep another template; drafts and agreements that exist stay as they are."""
    async with begin() as uow:
        changed = replace(await uow.programmes.get(programme), template=template)
        await uow.programmes.put(changed)
        await uow.commit()
    return changed
