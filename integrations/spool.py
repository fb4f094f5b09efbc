"""What an address answered, held until it is read, outside of Python's memory.

The kernel holds the bytes: of a calendar of 20 MiB no part ever becomes a Python
object longer than one piece, and nothing of it gets a name on a disk.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import Final, Self

from integrations.calls import MIB
from scheduler.errors import Unavailable

#: Bytes of one piece.
PIECE: Final = 64 * 1024
#: Bytes that all answers which wait to be read may have together.
MOST_HELD = 256 * MIB


class Spools:
    """Makes spools, and counts what they hold together."""

    def __init__(self, most: int = MOST_HELD) -> None:
        self._most = most
        self._held = 0

    def open(self) -> Spool:
        """An empty one."""
        return Spool(self)

    def take(self, octets: int) -> None:
        """`Unavailable` where so many more would be too many."""
        if self._held + octets > self._most:
            raise Unavailable("too much is being read at once", after=60)
        self._held += octets

    def give_back(self, octets: int) -> None:
        """So many are let go."""
        self._held -= octets


class Spool:
    """Written once, then read piece by piece, as often as need be; for `with`.

    `sha256` is of all that was written, reckoned on the way.
    """

    def __init__(self, among: Spools) -> None:
        self._among = among
        self._hash = hashlib.sha256()
        self._file = _unnamed()
        self.size = 0

    def write(self, piece: bytes) -> None:
        """Append; `Unavailable` where all spools together hold too much."""
        self._among.take(len(piece))
        self.size += len(piece)
        self._hash.update(piece)
        left = memoryview(piece)
        while left:
            left = left[os.write(self._file, left) :]

    @property
    def sha256(self) -> str:
        """In hexadecimal."""
        return self._hash.hexdigest()

    def __iter__(self) -> Iterator[bytes]:
        """The pieces, from the beginning."""
        at = 0
        while piece := os.pread(self._file, PIECE, at):
            yield piece
            at += len(piece)

    def __enter__(self) -> Self:
        """For `with`."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the bytes go."""
        os.close(self._file)
        self._among.give_back(self.size)


def _unnamed() -> int:
    """A file without a name: in memory where the system has such, else in TMPDIR."""
    if sys.platform == "linux":
        return os.memfd_create("answer", os.MFD_CLOEXEC)
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
