"""Put a link beside the agenda."""

from __future__ import annotations

from scheduler.documents import is_closed
from scheduler.enclosures import Enclosure, enclosed, no_access
from scheduler.errors import NotFound
from scheduler.ids import PairId, PersonId
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock
from scheduler.work import WorkKind


async def enclose_link(
    pair: PairId,
    person: PersonId,
    url: str,
    title: str = "",
    *,
    begin: Begin,
    clock: Clock,
) -> Enclosure:
    """Keep it until either takes it off; the same address twice is one link.

    `Refused` E_AGENDA_… (scheduler/enclosures.py), E_AGENDA_ACCESS too for a document
    of Troth's that the partner cannot open; `NotFound` for anybody else.
    """
    now = clock.now()
    async with begin() as uow:
        if person not in (await uow.pairs.get(pair)).both():
            raise NotFound("pair")
        for its in await uow.pairs.of_person(person):
            if is_closed(url, pair, await uow.documents.of_pair(its.id)):
                raise no_access()
        known = await uow.enclosures.of_pair(pair)
        one = enclosed(known, url, title, pair=pair, who=person, now=now)
        if one not in known:
            await uow.enclosures.put(one)
            await uow.work.add(WorkKind.REFRESH, pair, now)
            await uow.commit()
    return one
