"""What a child keeps between two readings of one feed, under a limit."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from integrations.ics.decode import Known
from integrations.ics.decoded import Decoded

#: Bytes that all feeds may have kept together, by our reckoning.
MOST_BYTES = 48 * 1024 * 1024
#: What one occurrence and one event take in Python, about.
_ROW, _FOUND = 200, 800


class Feed(NamedTuple):
    """A feed as it was asked about: read otherwise, all of it is new."""

    calendar: str
    start: int
    end: int
    zone: str
    owner: str


class Shelf:
    """`Known` of the feeds read last, as many as have room.

    The room is reckoned by the spans and events that are kept, not by files.
    """

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._kept: OrderedDict[Feed, tuple[Known, int]] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        """How many feeds are known."""
        return len(self._kept)

    def take(self, feed: Feed) -> Known | None:
        """What is known of a feed; it is off the shelf until it is put back."""
        known, size = self._kept.pop(feed, (None, 0))
        self._bytes -= size
        return known

    def put(self, feed: Feed, known: Known, decoded: Decoded) -> None:
        """Keep it, and let go of what was used longest ago where room is short."""
        rows = sum(len(found.rows) for found in decoded.found)
        size = _ROW * rows + _FOUND * len(decoded.found)
        if size > self._most:
            return
        for other in [old for old in self._kept if old.calendar == feed.calendar]:
            self.take(other)  # its window has moved on
        while self._bytes + size > self._most:
            _, (_, freed) = self._kept.popitem(last=False)
            self._bytes -= freed
        self._kept[feed] = known, size
        self._bytes += size

    def clear(self) -> None:
        """Forget them all."""
        self._kept.clear()
        self._bytes = 0
