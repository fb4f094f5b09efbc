"""The figures claim no more than the evidence, and do not care how it came in."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.consistency import (
    Outcome,
    Rate,
    Record,
    month_before,
    to_date,
)
from scheduler.endings import Ending
from scheduler.evidence import EvidenceKind, SourceKind
from scheduler.localtime import midnight, zone
from scheduler.series import MeetingState
from scheduler.timespan import Span
from tests.cases import tried
from tests.scheduler.fates import (
    CALENDAR,
    LATER,
    Drawn,
    World,
    ending_by_hand,
    outcome_by_hand,
    worlds,
)
from tests.scheduler.pairs import (
    MENTEE,
    MENTOR,
    PAIR,
    ZONE,
    a_series,
    row,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@given(worlds())
@settings(max_examples=tried(150), deadline=None)
def test_every_outcome_and_rate_is_what_the_page_says(drawn: Drawn) -> None:
    world, fates, outages = drawn.world, drawn.fates, drawn.outages
    report = world.report()
    expected: list[str] = []
    for period, (fate, others), hours in zip(
        report.periods, fates, outages, strict=True
    ):
        endings = {}
        for ended in period.meetings:
            meeting = world.series.meeting(ended.key)
            assert meeting and meeting.span
            told_fate = fate if ended.key.n == 0 else others[ended.key.n - 1]
            by_hand = ending_by_hand(told_fate, meeting.span.end, world.now)
            assert ended.ending.value == by_hand
            endings[ended.key.n] = by_hand
        own = endings.pop(0)
        by_hand = outcome_by_hand(
            own,
            list(endings.values()),
            over=world.now >= period.span.end,
            outage=hours * HOUR,
        )
        assert period.outcome.value == by_hand
        expected.append(by_hand)
    kept, repaired = expected.count("kept"), expected.count("repaired")
    owed = expected.count("owed")
    assert report.rates.cadence_kept == Rate(kept + repaired, kept + repaired + owed)
    assert report.rates.cancellations_repaired == Rate(repaired, repaired + owed)
    assert report.rates.notice_given == drawn.notice
    assert report.rates.promises_kept == Rate(0, 0)
    assert dict(report.counts())["due"] == kept + repaired + owed


@given(worlds(), st.integers(0, 300), st.randoms(use_true_random=False))
@settings(max_examples=tried(60), deadline=None)
def test_order_and_repeats_change_nothing(
    drawn: Drawn, days: int, chance: random.Random
) -> None:
    world = drawn.world
    now = datetime(2026, 3, 1, tzinfo=UTC) + days * DAY
    world = replace(world, now=now)
    shuffled = list(world.rows + world.rows[: len(world.rows) // 2])
    chance.shuffle(shuffled)
    assert replace(world, rows=tuple(shuffled)).report() == world.report()


@given(worlds(), st.integers(0, 200), st.integers(1, 120), st.integers(0, 120))
@settings(max_examples=tried(60), deadline=None)
def test_counts_add_up_in_every_window(
    drawn: Drawn, start: int, first: int, second: int
):
    """promises.md I6; and two windows that follow each other count each period once."""
    world = drawn.world
    world = replace(world, now=datetime(2026, 6, 1, tzinfo=UTC))
    origin, middle, end = (
        midnight(date(2026, 2, 1) + days * DAY, zone(ZONE))
        for days in (start, start + first, start + first + second + 1)
    )
    whole = world.report(Span(origin, end))
    assert sum(whole.count(o) for o in Outcome) == len(whole.periods)
    left, right = world.report(Span(origin, middle)), world.report(Span(middle, end))
    assert left.periods + right.periods == whole.periods
    for (_, a), (_, b), (_, c) in zip(
        left.rates.named(), right.rates.named(), whole.rates.named(), strict=True
    ):
        assert a.denominator + b.denominator == c.denominator
        assert a.numerator + b.numerator == c.numerator


@pytest.mark.slow
@given(worlds())
@settings(max_examples=tried(60), deadline=None)
def test_an_ending_once_reached_stays(drawn: Drawn) -> None:
    """promises.md I5: exactly one, two weeks after the end; silence changes nothing."""
    world = drawn.world
    for day in range(0, 160, 3):
        now = datetime(2026, 3, 1, tzinfo=UTC) + day * DAY
        seen = tuple(r for r in world.rows if r.at <= now)
        for m in world.series.meetings:
            assert m.span
            found = Record(PAIR, (world.series,), seen).seen()[m.key].ending(now)
            if now >= m.span.end + 14 * DAY:
                assert found not in {Ending.AHEAD, Ending.ASKED}


@pytest.mark.parametrize(
    ("hours", "source", "given"),
    [
        (25, SourceKind.CALDAV, Rate(1, 1)),
        (24, SourceKind.CALDAV, Rate(1, 1)),
        (23, SourceKind.MAIL, Rate(0, 1)),
        (30, SourceKind.PAGE, Rate(0, 0)),
        (30, SourceKind.TROTH, Rate(0, 0)),
    ],
)
def test_notice_looks_at_the_first_change_by_a_person(hours, source, given) -> None:
    series = a_series(1)
    own = series.meetings[0]
    assert own.span
    start = own.span.start
    moved = row(
        EvidenceKind.MOVED,
        own.key,
        start - hours * HOUR,
        to=start + DAY,
        source=source,
        by=MENTOR,
    )
    moved_span = Span(start + DAY, start + DAY + series.length)
    series = replace(series, meetings=(replace(own, span=moved_span),))
    world = World(series, (moved,), LATER)
    assert world.report().rates.notice_given == given


def test_a_second_change_does_not_count_again() -> None:
    series = a_series(1)
    own = series.meetings[0]
    assert own.span
    start = own.span.start
    rows = (
        row(EvidenceKind.MOVED, own.key, start - 72 * HOUR, to=start + DAY, by=MENTOR),
        row(EvidenceKind.CANCELLED, own.key, start + 20 * HOUR, by=MENTEE),
    )
    world = World(series, rows, LATER)
    assert world.report().rates.notice_given == Rate(1, 1)
    assert world.report().periods[0].meetings[0].ending is Ending.CANCELLED


def test_a_deletion_after_the_start_is_no_cancellation() -> None:
    series = a_series(1)
    own = series.meetings[0]
    assert own.span
    late = row(EvidenceKind.CANCELLED, own.key, own.span.start, by=MENTOR)
    report = World(series, (late,), LATER).report()
    assert report.periods[0].outcome is Outcome.UNCONFIRMED
    assert report.rates.notice_given == Rate(0, 0)


def test_what_fell_out_can_be_left_out_together_until_its_period_is_over() -> None:
    series = a_series(2)
    first, second = series.meetings
    assert first.span and second.span
    end = series.span_of(0).end
    rows = (
        row(EvidenceKind.CANCELLED, first.key, first.span.start - DAY, by=MENTOR),
        row(EvidenceKind.SKIPPED, first.key, end - HOUR, source=SourceKind.PAGE),
        row(EvidenceKind.CANCELLED, second.key, second.span.start - DAY, by=MENTOR),
        row(EvidenceKind.SKIPPED, second.key, series.span_of(1).end + HOUR),
    )
    outcomes = [p.outcome for p in World(series, rows, LATER).report().periods]
    assert outcomes == [Outcome.SKIPPED, Outcome.OWED]


def test_an_unplaced_date_is_owed_and_is_no_meeting() -> None:
    series = a_series(1)
    own = replace(series.meetings[0], span=None, state=MeetingState.UNPLACED)
    series = replace(series, meetings=(own,))
    [period] = World(series, (), LATER).report().periods
    assert (period.outcome, period.meetings) == (Outcome.OWED, ())
    skipped = row(EvidenceKind.SKIPPED, own.key, series.first, source=SourceKind.PAGE)
    [period] = World(series, (skipped,), LATER).report().periods
    assert period.outcome is Outcome.SKIPPED


def test_an_outage_never_hides_a_meeting_that_was_held() -> None:
    series = a_series(1)
    own = series.meetings[0]
    assert own.span
    rows = (
        row(EvidenceKind.CONNECTION_BROKEN, CALENDAR, series.span_of(0).start),
        row(EvidenceKind.SAID_MET, own.key, own.span.end + DAY, by=MENTOR),
    )
    [period] = World(series, rows, LATER).report().periods
    assert period.outcome is Outcome.KEPT


def test_two_short_outages_of_different_calendars_add_up_but_do_not_double() -> None:
    series = a_series(1)
    own = series.meetings[0]
    assert own.span
    start = series.span_of(0).start
    fell = row(EvidenceKind.CANCELLED, own.key, own.span.start - DAY, by=MENTOR)

    def outcome(*outages: tuple[str, int, int]) -> Outcome:
        rows = [fell]
        for name, since, hours in outages:
            at = start + since * HOUR
            rows.append(row(EvidenceKind.CONNECTION_BROKEN, name, at))
            back = at + hours * HOUR
            rows.append(row(EvidenceKind.CONNECTION_BACK, name, back))
        [period] = World(series, tuple(rows), LATER).report().periods
        return period.outcome

    assert outcome(("a", 0, 14), ("b", 20, 10)) is Outcome.LEFT_OUT
    assert outcome(("a", 0, 14), ("b", 2, 14)) is Outcome.OWED


def test_a_pause_over_the_last_day_skips_the_period() -> None:
    series = a_series(3)
    last = series.span_of(1).end
    rows = (
        row(EvidenceKind.PAUSED, "", last - 5 * HOUR, source=SourceKind.PAGE),
        row(EvidenceKind.RESUMED, "", last + DAY, source=SourceKind.PAGE),
        *(
            row(EvidenceKind.CANCELLED, m.key, m.key.original_start - DAY, by=MENTOR)
            for m in series.meetings
        ),
    )
    outcomes = [p.outcome for p in World(series, rows, LATER).report().periods]
    assert outcomes == [Outcome.OWED, Outcome.SKIPPED, Outcome.OWED]


def test_the_month_before_is_a_month_of_the_anchor() -> None:
    """At 23:30 UTC on 31 March it is April in Berlin, and March there lost an hour."""
    now = datetime(2026, 3, 31, 23, 30, tzinfo=UTC)
    month = month_before(now, "Europe/Berlin")
    assert month.start == datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert month.end == datetime(2026, 3, 31, 22, tzinfo=UTC)
    new_york = month_before(now, "America/New_York")
    assert new_york.start == datetime(2026, 2, 1, 5, tzinfo=UTC)


def test_the_agreement_to_date_includes_the_period_under_way() -> None:
    series = a_series(4)
    now = series.span_of(1).start + DAY
    assert to_date((series,), now) == Span(
        series.span_of(0).start, series.span_of(1).end
    )
    assert to_date((series,), series.span_of(0).start - DAY) is None
    assert to_date((), now) is None


def test_a_period_that_ends_with_the_window_counts_in_it_alone() -> None:
    series = a_series(3)
    world = World(series, (), LATER)
    first, second, third = (series.span_of(n).end for n in range(3))
    for start, end, found in (
        (first, second, [1]),
        (second, third, [2]),
        (first - DAY, first, [0]),
        (third, third + DAY, []),
    ):
        periods = world.report(Span(start, end)).periods
        assert [p.index for p in periods] == found
