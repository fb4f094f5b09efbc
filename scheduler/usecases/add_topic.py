"""Put something on the next agenda, or note it for oneself."""

from __future__ import annotations

from scheduler.errors import NotFound
from scheduler.ids import PairId, PersonId
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock
from scheduler.preparing import next_meeting
from scheduler.topics import Topic, added, topic_of
from scheduler.work import WorkKind


async def add_topic(
    pair: PairId,
    person: PersonId,
    text: str,
    *,
    shared: bool = True,
    begin: Begin,
    clock: Clock,
) -> Topic:
    """Add a topic for the next meeting; the same words twice are one topic.

    Not `shared`: it is shown to nobody but this person until they share it.
    `Refused` E_TOPIC when it is empty or too long; `NotFound` for anybody who is not
    one of the pair.
    """
    now = clock.now()
    async with begin() as uow:
        if person not in (await uow.pairs.get(pair)).both():
            raise NotFound("pair")
        found = next_meeting(await uow.series.of_pair(pair), now)
        new = topic_of(pair, person, text, found[1] if found else None, now)
        known = await uow.topics.of_pair(pair)
        topic = added(known, new, shared=shared)
        if topic in known:
            return topic
        await uow.topics.put(topic)
        await uow.work.add(WorkKind.REFRESH, pair, now)
        await uow.commit()
    return topic
