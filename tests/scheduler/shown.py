"""What a person's calendars show of a series, for tests that look at it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from scheduler.busy import Reading
from scheduler.connections import CalendarKind, Connection, Health
from scheduler.events import CalendarObject, Cursor, Meaning, Occurrence
from scheduler.findings import FindingKind
from scheduler.ids import CalendarId, Etag, RemoteId, Uid
from scheduler.observation import Look
from scheduler.secret import Secret
from scheduler.series import (
    Copy,
    CopyState,
    Meeting,
    Route,
    Series,
)
from scheduler.timespan import Span
from tests.scheduler.pairs import MENTOR, a_series

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WINDOW = Span(datetime(2026, 2, 1, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC))
HOME, OTHER, FEED = CalendarId("home"), CalendarId("other"), CalendarId("feed")
UID = Uid("s@troth.test")

FATES = (
    "kept",
    "kept",
    "deleted",
    "cancelled",
    "declined",
    "moved",
    "made longer",
    "moved out of the window",
    "free",
)
GONE = {
    "deleted": FindingKind.MISSING,
    "moved out of the window": FindingKind.MISSING,
    "cancelled": FindingKind.CANCELLED,
    "declined": FindingKind.DECLINED,
}


def reading(
    *objects: CalendarObject,
    calendar: CalendarId = HOME,
    kind: CalendarKind = CalendarKind.CALDAV,
    health: Health = Health.GOOD,
    read_at: datetime = NOW,
    doubted_at: datetime | None = None,
    horizon: datetime | None = None,
) -> Reading:
    connection = Connection(
        calendar,
        MENTOR,
        kind,
        Secret("https://dav.test/ida/"),
        health=health,
        read_at=read_at,
        cursor=Cursor(WINDOW, "t"),
        doubted_at=doubted_at,
        horizon=horizon,
    )
    return Reading(connection, objects)


#: What each fate does to a date: shifts of its start and end, and its meaning.
SHAPES = {
    "kept": (0 * HOUR, 0 * HOUR, Meaning.BUSY),
    "cancelled": (0 * HOUR, 0 * HOUR, Meaning.CANCELLED),
    "declined": (0 * HOUR, 0 * HOUR, Meaning.DECLINED),
    "free": (0 * HOUR, 0 * HOUR, Meaning.FREE),
    "moved": (20 * HOUR, 20 * HOUR, Meaning.BUSY),
    "made longer": (0 * HOUR, HOUR, Meaning.BUSY),
}


def shown(meeting: Meeting, fate: str) -> Occurrence | None:
    """What a calendar shows of a date after this was done to it."""
    if fate not in SHAPES:
        return None
    assert meeting.span
    later, longer, meaning = SHAPES[fate]
    start, end = meeting.span.start + later, meeting.span.end + longer
    return Occurrence(meeting.key.original_start, start, end, meaning)


def an_object(
    series: Series, fates: Sequence[str] = (), uid: str = UID
) -> CalendarObject:
    """The series as a calendar shows it; dates without a fate are as booked."""
    named = (*fates, *["kept"] * len(series.meetings))
    dates = [shown(m, f) for m, f in zip(series.meetings, named, strict=False)]
    there = tuple(o for o in dates if o)
    return CalendarObject(RemoteId("s.ics"), uid, there, Etag("2"), NOW - HOUR)


def a_copy(**changes: object) -> Copy:
    copy = Copy(
        MENTOR,
        UID,
        Route.WRITTEN,
        CopyState.THERE,
        HOME,
        RemoteId("s.ics"),
        Etag("1"),
        sequence=0,
    )
    return replace(copy, **changes)


IMIP = a_copy(route=Route.IMIP, calendar=None, remote_id=None, etag=None)


def summary(look: Look) -> set[tuple[FindingKind, tuple[int, ...]]]:
    """Findings by the periods that they are about."""
    start = a_series(1).first
    return {
        (f.kind, tuple((k.original_start - start).days // 13 for k in f.keys))
        for f in look.findings
    }


def a_feed(*objects: CalendarObject, **said: object) -> Reading:
    return reading(*objects, calendar=FEED, kind=CalendarKind.ICS, **said)


def instances(
    series: Series, *, uid: str = UID, but: Callable[[int], bool] = lambda n: False
) -> tuple[CalendarObject, ...]:
    """The way Google's free/busy feed shows a series: one object for each date."""
    return tuple(
        CalendarObject(
            RemoteId(f"{uid}-{n}"),
            uid,
            (Occurrence(m.key.original_start, m.span.start, m.span.end),),
        )
        for n, m in enumerate(series.meetings)
        if m.span and not but(n)
    )
