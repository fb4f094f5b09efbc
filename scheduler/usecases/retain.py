"""Each night: seal yesterday's audit, and drop what was kept for long enough."""

from __future__ import annotations

from datetime import datetime, timedelta

from scheduler.ports.store import Begin
from scheduler.ports.system import Stamp
from scheduler.retention import Kept, cut, next_night
from scheduler.usecases.seal_audit import seal_audit

#: Rows in one transaction, so that nobody waits long for it.
AT_ONCE = 200
#: Transactions for one kind in one go; the rest is done in the next, a minute later.
MOST = 250
_SOON = timedelta(minutes=1)


async def retain(
    *, begin: Begin, now: datetime, stamp: Stamp, audit_age: timedelta
) -> datetime:
    """Drop what is too old, a few rows at a time; answers when to come back.

    Of the audit only whole days go, and only such as are sealed: the chain of seals
    stays, and what it says of these days with it.
    """
    sealed = await seal_audit(begin=begin, now=now, stamp=stamp)
    again = False
    for kind in Kept:
        before = cut(kind, now, audit_age)
        if kind is Kept.AUDIT:
            before = min(before, sealed)
        again |= not await _drop(kind, before, begin=begin)
    return now + _SOON if again else next_night(now)


async def _drop(kind: Kept, before: datetime, *, begin: Begin) -> bool:
    """Whether nothing of it is left to drop."""
    for _ in range(MOST):
        async with begin() as uow:
            dropped = await uow.retention.drop(kind, before, most=AT_ONCE)
            if dropped:
                await uow.commit()
        if dropped < AT_ONCE:
            return True
    return False
