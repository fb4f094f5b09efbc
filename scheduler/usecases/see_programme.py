"""What a coordinator sees: pairs, terms, connections, and one word on each pair."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scheduler.agreement import Programme
from scheduler.effects import Outgoing
from scheduler.ids import PairId, ProgrammeId
from scheduler.ports.store import Begin
from scheduler.usecases.see_row import SeenRow, see_row

PAGE = 100


@dataclass(frozen=True, slots=True)
class SeenProgramme:
    """One page of a programme; `more` is where the next one begins."""

    programme: Programme
    rows: tuple[SeenRow, ...]
    more: PairId | None
    #: What could not be delivered.
    dead: tuple[Outgoing, ...]


async def see_programme(
    programme: ProgrammeId,
    *,
    after: PairId | None,
    named: str = "",
    most: int = PAGE,
    begin: Begin,
    now: datetime,
) -> SeenProgramme:
    """Read one page of at most `most` pairs, those behind `after`.

    With `named`: only pairs in which this is a part of a name, whatever its case.
    """
    async with begin(read_only=True) as uow:
        pairs = await uow.pairs.of_programme(
            programme, after=after, most=most + 1, named=named
        )
        rows = [await see_row(uow, pair, now) for pair in pairs[:most]]
        return SeenProgramme(
            await uow.programmes.get(programme),
            tuple(rows),
            pairs[most - 1].id if len(pairs) > most else None,
            await uow.outbox.dead(programme),
        )
