"""Start the pairs of a list, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from scheduler.ids import PairId, ProgrammeId
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, Ids
from scheduler.roster import PairWish
from scheduler.usecases.add_pair import add_pair


def _unseen(_done: int) -> None:
    """Tell nobody."""


async def import_pairs(
    programme: ProgrammeId,
    wishes: Sequence[PairWish],
    *,
    begin: Begin,
    clock: Clock,
    ids: Ids,
    progress: Callable[[int], None] = _unseen,
) -> tuple[PairId, ...]:
    """Add each pair in a transaction of its own; `progress` hears how many are done.

    A list that is brought again, or was cut off in the middle, adds only what is not
    there yet.
    """
    added: list[PairId] = []
    for wish in wishes:
        pair = await add_pair(programme, wish, begin=begin, clock=clock, ids=ids)
        added.append(pair.id)
        progress(len(added))
    return tuple(added)
