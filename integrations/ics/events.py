"""VEVENT -> `Event`: when, how long, how often, and what it means for its owner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from integrations.ics.rule_text import read_rule
from integrations.ics.rules import Rule
from integrations.ics.sieve import Component, Property
from integrations.ics.values import (
    FIRST_RULE_YEAR,
    FIRST_YEAR,
    LAST_YEAR,
    MAX_DAYS,
    NOTHING,
    ONE_DAY,
    Length,
    Moment,
    Reader,
    Unreadable,
    length,
    refuses,
    sequence,
    stamp,
)
from scheduler.errors import Refused
from scheduler.events import Meaning

Warn = Callable[[str, str, str], None]


class Skipped(Exception):
    """This event is left out; `code` and `message` become a warning."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Repeats:
    """One RRULE or EXRULE; `until` None is for ever."""

    rule: Rule
    until: Moment | None


@dataclass(frozen=True, slots=True)
class Event:
    """One VEVENT.

    With `replaces` it stands for one occurrence of a series, or, with `onwards`, for
    that one and all that follow.
    """

    uid: str
    start: Moment
    length: Length
    meaning: Meaning
    replaces: Moment | None = None
    onwards: bool = False
    rules: tuple[Repeats, ...] = ()
    not_rules: tuple[Repeats, ...] = ()
    dates: tuple[tuple[Moment, Length | None], ...] = ()
    not_dates: tuple[Moment, ...] = ()
    sequence: int = 0
    stamped: datetime | None = None
    changed: datetime | None = None

    @property
    def is_single(self) -> bool:
        """Whether it happens once, and nothing takes that away."""
        return not (self.rules or self.dates or self.not_dates)


def read_event(component: Component, reader: Reader, owner: str, warn: Warn) -> Event:
    """One VEVENT; `owner` is an address in small letters, '' for nobody.

    Raises `Refused` (E_EVENT_…, E_RRULE_…), `Skipped`, or `TooOften`.
    """
    try:
        return _read_event(component, reader, owner, warn)
    except Unreadable as error:
        raise Refused(
            "E_EVENT_UNREADABLE",
            "An event has an RDATE or RECURRENCE-ID that is no date; save it anew in"
            " its calendar program.",
            field="RDATE",
        ) from error


def _read_event(component: Component, reader: Reader, owner: str, warn: Warn) -> Event:
    uid = component.text("UID")
    meaning = _meaning(component, owner)
    replaces = _one(component, "RECURRENCE-ID", reader)
    start = _start(
        component, reader, replaces if meaning is Meaning.CANCELLED else None
    )
    repeats = replaces is None
    rules = tuple(_repeats(component, "RRULE", reader, start)) if repeats else ()
    _check_year(start, has_rule=bool(rules))
    long = _length(component, reader, start)
    if long.rough > timedelta(days=MAX_DAYS):
        long = long.cut(MAX_DAYS)
        warn("W_EVENT_LONG", uid, "An event of over 400 days counts for the first 400.")
    return Event(
        uid=uid,
        start=start,
        length=long,
        meaning=meaning,
        replaces=replaces.on(start.clock) if replaces else None,
        onwards=bool(replaces) and _onwards(component),
        rules=rules,
        not_rules=tuple(_repeats(component, "EXRULE", reader, start)) if rules else (),
        dates=tuple(_dates(component, reader, start)) if repeats else (),
        not_dates=tuple(_not_dates(component, reader, start)) if repeats else (),
        sequence=sequence(component.text("SEQUENCE")),
        stamped=stamp(component.first("DTSTAMP")),
        changed=stamp(component.first("LAST-MODIFIED")),
    )


def _meaning(component: Component, owner: str) -> Meaning:
    if component.text("STATUS").upper() == "CANCELLED":
        return Meaning.CANCELLED
    if owner and any(refuses(line, owner) for line in component.all("ATTENDEE")):
        return Meaning.DECLINED
    if component.text("TRANSP").upper() == "TRANSPARENT":
        return Meaning.FREE
    return Meaning.BUSY


def _start(component: Component, reader: Reader, instead: Moment | None) -> Moment:
    """DTSTART; a cancelled occurrence may leave it out (RFC 5546 section 3.2.5)."""
    try:
        found = _one(component, "DTSTART", reader)
    except Unreadable:
        found = None
    if found is None and instead is None:
        raise Refused(
            "E_EVENT_NO_START",
            "An event has no start that can be read; give it a DTSTART like"
            " 20260105T090000Z.",
            field="DTSTART",
        )
    return found or instead  # type: ignore[return-value]


def _one(component: Component, name: str, reader: Reader) -> Moment | None:
    line = component.first(name)
    return reader.moment(line) if line else None


def _check_year(start: Moment, *, has_rule: bool) -> None:
    earliest = FIRST_RULE_YEAR if has_rule else FIRST_YEAR
    if not earliest <= start.wall.year <= LAST_YEAR:
        raise Skipped(
            "W_EVENT_YEAR", f"An event in the year {start.wall.year} is left out."
        )


def _length(component: Component, reader: Reader, start: Moment) -> Length:
    """From DTEND as exact time, of whole days as days; else from DURATION."""
    try:
        end = _one(component, "DTEND", reader)
        written = component.first("DURATION")
        long = length(written.value) if written and end is None else NOTHING
    except Unreadable as error:
        raise Refused(
            "E_EVENT_LENGTH",
            "An event has an end or a length that cannot be read; mend its DTEND or"
            " DURATION.",
            field="DTEND",
        ) from error
    if end is not None:
        long = between(start, end)
    if long.rough < timedelta(0):
        raise Refused(
            "E_EVENT_ENDS_BEFORE_START",
            "An event ends before it starts; correct its DTEND or DURATION.",
            field="DTEND",
        )
    return ONE_DAY if start.whole_day and long == NOTHING else long


def between(start: Moment, end: Moment) -> Length:
    """The length from DTSTART to DTEND; negative when they are the wrong way round.

    When a clock change alone turns the two around (a start that is skipped), the
    difference of the wall times counts.
    """
    if start.whole_day and end.whole_day:
        return Length((end.wall - start.wall).days)
    end = end.on(start.clock) if not start.whole_day else end
    if end.clock is start.clock:
        exact = end.utc - start.utc
        if exact < timedelta(0) <= end.wall - start.wall:
            exact = end.wall - start.wall
        return Length(exact=exact)
    first, last = start.utc - start.clock.early, end.utc + end.clock.late
    return Length(exact=last - first)


def _repeats(
    component: Component, name: str, reader: Reader, start: Moment
) -> list[Repeats]:
    return [
        Repeats(rule, _until(until, reader, start))
        for line in component.all(name)
        if line.value.strip()
        for rule, until in (read_rule(line.value),)
    ]


def _until(text: str, reader: Reader, start: Moment) -> Moment | None:
    """UNTIL, read in the zone of DTSTART where it names none; a date is all of it."""
    if not text:
        return None
    try:
        until = reader.moment(Property(text, {}))
    except Unreadable:
        raise Refused(
            "E_RRULE_UNREADABLE",
            "A repeat rule has an UNTIL that is no date; save that event anew in its"
            " calendar program.",
            field="RRULE",
        ) from None
    return until.on(start.clock)


def _dates(
    component: Component, reader: Reader, start: Moment
) -> list[tuple[Moment, Length | None]]:
    """RDATE; a bare date among times takes the time of DTSTART."""
    return [
        (_like(start, moment), long)
        for line in component.all("RDATE")
        for moment, long in reader.periods(line)
    ]


def _like(start: Moment, moment: Moment) -> Moment:
    if moment.whole_day and not start.whole_day:
        wall = datetime.combine(moment.wall.date(), start.wall.time())
        return Moment(wall, start.clock)
    return moment.on(start.clock)


def _not_dates(component: Component, reader: Reader, start: Moment) -> list[Moment]:
    return [
        moment.on(start.clock)
        for line in component.all("EXDATE")
        for moment in reader.readable(line)
    ]


def _onwards(component: Component) -> bool:
    line = component.first("RECURRENCE-ID")
    return line is not None and line.parameters.get("RANGE", "").upper() == (
        "THISANDFUTURE"
    )
