"""What the two answer about the relationship itself, in memory."""

from __future__ import annotations

from integrations.memory.shelves import Transaction
from scheduler.ids import PairId, PersonId
from scheduler.reviewing import Review


class MemoryReviews:
    """What the two answered, each for themselves."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def of_pair(self, pair: PairId) -> tuple[Review, ...]:
        """Both people's, sorted by day and then by who answered."""
        found = self._transaction.read.reviews.where(lambda one: one.pair == pair)
        return tuple(sorted(found, key=lambda one: (one.day, one.by)))

    async def put(self, one: Review) -> None:
        """Add one, or change it."""
        self._transaction.write.reviews.put(one.id, one)

    async def forget(self, person: PersonId) -> None:
        """Forget everything this person answered, in any pair."""
        shelf = self._transaction.write.reviews
        for one in shelf.where(lambda r: r.by == person):
            shelf.remove(one.id)
