"""Bytes of an iCalendar file -> what it says about a window of time.

Only identity, start, end, meaning and the stamps of a change leave this module. What
cannot be read stops the file (`Refused`): it must not look free. What is odd but
readable becomes a warning. Where libraries read a calendar differently,
docs/decisions/icalendar-readings.md says what is done here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from integrations.ics.clocks import Clock, Clocks, Named, Unknown
from integrations.ics.events import Event, Skipped, read_event
from integrations.ics.rule_text import TooOften
from integrations.ics.rules import Budget
from integrations.ics.series import Asked, occurrences
from integrations.ics.sieve import Component, Property, sieve
from integrations.ics.tables import Tables
from integrations.ics.values import Reader, Unreadable, stamp
from scheduler.errors import Refused
from scheduler.events import MERGED, CalendarObject, Occurrence, Warned
from scheduler.ids import RemoteId
from scheduler.timespan import Span, Spans

#: Steps that the repeat rules of one file may take; about four seconds.
STEPS = 6_000_000
MAX_WARNINGS = 1_000

_NO_TIME = timedelta(0)
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Decoded:
    """What one file says about a window.

    Each UID is one object whose id is the UID; events without one stand alone. An
    object without an occurrence near the window is there too, so that its UID is not
    taken for gone.
    """

    objects: tuple[CalendarObject, ...] = ()
    warnings: tuple[Warned, ...] = ()

    def busy(self, window: Span) -> Spans:
        """When its owner is busy, clipped to the window."""
        spans = (span for found in self.objects for span in found.busy())
        return Spans.of(spans).clipped(window)


def decode(data: bytes, *, window: Span, zone: ZoneInfo, owner: str = "") -> Decoded:
    """Read a file.

    `zone` places floating times and whole days; what `owner` (an address) declined is
    `DECLINED`. An occurrence is told when it touches the window or would have if it
    had not been moved. Raises `Refused` with E_ICS_…, E_EVENT_… or E_RRULE_….
    """
    reading = _Reading(window, zone, owner.strip().lower())
    objects = reading.objects(data)
    return Decoded(objects, tuple(reading.warnings))


def busy(
    data: bytes, *, window: Span, zone: ZoneInfo, owner: str = ""
) -> tuple[Spans, tuple[Warned, ...]]:
    """When the owner of this file is busy in the window, and what was odd."""
    decoded = decode(data, window=window, zone=zone, owner=owner)
    return decoded.busy(window), decoded.warnings


class _Reading:
    """One file being read: its clocks, what is asked of it, what was odd."""

    def __init__(self, window: Span, zone: ZoneInfo, owner: str) -> None:
        self.warnings: dict[Warned, None] = {}
        self._home = Named(zone)
        self._owner = owner
        self._asked = Asked(window, self._home, Budget(STEPS), self._warn)
        self._clocks = Clocks(lambda _: None)

    def objects(self, data: bytes) -> tuple[CalendarObject, ...]:
        """Every UID of the file as one object."""
        sieved = sieve(data, owner=self._owner)
        if sieved.odd_bytes:
            self._warn("W_ICS_BYTES", "", "Some bytes of this file are not UTF-8 text.")
        own = Tables(sieved.named("VTIMEZONE"), self._asked.budget)
        self._clocks = Clocks(own.named)
        free_busy = tuple(self._free_busy(sieved.named("VFREEBUSY")))
        found = [
            self._object(uid, number, same)
            for number, (uid, same) in enumerate(
                _by_uid(self._events(sieved.components))
            )
        ]
        return (*found, *free_busy)

    def _warn(self, code: str, uid: str, message: str) -> None:
        if len(self.warnings) < MAX_WARNINGS:
            self.warnings[Warned(code, uid, message)] = None

    def _reader(self, component: Component) -> Reader:
        """What reads this component's values; an unknown zone is told under its UID."""

        def named(name: str) -> Clock:
            clock = self._clocks.named(name)
            if isinstance(clock, Unknown):
                self._warn(
                    "W_TZ_UNKNOWN",
                    component.text("UID"),
                    f"The time zone {name[:64]!r} is unknown; the event counts as busy"
                    " over everything it may mean.",
                )
            return clock

        return Reader(self._home, named)

    def _events(self, components: list[Component]) -> Iterator[Event]:
        """Every VEVENT, in order; each is let go of when it is read."""
        components.reverse()
        while components:
            component = components.pop()
            if component.name != "VEVENT":
                continue
            try:
                reader = self._reader(component)
                yield read_event(component, reader, self._owner, self._warn)
            except TooOften:
                self._warn(
                    "W_RRULE_FREQ",
                    component.text("UID"),
                    "An event that repeats every minute or second is left out.",
                )
            except Skipped as skipped:
                self._warn(skipped.code, component.text("UID"), skipped.message)

    def _object(
        self, uid: str, number: int, events: tuple[Event, ...]
    ) -> CalendarObject:
        masters = self._newest(event for event in events if event.replaces is None)
        others = tuple(
            event for same in _by_replaced(events) for event in self._newest(same)[-1:]
        )
        # Of masters that nothing tells apart each counts; one of them has the changes.
        found = [occurrences(master, (), self._asked) for master in masters[:-1]]
        found.append(occurrences(next(iter(masters[-1:]), None), others, self._asked))
        return CalendarObject(
            id=RemoteId(uid or f"{events[0].start.utc:%Y%m%dT%H%M%SZ}-{number}"),
            uid=uid,
            occurrences=tuple(sorted({one for some in found for one in some})),
            changed_at=max((e.changed for e in events if e.changed), default=None),
            sequence=max(event.sequence for event in events),
        )

    def _newest(self, events: Iterable[Event]) -> tuple[Event, ...]:
        """The latest of several accounts of one thing: highest SEQUENCE, then DTSTAMP.

        More than one only where they differ and nothing says which is the latest.
        """
        accounts = {_content(event): event for event in sorted(events, key=_age)}
        if len(accounts) < 2:
            return tuple(accounts.values())
        last = max(_age(event) for event in accounts.values())
        newest = tuple(e for e in accounts.values() if _age(e) == last)
        self._warn(
            "W_ICS_DUP_UID",
            newest[-1].uid,
            "Two events have the same UID; the one changed last counts.",
        )
        return newest

    def _free_busy(self, components: list[Component]) -> Iterator[CalendarObject]:
        """Each VFREEBUSY as one object without a UID: it stands for no single event."""
        for number, component in enumerate(components):
            spans = sorted(set(self._periods(component)))
            yield CalendarObject(
                id=RemoteId(f"{MERGED}{number}"),
                uid="",
                occurrences=tuple(Occurrence(s.start, s.start, s.end) for s in spans),
                changed_at=stamp(component.first("LAST-MODIFIED")),
            )

    def _periods(self, component: Component) -> Iterator[Span]:
        """What is not FREE, where it meets the window (RFC 5545 section 3.8.2.6)."""
        reader = self._reader(component)
        for line in component.all("FREEBUSY"):
            if line.parameters.get("FBTYPE", "BUSY").upper() == "FREE":
                continue
            for span in _spans(reader, line):
                if span.overlaps(self._asked.window):
                    yield span


def _spans(reader: Reader, line: Property) -> Iterator[Span]:
    try:
        for moment, long in reader.periods(line):
            start = moment.utc - moment.clock.early
            end = moment.utc + moment.clock.late + (long.rough if long else _NO_TIME)
            if start < end:
                yield Span(start, end)
    except Unreadable as error:
        raise Refused(
            "E_FREEBUSY_UNREADABLE",
            "A FREEBUSY line is not a list of periods like"
            " 20260105T090000Z/20260105T100000Z.",
            field="FREEBUSY",
        ) from error


def _by_uid(events: Iterable[Event]) -> list[tuple[str, tuple[Event, ...]]]:
    """Events of one UID together, in the order of the file; those without, alone."""
    groups: dict[str, list[Event]] = {}
    alone: list[tuple[str, tuple[Event, ...]]] = []
    for event in events:
        if event.uid:
            groups.setdefault(event.uid, []).append(event)
        else:
            alone.append(("", (event,)))
    return [(uid, tuple(same)) for uid, same in groups.items()] + alone


def _by_replaced(events: Iterable[Event]) -> Iterable[list[Event]]:
    """The changed occurrences of one UID, by what they replace."""
    groups: dict[datetime, list[Event]] = {}
    for event in events:
        if event.replaces:
            groups.setdefault(event.replaces.utc, []).append(event)
    return groups.values()


def _age(event: Event) -> tuple[int, datetime]:
    return event.sequence, event.stamped or _LONG_AGO


def _content(event: Event) -> Event:
    """The event without what says how new it is."""
    return replace(event, sequence=0, stamped=None, changed=None)
