"""Come back from a pause earlier than planned, or call an announced one off."""

from __future__ import annotations

from scheduler.asker import Asker
from scheduler.effects import Address
from scheduler.ids import PairId
from scheduler.pausing import resumed
from scheduler.ports.links import Links
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, Ids
from scheduler.usecases.rest_pair import rest_pair


async def resume_pair(
    pair: PairId,
    asker: Asker,
    *,
    begin: Begin,
    clock: Clock,
    ids: Ids,
    links: Links,
    sender: Address,
) -> None:
    """End the pause; nothing new is booked, and what lies behind it stands.

    A pair that does not pause is left as it is. `NotFound` for a pair that is not the
    asker's.
    """
    await rest_pair(
        pair,
        asker,
        "resumed",
        resumed,
        begin=begin,
        clock=clock,
        ids=ids,
        links=links,
        sender=sender,
    )
