"""Bytes of an iCalendar file -> what it says about a window of time.

Only identity, start, end, meaning and the stamps of a change leave this module. What
cannot be read stops the file (`Refused`): it must not look free. What is odd but
readable becomes a warning. Where libraries read a calendar differently,
docs/decisions/icalendar-readings.md says what is done here; two-paths.md, which of
the two ways through this folder a series takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from integrations.ics.blocks import Blocks, Left, Sieved
from integrations.ics.clocks import Named
from integrations.ics.decoded import BUSY, Decoded, Found, seconds
from integrations.ics.known import Alone, Known, Seen
from integrations.ics.offsets import NotPlain
from integrations.ics.plain import Plain
from integrations.ics.plain_busy import periods
from integrations.ics.plain_series import PlainSeries
from integrations.ics.records import Record, Records
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


def _changed(line: Property | None) -> int | None:
    found = stamp(line)
    return seconds(found) if found else None


def _nothing(block: bytes, place: int) -> None:
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
        self._first: dict[str | int, Record] = {}
        #: Further events of a UID.
        self._more: dict[str | int, list[Record]] = {}
        self._left: list[Left] = []
        #: By the place of the first event of a UID.
        self._found: dict[int, Found] = {}

    def decoded(
        self, data: bytes | Iterable[bytes], seen: Seen | None = None
    ) -> Decoded:
        read = Records(self._owner).read if self._plainly else _nothing
        blocks = Blocks(self._owner, seen.reader(read) if seen else read)
        alone = self._series.alone
        self._scan(blocks.events(data), seen.expander(alone) if seen else alone)
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

    def _scan(self, events: Iterable[Record], alone: Alone) -> None:
        """Each event by itself, while it is at hand, as if no other had its UID."""
        first, more, found = self._first, self._more, self._found
        for event in events:
            key = event.uid or event.place
            if first.setdefault(key, event) is not event:
                more.setdefault(key, []).append(event)
            elif by_itself := alone(event):
                found[event.place] = by_itself

    def _expand(self, seen: Seen | None) -> None:
        """What can be read plainly; the rest is left to the careful way."""
        left: list[tuple[str | int, str]] = []
        expanded = self._seen_series(seen) if seen else self._series.found
        more, found = self._more, self._found
        for key, event in self._first.items():
            if event.place in found and key not in more:
                continue
            try:
                found[event.place] = expanded([event, *more.get(key, ())])
            except NotPlain as not_plain:
                left.append((key, not_plain.why))
        for key, why in left:
            self._leave(key, why)

    def _seen_series(self, seen: Seen) -> Callable[[list[Record]], Found]:
        """Expands what was not there before."""
        budget = self._budget

        def expanded(records: list[Record]) -> Found:
            uid = records[0].uid
            source = [one.meaning for one in records]
            found = seen.found(uid, source, budget) if uid else None
            if found is None:
                before = budget.left
                found = self._series.found(records)
                if uid:
                    seen.keep(uid, source, found, before - budget.left)
            return found

        return expanded

    def _leave(self, uid: str | int, why: str) -> None:
        """Every event of a UID to the careful way."""
        first = self._first.pop(uid, None)
        if first is None:
            return
        self._found.pop(first.place, None)
        for one in (first, *self._more.pop(uid, ())):
            self._left.append(Left(one.place, one.component(), why))

    def _expand_left(self, sieved: Sieved, seen: Seen | None) -> None:
        """The careful way, for what is left."""
        if self._left:
            self._found.update(self._careful(sieved).found(self._left, seen))

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
        every = [self._found[place] for place in sorted(self._found)]
        found = [one for one in every if one.uid]
        if len(found) < len(every):
            for one in every:
                if not one.uid:
                    found.append(one._replace(id=f"{one.id}-{len(found)}"))
        return found

    def _warn(self, code: str, uid: str, message: str) -> None:
        if len(self._warnings) < MAX_WARNINGS:
            self._warnings[Warned(code, uid, message)] = None
