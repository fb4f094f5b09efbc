"""The block of an event -> the few of its values that matter, still as written.

One search over the bytes finds them; no other line becomes a value (promises.md S23).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from integrations.ics.sieve import Component, read_property, unfolded
from integrations.ics.values import refuses

#: One line of each name, or several where more than one counts.
Lines = bytes | tuple[bytes, ...] | None


class Record(NamedTuple):
    """What stands behind the names of one VEVENT, from the `;` or `:` on.

    `guests` says only whether the owner declined. When it was stamped is kept beside
    it: some programs stamp everything anew each time they are asked.
    """

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
    uid: bytes | None
    guests: tuple[bytes, ...] | None

    @property
    def is_single(self) -> bool:
        """Whether nothing says that it repeats, or belongs to what does."""
        return self[3:8] == _SINGLE

    def component(self, stamp: bytes | None, number: int) -> Component:
        """The same as the careful way reads it."""
        values: list[tuple[bytes, Lines]] = [
            *zip(_NAMES, self, strict=True),
            (_STAMP, stamp),
        ]
        lines = [
            (name.decode(), name + value)
            for name, written in values
            for value in each(written)
        ]
        return Component("VEVENT", lines, number=number)


#: A UID ('' without one), what else was read, and when it was stamped.
Read = tuple[str, Record, bytes | None]

_NAMES = (
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
_STAMP = b"DTSTAMP"
_SINGLE = (None,) * 5
_MANY = frozenset((b"RRULE", b"EXDATE", b"RDATE", b"EXRULE"))
#: What a block has whose lines are all of the usual kind; '' stands for an alarm.
_USUAL = frozenset((*_NAMES, _STAMP, b""))


def _any_case(pattern: str) -> str:
    return re.sub("[A-Z]", lambda match: f"[{match[0]}{match[0].lower()}]", pattern)


_REST = r"[ \t;:][^\n]*(?:\n+[ \t][^\n]*)*"
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

    def read(self, block: bytes) -> Read | None:
        """What matters; None for a block with more than events have."""
        lines = _USUAL_LINES.findall(block)
        values = dict(lines)
        if len(values) != len(lines) or not _USUAL.issuperset(values):
            lines = _LINES.findall(block)
            if any(b"\n" in name for name, _ in lines):
                return self.read(_names_unfolded(block))
            found = _unusual(lines)
            if found is None:
                return None
            values = found
        if self._owner:
            values[b"ATTENDEE"] = self._guests(block)
        uid = values.get(b"UID")
        record = Record._make(map(values.get, _NAMES))
        return text(uid) if uid else "", record, values.get(_STAMP)

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


def _unusual(lines: Iterable[tuple[bytes, bytes]]) -> dict[bytes, Lines] | None:
    """Lines in small letters, with blanks, or several of one name; no nested parts."""
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
    if rest[:1] == b":" and b"\n" not in rest:
        return rest[1:].decode("utf-8", "replace").strip()
    return read_property(b"X" + rest).value.strip()
