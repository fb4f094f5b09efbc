"""The pairs of a programme that a coordinator may want to write to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scheduler.bands import TO_HELP
from scheduler.ids import PairId, ProgrammeId
from scheduler.ports.store import Begin
from scheduler.usecases.see_row import SeenRow, see_row

#: How many are shown at once, and how many pairs are looked through for them.
FOUND, LOOKED_THROUGH, _PAGE = 25, 150, 50


@dataclass(frozen=True, slots=True)
class SeenHelp:
    """Some of the pairs to help; `more` is where to look further."""

    rows: tuple[SeenRow, ...]
    more: PairId | None


async def see_help(
    programme: ProgrammeId, *, after: PairId | None, begin: Begin, now: datetime
) -> SeenHelp:
    """Look through the pairs behind `after`, a page at a time, until enough are found.

    However large the programme, one look reads at most 150 pairs.
    """
    rows: list[SeenRow] = []
    for _ in range(LOOKED_THROUGH // _PAGE):
        async with begin(read_only=True) as uow:
            pairs = await uow.pairs.of_programme(programme, after=after, most=_PAGE)
            seen = [await see_row(uow, p, now) for p in pairs if not p.closed]
        rows += [row for row in seen if row.band in TO_HELP]
        if len(rows) > FOUND:
            return SeenHelp(tuple(rows[:FOUND]), rows[FOUND - 1].pair.id)
        if len(pairs) < _PAGE:
            return SeenHelp(tuple(rows), None)
        after = pairs[-1].id
    return SeenHelp(tuple(rows), after)
