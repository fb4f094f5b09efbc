"""Count the pairs of a programme, a page at a time, as of the newest Monday."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from scheduler.agreement import AgreementState, Programme
from scheduler.consent import both_show
from scheduler.errors import NotFound
from scheduler.ids import ProgrammeId
from scheduler.people import Pair
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.ports.system import Clock
from scheduler.snapshot import (
    Counted,
    Snapshot,
    counted,
    last_count,
    next_count,
    stretches,
    window,
)
from scheduler.usecases.see_row import row_and_record

#: How many pairs one run reads: neither memory nor a transaction holds more.
PAGE = 100


async def count_programme(
    programme: ProgrammeId, *, begin: Begin, clock: Clock, page: int = PAGE
) -> datetime | None:
    """Add a page of pairs to the count of this week; answers when to go on.

    That is at once while pairs are left, else the Monday after. A run that dies is
    done again from where the last one was kept; a count that is whole stays as it is.
    None when there is no such programme.
    """
    now = clock.now()
    try:
        async with begin(read_only=True) as uow:
            home = await uow.programmes.get(programme)
            as_of = last_count(now, home.zone)
            known = await uow.snapshots.find(programme, as_of)
            snapshot = known or Snapshot(programme, as_of)
            if not snapshot.is_whole:
                snapshot = await _with_a_page(uow, home, snapshot, page)
    except NotFound:
        return None
    if snapshot != known:
        async with begin() as uow:
            await uow.snapshots.put(snapshot)
            await uow.commit()
    return next_count(now, home.zone) if snapshot.is_whole else now


async def _with_a_page(
    uow: UnitOfWork, home: Programme, snapshot: Snapshot, page: int
) -> Snapshot:
    pairs = await uow.pairs.of_programme(home.id, after=snapshot.after, most=page)
    if not pairs:
        return replace(snapshot, is_whole=True)
    spans = stretches(snapshot.as_of, home.zone)
    found = [
        one for pair in pairs if (one := await _counted(uow, home, pair, snapshot))
    ]
    return replace(counted(snapshot, found, spans), after=pairs[-1].id)


async def _counted(
    uow: UnitOfWork, home: Programme, pair: Pair, snapshot: Snapshot
) -> Counted | None:
    """What a pair adds; None for one that is closed."""
    row, record = await row_and_record(uow, pair, snapshot.as_of)
    if row.band is None:
        return None
    ruling = row.agreement
    has_begun = ruling is not None and ruling.state is AgreementState.IN_FORCE
    return Counted(
        both_show(pair, await uow.consents.of_pair(pair.id)),
        row.band,
        str(ruling.terms.cadence) if ruling and has_begun else None,
        record.report(window(snapshot.as_of, home.zone), snapshot.as_of),
    )
