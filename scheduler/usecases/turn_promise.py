"""One of the two does something with a promise: keeps, moves, releases, undoes it."""

from __future__ import annotations

from scheduler.errors import NotFound
from scheduler.ids import PairId, PersonId, PromiseId
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock
from scheduler.promises import Promise
from scheduler.promising import Turned
from scheduler.usecases.note_promise import note_promise


async def turn_promise(
    pair: PairId,
    person: PersonId,
    promise: PromiseId,
    turned: Turned,
    *,
    begin: Begin,
    clock: Clock,
) -> Promise:
    """The promise as `turned` decides for this person; twice is once.

    `Refused` as that says; `NotFound` for a promise of another pair, one that was
    taken back, or anybody who is not one of this pair.
    """
    now = clock.now()
    async with begin() as uow:
        if person not in (await uow.pairs.get(pair)).both():
            raise NotFound("promise")
        known = await uow.promises.get(promise)
        if known.pair != pair or (known.was_taken_back and known.by != person):
            raise NotFound("promise")
        done = turned(known, await uow.people.get(person), now)
        if done != known:
            await note_promise(uow, done, now)
            await uow.commit()
    return done
