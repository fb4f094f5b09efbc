"""Put something on the next agenda."""

from __future__ import annotations

from scheduler.errors import NotFound
from scheduler.ids import PairId, PersonId
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock
from scheduler.preparing import next_meeting
from scheduler.topics import Topic, topic_of
from scheduler.work import WorkKind


async def add_topic(
    pair: PairId, person: PersonId, text: str, *, begin: Begin, clock: Clock
) -> Topic:
    """Add a topic for the next meeting; the same words twice are one topic.

    `Refused` E_TOPIC when it is empty or too long; `NotFound` for anybody who is not
    one of the pair.
    """
    now = clock.now()
    async with begin() as uow:
        if person not in (await uow.pairs.get(pair)).both():
            raise NotFound("pair")
        found = next_meeting(await uow.series.of_pair(pair), now)
        topic = topic_of(pair, person, text, found[1] if found else None, now)
        for known in await uow.topics.of_pair(pair):
            if known.id == topic.id:
                return known
        await uow.topics.put(topic)
        await uow.work.add(WorkKind.REFRESH, pair, now)
        await uow.commit()
    return topic
