"""Tick a topic off, or put it back on the agenda."""

from __future__ import annotations

from dataclasses import replace

from scheduler.errors import NotFound
from scheduler.ids import PairId, PersonId
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock
from scheduler.topics import Topic
from scheduler.work import WorkKind


async def tick_topic(
    pair: PairId,
    person: PersonId,
    topic: str,
    *,
    done: bool = True,
    begin: Begin,
    clock: Clock,
) -> Topic:
    """Say that a topic is done with; until then every next agenda carries it.

    `NotFound` for a topic of another pair, or anybody who is not one of this.
    """
    now = clock.now()
    async with begin() as uow:
        if person not in (await uow.pairs.get(pair)).both():
            raise NotFound("topic")
        known = {t.id: t for t in await uow.topics.of_pair(pair)}
        if topic not in known:
            raise NotFound("topic")
        if (known[topic].done_at is not None) == done:
            return known[topic]
        ticked = replace(known[topic], done_at=now if done else None)
        await uow.topics.put(ticked)
        await uow.work.add(WorkKind.REFRESH, pair, now)
        await uow.commit()
    return ticked
