"""What occupies a person: their calendars without Troth's own, and what it booked.

product.md, 'busy'. A person of whom any calendar could not be read lately is unknown,
and nothing is offered to them: what is not read is not free (promises.md I8).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.accounts import Account
from scheduler.availability import NOTHING, Availability
from scheduler.connections import CalendarKind, Connection
from scheduler.daysoff import days_off
from scheduler.events import CalendarObject, Meaning
from scheduler.people import Hours, Person
from scheduler.timespan import Spans

#: What was read longer ago than this is not offered on.
FRESH = timedelta(minutes=30)
#: Where our own events may come without any name of ours.
_NAMELESS = frozenset({CalendarKind.ICS, CalendarKind.GOOGLE})
#: Agreements last two years at most, and may begin later: so far days off are known.
_YEARS = 4


@dataclass(frozen=True, slots=True)
class Own:
    """What an agreement says of one of the two, as far as planning asks."""

    hours: Hours
    quiet_days: frozenset[int] = frozenset()
    #: Whose public holidays are days off; empty: none.
    country: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One calendar of a person and what it last said."""

    connection: Connection
    objects: tuple[CalendarObject, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """One person of a pair as the store knows them.

    `uids` are of all objects Troth made for them, `booked` the time of their live
    meetings in any pair, `accounts` what they allowed Troth to do at a provider.
    """

    person: Person
    readings: tuple[Reading, ...] = ()
    uids: frozenset[str] = frozenset()
    booked: Spans = NOTHING
    accounts: tuple[Account, ...] = ()

    def stale(self, now: datetime) -> tuple[Connection, ...]:
        """The calendars that have to be read before anything is offered."""
        return tuple(
            r.connection for r in self.readings if not r.connection.is_fresh(now, FRESH)
        )

    def availability(
        self, terms: Own, now: datetime, *, without: Spans = NOTHING
    ) -> Availability:
        """When they could meet; `without` are own meetings that are to be replaced."""
        busy = None if self.stale(now) else self.busy(without)
        return Availability(
            self.person.zone,
            terms.hours,
            busy,
            self.horizon,
            terms.quiet_days,
            days_off(terms.country, now.year - 1, now.year + _YEARS),
        )

    def busy(self, without: Spans = NOTHING) -> Spans:
        """Everything that occupies them, as far as it is known."""
        return (self.booked - without) | self.foreign()

    def foreign(self) -> Spans:
        """What their calendars say, without Troth's own meetings in them."""
        foreign = (
            foreign_busy(r.connection.kind, r.objects, self.uids, self.booked)
            for r in self.readings
        )
        return Spans.of(span for one in foreign for span in one)

    @property
    def horizon(self) -> datetime | None:
        """From when on their calendars say nothing yet: the nearest end of any."""
        ends: list[datetime] = []
        for connection in (r.connection for r in self.readings):
            if connection.horizon:
                ends.append(connection.horizon)
            if connection.cursor:
                ends.append(connection.cursor.window.end)
        return min(ends, default=None)


def foreign_busy(
    kind: CalendarKind,
    objects: Collection[CalendarObject],
    uids: Collection[str],
    booked: Spans,
) -> Spans:
    """What one calendar says without Troth's own meetings in it.

    They are known by UID. A feed that shows none of our UIDs may have replaced them
    all, and Google shows some people's events without names: there an entry with the
    same start and end is taken for ours. From merged
    free/busy time ours is cut out; a clash inside it cannot be seen.
    """
    foreign = [o for o in objects if o.uid not in uids]
    merged = Spans.of(span for o in foreign if o.is_merged for span in o.busy())
    single = [
        span
        for o in foreign
        if not o.is_merged
        for occurrence in o.occurrences
        if occurrence.meaning is Meaning.BUSY and (span := occurrence.span)
    ]
    if kind in _NAMELESS and len(foreign) == len(objects):
        ours = frozenset(booked)
        single = [span for span in single if span not in ours]
    return Spans.of(single) | (merged - booked)
