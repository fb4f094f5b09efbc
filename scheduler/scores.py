"""What each slot of a pair is worth, without placing what clashes.

A whole programme is assigned from this: `candidate_scores` says for one pair, for every
slot there is, how many of its meetings are clear and how uncomfortable those are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scheduler.candidates import Both, Clock
from scheduler.people import Role
from scheduler.slots import Slot


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Every slot on one anchor's wall clock, a column each: by date, then by time.

    Column 96 r + m has its first meeting on the r-th first date (weeks: day r from the
    plan's first), at 15 m minutes past midnight of the wall clock. `clear[column]` of
    the `turns` meetings are clear; `discomfort[column]` is the sum over these and both
    people, in seconds, and means nothing where none is clear.
    """

    clock: Clock
    clear: Sequence[int]
    discomfort: Sequence[int]

    @property
    def anchor(self) -> Role:
        """Whose wall clock it is."""
        return self.clock.anchor

    @property
    def turns(self) -> int:
        """How many meetings each slot has."""
        return self.clock.request.turns

    def slot(self, column: int) -> Slot:
        """The slot as a value."""
        return self.clock.slot(column)

    def originals(self, column: int) -> tuple[int, ...]:
        """Its original starts, in seconds since 1970, one for each period."""
        return self.clock.originals(column)


def candidate_scores(both: Both) -> tuple[Scores, ...]:
    """The slots of a pair on each wall clock that is tried, the mentor's first.

    `Both.of(request)` makes the bit sets of the two; where a person is in several
    pairs, make theirs once, `Bitmap.of(availability, grid)` with one `Grid.of(request)`
    for all requests alike in dates, and hand in `Both(request, mentor, mentee)`. The
    score of `troth plan --programme` for a column is then
    1000 * clear - min(999, discomfort // (60 * clear)).
    """
    starts = both.clear()
    clocks = (Clock(both, anchor, starts) for anchor in both.request.anchors)
    return tuple(Scores(clock, clock.counts, clock.discomfort) for clock in clocks)
