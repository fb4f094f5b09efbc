"""The pairs that a programme is planned for, and what each of them gets."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scheduler.slots import PlanRequest, Slot


@dataclass(frozen=True, slots=True)
class Wanted:
    """A pair to be given a slot; people are named by their addresses.

    The mentor's limits count over all their pairs; of several the least holds.
    """

    mentor: str
    mentee: str
    request: PlanRequest
    max_day: int | None = None
    max_week: int | None = None

    def __post_init__(self) -> None:
        if self.mentor == self.mentee:
            raise ValueError("a pair is two people")

    @property
    def minutes(self) -> int:
        """That a meeting keeps both from others: its length and the gap after it."""
        return held(self.request)


def held(request: PlanRequest) -> int:
    """Minutes from a start to where the next meeting of one of the two may start."""
    return request.minutes + request.gap


class Without(StrEnum):
    """Why a pair has no slot."""

    NEVER_CLEAR = "no slot has one clear meeting"
    ALL_TAKEN = "every slot with a clear meeting is taken by others"


@dataclass(frozen=True, slots=True)
class Got:
    """What one pair got; without a slot, `why`.

    `not_clear` are the periods, from 0, of all meetings but the `clear` ones.
    """

    slot: Slot | None
    clear: int = 0
    score: int = 0
    why: Without | None = None
    not_clear: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The slots in the order of the pairs, and how good that is.

    `most` and `bound` are the pairs placed and the sum of scores if a person could be
    in two mentors' meetings at once; with what the cadences before have taken.
    """

    pairs: tuple[Got, ...]
    most: int
    bound: int

    @property
    def placed(self) -> int:
        """How many have a slot."""
        return sum(got.slot is not None for got in self.pairs)

    @property
    def score(self) -> int:
        """The sum of their scores."""
        return sum(got.score for got in self.pairs)

    @property
    def gap(self) -> float:
        """How far the score lies under its bound, as a share of that."""
        return max(0.0, 1 - self.score / self.bound) if self.bound else 0.0


class Change(StrEnum):
    """What became of a pair since the earlier plan."""

    KEPT = "kept"
    MOVED = "moved"
    NEW = "new"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Kept:
    """The new plan; `changes` in the order of the pairs, None: no slot, as before."""

    outcome: Outcome
    changes: tuple[Change | None, ...]

    def count(self, change: Change) -> int:
        """How many pairs that became of."""
        return self.changes.count(change)
