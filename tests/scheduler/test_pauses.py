"""When a pair rests, and what the row of periods shows of it."""

from __future__ import annotations

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
from scheduler.timespan import Span
from tests.scheduler.pairs import PAIR, a_series

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


@settings(max_examples=80, deadline=None)
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
    assert not any(p.is_paused for p in record.periods(day(400)))
