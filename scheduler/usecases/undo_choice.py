"""Take back what was booked or moved by a click, for 24 hours or until it begins."""

from __future__ import annotations

from scheduler.effects import Address
from scheduler.ids import PairId, PersonId
from scheduler.ports.links import Links
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, Ids
from scheduler.replacing import undone
from scheduler.series import Meeting, MeetingKey
from scheduler.usecases.decide import decide


async def undo_choice(
    pair: PairId,
    key: MeetingKey,
    person: PersonId,
    *,
    begin: Begin,
    clock: Clock,
    ids: Ids,
    links: Links,
    sender: Address,
) -> Meeting:
    """The meeting as it is then: a replacement is off, a moved one is back.

    `key` is what the letter was about. Undoing twice is the same. `Taken` E_UNDO_OVER
    when it is too late, E_SLOT_TAKEN when a moved one's old time is gone.
    """
    case = await decide(
        pair,
        person,
        lambda case: undone(case, key),
        begin=begin,
        clock=clock,
        ids=ids,
        links=links,
        sender=sender,
    )
    _, meeting = case.found(key)
    return meeting
