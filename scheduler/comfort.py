"""How comfortable a clear start is for both: the third thing that ranks slots.

Discomfort of one person is |(start - opens) - (closes - end)| + 2 max(0, 60 - g), in
minutes: far from the middle of their window, or with little air. g is the free time
(hours minus busy) on the meeting's tighter side, in whole quarter hours.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from scheduler.availability import NOTHING, Availability
from scheduler.marks import QUARTER, seconds
from scheduler.timespan import Span

_HOUR = 60 * 60


class Comfort:
    """Discomfort of clear starts, in seconds, each worked out once.

    Only for starts at which the meeting lies inside a window of each person and
    overlaps nothing: elsewhere there is no answer.
    """

    def __init__(
        self, people: tuple[Availability, ...], span: Span, minutes: int
    ) -> None:
        self._people = tuple(_Side(one, span) for one in people)
        self._length = 60 * minutes
        self._known: dict[int, int] = {}

    def discomfort(self, start: int) -> int:
        """For all people together."""
        known = self._known.get(start)
        if known is None:
            end = start + self._length
            known = sum(side.discomfort(start, end) for side in self._people)
            self._known[start] = known
        return known


class _Side:
    """One person's windows and busy time as sorted numbers."""

    def __init__(self, one: Availability, span: Span) -> None:
        windows = one.windows(span)
        self._opens = [seconds(window.start) for window in windows]
        self._closes = [seconds(window.end) for window in windows]
        busy = one.busy or NOTHING
        self._busy_from = [busy_span.start.timestamp() for busy_span in busy]
        self._busy_until = [busy_span.end.timestamp() for busy_span in busy]

    def discomfort(self, start: int, end: int) -> int:
        window = bisect_right(self._opens, start) - 1
        opens, closes = self._opens[window], self._closes[window]
        before = bisect_right(self._busy_until, start) - 1
        after = bisect_left(self._busy_from, end)
        free_from = max(opens, self._busy_until[before]) if before >= 0 else opens
        ahead = after < len(self._busy_from)
        free_until = min(closes, self._busy_from[after]) if ahead else closes
        free = int(min(start - free_from, free_until - end)) // QUARTER * QUARTER
        return abs((start - opens) - (closes - end)) + 2 * max(0, _HOUR - free)
