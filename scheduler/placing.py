"""Where a plan's meetings stand once those that clash have moved.

In order of date, a meeting that is not clear moves to the nearest clear start inside
its period that leaves half a period to its neighbours, or is left without a time.
"""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.bits import ones
from scheduler.grid import Grid


class Clear:
    """The clear starts on one wall clock, as cells of a grid."""

    def __init__(self, grid: Grid, starts: int) -> None:
        self._grid = grid
        self._bytes = starts.to_bytes(grid.cells // 8 + 1, "little")

    def __contains__(self, start: int) -> bool:
        """Whether this instant, which begins a cell, is one of them."""
        cell = self._grid.cell(start)
        return bool(self._bytes[cell >> 3] >> (cell & 7) & 1)

    def nearest(self, to: int, earliest: int, latest: int) -> int | None:
        """The one nearest to `to` within bounds, both included; the earlier of two."""
        grid = self._grid
        first, last = max(grid.reached(earliest), 0), grid.cell(latest)
        if last < first:
            return None
        low = first & ~7
        chunk = int.from_bytes(self._bytes[low >> 3 : (last >> 3) + 1], "little")
        found = chunk & ones(last + 1 - low) & ~ones(first - low)
        at = grid.cell(to) - low
        before = found & ones(max(at + 1, 0))
        after = found ^ before
        around = []
        if before:
            around.append(before.bit_length() - 1)
        if after:
            around.append((after & -after).bit_length() - 1)
        if not around:
            return None
        nearest = min(around, key=lambda cell: (abs(cell - at), cell))
        return grid.instant(low + nearest)


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
        if original not in clear:
            earliest, latest = bounds[k][0], bounds[k][1] - 1
            if before is not None:
                earliest = max(earliest, before + half)
            if k + 1 < len(originals) and originals[k + 1] in clear:
                latest = min(latest, originals[k + 1] - half)
            start = clear.nearest(original, earliest, latest)
        placed.append(start)
        before = before if start is None else start
    return tuple(placed)
