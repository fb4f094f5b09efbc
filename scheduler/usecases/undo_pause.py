"""Take a pause back within a day: what it took out stands again, where it can."""

from __future__ import annotations

from scheduler.asker import Asker
from scheduler.effects import Address
from scheduler.ids import PairId
from scheduler.ports.links import Links
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, Ids
from scheduler.unpausing import taken_back
from scheduler.usecases.rest_pair import rest_pair


async def undo_pause(
    pair: PairId,
    asker: Asker,
    *,
    begin: Begin,
    clock: Clock,
    ids: Ids,
    links: Links,
    sender: Address,
) -> None:
    """The pause is over; a repeat does nothing.

    `Taken` E_UNDO_OVER a day later, when it was made longer since, or when nothing of
    what it took out can be put back; `NotFound` for a pair that is not the asker's.
    """
    await rest_pair(
        pair,
        asker,
        "pause undone",
        taken_back,
        begin=begin,
        clock=clock,
        ids=ids,
        links=links,
        sender=sender,
    )
