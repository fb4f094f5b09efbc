"""Who asks for a change that either of a pair may make, or their coordinator."""

from __future__ import annotations

from dataclasses import dataclass

from scheduler.errors import NotFound
from scheduler.ids import PersonId, ProgrammeId
from scheduler.people import Pair


@dataclass(frozen=True, slots=True)
class Asker:
    """One of the two, or the coordinator of their programme (`person` None)."""

    programme: ProgrammeId
    person: PersonId | None = None

    def __str__(self) -> str:
        return f"person:{self.person}" if self.person else "coordinator"

    def check(self, pair: Pair) -> None:
        """`NotFound` for anybody else: whether there is such a pair is not said."""
        is_theirs = self.person is None or self.person in pair.both()
        if pair.programme != self.programme or not is_theirs:
            raise NotFound("pair")
