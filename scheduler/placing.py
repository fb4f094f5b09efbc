"""Where a plan's meetings stand once those that clash have moved.

In order of date, a meeting that is not clear moves to the nearest clear start inside
its period that leaves half a period to its neighbours, or is left without a time.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clear:
    """The clear starts on one wall clock, as a set and in order."""

    starts: frozenset[int]
    ordered: Sequence[int]

    def nearest(self, to: int, earliest: int, latest: int) -> int | None:
        """The one nearest to `to` within bounds, both included; the earlier of two."""
        first = bisect_left(self.ordered, earliest)
        last = bisect_right(self.ordered, latest)
        if first == last:
            return None
        after = min(max(bisect_left(self.ordered, to), first), last)
        around = self.ordered[max(first, after - 1) : min(last, after + 1)]
        return min(around, key=lambda start: (abs(start - to), start))


def place(
    originals: Sequence[int],
    bounds: Sequence[tuple[int, int]],
    clear: Clear,
    half: int,
) -> tuple[int | None, ...]:
    """The start of each meeting, or None where its period has no time for it.

    `bounds` are the periods, half-open; `half` is the least distance between two
    meetings, start to start.
    """
    placed: list[int | None] = []
    before: int | None = None
    for k, original in enumerate(originals):
        start: int | None = original
        if original not in clear.starts:
            earliest, latest = bounds[k][0], bounds[k][1] - 1
            if before is not None:
                earliest = max(earliest, before + half)
            if k + 1 < len(originals) and originals[k + 1] in clear.starts:
                latest = min(latest, originals[k + 1] - half)
            start = clear.nearest(original, earliest, latest)
        placed.append(start)
        before = before if start is None else start
    return tuple(placed)
