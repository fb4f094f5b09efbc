"""Keep a promise as it stands now, with its evidence, inside one transaction."""

from __future__ import annotations

from datetime import datetime

from scheduler.ports.store import UnitOfWork
from scheduler.promises import Promise, evidence_of
from scheduler.work import WorkKind


async def note_promise(uow: UnitOfWork, promise: Promise, now: datetime) -> None:
    """Put it, add the rows of its turns, and have done what follows from it.

    The agenda shows it; what is due for the pair is looked at afresh. Twice is once.
    """
    await uow.promises.put(promise)
    await uow.evidence.add(evidence_of(promise))
    await uow.work.add(WorkKind.REFRESH, promise.pair, now)
    await uow.work.add(WorkKind.TEND, promise.pair, now)
