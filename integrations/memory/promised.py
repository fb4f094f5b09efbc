"""What the two promise each other, in memory."""

from __future__ import annotations

from integrations.memory.shelves import Transaction
from scheduler.errors import NotFound
from scheduler.ids import PairId, PersonId, PromiseId
from scheduler.promises import Promise


class MemoryPromises:
    """What the two promised each other."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def get(self, wanted: PromiseId) -> Promise:
        """One promise."""
        found = self._transaction.read.promises.get(wanted)
        if found is None:
            raise NotFound("promise")
        return found

    async def put(self, one: Promise) -> None:
        """Add or change one."""
        self._transaction.write.promises.put(one.id, one)

    async def remove(self, one: PromiseId) -> None:
        """Forget one, if it is there."""
        self._transaction.write.promises.remove(one)

    async def of_pair(self, pair: PairId) -> tuple[Promise, ...]:
        """Both people's, sorted by when they were made."""
        theirs = self._transaction.read.promises.where(lambda one: one.pair == pair)
        return tuple(sorted(theirs, key=lambda one: (one.made_at, one.id)))

    async def of_person(self, person: PersonId) -> tuple[Promise, ...]:
        """Those this person made, in any pair, sorted by when they were made."""
        theirs = self._transaction.read.promises.where(lambda one: one.by == person)
        return tuple(sorted(theirs, key=lambda one: (one.made_at, one.id)))
