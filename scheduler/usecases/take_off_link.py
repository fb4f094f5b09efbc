"""Take a link off the agenda, or put it back there."""

from __future__ import annotations

from dataclasses import replace

from scheduler.enclosures import Enclosure, enclosed, taken_off
from scheduler.errors import NotFound
from scheduler.ids import PairId, PersonId
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock
from scheduler.work import WorkKind


async def take_off_link(
    pair: PairId,
    person: PersonId,
    link: str,
    *,
    back: bool = False,
    begin: Begin,
    clock: Clock,
) -> Enclosure:
    """Either takes it off, or puts it back with `back`; twice is once.

    `NotFound` for a link of another pair, or anybody who is not one of this;
    `Refused` E_AGENDA_TOO_MANY when there is no room for it any more.
    """
    now = clock.now()
    async with begin() as uow:
        if person not in (await uow.pairs.get(pair)).both():
            raise NotFound("link")
        known = await uow.enclosures.of_pair(pair)
        found = next((one for one in known if one.id == link), None)
        if found is None:
            raise NotFound("link")
        if back:
            again = enclosed(
                known, found.url, found.title, pair=pair, who=person, now=now
            )
            changed = replace(again, title=found.title)
        else:
            changed = taken_off(found, now)
        if changed != found:
            await uow.enclosures.put(changed)
            await uow.work.add(WorkKind.REFRESH, pair, now)
            await uow.commit()
    return changed
