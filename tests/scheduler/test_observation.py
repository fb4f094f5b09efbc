"""Whatever a person does to a series in their calendar is found, exactly that, once.

Each date of a series gets a fate at random, the calendar shows what that leaves, and
the findings must name these dates and no others. What could not be read, what Troth is
writing itself and what vanished only once are never findings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.busy import Reading
from scheduler.connections import Health
from scheduler.datediff import MANY
from scheduler.events import CalendarObject, Meaning, Occurrence
from scheduler.findings import Finding, FindingKind, Grade
from scheduler.ids import Etag, RemoteId
from scheduler.observation import Look, Watch
from scheduler.series import (
    MeetingState,
    Series,
)
from scheduler.timespan import Span
from tests.cases import tried
from tests.scheduler.pairs import MENTOR, a_replacement, a_series
from tests.scheduler.shown import (
    FATES,
    GONE,
    NOW,
    UID,
    a_copy,
    a_feed,
    an_object,
    instances,
    reading,
    summary,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


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
    no = tuple(n for n, kind in gone.items() if kind is FindingKind.DECLINED)
    if len(no) >= MANY:
        gone = {n: kind for n, kind in gone.items() if n not in no}
        found.add((FindingKind.SHORTENED, no))
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
@settings(max_examples=tried(300), deadline=None)
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
@settings(max_examples=tried(100), deadline=None)
def test_what_is_over_is_frozen(fates: list[str], over: int) -> None:
    series = a_series(len(fates))
    spans = [m.span for m in series.meetings if m.span]
    now = spans[min(over, len(spans) - 1)].end
    watch = Watch(MENTOR, (reading(an_object(series, fates)),))
    for finding in watch.look(a_copy(), series, now).findings:
        for key in finding.keys:
            meeting = series.meeting(key)
            assert meeting and meeting.span and meeting.span.end > now


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
