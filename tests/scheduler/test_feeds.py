"""What a feed shows is late and incomplete, so it proves little."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.connections import CalendarKind
from scheduler.evidence import SourceKind
from scheduler.findings import FindingKind, Grade
from scheduler.ids import RemoteId
from scheduler.observation import SECOND_LOOK, Look, Watch
from scheduler.timespan import Span
from tests.cases import tried
from tests.scheduler.pairs import MENTOR, a_series
from tests.scheduler.shown import (
    FATES,
    FEED,
    GONE,
    IMIP,
    NOW,
    a_copy,
    a_feed,
    an_object,
    instances,
    reading,
    summary,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@given(st.lists(st.sampled_from(FATES), min_size=1, max_size=7))
@settings(max_examples=tried(100), deadline=None)
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


def test_a_feed_of_a_written_copy_is_too_slow_to_tell_anything() -> None:
    series = a_series(1)
    feed = a_feed(an_object(series, ["moved"]))
    watch = Watch(MENTOR, (reading(), feed))
    assert watch.look(a_copy(), series, NOW) == Look(a_copy())
