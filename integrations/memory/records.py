"""Copies, fallen periods, evidence and offers in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from integrations.memory.shelves import Transaction
from scheduler.errors import NotFound
from scheduler.evidence import Evidence
from scheduler.ids import OfferId, PairId, PersonId, Uid
from scheduler.series import Copy, LedgerRow, Offer


class MemoryCopies:
    """People's copies of our objects."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def find(self, person: PersonId, uid: Uid) -> Copy | None:
        """One person's copy of one object."""
        return self._transaction.read.copies.get((person, uid))

    async def put(self, copy: Copy) -> None:
        """Add or change one."""
        self._transaction.write.copies.put((copy.person, copy.uid), copy)

    async def of_uids(self, uids: Collection[Uid]) -> tuple[Copy, ...]:
        """Every copy of these objects, of either person, sorted by person and UID."""
        return self._transaction.read.copies.where(lambda one: one.uid in uids)


class MemoryLedger:
    """Fallen periods."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def of_pair(self, pair: PairId) -> tuple[LedgerRow, ...]:
        """Every row of a pair, by series and period."""
        return self._transaction.read.ledger.where(lambda one: one.pair == pair)

    async def put(self, row: LedgerRow) -> None:
        """Add or change the row of (series, period)."""
        self._transaction.write.ledger.put((row.series, row.period), row)


class MemoryEvidence:
    """Append-only rows of what was seen."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, rows: Sequence[Evidence]) -> None:
        """Add rows; one whose id is there already is left as it is."""
        for row in rows:
            self._transaction.write.evidence.add(row.id, row)

    async def of_pair(self, pair: PairId) -> tuple[Evidence, ...]:
        """Sorted by (at, id)."""
        theirs = self._transaction.read.evidence.where(lambda one: one.pair == pair)
        return tuple(sorted(theirs, key=lambda one: (one.at, one.id)))

    async def cut(self, person: PersonId) -> None:
        """Forget whose act it was, for every row by this person."""
        shelf = self._transaction.write.evidence
        for row in shelf.where(lambda one: one.by == person):
            shelf.put(row.id, replace(row, by=None))


class MemoryOffers:
    """Times offered to a pair."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def get(self, offer: OfferId) -> Offer:
        """One offer."""
        found = self._transaction.read.offers.get(offer)
        if found is None:
            raise NotFound("offer")
        return found

    async def put(self, offer: Offer) -> None:
        """Add or change one."""
        self._transaction.write.offers.put(offer.id, offer)

    async def of_pair(self, pair: PairId) -> tuple[Offer, ...]:
        """Every offer to a pair."""
        return self._transaction.read.offers.where(lambda one: one.pair == pair)
