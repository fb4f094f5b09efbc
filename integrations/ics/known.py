"""What one reading of a feed leaves behind for the next one.

A feed that did not change costs one digest of it. In one that did, an event whose
block is as it was is not read again, and a series of which nothing changed is not
expanded again. When an event was stamped does not count: some programs stamp all of
them anew each time they are asked. Kept are rows and the values they came from, never
a title, a text or a guest.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import NamedTuple

from integrations.ics.decoded import Decoded, Found
from integrations.ics.records import Reader, Record
from integrations.ics.rules import Budget

_STAMP = b"\nDTSTAMP"

#: Says what an event comes to by itself; None where that takes more than a look.
Alone = Callable[[Record], Found | None]
#: What stands for a block, but for its stamp.
_Key = tuple[int, int]


class _Expanded(NamedTuple):
    """What a series was expanded from, to what, and for how many steps."""

    source: object
    found: Found
    steps: int


class Known:
    """Kept by the caller between two readings of one feed, and by it alone.

    A reading with another window, zone or owner starts it anew. It is as large as what
    the last reading found; a reading that was refused leaves it as it was.
    """

    def __init__(self) -> None:
        self._asked: Hashable = None
        self._digest = b""
        self._decoded: Decoded | None = None
        self._events: dict[_Key, Record] = {}
        self._series: dict[str, _Expanded] = {}

    def __len__(self) -> int:
        """How many events and series are kept."""
        return len(self._events) + len(self._series)

    def ask(self, asked: Hashable) -> None:
        """Begin a reading."""
        if asked != self._asked:
            self._asked = asked
            self._digest, self._decoded = b"", None
            self._events, self._series = {}, {}

    @staticmethod
    def digest(data: bytes) -> bytes:
        """Of a whole file."""
        # Brings all of OpenSSL, which a command that reads once can do without.
        from hashlib import sha256  # noqa: PLC0415

        return sha256(data).digest()

    def same(self, digest: bytes) -> Decoded | None:
        """What was read last, if it was from these bytes."""
        return self._decoded if digest == self._digest else None

    def keep(self, digest: bytes, decoded: Decoded, seen: Seen) -> None:
        """Remember a reading that ended well, and nothing from before it."""
        self._digest, self._decoded = digest, decoded
        self._events, self._series = seen.events, seen.series

    def seen(self) -> Seen:
        """What may be used of the last reading, for one new one."""
        return Seen(self._events, self._series)


class Seen:
    """One reading on top of another."""

    def __init__(
        self, events: dict[_Key, Record], series: dict[str, _Expanded]
    ) -> None:
        self._events, self._series = events, series
        self.events: dict[_Key, Record] = {}
        self.series: dict[str, _Expanded] = {}

    def reader(self, read: Reader) -> Reader:
        """Reads a block, by `read` where it was not there before."""
        before, now = self._events, self.events

        def reading(block: bytes, place: int) -> Record | None:
            key, stamp = _parted(block)
            found = before.get(key)
            if found is None:
                found = read(block, place)
                if found is None or found.stamp != stamp:
                    return found
            elif found.place != place or found.stamp != stamp:
                found = found.at(place, stamp)
            now[key] = found
            return found

        return reading

    def expander(self, alone: Alone) -> Alone:
        """Expands an event by itself, by `alone` where it was not there before."""
        before, now = self._series, self.series

        def expanding(event: Record) -> Found | None:
            known = before.get(event.uid)
            if known is None or not _means(known.source, event):
                found = alone(event)
                if found is None:
                    return None
                known = _Expanded(event, found, 0)
            now[event.uid] = known
            return known.found

        return expanding

    def found(self, uid: str, source: object, budget: Budget) -> Found | None:
        """What a series came to, if it comes from the same; paid for as at first."""
        known = self._series.get(uid)
        if known is None or known.source != source or known.steps > budget.left:
            return None
        if known.steps:
            budget.spend(known.steps)
        self.series[uid] = known
        return known.found

    def keep(self, uid: str, source: object, found: Found, steps: int) -> None:
        """Remember what a series came to."""
        self.series[uid] = _Expanded(source, found, steps)


def _means(source: object, event: Record) -> bool:
    """Whether what was expanded is this event, wherever it stands and stamped."""
    if source is event:
        return True
    return isinstance(source, Record) and source.meaning == event.meaning


def _parted(block: bytes) -> tuple[_Key, bytes | None]:
    """What stands for all but the stamp, and the stamp.

    Python's own hash is several times as fast as a digest. Its 64 bits have a key that
    each process makes for itself; and who could make two blocks meet nonetheless
    would deceive nobody but the readers of that one feed, which are asking its owner.
    """
    start = block.find(_STAMP)
    if start < 0:
        return (hash(block), len(block)), None
    end = block.find(b"\n", start + 1)
    if end < 0:
        end = len(block)
    # The place of the stamp counts too.
    key = hash(block[:start]), hash(block[end:])
    return key, block[start + len(_STAMP) : end]
