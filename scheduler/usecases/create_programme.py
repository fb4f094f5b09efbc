"""Begin a programme."""

from __future__ import annotations

from scheduler.access import Audited
from scheduler.agreement import Programme, Template
from scheduler.cadence import Cadence
from scheduler.errors import Refused
from scheduler.ids import ProgrammeId
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, Ids
from scheduler.roster import email_address, known_zone
from scheduler.snapshot import next_count
from scheduler.work import WorkKind

#: What a new programme proposes to its pairs until its coordinator says otherwise.
TEMPLATE = Template(Cadence("week", 2))


async def create_programme(
    name: str,
    coordinator: str,
    *,
    zone: str,
    language: str,
    begin: Begin,
    clock: Clock,
    ids: Ids,
    template: Template = TEMPLATE,
) -> Programme:
    """Save a programme, to be counted each Monday.

    Names are taken once, whatever their case.

    `Refused` E_NAME, E_EMAIL, E_TZ_UNKNOWN; the same name with the same coordinator is
    that programme.
    """
    plain = " ".join(name.split())
    if not 1 <= len(plain) <= 100:
        raise Refused("E_NAME", "A name has 1 to 100 characters.", field="NAME")
    email = email_address(coordinator, field="--coordinator")
    async with begin() as uow:
        for known in await uow.programmes.all():
            if known.name.casefold() != plain.casefold():
                continue
            if known.coordinator.casefold() == email.casefold():
                return known
            raise Refused("E_NAME", "There is a programme of this name.", field="NAME")
        programme = Programme(
            ProgrammeId(ids.new()),
            plain,
            email,
            known_zone(zone, field="--zone"),
            template,
            language,
        )
        await uow.programmes.put(programme)
        made = programme.id
        act = Audited(clock.now(), made, "operator", "programme begun", made)
        await uow.audit.add(act)
        first = next_count(clock.now(), programme.zone)
        await uow.work.add(WorkKind.SNAPSHOT, programme.id, first)
        await uow.commit()
    return programme
