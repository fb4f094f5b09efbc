"""Text in pieces -> the blocks of its events, and a tree of whatever is not as simple.

A block is what stands between `BEGIN:VEVENT` and `END:VEVENT`, found without looking at
its lines. Everything else goes line by line through the `Tree`, which alone knows
structure and its limits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from integrations.ics.records import Reader, Record
from integrations.ics.sieve import MAX_LINE, Component, Tree, unfolded
from integrations.ics.stream import Stream

_BEGIN, _END = b"\nBEGIN:VEVENT\n", b"\nEND:VEVENT\n"
#: A block from its first line on; a blank after a line break would carry that line on.
_BLOCK = re.compile(rb"BEGIN:VEVENT\n(?![ \t\n])")
_CARRIED_ON = re.compile(rb"\n*[ \t]")
_BLANKS = frozenset((b" ", b"\t", b"\n"))
#: At the very end of what is there, the next byte could carry the line on.
_NOT_AN_END = re.compile(rb"\nEND:VEVENT(?:\n+[ \t]|\n+\Z)")
_EDGE = re.compile(rb"(\A|\n)(BEGIN|END)[ \t]*:[ \t]*VEVENT[ \t]*(?=\n)", re.IGNORECASE)
_EMPTY = re.compile(rb"\n{2,}")


@dataclass(frozen=True, slots=True)
class Sieved:
    """What is left of a file; `odd_bytes` when some of it was no clean UTF-8."""

    components: list[Component]
    odd_bytes: bool

    def named(self, name: str) -> list[Component]:
        """Those of one name."""
        return [one for one in self.components if one.name == name]


class Left(NamedTuple):
    """A VEVENT left to the careful way: its place in the file, and why."""

    number: int
    component: Component
    why: str


def sieve(data: bytes, *, owner: str = "") -> Sieved:
    """The VEVENT, VFREEBUSY and VTIMEZONE components of all calendars in a file.

    Of guests only `owner` is kept, if there is one. Raises `Refused` with one of the
    codes E_ICS_EMPTY, _NOT_CALENDAR, _TRUNCATED, _TOO_BIG, _TOO_MANY, _DEPTH.
    """
    blocks = Blocks(owner, lambda *_: None)
    for _ in blocks.events(data):
        pass
    return blocks.sieved()


class Blocks:
    """One file being cut; `owner` is an address in small letters.

    `read` is given every block, `BEGIN:VEVENT` included and `END:VEVENT` not, and its
    place among all events; it says None of those that only the tree can take.
    """

    def __init__(self, owner: str, read: Reader) -> None:
        self._tree = Tree(owner.strip().lower().encode())
        self._stream = Stream()
        self._read = read

    def events(self, data: bytes | Iterable[bytes]) -> Iterator[Record]:
        """Every event that could be read."""
        rest = b""
        for text in self._stream.texts(data):
            lines, rest = _cut(rest + text if rest else text)
            if lines:
                self._stream.check(lines)
                yield from self._events(lines)
        self._stream.check(rest)
        yield from self._events(_tidied(rest) if _hides_events(rest) else rest)

    def sieved(self) -> Sieved:
        """What could not be read, and all that is no event; see `Tree.finished`."""
        return Sieved(self._tree.finished(), self._stream.odd)

    def _events(self, lines: bytes) -> Iterator[Record]:
        *texts, last = _split(lines)
        tree, read = self._tree, self._read
        for text in texts:
            block = text if _BLOCK.match(text) else self._begun(text)
            if block is None:
                yield from self._not_simple(text)
                continue
            found = None
            if tree.is_between and len(block) <= MAX_LINE:
                found = read(block, tree.events)
            if found is None:
                yield from self._not_simple(block)
            else:
                tree.count()
                yield found
        if last:
            tree.feed(last)

    def _begun(self, text: bytes) -> bytes | None:
        """The block that a text ends with, when what stands before it is fed."""
        before, begin, block = text.rpartition(_BEGIN)
        if not begin or _CARRIED_ON.match(block) or _hides_events(before):
            return None
        self._tree.feed(before)
        return begin[1:] + block

    def _not_simple(self, text: bytes) -> Iterator[Record]:
        """Events that become simple when they are tidied; the rest is fed."""
        lines = text + _END
        tidy = _tidied(lines) if len(text) <= MAX_LINE else lines
        if tidy == lines:
            self._tree.feed(lines)
        else:
            yield from self._events(tidy)


def _hides_events(text: bytes) -> bool:
    return b"vevent" in unfolded(text).lower()


def _tidied(text: bytes) -> bytes:
    """Without folds and empty lines, each event between lines of the usual form."""

    def usual(edge: re.Match[bytes]) -> bytes:
        return edge[1] + edge[2].upper() + b":VEVENT"

    plain = _EDGE.sub(usual, unfolded(text))
    return _EMPTY.sub(b"\n", plain)


def _split(lines: bytes) -> list[bytes]:
    """At the end of each event; not where a blank in front carries that line on."""
    texts = lines.split(_END)
    if not any(text[:1] in _BLANKS for text in texts[1:-1]):
        return texts
    whole: list[bytes] = []
    for text in texts:
        if whole and _CARRIED_ON.match(text):
            whole[-1] += _END + text
        else:
            whole.append(text)
    return whole


def _cut(text: bytes) -> tuple[bytes, bytes]:
    """Whole lines, and a rest: behind the last event, or else the last line of many."""
    end = text.rfind(_END)
    while end >= 0 and _NOT_AN_END.match(text, end):
        end = text.rfind(_END, 0, end + 1)
    if end >= 0:
        return text[: end + len(_END)], text[end + len(_END) :]
    if len(text) <= 2 * MAX_LINE:
        return b"", text
    last = len(text)
    while (last := text.rfind(b"\n", len(text) - MAX_LINE, last)) >= 0:
        if text[last + 1 : last + 2].strip():
            return text[: last + 1], text[last + 1 :]
    # A line of over 1 MiB, which the tree refuses.
    return text, b""
