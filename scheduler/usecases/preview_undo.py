"""What would stand again if a pause were taken back now. Changes nothing."""

from __future__ import annotations

from scheduler.effects import Address
from scheduler.ids import PairId
from scheduler.ports.links import Links
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, Ids
from scheduler.timespan import Span
from scheduler.unpausing import can_be_taken_back, would_stand_again
from scheduler.usecases.load_situation import load_situation


async def preview_undo(
    pair: PairId,
    *,
    begin: Begin,
    clock: Clock,
    ids: Ids,
    links: Links,
    sender: Address,
) -> tuple[Span, ...]:
    """When those meetings are, in order; none where the pause can only be ended."""
    del ids
    now = clock.now()
    async with begin(read_only=True) as uow:
        if not can_be_taken_back(await uow.evidence.of_pair(pair), now):
            return ()
        case = await load_situation(uow, pair, now, links=links, sender=sender)
        return would_stand_again(case) if case else ()
