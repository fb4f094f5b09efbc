"""What a child keeps between two readings of one feed, under a limit."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from integrations.ics.decode import Known
from integrations.ics.decoded import Decoded

#: Bytes that all feeds may have kept together, by our reckoning.
MOST_BYTES = 64 * 1024 * 1024
#: What one occurrence, and one event or series, take in Python, about.
_ROW, _EVENT = 200, 600


class Feed(NamedTuple):
    """A feed as it was asked about: read otherwise, all of it is new."""

    calendar: str
    start: int
    end: int
    zone: str
    owner: str


class Shelf:
    """`Known` of the feeds read last, as many as have room.

    The room is reckoned by the spans, events and series that are kept, not by files.
    """

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._kept: OrderedDict[Feed, tuple[Known, int]] = OrderedDict()
        self._bytes = 0

    def __contains__(self, feed: Feed) -> bool:
        """Whether something is known of it."""
        return feed in self._kept

    def __len__(self) -> int:
        """How many feeds are known."""
        return len(self._kept)

    def known(self, feed: Feed) -> Known:
        """What is known of a feed; nothing yet, if it is not here."""
        if feed not in self._kept:
            return Known()
        self._kept.move_to_end(feed)
        return self._kept[feed][0]

    def put(self, feed: Feed, known: Known, decoded: Decoded) -> None:
        """Keep it, and let go of what was used longest ago where room is short."""
        rows = sum(len(found.rows) for found in decoded.found)
        size = _ROW * rows + _EVENT * len(known)
        # Of one calendar one reading: its window moves on.
        for other in [old for old in self._kept if old.calendar == feed.calendar]:
            self._drop(other)
        if size > self._most:
            return
        while self._bytes + size > self._most:
            self._drop(next(iter(self._kept)))
        self._kept[feed] = known, size
        self._bytes += size

    def _drop(self, feed: Feed) -> None:
        _, size = self._kept.pop(feed)
        self._bytes -= size

    def clear(self) -> None:
        """Forget them all."""
        self._kept.clear()
        self._bytes = 0
