"""An iCalendar object as it is written, so that what is not changed stays as it was.

Lines keep their folds, their order and the words no program of ours knows. RFC 5545
section 3.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from integrations.ics.lines import folded
from integrations.ics.sieve import MAX_DEPTH, Property
from scheduler.errors import Rejected

_FOLDED = re.compile(r"[^\n]*(?:\n[ \t][^\n]*)*\n?")
_HEAD = re.compile(r"(?:\"[^\"]*\"|[^\":])*")


@dataclass(frozen=True, slots=True)
class Line:
    """One content line; `raw` has its folds and its line break."""

    raw: str

    @property
    def plain(self) -> str:
        """Unfolded, without its line break; bytes that are no UTF-8 are replaced."""
        text = re.sub(r"\r?\n[ \t]", "", self.raw).rstrip("\r\n")
        return text.encode(errors="surrogateescape").decode(errors="replace")

    @property
    def name(self) -> str:
        """In capitals."""
        return re.split(r"[;:]", self.plain, maxsplit=1)[0].strip().upper()

    @property
    def property(self) -> Property:
        """Value and parameters; quotes around parameters are taken off."""
        found = _HEAD.match(self.plain)
        head = found[0] if found else ""
        words = re.findall(r";([^=;:]+)=((?:\"[^\"]*\"|[^\";])*)", head)
        parameters = {key.strip().upper(): word.strip('"') for key, word in words}
        return Property(self.plain[len(head) + 1 :], parameters)


@dataclass(frozen=True, slots=True)
class Block:
    """A component: what stands between its BEGIN and its END, both included."""

    name: str
    begin: Line
    items: tuple[Line | Block, ...]
    end: Line

    def written(self) -> Iterator[str]:
        """The text, piece by piece."""
        yield self.begin.raw
        for item in self.items:
            if isinstance(item, Line):
                yield item.raw
            else:
                yield from item.written()
        yield self.end.raw

    def blocks(self, name: str) -> tuple[Block, ...]:
        """The components of this name directly inside."""
        return tuple(i for i in self.items if isinstance(i, Block) and i.name == name)

    def lines(self, name: str) -> tuple[Line, ...]:
        """The lines of this name directly inside."""
        return tuple(i for i in self.items if isinstance(i, Line) and i.name == name)

    def first(self, name: str) -> Property | None:
        """The first of them, read."""
        return next((line.property for line in self.lines(name)), None)

    def has(self, *names: str) -> bool:
        """Whether any of these lines is there."""
        return any(isinstance(i, Line) and i.name in names for i in self.items)

    def changed(self, news: Mapping[str, Iterable[str]]) -> Block:
        """With the lines of these names replaced, each where its first one stood.

        A name that was not there comes last, before the components inside.
        """
        left = {name: fresh(lines, like=self.begin) for name, lines in news.items()}
        items: list[Line | Block] = []
        for item in self.items:
            if isinstance(item, Line) and item.name in news:
                items += left.pop(item.name, ())
            else:
                items.append(item)
        first = next(
            (n for n, i in enumerate(items) if isinstance(i, Block)), len(items)
        )
        items[first:first] = [line for lines in left.values() for line in lines]
        return replace(self, items=tuple(items))

    def added(self, lines: tuple[Line, ...]) -> Block:
        """With more lines, before the components inside."""
        items = list(self.items)
        inside = (n for n, item in enumerate(items) if isinstance(item, Block))
        first = next(inside, len(items))
        items[first:first] = lines
        return Block(self.name, self.begin, tuple(items), self.end)

    def swapped(self, old: Block, new: Block) -> Block:
        """With one component in the place of another."""
        return self.mapped(lambda item: new if item is old else item)

    def mapped(self, change: Callable[[Line | Block], Line | Block | None]) -> Block:
        """With each item put through `change`; None leaves it out."""
        items = (change(item) for item in self.items)
        return replace(self, items=tuple(i for i in items if i is not None))

    def octets(self) -> bytes:
        """As it is stored."""
        return "".join(self.written()).encode(errors="surrogateescape")


def fresh(lines: Iterable[str], *, like: Line) -> tuple[Line, ...]:
    """New lines, folded, with the line break of an old one."""
    crlf = like.raw.endswith("\r\n")
    raws = (folded([line]).decode() for line in lines)
    return tuple(Line(raw if crlf else raw.replace("\r\n", "\n")) for raw in raws)


def parse(data: bytes) -> Block:
    """The one VCALENDAR of an object. `Rejected` when it is none."""
    text = data.decode(errors="surrogateescape")
    lines = [Line(found) for found in _FOLDED.findall(text) if found.strip()]
    if lines:
        lines[-1] = Line(lines[-1].raw.rstrip("\r\n") + _newline(text))
    rest = iter(lines)
    first = next(rest, None)
    if first is None or _marker(first) != ("BEGIN", "VCALENDAR"):
        raise Rejected("the object is no calendar")
    return _block("VCALENDAR", first, rest, depth=1)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _marker(line: Line) -> tuple[str, str]:
    name, _, value = line.plain.partition(":")
    return name.strip().upper(), value.strip().upper()


def _block(name: str, begin: Line, rest: Iterator[Line], depth: int) -> Block:
    if depth > MAX_DEPTH:
        raise Rejected("the object nests components too deep")
    items: list[Line | Block] = []
    for line in rest:
        match _marker(line):
            case "BEGIN", inner:
                items.append(_block(inner, line, rest, depth + 1))
            case "END", ended if ended == name:
                return Block(name, begin, tuple(items), line)
            case "END", _:
                break
            case _:
                items.append(line)
    raise Rejected("the object breaks off")
