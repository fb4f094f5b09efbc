"""Everything that the figures of a pair are folded from."""

from __future__ import annotations

from datetime import timedelta

from scheduler.consistency import Record
from scheduler.people import Pair
from scheduler.ports.store import UnitOfWork


async def read_record(uow: UnitOfWork, pair: Pair) -> Record:
    """The record of one pair, inside the caller's transaction."""
    agreements = await uow.agreements.of_pair(pair.id)
    people = [await uow.people.get(person) for person in pair.both()]
    return Record(
        pair.id,
        await uow.series.of_pair(pair.id),
        await uow.evidence.of_pair(pair.id),
        await uow.ledger.of_pair(pair.id),
        {a.id: timedelta(hours=a.terms.notice_hours) for a in agreements},
        {person.id: person.zone for person in people},
    )
