"""Answer a question about a meeting: it is off, it is moved, we leave it out."""

from __future__ import annotations

from scheduler.asking import answered
from scheduler.effects import Address
from scheduler.ids import PairId, PersonId
from scheduler.ports.links import Links
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, Ids
from scheduler.series import MeetingKey
from scheduler.situation import Situation
from scheduler.usecases.decide import decide


async def answer_question(
    pair: PairId,
    key: MeetingKey,
    person: PersonId,
    *,
    yes: bool,
    begin: Begin,
    clock: Clock,
    ids: Ids,
    links: Links,
    sender: Address,
) -> Situation:
    """Act on 'yes, that is so' to the newest question about this meeting.

    'No' leaves everything as planned. Answering twice is the same. `NotFound` when
    this person was asked nothing about it.
    """
    return await decide(
        pair,
        person,
        lambda case: answered(case, key, person, yes=yes),
        begin=begin,
        clock=clock,
        ids=ids,
        links=links,
        sender=sender,
    )
