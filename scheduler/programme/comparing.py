"""Two people's calendars side by side, for one pair of a programme after the other."""

from __future__ import annotations

from dataclasses import replace

from scheduler.candidates import Both, Clock
from scheduler.grid import Bitmap, Grid
from scheduler.people import Role
from scheduler.programme.entries import Entry
from scheduler.programme.wanted import Wanted
from scheduler.slots import PlanRequest

#: People whose bit sets are kept for their next pair.
_KEPT = 4096


class Comparing:
    """Keeps the bit sets of the people met last."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, Grid], Bitmap] = {}

    def both(self, pair: Wanted) -> Both:
        """The two of this pair, on as few clocks as there are."""
        request = on_one_clock(pair.request)
        return Both(request, self._of(pair, Role.MENTOR), self._of(pair, Role.MENTEE))

    def not_clear(self, pair: Wanted, entry: Entry) -> tuple[int, ...]:
        """The periods, from 0, whose meeting is not clear."""
        if entry.clear == pair.request.turns:
            return ()
        both = self.both(pair)
        return Clock(both, entry.anchor, both.clear()).not_clear(entry.column)

    def _of(self, pair: Wanted, role: Role) -> Bitmap:
        """One of the two, on the grid of their request."""
        who = pair.mentor if role is Role.MENTOR else pair.mentee
        key = who, Grid.of(pair.request)
        found = self._kept.pop(key, None) or Bitmap.of(pair.request.of(role), key[1])
        self._kept[key] = found
        if len(self._kept) > _KEPT:
            del self._kept[next(iter(self._kept))]
        return found


def on_one_clock(request: PlanRequest) -> PlanRequest:
    """Two people of one zone have one wall clock; it need not be tried twice."""
    if request.anchor is None and request.mentor.zone == request.mentee.zone:
        return replace(request, anchor=Role.MENTOR)
    return request
