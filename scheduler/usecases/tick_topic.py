"""Tick a topic off, or put it back on the agenda."""

from __future__ import annotations

from scheduler.ids import PairId, PersonId
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock
from scheduler.topics import Topic, ticked
from scheduler.usecases.change_topic import change_topic


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
    return await change_topic(
        pair,
        person,
        topic,
        lambda one, now: ticked(one, person, now, done=done),
        begin=begin,
        clock=clock,
    )
