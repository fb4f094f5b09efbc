"""What the two answer about the relationship itself: the table, and its SQL."""

from __future__ import annotations

import sqlalchemy as sa

from integrations.store.columns import column, key, metadata, text
from integrations.store.rows import Rows
from integrations.store.transaction import Transaction
from integrations.store.types import Document, Instant
from scheduler.ids import PairId, PersonId
from scheduler.reviewing import Answered, Review

review = sa.Table(
    "review",
    metadata,
    key("id"),
    text("pair", index=True),
    text("by", index=True),
    column("day", sa.Date),
    column("at", Instant),
    column("answers", Document(tuple[Answered, ...])),
    column("share", sa.Boolean),
)

_REVIEWS: Rows[Review] = Rows(review, Review)


class SqlReviews:
    """What the two answered, each for themselves."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def of_pair(self, pair: PairId) -> tuple[Review, ...]:
        """Both people's, sorted by day and then by who answered."""
        found = await self._transaction.every(_REVIEWS, review.c.pair == pair)
        return tuple(sorted(found, key=lambda one: (one.day, one.by)))

    async def put(self, one: Review) -> None:
        """Add one, or change it."""
        await self._transaction.put(_REVIEWS, one)

    async def forget(self, person: PersonId) -> None:
        """Forget everything this person answered, in any pair."""
        await self._transaction.write(sa.delete(review).where(review.c.by == person))
