"""Take what is still to come of a series out of both calendars, in one transaction."""

from __future__ import annotations

from datetime import datetime

from scheduler.booking import settled, uids
from scheduler.copies import Two, copy_row
from scheduler.ids import OutboxId
from scheduler.people import Pair
from scheduler.ports.store import UnitOfWork
from scheduler.ports.system import Ids
from scheduler.series import LedgerState, Series
from scheduler.withdrawal import Withdrawal


async def withdrawal(
    uow: UnitOfWork, series: Series, before: datetime, two: Two
) -> Withdrawal:
    """What would be taken back, from every copy of the series and its replacements."""
    rows = await uow.outbox.of_pair(series.pair)
    copies = await uow.copies.of_uids(uids([series]))
    return Withdrawal(series, before, copies, two, tuple(r.effect for r in rows))


async def take_back(
    uow: UnitOfWork, pair: Pair, plan: Withdrawal, *, now: datetime, ids: Ids
) -> None:
    """Put the steps of a withdrawal into the outbox, and settle what it leaves owed.

    The caller saves what stays of the series.
    """
    for step in plan.steps(now):
        row = copy_row(
            OutboxId(ids.new()), step.effect, step.copy, pair, step.revision, now
        )
        await uow.outbox.add(row)
    for owed in await uow.ledger.of_pair(pair.id):
        is_open = owed.state in {LedgerState.OPEN, LedgerState.BOOKED}
        behind = owed.series == plan.series.id and owed.span.start >= plan.before
        if is_open and behind:
            await uow.ledger.put(settled(owed))
