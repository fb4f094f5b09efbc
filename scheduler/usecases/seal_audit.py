"""Seal each day of the audit that is over."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from scheduler.auditing import DAY, Digest, Sealed, days_to_seal, sealed_text
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.ports.system import Stamp

#: Rows read at once.
PAGE = 1000


async def seal_audit(*, begin: Begin, now: datetime, stamp: Stamp) -> datetime:
    """Seal every full day without a seal, one transaction each; a repeat does nothing.

    Answers the instant up to which everything is sealed.
    """
    async with begin(read_only=True) as uow:
        known = await uow.audit.seals()
        first_at = await uow.audit.first_at()
    last = known[-1] if known else None
    for day in days_to_seal(last.day if last else None, first_at, now):
        async with begin() as uow:
            last = await _sealed(uow, day, last.seal if last else "", stamp)
            await uow.audit.put_seal(last)
            await uow.commit()
    return _midnight(last.day + DAY) if last else datetime.min.replace(tzinfo=UTC)


async def _sealed(uow: UnitOfWork, day: date, before: str, stamp: Stamp) -> Sealed:
    digest = await digest_of(uow, day)
    text = sealed_text(day, digest.rows, digest.hex, before)
    return Sealed(day, digest.rows, digest.hex, stamp.make(text))


async def digest_of(uow: UnitOfWork, day: date) -> Digest:
    """The digest of a day as its rows are now."""
    digest, after = Digest(), 0
    while page := await uow.audit.of_day(day, after=after, most=PAGE):
        digest.add(page)
        after = page[-1][0]
    return digest


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
