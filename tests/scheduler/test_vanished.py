"""What vanished is missed after a second look, by what can be read, and only then."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from scheduler.connections import CalendarKind, Health
from scheduler.events import CalendarObject
from scheduler.findings import FindingKind, Grade
from scheduler.ids import Etag
from scheduler.observation import SECOND_LOOK, Look, Watch
from scheduler.series import (
    Copy,
    CopyState,
    Series,
)
from tests.scheduler.pairs import MENTOR, a_series
from tests.scheduler.shown import NOW, OTHER, UID, a_copy, an_object, reading

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


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
