"""Whatever a person does to a series in their calendar is found, exactly that, once.

Each date of a series gets a fate at random, the calendar shows what that leaves, and
the findings must name these dates and no others. What could not be read, what Troth is
writing itself and what vanished only once are never findings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.busy import Reading
from scheduler.connections import CalendarKind, Connection, Health
from scheduler.events import CalendarObject, Cursor, Meaning, Occurrence
from scheduler.evidence import SourceKind
from scheduler.findings import Finding, FindingKind, Grade
from scheduler.ids import CalendarId, Etag, RemoteId, Uid
from scheduler.observation import SECOND_LOOK, Look, Watch
from scheduler.secret import Secret
from scheduler.series import (
    Copy,
    CopyState,
    Meeting,
    MeetingState,
    Route,
    Series,
)
from scheduler.timespan import Span
from tests.scheduler.pairs import MENTOR, a_replacement, a_series

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


def by_hand(fates: Sequence[str]) -> set[tuple[FindingKind, tuple[int, ...]]]:
    """What should be found, from the fates alone."""
    gone = {n: GONE[f] for n, f in enumerate(fates) if f in GONE}
    found = {
        (FindingKind.MOVED, (n,))
        for n, f in enumerate(fates)
        if f in {"moved", "made longer"}
    }
    if len(gone) == len(fates) > 1:
        return {(FindingKind.SERIES_GONE, tuple(gone))}
    tail: list[int] = []
    for n in reversed(range(len(fates))):
        if gone.get(n) is not FindingKind.MISSING:
            break
        tail.insert(0, n)
    if len(tail) > 1:
        found.add((FindingKind.SHORTENED, tuple(tail)))
    else:
        tail = []
    return found | {(kind, (n,)) for n, kind in gone.items() if n not in tail}


@given(st.lists(st.sampled_from(FATES), min_size=1, max_size=7))
@settings(max_examples=300, deadline=None)
def test_every_combination_gives_exactly_its_findings(fates: list[str]) -> None:
    series = a_series(len(fates))
    watch = Watch(MENTOR, (reading(an_object(series, fates)),))
    look = watch.look(a_copy(), series, NOW)
    assert summary(look) == by_hand(fates)
    assert all(f.grade is Grade.CERTAIN for f in look.findings)
    assert all(f.at == NOW - HOUR for f in look.findings)
    assert look.again_at is None
    again = watch.look(look.copy, series, NOW + DAY)
    assert summary(again) == summary(look)  # saying so again changes nothing


@given(st.lists(st.sampled_from(FATES), min_size=1, max_size=7), st.integers(0, 6))
@settings(max_examples=100, deadline=None)
def test_what_is_over_is_frozen(fates: list[str], over: int) -> None:
    series = a_series(len(fates))
    spans = [m.span for m in series.meetings if m.span]
    now = spans[min(over, len(spans) - 1)].end
    watch = Watch(MENTOR, (reading(an_object(series, fates)),))
    for finding in watch.look(a_copy(), series, now).findings:
        for key in finding.keys:
            meeting = series.meeting(key)
            assert meeting and meeting.span and meeting.span.end > now


@given(st.lists(st.sampled_from(FATES), min_size=1, max_size=7))
@settings(max_examples=100, deadline=None)
def test_from_a_feed_nothing_is_certain_and_nothing_missing_is_said_at_once(
    fates: list[str],
) -> None:
    series = a_series(len(fates))
    feed = reading(an_object(series, fates), calendar=FEED, kind=CalendarKind.ICS)
    watch = Watch(MENTOR, (feed,))
    look = watch.look(IMIP, series, NOW)
    assert all(f.grade is Grade.PROBABLE for f in look.findings)
    assert all(f.source is SourceKind.ICS for f in look.findings)
    vanished = [n for n, f in enumerate(fates) if GONE.get(f) is FindingKind.MISSING]
    said = {n for _, keys in summary(look) for n in keys}
    assert not said & set(vanished)
    if vanished and look.copy.remote_id:
        assert look.again_at == NOW + SECOND_LOOK
        later = NOW + SECOND_LOOK
        again = Watch(
            MENTOR, (replace(feed, connection=replace(feed.connection, read_at=later)),)
        ).look(look.copy, series, later)
        assert {n for _, keys in summary(again) for n in keys} >= set(vanished)
        assert all(f.grade is Grade.PROBABLE for f in again.findings)


def test_a_series_at_another_hour_is_moved_dates() -> None:
    """Its owner dragged all of it: every original start is another one now."""
    series = a_series(3)
    dates = tuple(
        Occurrence(m.span.start + HOUR, m.span.start + HOUR, m.span.end + HOUR)
        for m in series.meetings
        if m.span
    )
    found = replace(an_object(series), occurrences=dates)
    look = Watch(MENTOR, (reading(found),)).look(a_copy(), series, NOW)
    assert [f.kind for f in look.findings] == [FindingKind.MOVED] * 3
    assert [f.spans[0].start for f in look.findings] == [o.start for o in dates]


def test_a_date_that_nobody_agreed_on_is_weak() -> None:
    series = a_series(2)
    start = series.first + 7 * DAY
    extra = Occurrence(start, start, start + HOUR)
    found = an_object(series)
    found = replace(found, occurrences=(*found.occurrences, extra))
    [finding] = Watch(MENTOR, (reading(found),)).look(a_copy(), series, NOW).findings
    assert (finding.kind, finding.grade) == (FindingKind.EXTRA, Grade.WEAK)


def test_a_cancelled_meeting_that_still_stands_is_nothing_new() -> None:
    series = a_series(2)
    fallen = replace(series.meetings[0], state=MeetingState.CANCELLED)
    series = replace(series, meetings=(fallen, series.meetings[1]))
    watch = Watch(MENTOR, (reading(an_object(series)),))
    assert watch.look(a_copy(), series, NOW) == Look(a_copy())


# --- what vanished


@dataclass
class Vanishing:
    """Looks at an object that is in no calendar, one read after the other."""

    series: Series
    copy: Copy = field(default_factory=a_copy)
    kind: CalendarKind = CalendarKind.CALDAV

    def look(self, at: datetime, *objects: CalendarObject, **said: object) -> Look:
        readings = (reading(*objects, read_at=at, kind=self.kind, **said),)
        look = Watch(MENTOR, readings).look(self.copy, self.series, at)
        self.copy = look.copy
        return look


@pytest.mark.parametrize(
    ("dates", "kind", "grade"),
    [
        (1, FindingKind.MISSING, Grade.CERTAIN),
        (2, FindingKind.SERIES_GONE, Grade.CERTAIN),
        (3, FindingKind.SERIES_GONE, Grade.PROBABLE),
        (9, FindingKind.SERIES_GONE, Grade.PROBABLE),
    ],
)
def test_an_object_that_vanished_counts_after_a_second_read(dates, kind, grade) -> None:
    gone = Vanishing(a_series(dates))
    first = gone.look(NOW)
    assert (first.findings, first.again_at) == ((), NOW + SECOND_LOOK)
    early = gone.look(NOW + timedelta(seconds=119))
    assert (early.findings, early.again_at) == ((), NOW + SECOND_LOOK)
    [finding] = gone.look(NOW + SECOND_LOOK).findings
    assert (finding.kind, finding.grade) == (kind, grade)
    assert len(finding.keys) == dates
    assert finding.at == NOW


def test_an_object_that_comes_back_was_never_gone() -> None:
    series = a_series(2)
    gone = Vanishing(series)
    gone.look(NOW)
    gone.look(NOW + HOUR, an_object(series))
    assert gone.copy.missed_at is None
    assert gone.look(NOW + 2 * HOUR).findings == ()


@pytest.mark.parametrize(
    "trouble",
    [
        {"health": Health.FAILING},
        {"health": Health.NEEDS_CONSENT},
        {"doubted_at": NOW},
    ],
)
def test_a_calendar_that_cannot_be_read_says_nothing(trouble) -> None:
    series = a_series(3)
    gone = Vanishing(series)
    for hours in range(4):
        assert gone.look(NOW + hours * HOUR, **trouble).findings == ()
    assert gone.copy == a_copy()
    deleted = an_object(series, ["deleted"])
    assert gone.look(NOW + 5 * HOUR, deleted, **trouble).findings == ()


def test_a_move_to_another_calendar_is_no_deletion() -> None:
    series = a_series(3)
    other = reading(an_object(series), calendar=OTHER)
    watch = Watch(MENTOR, (reading(), other))
    look = watch.look(a_copy(), series, NOW)
    assert look.findings == ()
    assert look.copy.calendar == OTHER
    assert look.copy.etag == Etag("2")


def test_an_unreadable_second_calendar_may_hold_it() -> None:
    series = a_series(1)
    copy = a_copy(missed_at=NOW - HOUR)
    away = reading(calendar=OTHER, health=Health.FAILING)
    look = Watch(MENTOR, (reading(), away)).look(copy, series, NOW)
    assert look.findings == ()


def test_a_deletion_that_is_seen_after_the_start_is_none() -> None:
    series = a_series(1)
    during = series.first + timedelta(minutes=10)
    gone = Vanishing(series)
    assert gone.look(during).findings == ()
    assert gone.look(during + SECOND_LOOK).findings == ()


# --- what Troth itself is doing


@pytest.mark.parametrize("date", [None, 0])
def test_what_troth_is_about_to_write_is_not_held_against_the_calendar(date) -> None:
    series = a_series(1)
    original = series.first if date == 0 else None
    pending = frozenset({(MENTOR, UID, original)})
    watch = Watch(MENTOR, (reading(an_object(series, ["moved"])),), pending=pending)
    assert watch.look(a_copy(), series, NOW).findings == ()


def test_a_read_that_began_before_our_write_says_nothing() -> None:
    series = a_series(1)
    watch = Watch(MENTOR, (reading(an_object(series, ["moved"])),))
    for written_at, found in ((NOW - HOUR, 1), (NOW, 0), (NOW + HOUR, 0)):
        look = watch.look(a_copy(written_at=written_at), series, NOW + 2 * HOUR)
        assert len(look.findings) == found


@pytest.mark.parametrize(
    "state", [CopyState.WANTED, CopyState.REMOVED_BY_PERSON, CopyState.ENDED]
)
def test_only_a_copy_that_is_there_can_be_missed(state) -> None:
    series = a_series(1)
    watch = Watch(MENTOR, (reading(),))
    copy = a_copy(state=state, missed_at=NOW - HOUR)
    assert watch.look(copy, series, NOW) == Look(copy)


# --- feeds


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


def test_an_invitation_that_was_never_accepted_is_not_missed() -> None:
    series = a_series(3)
    for hours in range(3):
        at = NOW + hours * HOUR
        look = Watch(MENTOR, (a_feed(read_at=at),)).look(IMIP, series, at)
        assert look == Look(IMIP)


def test_dates_beyond_the_horizon_of_a_feed_are_not_missed() -> None:
    series = a_series(6)
    spans = [m.span for m in series.meetings if m.span]
    copy = replace(IMIP, remote_id=RemoteId("x"), missed_at=NOW - HOUR)
    objects = instances(series, but=lambda n: n >= 2)
    near = a_feed(*objects, horizon=spans[1].end)
    assert Watch(MENTOR, (near,)).look(copy, series, NOW).findings == ()
    far = a_feed(*objects, horizon=spans[3].end)
    [finding] = Watch(MENTOR, (far,)).look(copy, series, NOW).findings
    assert finding.kind is FindingKind.MISSING
    assert finding.grade is Grade.PROBABLE
    assert finding.keys == tuple(m.key for m in series.meetings[2:4])


def test_without_uids_meetings_are_known_by_their_times() -> None:
    series = a_series(3)
    first = Watch(MENTOR, (a_feed(*instances(series, uid="")),))
    look = first.look(IMIP, series, NOW)
    assert look.findings == ()
    assert look.copy.remote_id is not None
    fewer = instances(series, uid="", but=lambda n: n == 1)
    copy = Watch(MENTOR, (a_feed(*fewer),)).look(look.copy, series, NOW).copy
    later = NOW + SECOND_LOOK
    again = Watch(MENTOR, (a_feed(*fewer, read_at=later),)).look(copy, series, later)
    [finding] = again.findings
    assert (finding.kind, finding.grade) == (FindingKind.MISSING, Grade.PROBABLE)
    assert finding.keys == (series.meetings[1].key,)


def test_a_slow_feed_that_shows_the_former_time_says_nothing() -> None:
    series = a_series(1)
    own = series.meetings[0]
    assert own.span
    there = instances(series)
    moved = replace(own, span=Span(own.span.start + DAY, own.span.end + DAY))
    series = replace(series, meetings=(moved,))
    former = frozenset({(own.key, own.span.start)})
    copy = replace(IMIP, remote_id=RemoteId("x"), missed_at=NOW - HOUR)
    for objects in (there, tuple(replace(o, uid="") for o in there)):
        watch = Watch(MENTOR, (a_feed(*objects),), former=former)
        assert watch.look(copy, series, NOW).findings == ()


# --- replacements


def test_a_replacement_is_known_by_the_one_date_it_has() -> None:
    series = a_series(1)
    other = a_replacement(series, 0, series.first + 2 * DAY)
    series = replace(series, meetings=(*series.meetings, other))
    assert other.uid and other.span
    start = other.span.start + 3 * HOUR
    occurrence = Occurrence(start, start, start + HOUR)
    moved = CalendarObject(RemoteId("r.ics"), other.uid, (occurrence,), Etag("1"))
    copy = a_copy(uid=other.uid)
    [finding] = Watch(MENTOR, (reading(moved),)).look(copy, series, NOW).findings
    assert finding.kind is FindingKind.MOVED
    assert finding.keys == (other.key,)
    assert finding.spans == (Span(start, start + HOUR),)


# --- clashes


def foreign(
    name: str, start: datetime, meaning: Meaning = Meaning.BUSY
) -> CalendarObject:
    span = Occurrence(start, start, start + HOUR, meaning)
    return CalendarObject(RemoteId(name), "", (span,))


def clashes(series: Series, *readings: Reading) -> list[Finding]:
    watch = Watch(MENTOR, readings, uids=frozenset({UID}))
    return list(watch.clashes(series, NOW))


def test_something_on_top_of_a_meeting_is_weak_and_told_by_name() -> None:
    series = a_series(2)
    half = timedelta(minutes=30)
    busy = [foreign("a", series.first - half), foreign("b", series.first + half)]
    found = clashes(series, reading(an_object(series), *busy))
    assert [f.what for f in found] == ["home/a", "home/b"]
    assert {f.keys for f in found} == {(series.meetings[0].key,)}
    assert all(f.grade is Grade.WEAK for f in found)


def test_what_only_touches_or_takes_no_time_is_no_clash() -> None:
    series = a_series(2)
    touching = foreign("a", series.first - HOUR)
    free = foreign("b", series.first, Meaning.FREE)
    declined = foreign("c", series.first, Meaning.DECLINED)
    assert clashes(series, reading(touching, free, declined)) == []
    on_top = foreign("d", series.first)
    assert clashes(series, reading(on_top, health=Health.FAILING)) == []
    assert len(clashes(series, reading(on_top))) == 1


def test_our_own_meeting_in_a_feed_without_uids_is_no_clash() -> None:
    series = a_series(2)
    assert clashes(series, a_feed(*instances(series, uid=""))) == []


# --- edges


def test_a_meeting_under_way_can_be_moved_but_no_longer_deleted() -> None:
    series = a_series(1)
    during = series.first + timedelta(minutes=10)
    for fate, kinds in (
        ("moved", [FindingKind.MOVED]),
        ("deleted", []),
        ("cancelled", []),
    ):
        found = replace(an_object(series, [fate]), changed_at=None)
        look = Watch(MENTOR, (reading(found),)).look(a_copy(), series, during)
        assert [f.kind for f in look.findings] == kinds


def test_a_feed_of_a_written_copy_is_too_slow_to_tell_anything() -> None:
    series = a_series(1)
    feed = a_feed(an_object(series, ["moved"]))
    watch = Watch(MENTOR, (reading(), feed))
    assert watch.look(a_copy(), series, NOW) == Look(a_copy())


def test_a_date_in_another_period_is_no_move() -> None:
    series = a_series(2)
    start = series.meetings[1].key.original_start + DAY
    found = an_object(series, ["deleted"])
    extra = Occurrence(start, start, start + HOUR)
    found = replace(found, occurrences=(*found.occurrences, extra))
    look = Watch(MENTOR, (reading(found),)).look(a_copy(), series, NOW)
    assert {f.kind for f in look.findings} == {FindingKind.MISSING, FindingKind.EXTRA}
    assert (
        Watch(MENTOR, (reading(found),)).look(a_copy(), series, start + HOUR).findings
        == ()
    )
