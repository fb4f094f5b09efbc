"""Bytes of an iCalendar file -> what it says about a window of time.

Only identity, start, end, meaning and the stamps of a change leave this module. What
cannot be read stops the file (`Refused`): it must not look free. What is odd but
readable becomes a warning. Where libraries read a calendar differently,
docs/decisions/icalendar-readings.md says what is done here; two-paths.md, which of
the two ways through this folder a series takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from integrations.ics.blocks import Blocks, Left, Sieved
from integrations.ics.clocks import Named
from integrations.ics.decoded import BUSY, Decoded, Found, seconds
from integrations.ics.known import Known, Seen
from integrations.ics.offsets import NotPlain
from integrations.ics.plain import Plain
from integrations.ics.plain_busy import periods
from integrations.ics.plain_series import PlainSeries
from integrations.ics.records import Read, Record, Records
from integrations.ics.rules import Budget
from integrations.ics.sieve import Component, Property
from integrations.ics.values import stamp
from scheduler.events import MERGED, Warned
from scheduler.timespan import Span, Spans

if TYPE_CHECKING:
    from integrations.ics.careful import Careful

__all__ = ["STEPS", "Decoded", "Known", "busy", "decode"]

#: Steps that the repeat rules of one file may take; about four seconds.
STEPS = 6_000_000
MAX_WARNINGS = 1_000


def decode(
    data: bytes | Iterable[bytes],
    *,
    window: Span,
    zone: ZoneInfo,
    owner: str = "",
    known: Known | None = None,
    plainly: bool = True,
) -> Decoded:
    """Read a file, given whole or piece by piece.

    `zone` places floating times and whole days; what `owner` (an address) declined is
    `DECLINED`. An occurrence is told when it touches the window or would have if it
    had not been moved. `known` is what the caller keeps from one reading of a feed to
    the next; without `plainly` every series takes the careful way, for comparison.
    Raises `Refused` with E_ICS_…, E_EVENT_… or E_RRULE_….
    """
    reading = _Reading(window, zone, owner.strip().lower(), plainly=plainly)
    if known is None:
        return reading.decoded(data)
    known.ask((window, zone.key, owner, plainly))
    digest = Known.digest(data) if isinstance(data, bytes) else b""
    if digest and (before := known.same(digest)):
        return before
    seen = known.seen()
    decoded = reading.decoded(data, seen)
    known.keep(digest, decoded, seen)
    return decoded


def busy(
    data: bytes, *, window: Span, zone: ZoneInfo, owner: str = ""
) -> tuple[Spans, tuple[Warned, ...]]:
    """When the owner of this file is busy in the window, and what was odd."""
    decoded = decode(data, window=window, zone=zone, owner=owner)
    return decoded.busy(window), decoded.warnings


#: An event of a usual kind: its place in the file, its values, when it was stamped.
_Placed = tuple[int, Record, bytes | None]


def _changed(line: Property | None) -> int | None:
    found = stamp(line)
    return seconds(found) if found else None


def _nothing(block: bytes) -> None:
    """Reads no block, so that all of them take the careful way."""


class _Reading:
    """One file being read: its clocks, what is asked of it, what was odd."""

    def __init__(
        self, window: Span, zone: ZoneInfo, owner: str, *, plainly: bool
    ) -> None:
        self._warnings: dict[Warned, None] = {}
        self._owner = owner
        self._window = window
        self._home = Named(zone)
        self._budget = Budget(STEPS)
        self._plain = Plain(window, self._home)
        self._series = PlainSeries(self._plain, self._budget)
        self._careful_reader: Careful | None = None
        self._plainly = plainly
        #: By UID in the order of the file; those without a UID under their number.
        self._same: dict[str | int, list[_Placed]] = {}
        self._left: list[Left] = []
        self._found: list[tuple[int, Found]] = []

    def decoded(
        self, data: bytes | Iterable[bytes], seen: Seen | None = None
    ) -> Decoded:
        read = Records(self._owner).read if self._plainly else _nothing
        blocks = Blocks(self._owner, seen.reader(read) if seen else read)
        self._scan(blocks.events(data))
        sieved = blocks.sieved()
        if sieved.odd_bytes:
            self._warn("W_ICS_BYTES", "", "Some bytes of this file are not UTF-8 text.")
        self._give_back(sieved.named("VEVENT"))
        free_busy = tuple(self._free_busy(sieved))
        self._expand(seen)
        self._expand_left(sieved, seen)
        return Decoded((*self._named(), *free_busy), tuple(self._warnings))

    def _give_back(self, components: Sequence[Component]) -> None:
        """Events of which no block could be read, and all others of their UIDs."""
        why = "an event of an unusual form" if self._plainly else "asked for"
        for component in components:
            self._leave(component.text("UID"), why)
            self._left.append(Left(component.number, component, why))

    def _scan(self, events: Iterable[tuple[int, Read]]) -> None:
        same = self._same
        for number, (uid, record, stamped) in events:
            key = uid or number
            if key in same:
                same[key].append((number, record, stamped))
            else:
                same[key] = [(number, record, stamped)]

    def _expand(self, seen: Seen | None) -> None:
        """What can be read plainly; the rest is left to the careful way."""
        left: list[tuple[str | int, str]] = []
        expanded = self._seen_series(seen) if seen else self._series.found
        for key, same in self._same.items():
            number, record, _ = same[0]
            records = [record] if len(same) == 1 else [one for _, one, _ in same]
            uid = key if isinstance(key, str) else ""
            try:
                self._found.append((number, expanded(uid, records)))
            except NotPlain as not_plain:
                left.append((key, not_plain.why))
        for key, why in left:
            self._leave(key, why)

    def _seen_series(self, seen: Seen) -> Callable[[str, list[Record]], Found]:
        """Expands what was not there before."""
        budget = self._budget

        def expanded(uid: str, records: list[Record]) -> Found:
            found = seen.found(uid, records, budget) if uid else None
            if found is None:
                before = budget.left
                found = self._series.found(uid, records)
                if uid:
                    seen.keep(uid, records, found, before - budget.left)
            return found

        return expanded

    def _leave(self, uid: str | int, why: str) -> None:
        """Every event of a UID to the careful way."""
        for number, record, stamped in self._same.pop(uid, ()):
            self._left.append(Left(number, record.component(stamped, number), why))

    def _expand_left(self, sieved: Sieved, seen: Seen | None) -> None:
        """The careful way, for what is left."""
        if self._left:
            self._found += self._careful(sieved).found(self._left, seen)

    def _free_busy(self, sieved: Sieved) -> Iterator[Found]:
        """Each VFREEBUSY as one without a UID: it stands for no single event."""
        for number, component in enumerate(sieved.named("VFREEBUSY")):
            found = periods(component, self._plain) if self._plainly else None
            if found is None:
                found = self._careful(sieved).periods(component)
            yield Found(
                id=f"{MERGED}{number}",
                uid="",
                rows=tuple((start, start, end, BUSY) for start, end in sorted(found)),
                changed=_changed(component.first("LAST-MODIFIED")),
            )

    def _careful(self, sieved: Sieved) -> Careful:
        # Takes longer to import than most calendars to read.
        from integrations.ics.careful import Careful  # noqa: PLC0415

        if self._careful_reader is None:
            self._careful_reader = Careful(
                window=self._window,
                home=self._home,
                owner=self._owner,
                zones=sieved.named("VTIMEZONE"),
                budget=self._budget,
                warn=self._warn,
            )
        return self._careful_reader

    def _named(self) -> list[Found]:
        """In the order of the file; those without a UID last, with ids of their own."""
        every = [found for _, found in sorted(self._found, key=itemgetter(0))]
        found = [one for one in every if one.uid]
        if len(found) < len(every):
            for one in every:
                if not one.uid:
                    found.append(one._replace(id=f"{one.id}-{len(found)}"))
        return found

    def _warn(self, code: str, uid: str, message: str) -> None:
        if len(self._warnings) < MAX_WARNINGS:
            self._warnings[Warned(code, uid, message)] = None
