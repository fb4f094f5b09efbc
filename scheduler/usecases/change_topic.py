"""Do something with a topic that is there."""

from __future__ import annotations

from scheduler.errors import NotFound
from scheduler.ids import PairId, PersonId
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock
from scheduler.topics import Change, Topic
from scheduler.work import WorkKind


async def change_topic(
    pair: PairId,
    person: PersonId,
    topic: str,
    change: Change,
    *,
    begin: Begin,
    clock: Clock,
) -> Topic:
    """Keep what `change` makes of it, and renew the agenda in the events.

    `NotFound` for a topic of another pair, for one that is private to the other, and
    for anybody who is not one of this pair; what the change raises is passed on.
    """
    now = clock.now()
    async with begin() as uow:
        if person not in (await uow.pairs.get(pair)).both():
            raise NotFound("topic")
        known = {t.id: t for t in await uow.topics.of_pair(pair)}
        found = known.get(topic)
        if found is None or not (found.shared or found.by == person):
            raise NotFound("topic")
        changed = change(found, now)
        if changed != found:
            await uow.topics.put(changed)
            await uow.work.add(WorkKind.REFRESH, pair, now)
            await uow.commit()
    return changed
