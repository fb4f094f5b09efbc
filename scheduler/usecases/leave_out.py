"""Leave a meeting out together: one proposes it, the other agrees."""

from __future__ import annotations

from dataclasses import replace

from scheduler.asking import proposed_to_leave_out
from scheduler.effects import Address
from scheduler.evidence import EvidenceKind
from scheduler.ids import PairId, PersonId
from scheduler.ports.links import Links
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, Ids
from scheduler.series import MeetingKey
from scheduler.usecases.decide import decide


async def leave_out(
    pair: PairId,
    key: MeetingKey,
    person: PersonId,
    *,
    begin: Begin,
    clock: Clock,
    ids: Ids,
    links: Links,
    sender: Address,
) -> bool:
    """Propose it, or agree to the other's proposal; True once both have said so.

    The first one's word alone changes nothing: the other is asked once. `Taken`
    E_OFFER_OVER when the meeting is over or already has another time, `NotFound` when
    there is no such meeting.
    """
    case = await decide(
        pair,
        person,
        lambda case: proposed_to_leave_out(case, key, person),
        begin=begin,
        clock=clock,
        ids=ids,
        links=links,
        sender=sender,
    )
    return bool(case.about(replace(key, n=0), EvidenceKind.SKIPPED))
