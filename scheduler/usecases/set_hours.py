"""A person's name, zone and hours, as they are from now on."""

from __future__ import annotations

from dataclasses import replace

from scheduler.access import Audited
from scheduler.ids import PersonId
from scheduler.people import Hours, Person
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock
from scheduler.roster import known_zone
from scheduler.work import WorkKind


async def set_hours(
    person: PersonId,
    name: str,
    zone: str,
    hours: Hours,
    *,
    begin: Begin,
    clock: Clock,
) -> Person:
    """Keep them; `Refused` E_TZ_UNKNOWN. What is agreed and booked stands as it is."""
    zone = known_zone(zone, field="zone")
    async with begin() as uow:
        known = await uow.people.get(person)
        new = replace(
            known,
            name=" ".join(name.split())[:100] or known.name,
            zone=zone,
            hours=hours,
        )
        await uow.people.put(new)
        if new != known:
            who, act = f"person:{person}", "hours changed"
            row = Audited(clock.now(), known.programme, who, act, person)
            await uow.audit.add(row)
        for pair in await uow.pairs.of_person(person):
            await uow.work.add(WorkKind.TEND, pair.id, clock.now())
        await uow.commit()
    return new
