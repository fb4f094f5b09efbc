"""What the two of a pair answer about the relationship itself: kept, each apart.

What scheduler/ports/store.py says of every repository is true of this one.
"""

from __future__ import annotations

from typing import Protocol

from scheduler.ids import PairId, PersonId
from scheduler.reviewing import Review


class Reviews(Protocol):
    """Answers to the three private questions, one row for each person and day."""

    async def of_pair(self, pair: PairId) -> tuple[Review, ...]:
        """Both people's, sorted by day and then by who answered.

        Whoever shows them asks `reviewing.theirs_to_see` first.
        """

    async def put(self, one: Review) -> None: ...
    async def forget(self, person: PersonId) -> None:
        """Forget everything this person answered, in any pair."""
