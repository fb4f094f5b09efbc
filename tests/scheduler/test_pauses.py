"""When a pair rests, and what the row of periods shows of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.consistency import Outcome, Record
from scheduler.evidence import Evidence, EvidenceKind, SourceKind, stamp
from scheduler.ids import EvidenceId
from scheduler.letters import Mark
from scheduler.pauses import paused_at, rest, said
from scheduler.rhythm import row as drawn
from scheduler.series import MeetingState
from scheduler.timespan import Span
from tests.cases import tried
from tests.scheduler.fates import FATES, LATER, World, told
from tests.scheduler.pairs import PAIR, a_series
from tests.scheduler.pairs import row as seen

DAY = timedelta(days=1)
START = datetime(2026, 3, 1, tzinfo=UTC)


def a_row(kind: EvidenceKind, at: datetime, detail: str = "", no: int = 0) -> Evidence:
    name = EvidenceId(f"{kind.value}{no}")
    return Evidence(name, PAIR, "", kind, at, at, SourceKind.PAGE, detail=detail)


def day(n: int) -> datetime:
    return START + n * DAY


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, int, int, int]]:
    """(what, day it is said, from, until), in the order of the days."""
    days = sorted(draw(st.lists(st.integers(0, 40), max_size=8, unique=True)))
    found = []
    for at in days:
        what = draw(st.sampled_from(["paused", "resumed", "closed"]))
        first = at + draw(st.integers(0, 10))
        found.append((what, at, first, first + draw(st.integers(1, 20))))
    return found


def rests_by_hand(history: list[tuple[str, int, int, int]], hour: int) -> bool:
    """Whether this hour is inside a pause or behind a closing, hour by hour."""
    inside = False
    for n, (what, at, first, until) in enumerate(history):
        ends = history[n + 1][1] * 24 if n + 1 < len(history) else 10**6
        if what == "paused" and first * 24 <= hour < min(until * 24, ends):
            inside = True
        if what == "closed" and at * 24 <= hour < ends:
            inside = True
    return inside


@settings(max_examples=tried(80), deadline=None)
@given(histories(), st.randoms(use_true_random=False))
def test_the_fold_says_what_was_said_whatever_the_order(history, rng) -> None:
    rows = [
        a_row(
            EvidenceKind(what),
            day(at),
            said(Span(day(first), day(until))) if what == "paused" else "",
            no,
        )
        for no, (what, at, first, until) in enumerate(history)
    ]
    rng.shuffle(rows)
    found = rest([*rows, *rows[:2]])
    for hour in range(0, 75 * 24, 6):
        at = START + timedelta(hours=hour)
        inside = any(s.start <= at < s.end for s in found.spans)
        assert inside == rests_by_hand(history, hour)
    ordered = found.spans
    assert all(a.end <= b.start for a, b in pairwise(ordered))


def test_a_pause_ends_at_the_day_it_named_or_when_they_come_back() -> None:
    paused = a_row(EvidenceKind.PAUSED, day(0), stamp(day(10)))
    assert paused_at([paused], day(9)) and not paused_at([paused], day(10))
    back = a_row(EvidenceKind.RESUMED, day(4))
    assert paused_at([paused, back], day(3)) and not paused_at([paused, back], day(4))


def test_a_paused_period_has_two_bars_also_before_it_is_over() -> None:
    series = a_series(4)
    spans = [series.span_of(n) for n in range(4)]
    pause = Span(spans[1].start, spans[2].end)
    rows = (a_row(EvidenceKind.PAUSED, spans[0].start, said(pause)),)
    record = Record(PAIR, (series,), rows)
    before = [m.mark for m in drawn(record, spans[0].start)]
    assert before == [Mark.TO_COME, Mark.PAUSED, Mark.PAUSED, Mark.TO_COME]
    after = record.periods(spans[3].start)
    assert [p.outcome for p in after[1:3]] == [Outcome.SKIPPED] * 2
    assert all(p.is_paused for p in after[1:3])


def test_nothing_is_drawn_behind_a_closing() -> None:
    series = a_series(4)
    closed = series.span_of(1).start + DAY
    rows = (a_row(EvidenceKind.CLOSED, closed),)
    record = Record(PAIR, (series,), rows)
    assert rest(rows).closed_at == closed
    assert len(drawn(record, closed)) == 2
    series = replace(
        series,
        meetings=tuple(replace(m, state=MeetingState.SKIPPED) for m in series.meetings),
    )
    skipped = [
        seen(EvidenceKind.SKIPPED, m.key, closed, source=SourceKind.TROTH)
        for m in series.meetings[1:]
    ]
    rows = (*rows, *skipped)
    marks = [m.mark for m in drawn(Record(PAIR, (series,), rows), closed)]
    assert marks[1] is Mark.SKIPPED
    assert not any(p.is_paused for p in record.periods(day(400)))


@settings(max_examples=tried(80), deadline=None)
@given(
    st.lists(st.sampled_from(FATES), min_size=3, max_size=8),
    st.integers(0, 6),
    st.integers(0, 3),
)
def test_a_pause_changes_no_rate(fates: list[str], first: int, length: int) -> None:
    """The rest of the periods come out as if those of the pause had been left out."""
    series = a_series(len(fates))
    first = min(first, len(fates) - 1)
    inside = range(first, min(first + length + 1, len(fates)))
    rows: list[Evidence] = []
    left_out: list[Evidence] = []
    for meeting, fate in zip(series.meetings, fates, strict=True):
        if meeting.period in inside:
            at = meeting.key.original_start - DAY
            kind, page = EvidenceKind.SKIPPED, SourceKind.PAGE
            left_out.append(seen(kind, meeting.key, at, source=page))
        else:
            rows += told(meeting, fate, 30, 0)
    pause = Span(series.span_of(inside[0]).start, series.span_of(inside[-1]).end)
    paused = a_row(EvidenceKind.PAUSED, pause.start - DAY, said(pause))
    with_pause = World(series, (*rows, paused), LATER).report()
    without = World(series, (*rows, *left_out), LATER).report()
    assert with_pause.rates == without.rates
    assert with_pause.counts() == without.counts()
    assert [p.outcome for p in with_pause.periods] == [
        p.outcome for p in without.periods
    ]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["yes", "late yes"]), min_size=1, max_size=6))
def test_what_was_held_stays_held_whatever_is_paused_later(fates: list[str]) -> None:
    series = a_series(len(fates))
    rows = [
        entry
        for meeting, fate in zip(series.meetings, fates, strict=True)
        for entry in told(meeting, fate, 30, 0)
    ]
    before = World(series, tuple(rows), LATER).report()
    pause = Span(series.span_of(0).start, series.span_of(len(fates) - 1).end)
    paused = a_row(EvidenceKind.PAUSED, pause.start - DAY, said(pause))
    after = World(series, (*rows, paused), LATER).report()
    assert after.rates == before.rates
    assert {p.outcome for p in after.periods} == {Outcome.KEPT}
