"""The careful way from components to what they say about a window.

It reads everything that iCalendar has, pays each step from a budget, and tells what
was odd. Nearly all series of nearly all calendars are simpler than that and never come
here: `integrations.ics.plain`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from integrations.ics.blocks import Left
from integrations.ics.clocks import Clock, Clocks, Named, Unknown
from integrations.ics.decoded import Found, row, seconds
from integrations.ics.events import Event, Skipped, Warn, read_event
from integrations.ics.known import Seen
from integrations.ics.rule_text import TooOften
from integrations.ics.rules import Budget
from integrations.ics.series import Asked, occurrences
from integrations.ics.sieve import Component, Property
from integrations.ics.tables import Tables
from integrations.ics.values import Length, Reader, Unreadable
from scheduler.errors import Refused
from scheduler.timespan import Span

_NO_TIME = timedelta(0)
_LATEST = datetime.max.replace(microsecond=0, tzinfo=UTC)
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


class Careful:
    """Reads components of one file; `owner` is an address in small letters."""

    def __init__(
        self,
        *,
        window: Span,
        home: Named,
        owner: str,
        zones: list[Component],
        budget: Budget,
        warn: Warn,
    ) -> None:
        self._asked = Asked(window, home, budget, self._warning)
        self._zones = zones
        self._tables = Tables(zones, budget)
        self._clocks = Clocks(self._tables.named)
        self._owner = owner
        self._warn = warn
        self._warned = 0

    def found(
        self, left: Iterable[Left], seen: Seen | None
    ) -> Iterator[tuple[int, Found]]:
        """What every UID comes to, with its place in the file."""
        groups = _by_uid(left)
        zones = [zone.written() for zone in self._zones] if seen else []
        for same in groups:
            number, component, why = same[0]
            uid = component.text("UID")
            if seen and uid:
                source = (zones, [one.component.written() for one in same], why)
                found = seen.found(uid, source, self._asked.budget)
                found = found or self._anew(uid, same, source, seen)
            else:
                found = self._of(same)
            if found:
                yield number, found

    def _anew(
        self, uid: str, same: Sequence[Left], source: object, seen: Seen
    ) -> Found | None:
        budget, warned = self._asked.budget, self._warned
        before = budget.left + self._tables.spent
        found = self._of(same)
        # A warning has to be given again, so that series is read again.
        if found and warned == self._warned:
            # A zone is paid for by whoever asks for it first, each time.
            seen.keep(uid, source, found, before - budget.left - self._tables.spent)
        return found

    def _of(self, same: Sequence[Left]) -> Found | None:
        """What the events of one UID come to; None when none of them can be told."""
        events = tuple(self._events(same))
        return self._found(events, same[0].why) if events else None

    def _warning(self, code: str, uid: str, message: str) -> None:
        self._warned += 1
        self._warn(code, uid, message)

    def periods(self, component: Component) -> set[tuple[int, int]]:
        """Those of a VFREEBUSY, in seconds since 1970."""
        found = self._periods(component)
        return {(seconds(one.start), seconds(one.end)) for one in found}

    def _reader(self, component: Component) -> Reader:
        """What reads this component's values; an unknown zone is told under its UID."""

        def named(name: str) -> Clock:
            clock = self._clocks.named(name)
            if isinstance(clock, Unknown):
                self._asked.warn(
                    "W_TZ_UNKNOWN",
                    component.text("UID"),
                    f"The time zone {_shown(name)!r} is unknown; the event counts as"
                    " busy over everything it may mean.",
                )
            return clock

        return Reader(self._asked.home, named)

    def _events(self, left: Iterable[Left]) -> Iterator[Event]:
        """Every VEVENT that can be read, in order."""
        for _, component, _ in left:
            try:
                reader = self._reader(component)
                yield read_event(component, reader, self._owner, self._asked.warn)
            except TooOften:
                self._asked.warn(
                    "W_RRULE_FREQ",
                    component.text("UID"),
                    "An event that repeats every minute or second is left out.",
                )
            except Skipped as skipped:
                uid = component.text("UID")
                self._asked.warn(skipped.code, uid, skipped.message)

    def _found(self, events: tuple[Event, ...], why: str) -> Found:
        masters = self._newest(event for event in events if event.replaces is None)
        others = tuple(
            event for same in _by_replaced(events) for event in self._newest(same)[-1:]
        )
        # Of masters that nothing tells apart each counts; one of them has the changes.
        told = [occurrences(master, (), self._asked) for master in masters[:-1]]
        told.append(occurrences(next(iter(masters[-1:]), None), others, self._asked))
        changed = max((e.changed for e in events if e.changed), default=None)
        return Found(
            id=events[0].uid or f"{events[0].start.utc:%Y%m%dT%H%M%SZ}",
            uid=events[0].uid,
            rows=tuple(sorted({row(one) for some in told for one in some})),
            changed=seconds(changed) if changed else None,
            sequence=max(event.sequence for event in events),
            why=why,
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
        self._asked.warn(
            "W_ICS_DUP_UID",
            newest[-1].uid,
            "Two events have the same UID; the one changed last counts.",
        )
        return newest

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
            end = _after(moment.utc + moment.clock.late, long)
            if start < end:
                yield Span(start, end)
    except Unreadable as error:
        raise Refused(
            "E_FREEBUSY_UNREADABLE",
            "A FREEBUSY line is not a list of periods like"
            " 20260105T090000Z/20260105T100000Z.",
            field="FREEBUSY",
        ) from error


def _after(start: datetime, long: Length | None) -> datetime:
    """The end of a period; of one beyond the last year, the end of that."""
    try:
        return start + (long.rough if long else _NO_TIME)
    except OverflowError:
        return _LATEST


def _by_uid(left: Iterable[Left]) -> list[list[Left]]:
    """Events of one UID together, in the order of the file; those without, alone."""
    groups: dict[str | int, list[Left]] = {}
    for one in sorted(left, key=lambda one: one.number):
        uid = one.component.text("UID") or one.number
        groups.setdefault(uid, []).append(one)
    return list(groups.values())


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


def _shown(name: str) -> str:
    """The beginning of a name as it may stand in a message: a file may say anything."""
    harmless = (c for c in name[:40] if c.isalnum() or c in " /_+-.,:()&")
    return "".join(harmless)
