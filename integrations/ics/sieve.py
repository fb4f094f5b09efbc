"""Bytes of an iCalendar file -> the few lines of it that say when someone is busy.

Everything else (titles, texts, places, guests, alarms) is left behind here, before it
becomes a value (promises.md S23). The limits stand in front of all other work, so
that no file costs more than its size. RFC 5545 section 3.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from scheduler.errors import Refused

MAX_LINE = 1024 * 1024
MAX_DEPTH = 8
MAX_EVENTS = 50_000

#: What is kept of each component; the lines of any other are passed over.
KEPT = {
    "VCALENDAR": frozenset(),
    "VEVENT": frozenset(
        {"UID", "DTSTART", "DTEND", "DURATION", "STATUS", "TRANSP", "ATTENDEE"}
        | {"RRULE", "EXRULE", "RDATE", "EXDATE", "RECURRENCE-ID"}
        | {"SEQUENCE", "DTSTAMP", "LAST-MODIFIED"}
    ),
    "VFREEBUSY": frozenset({"UID", "FREEBUSY", "DTSTAMP", "LAST-MODIFIED"}),
    "VTIMEZONE": frozenset({"TZID"}),
    "STANDARD": frozenset({"DTSTART", "RRULE", "RDATE", "TZOFFSETFROM", "TZOFFSETTO"}),
    "DAYLIGHT": frozenset({"DTSTART", "RRULE", "RDATE", "TZOFFSETFROM", "TZOFFSETTO"}),
}

#: Each name as one object, however often a file has it.
_NAMES = {
    name.encode(): name
    for names in (*KEPT.values(), ("BEGIN", "END"))
    for name in names
}
#: One content line with its folds: everything up to a line break without a blank.
_FOLDED = re.compile(rb"[^\n]+(?:\n+[ \t][^\n]*)*")
_FOLD = re.compile(rb"\n+[ \t]")
#: As a number: looking for bytes in bytes, Python first makes an error and drops it.
_LF = ord("\n")
_NAME = re.compile(rb"[ \t]*([A-Za-z0-9-]+)[ \t]*[;:]")
#: `;NAME=value` with quotes around what holds `;`, `:` or `,`.
_PARAMETER = re.compile(r";([^=;:]*)=((?:\"[^\"]*\"|[^\";])*)")
#: Everything up to the first colon outside quotes.
_HEAD = re.compile(r"((?:\"[^\"]*\"|[^\":])*):")


@dataclass(frozen=True, slots=True)
class Property:
    """One content line; parameter names in capitals, quotes taken off."""

    value: str
    parameters: dict[str, str]


@dataclass(slots=True)
class Component:
    """One component that matters, with those of its lines that matter, in order.

    The lines stay bytes until they are asked for: a file may have very many.
    """

    name: str
    lines: list[tuple[str, bytes]] = field(default_factory=list)
    parts: list[Component] = field(default_factory=list)
    #: Which VEVENT of the file it is.
    number: int = 0

    def written(self) -> tuple[object, ...]:
        """Everything that matters in it but DTSTAMP, to compare it with another."""
        lines = tuple(line for line in self.lines if line[0] != "DTSTAMP")
        return (self.name, lines, tuple(part.written() for part in self.parts))

    def all(self, name: str) -> list[Property]:
        """Every line of this name."""
        return [read_property(line) for other, line in self.lines if other == name]

    def first(self, name: str) -> Property | None:
        """The first line of this name."""
        for other, line in self.lines:
            if other == name:
                return read_property(line)
        return None

    def text(self, name: str) -> str:
        """The value of the first line of this name, stripped; '' without one."""
        found = self.first(name)
        return found.value.strip() if found else ""


class Tree:
    """Puts lines into components; forgives a missing or stray END inside."""

    def __init__(self, owner: bytes) -> None:
        self._owner = owner
        self._open: list[str] = []
        #: The kept ones among the open: None where a component does not matter.
        self._kept: list[Component | None] = []
        self._done: list[Component] = []
        #: How many VEVENTs were begun.
        self.events = 0
        #: Whether we are inside a VCALENDAR and nothing else.
        self.is_between = False

    def feed(self, text: bytes) -> None:
        """Whole lines, without CR and NUL."""
        for match in _FOLDED.finditer(text):
            line = match[0]
            if len(line) > MAX_LINE:
                raise Refused(
                    "E_ICS_TOO_BIG",
                    "The calendar has a line of over 1 MiB; delete that event.",
                )
            self._take(line)
        self.is_between = self._open == ["VCALENDAR"]

    def _take(self, line: bytes) -> None:
        match = _NAME.match(line)
        if match is None and b"\n" in line:  # a fold may lie inside the name
            line = unfolded(line)
            match = _NAME.match(line)
        if match is None:
            return
        name = _NAMES.get(match[1].upper())
        if name in {"BEGIN", "END"}:
            value = _decoded(line[match.end() :]).strip().upper()
            (self._begin if name == "BEGIN" else self._end)(value)
        elif name and self._kept and (into := self._kept[-1]) is not None:
            self._add(into, name, line)

    def finished(self) -> list[Component]:
        """What was kept; `Refused` with E_ICS_TRUNCATED where something is open."""
        if self._open:
            raise Refused(
                "E_ICS_TRUNCATED",
                "The calendar breaks off before END:VCALENDAR; fetch or export it"
                " again.",
            )
        return self._done

    def _begin(self, name: str) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise Refused(
                "E_ICS_DEPTH",
                "The calendar nests components more than 8 deep; export it again.",
            )
        parent = self._kept[-1] if self._kept else None
        inside = name in {"STANDARD", "DAYLIGHT"}
        wanted = name in KEPT and inside == (
            parent is not None and parent.name == "VTIMEZONE"
        )
        kept = Component(name) if wanted else None
        if name == "VEVENT":
            place = self.count()
            if kept:
                kept.number = place
        if kept and inside and parent:
            parent.parts.append(kept)
        elif kept and name != "VCALENDAR":
            self._done.append(kept)
        self._open.append(name)
        self._kept.append(kept)

    def count(self) -> int:
        """One more event, and its place; `Refused` with E_ICS_TOO_MANY."""
        place = self.events
        if place >= MAX_EVENTS:
            raise Refused(
                "E_ICS_TOO_MANY",
                "The calendar has more than 50,000 events; use one with fewer.",
            )
        self.events = place + 1
        return place

    def _end(self, name: str) -> None:
        if name in self._open:
            while self._open.pop() != name:
                self._kept.pop()
            self._kept.pop()

    def _add(self, into: Component, name: str, line: bytes) -> None:
        if name not in KEPT[into.name]:
            return
        if name == "ATTENDEE" and not (self._owner and self._owner in _low(line)):
            return
        into.lines.append((name, line))


def _low(line: bytes) -> bytes:
    return unfolded(line).lower()


def unfolded(line: bytes) -> bytes:
    """A line, or many, without folds."""
    return _FOLD.sub(b"", line) if _LF in line else line


def _decoded(line: bytes) -> str:
    return unfolded(line).decode(errors="replace")


def read_property(content: bytes) -> Property:
    """Split `NAME;PARAMETER=value:value`; with quotes that do not close, at the `:`."""
    line = _decoded(content)
    match = _HEAD.match(line) if '"' in line else None
    if match:
        head, value = match[1], line[match.end() :]
    else:
        head, _, value = line.partition(":")
    return Property(value, dict(_parameters(head)) if ";" in head else {})


def _parameters(head: str) -> Iterator[tuple[str, str]]:
    for match in _PARAMETER.finditer(head):
        yield match[1].strip().upper(), match[2].replace('"', "").strip()
