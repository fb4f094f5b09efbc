"""Whether the audit is what it was when it was sealed: `troth audit verify`."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from scheduler.auditing import (
    DAY,
    Fault,
    Sealed,
    Wrong,
    days_to_seal,
    sealed_text,
)
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.ports.system import Stamp
from scheduler.retention import Kept, cut
from scheduler.usecases.seal_audit import digest_of

#: A night may have been missed; after two a day without a seal is told.
_LATE = timedelta(days=2)


async def verify_audit(
    *, begin: Begin, now: datetime, stamp: Stamp, audit_age: timedelta
) -> tuple[int, tuple[Fault, ...]]:
    """How many days are sealed, and which of them are not as they were.

    A day whose rows are old enough to be dropped may have none.
    """
    kept_from = cut(Kept.AUDIT, now, audit_age).date()
    faults: list[Fault] = []
    async with begin(read_only=True) as uow:
        seals = await uow.audit.seals()
        before: Sealed | None = None
        for sealed in seals:
            faults += _between(before, sealed)
            wrong = await _wrong(uow, sealed, before, stamp, kept_from)
            faults += [Fault(sealed.day, wrong)] if wrong else []
            before = sealed
        first_at = await uow.audit.first_at()
    newest = before.day if before else None
    late = days_to_seal(newest, first_at, now - _LATE)
    return len(seals), (*faults, *(Fault(day, Wrong.MISSING) for day in late))


def _between(before: Sealed | None, sealed: Sealed) -> list[Fault]:
    """The days between two seals that follow each other."""
    missing = (sealed.day - before.day).days - 1 if before else 0
    return [Fault(sealed.day - n * DAY, Wrong.MISSING) for n in range(missing, 0, -1)]


async def _wrong(
    uow: UnitOfWork,
    sealed: Sealed,
    before: Sealed | None,
    stamp: Stamp,
    kept_from: date,
) -> Wrong | None:
    previous = before.seal if before else ""
    text = sealed_text(sealed.day, sealed.rows, sealed.digest, previous)
    if not stamp.is_good(text, sealed.seal):
        return Wrong.SEAL
    found = await digest_of(uow, sealed.day)
    if found.hex == sealed.digest and found.rows == sealed.rows:
        return None
    is_dropped = sealed.day < kept_from and found.rows == 0
    return None if is_dropped else Wrong.ROWS
