"""Make a bearer token for the API."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from scheduler.access import ApiToken, Audited, Scope
from scheduler.ids import PersonId, ProgrammeId
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, Ids

GOOD_FOR = timedelta(days=365)


async def make_token(
    programme: ProgrammeId,
    label: str,
    *,
    person: PersonId | None = None,
    begin: Begin,
    clock: Clock,
    ids: Ids,
) -> str:
    """A token of one programme, or of one person; it is shown this once."""
    word, now = ids.token(), clock.now()
    row = ApiToken(
        hashlib.sha256(word.encode()).hexdigest(),
        Scope.PERSON if person else Scope.PROGRAMME,
        programme,
        person,
        label[:100],
        now,
        now + GOOD_FOR,
    )
    async with begin() as uow:
        await uow.doors.put_token(row)
        about = person or programme
        await uow.audit.add(Audited(now, programme, "operator", "token made", about))
        await uow.commit()
    return word
