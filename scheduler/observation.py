"""Noticing what people do in their calendars: which look at which calendar counts.

For each copy the dates that are expected are held against what the calendar yields now
(architecture.md, 'Detection is a diff of dates'). Nothing is concluded from a calendar
that could not be read, from dates that a source does not reach, from what Troth is
about to write itself, or from one look at something that merely vanished.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scheduler.busy import Reading
from scheduler.connections import CalendarKind, Health
from scheduler.datediff import MANY, Diff, Shown, diff, grouped
from scheduler.events import CalendarObject
from scheduler.findings import SOURCES, Finding, FindingKind, Grade
from scheduler.ids import PersonId, Uid
from scheduler.series import Copy, CopyState, Meeting, MeetingKey, Route, Series
from scheduler.timespan import Span

#: What vanished is believed when a read this much later misses it too.
SECOND_LOOK = timedelta(minutes=2)

#: A copy, and the date in it (None: all of it) that Troth is about to change itself.
Pending = tuple[PersonId, Uid, datetime | None]


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a copy found, and the copy as it is remembered after it."""

    copy: Copy
    findings: tuple[Finding, ...] = ()
    #: When its calendar is to be read again to be sure.
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """One person's calendars, and what has to be known to read them rightly."""

    person: PersonId
    readings: tuple[Reading, ...]
    #: UIDs of every object Troth made for them, in any pair.
    uids: frozenset[str] = frozenset()
    #: Effects that were decided and are not yet in the calendar.
    pending: frozenset[Pending] = frozenset()
    #: Starts that meetings had before.
    former: frozenset[tuple[MeetingKey, datetime]] = frozenset()
    #: The calendars of the other one, where the event of a guest list stands as well.
    others: tuple[Reading, ...] = ()
    #: Whose act was seen, about which meeting, and when.
    acted: frozenset[tuple[PersonId, MeetingKey, datetime]] = frozenset()

    def look(self, copy: Copy, series: Series, now: datetime) -> Look:
        """Hold one copy against its owner's calendars."""
        if not self.is_due(copy):
            return Look(copy)
        expected = self.expected(copy, series, now)
        if not expected:
            return Look(replace(copy, missed_at=None))
        shown = self.shown(copy)
        if shown:
            return self._found(copy, series, expected, *shown, now)
        return self._absent(copy, expected, now)

    def is_due(self, copy: Copy) -> bool:
        """Whether the copy is to be looked at: it is there, and nobody changes it."""
        whole = (self.person, copy.uid, None)
        return copy.state is CopyState.THERE and whole not in self.pending

    def shown(self, copy: Copy) -> tuple[Reading, tuple[CalendarObject, ...]] | None:
        """The calendar of theirs that holds the copy now, and what it holds of it."""
        return standing_in(sorted(self.readings, key=_order(copy)), copy.uid)

    def clashes(self, series: Series, now: datetime) -> tuple[Finding, ...]:
        """What stands on top of meetings still ahead: each meeting and thing once."""
        live = [m for m in series.live() if m.span]
        ours = frozenset(m.span for m in live if m.span)
        found = {
            (m.key, f"{reading.connection.id}/{o.id}"): (reading, span)
            for reading in self.readings
            if is_readable(reading)
            for o in reading.objects
            if o.uid not in self.uids and not _is_double(reading, o, ours)
            for span in o.busy()
            if reading.connection.kind is not CalendarKind.ICS or span not in ours
            for m in live
            if m.span and m.span.start > now and m.span.overlaps(span)
        }
        return tuple(
            Finding(
                FindingKind.CLASH,
                Grade.WEAK,
                self.person,
                (key,),
                now,
                SOURCES[reading.connection.kind],
                (span,),
                what=what,
            )
            for (key, what), (reading, span) in sorted(found.items(), key=_name)
        )

    def expected(
        self, copy: Copy, series: Series, now: datetime
    ) -> tuple[Meeting, ...]:
        """The meetings of this object that are not over and that nobody is moving."""
        return tuple(
            m
            for m in series.of_uid(copy.uid)
            if m.is_live
            and m.span
            and m.span.end > now
            and (self.person, copy.uid, m.key.original_start) not in self.pending
        )

    def _found(
        self,
        copy: Copy,
        series: Series,
        expected: tuple[Meeting, ...],
        reading: Reading,
        objects: tuple[CalendarObject, ...],
        now: datetime,
    ) -> Look:
        is_feed = reading.connection.kind is CalendarKind.ICS
        is_written = copy.route is Route.WRITTEN
        if is_written and is_feed:
            return Look(replace(copy, missed_at=None))
        if is_written and not read_after(reading, copy.written_at):
            return Look(copy)
        copy = _kept_in(copy, reading, objects[0])
        shown = Shown(
            self.person,
            SOURCES[reading.connection.kind],
            Grade.PROBABLE if is_feed else Grade.CERTAIN,
            objects,
            frozenset() if is_written else self.former,
        )
        inside = tuple(m for m in expected if reaches(reading, m))
        found = diff(series, inside, shown, now)
        if is_feed:
            later = self._second_look(copy, inside, found.missing, reading, now)
            falls = grouped(inside, found.findings, ())
            return replace(later, findings=falls + later.findings)
        falls = grouped(inside, found.findings, absences(found, shown, now))
        return Look(replace(copy, missed_at=None), falls)

    def _absent(self, copy: Copy, expected: tuple[Meeting, ...], now: datetime) -> Look:
        """A copy whose UID is in none of their calendars."""
        if not self.readings or not all(is_readable(r) for r in self.readings):
            return Look(copy)
        if copy.route is Route.IMIP:
            return self._without_uid(copy, expected, now)
        home = [r for r in self.readings if r.connection.id == copy.calendar]
        if not home or not read_after(home[0], copy.written_at):
            return Look(copy)
        inside = tuple(m for m in expected if reaches(home[0], m))
        look = self._second_look(copy, inside, inside, home[0], now)
        if not self.is_deleted(copy.uid) or not look.findings:
            return look
        return self._deleted(copy, look, now)

    def is_deleted(self, uid: str) -> bool:
        """Whether one of their calendars says that they deleted the object."""
        return any(o.uid == uid and o.deleted for r in self.readings for o in r.objects)

    def _deleted(self, copy: Copy, look: Look, now: datetime) -> Look:
        """An explicit sign is certain, however many dates there were.

        But where the guest still has the event, its organiser moved it to a calendar
        that nobody connected: they are asked.
        """
        guests = standing_in(self.others, copy.uid)
        since = copy.missed_at
        if guests and since and not read_since(guests[0], since + SECOND_LOOK):
            return Look(copy, again_at=max(now, since + SECOND_LOOK))
        grade = Grade.PROBABLE if guests else Grade.CERTAIN
        return replace(
            look, findings=tuple(replace(f, grade=grade) for f in look.findings)
        )

    def _without_uid(
        self, copy: Copy, expected: tuple[Meeting, ...], now: datetime
    ) -> Look:
        """A feed without our UIDs: our meetings are known by equal start and end.

        What was never seen in it was perhaps never accepted, and is not missed.
        """
        feeds = [r for r in self.readings if r.connection.kind is CalendarKind.ICS]
        reading = feeds[0] if feeds else self.readings[0]
        shown = {span: o.id for r in feeds for o in r.objects for span in o.busy()}
        seen = next((shown[m.span] for m in expected if m.span in shown), None)
        copy = replace(copy, remote_id=copy.remote_id or seen)
        if copy.remote_id is None:
            return Look(copy)
        starts = {span.start for span in shown}
        inside = tuple(m for m in expected if reaches(reading, m))
        slow = {key for key, start in self.former if start in starts}
        missed = tuple(m for m in inside if m.span not in shown and m.key not in slow)
        return self._second_look(copy, inside, missed, reading, now)

    def _second_look(
        self,
        copy: Copy,
        expected: tuple[Meeting, ...],
        missed: tuple[Meeting, ...],
        reading: Reading,
        now: datetime,
    ) -> Look:
        """Believe what vanished only when later reads miss it too."""
        if not missed:
            return Look(replace(copy, missed_at=None))
        since = copy.missed_at
        if since is None:
            return Look(replace(copy, missed_at=now), again_at=now + SECOND_LOOK)
        if any(not read_since(r, since + SECOND_LOOK) for r in self.readings):
            return Look(copy, again_at=max(now, since + SECOND_LOOK))
        keys = tuple(m.key for m in missed if m.span and since < m.span.start)
        is_all = len(keys) > 1 and len(keys) == len(expected)
        is_feed = reading.connection.kind is CalendarKind.ICS
        finding = Finding(
            FindingKind.SERIES_GONE if is_all else FindingKind.MISSING,
            Grade.PROBABLE if is_feed or len(keys) >= MANY else Grade.CERTAIN,
            self.person,
            keys,
            since,
            SOURCES[reading.connection.kind],
        )
        return Look(copy, (finding,) if keys else ())


def is_readable(reading: Reading) -> bool:
    """Whether a calendar says what it holds: it was read, and well, and believed."""
    connection = reading.connection
    return (
        connection.health is Health.GOOD
        and connection.read_at is not None
        and connection.doubted_at is None
    )


def _is_double(reading: Reading, found: CalendarObject, ours: frozenset[Span]) -> bool:
    """Whether it stands for meetings of ours, or for nothing but their time.

    People make duplicates of an event in Google's page, with ids of their own, and a
    scope that shows times alone may show ours without a name. Titles are never read:
    what has no time but exactly that of our meetings is taken for them.
    """
    return reading.connection.kind is CalendarKind.GOOGLE and ours.issuperset(
        found.busy()
    )


def standing_in(
    readings: Iterable[Reading], uid: str
) -> tuple[Reading, tuple[CalendarObject, ...]] | None:
    """The first calendar that can be read and holds this object, and what it holds."""
    for reading in readings:
        found = tuple(o for o in reading.objects if o.uid == uid and not o.deleted)
        if found and is_readable(reading):
            return reading, found
    return None


def absences(found: Diff, shown: Shown, now: datetime) -> Iterable[Finding]:
    """Dates that an object, itself still there, does not hold any more."""
    at = shown.at(now)
    return [
        Finding(
            FindingKind.MISSING, shown.grade, shown.person, (m.key,), at, shown.source
        )
        for m in found.missing
        if m.span and at < m.span.start
    ]


def reaches(reading: Reading, meeting: Meeting) -> bool:
    """Whether the source speaks about the dates this meeting has and had."""
    connection, span = reading.connection, meeting.span
    if span is None:
        return False
    original = meeting.key.original_start
    horizon = connection.horizon
    if horizon and max(span.end, original) > horizon:
        return False
    window = connection.cursor.window if connection.cursor else None
    return window is None or window.covers(
        Span(min(span.start, original), max(span.end, original + span.length))
    )


def read_since(reading: Reading, at: datetime) -> bool:
    """Whether its last good read began at that instant or later."""
    read_at = reading.connection.read_at
    return read_at is not None and read_at >= at


def read_after(reading: Reading, at: datetime | None) -> bool:
    """Whether the last good read began after we wrote, if we did."""
    read_at = reading.connection.read_at
    return at is None or (read_at is not None and read_at > at)


def _kept_in(copy: Copy, reading: Reading, found: CalendarObject) -> Copy:
    """The copy where its owner keeps it now; on the iMIP route, that it was seen."""
    calendar = reading.connection.id
    if copy.route is Route.IMIP:
        return replace(copy, remote_id=copy.remote_id or found.id)
    if calendar == copy.calendar:
        return copy
    return replace(copy, calendar=calendar, remote_id=found.id, etag=found.etag)


def _order(copy: Copy) -> Callable[[Reading], tuple[bool, bool, str]]:
    """Where to look for a copy: where it was, then elsewhere, feeds last."""

    def order(reading: Reading) -> tuple[bool, bool, str]:
        connection = reading.connection
        is_feed = connection.kind is CalendarKind.ICS
        return connection.id != copy.calendar, is_feed, connection.id

    return order


def _name(item: tuple[tuple[MeetingKey, str], object]) -> tuple[MeetingKey, str]:
    return item[0]
