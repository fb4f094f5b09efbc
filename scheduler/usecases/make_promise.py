"""Say what one will do, and by when."""

from __future__ import annotations

from scheduler.errors import NotFound
from scheduler.ids import PairId, PersonId
from scheduler.joining import check_open
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock
from scheduler.promises import Promise
from scheduler.promising import Said, promised
from scheduler.usecases.note_promise import note_promise


async def make_promise(
    pair: PairId, person: PersonId, said: Said, *, begin: Begin, clock: Clock
) -> Promise:
    """Make a promise; the same words twice, while it is open, are one promise.

    `Refused` as `promising.promised` says, and E_PAIR_CLOSED; `NotFound` for anybody
    who is not one of the pair.
    """
    now = clock.now()
    async with begin() as uow:
        both = await uow.pairs.get(pair)
        if person not in both.both():
            raise NotFound("pair")
        check_open(both)
        owner = await uow.people.get(person)
        known = await uow.promises.of_pair(pair)
        one = promised(known, said, pair=pair, owner=owner, now=now)
        if one in known:
            return one
        await note_promise(uow, one, now)
        await uow.commit()
    return one
