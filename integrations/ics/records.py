"""The block of an event -> the few of its values that matter, still as written.

One search over the bytes finds them; no other line becomes a value (promises.md S23).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from integrations.ics.sieve import Component, read_property, unfolded
from integrations.ics.values import refuses

#: One line of each name, or several where more than one counts.
Lines = bytes | tuple[bytes, ...] | None


class Record(NamedTuple):
    """What stands behind the names of one VEVENT, from the `;` or `:` on.

    `place` is that among all events of the file. `stamp` is DTSTAMP; some programs
    write it anew each time they are asked. `uid` is the text, '' without one. `guests`
    says only whether the owner declined.
    """

    place: int
    stamp: bytes | None
    start: bytes | None
    end: bytes | None
    duration: bytes | None
    rule: Lines
    not_dates: Lines
    replaces: bytes | None
    dates: Lines
    not_rules: Lines
    status: bytes | None
    transparent: bytes | None
    sequence: bytes | None
    changed: bytes | None
    uid: str
    guests: tuple[bytes, ...] | None

    @property
    def is_single(self) -> bool:
        """Whether nothing says that it repeats, or belongs to what does."""
        return self[5:10] == _SINGLE

    @property
    def meaning(self) -> tuple[object, ...]:
        """All that says what it is: not its place, nor its stamp."""
        return self[2:]

    def at(self, place: int, stamp: bytes | None) -> Record:
        """The same event, elsewhere or stamped anew."""
        return _record((place, stamp, *self.meaning))

    def component(self) -> Component:
        """The same as the careful way reads it."""
        written = self[1:14], (b":" + self.uid.encode(),), self[15:]
        lines = [
            (name.decode(), name + value)
            for name, lines in zip(_NAMES, chain(*written), strict=True)
            for value in each(lines)
        ]
        return Component("VEVENT", lines, number=self.place)


#: Reads a block, given its place among the events of a file.
Reader = Callable[[bytes, int], Record | None]

_NAMES = (
    b"DTSTAMP",
    b"DTSTART",
    b"DTEND",
    b"DURATION",
    b"RRULE",
    b"EXDATE",
    b"RECURRENCE-ID",
    b"RDATE",
    b"EXRULE",
    b"STATUS",
    b"TRANSP",
    b"SEQUENCE",
    b"LAST-MODIFIED",
    b"UID",
    b"ATTENDEE",
)
_SINGLE = (None,) * 5
_MANY = frozenset((b"RRULE", b"EXDATE", b"RDATE", b"EXRULE"))
_PLACE = b""
#: Every name that a block of usual lines may have, in the order of `Record`; '' stands
#: for an alarm, and lends its place to that of the event.
_NOTHING: dict[bytes, Any] = dict.fromkeys((_PLACE, *_NAMES))
#: As numbers: looking for bytes in bytes, Python first makes an error and drops it.
_COLON, _LF = b":\n"
#: `Record._make` without a call in between.
_record = partial(tuple.__new__, Record)


def _any_case(pattern: str) -> str:
    return re.sub("[A-Z]", lambda match: f"[{match[0]}{match[0].lower()}]", pattern)


#: Most lines have no fold, and to look for one costs less than to be ready for many.
_REST = r"[ \t;:][^\n]*+(?:(?!\n[ \t\n])|(?:\n+[ \t][^\n]*)*)"
_ALARM = (
    rf"BEGIN:VALARM(?:\n(?!{_any_case('BEGIN|END')})[^\n]*)*"
    r"\nEND:VALARM(?![^\n])(?!\n+[ \t])"
)
_MATTERS = (
    "DT(?:START|END|STAMP)|UID|S(?:TATUS|EQUENCE)|TRANSP|LAST-MODIFIED|"
    "R(?:RULE|DATE|ECURRENCE-ID)|EX(?:DATE|RULE)|DURATION|BEGIN|END"
)
#: Every line that matters as (name, rest), in capitals; an alarm, which has such lines
#: too, as one without a name. What may be a name with a small letter or a fold in it
#: comes without its rest: then `_LINES` has to look.
_USUAL_LINES = re.compile(
    (
        rf"\n(?=[BDELRSTUa-z])(?:{_ALARM}"
        rf"|((?:{_MATTERS})(?=[ \t;:])|[A-Z-]*+[a-z\n])({_REST}|))"
    ).encode()
)
#: The same in letters of any size; also what may be a name with a fold inside.
_LINES = re.compile(
    (
        rf"\n(?=[BbDdEeLlRrSsTtUu])(?:{_ALARM}"
        rf"|((?:{_any_case(_MATTERS)})(?=[ \t;:])|[A-Za-z-]{{1,14}}\n+[ \t])({_REST}|))"
    ).encode()
)
_FOLDED_NAME = re.compile(rb"(\n[A-Za-z-]{1,15})(?:\n+[ \t])+")
_GUESTS = re.compile((r"\n" + _any_case("ATTENDEE") + f"({_REST})").encode())
_ALARMS = re.compile((r"\n" + _ALARM).encode())


class Records:
    """Reads blocks for one owner (an address in small letters; '' for nobody)."""

    def __init__(self, owner: str) -> None:
        self._owner = owner.encode()
        self._refusal = b";PARTSTAT=DECLINED:mailto:" + self._owner

    def read(self, block: bytes, place: int) -> Record | None:
        """What matters; None for a block with more than events have."""
        lines = _USUAL_LINES.findall(block)
        found = dict(lines)
        values = _NOTHING | found
        if len(found) != len(lines) or len(values) != len(_NOTHING):
            unusual = _unusual(block)
            if unusual is None:
                return None
            values = _NOTHING | unusual
        if self._owner:
            values[b"ATTENDEE"] = self._guests(block)
        values[_PLACE] = place
        values[b"UID"] = text(values[b"UID"])
        return _record(values.values())

    def _guests(self, block: bytes) -> tuple[bytes, ...] | None:
        """What says that the owner does not come, if anything does."""
        if _FOLDED_NAME.search(block):
            block = _names_unfolded(block)
        rests = _GUESTS.findall(block)
        if self._owner not in unfolded(b"".join(rests)).lower():
            return None
        rests = _GUESTS.findall(_ALARMS.sub(b"", block))
        lines = (read_property(b"ATTENDEE" + rest) for rest in rests)
        owner = self._owner.decode()
        return (self._refusal,) if any(refuses(line, owner) for line in lines) else None


def _names_unfolded(block: bytes) -> bytes:
    """Without folds inside names; each turn leaves a longer beginning of a name."""
    folds = 1
    while folds:
        block, folds = _FOLDED_NAME.subn(rb"\1", block)
    return block


def _unusual(block: bytes) -> dict[bytes, Lines] | None:
    """Lines in small letters, with blanks, or several of one name; no nested parts."""
    lines = _LINES.findall(block)
    if any(b"\n" in name for name, _ in lines):
        lines = _LINES.findall(_names_unfolded(block))
    values: dict[bytes, list[bytes]] = {}
    for name, rest in _tidied(lines):
        if name in {b"BEGIN", b"END"}:
            return None
        found = values.setdefault(name, [])
        if name in _MANY or not found:
            found.append(rest)
    return {
        name: found[0] if len(found) == 1 else tuple(found)
        for name, found in values.items()
    }


def _tidied(lines: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    for name, rest in lines:
        tidy = rest.lstrip(b" \t")
        if name and tidy[:1] in {b":", b";"}:
            yield name.upper(), unfolded(tidy)


def each(written: Lines) -> tuple[bytes, ...]:
    """None, one or several lines as a tuple."""
    if written is None:
        return ()
    return written if isinstance(written, tuple) else (written,)


def text(rest: bytes | None) -> str:
    """The value of a line from its `;` or `:` on; '' without one."""
    if rest is None:
        return ""
    if rest[0] == _COLON and _LF not in rest:
        return rest[1:].decode("utf-8", "replace").strip()
    return read_property(b"X" + rest).value.strip()
