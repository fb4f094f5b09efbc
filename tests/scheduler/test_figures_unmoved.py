"""What must not move a figure does not: pauses, skips, outages, repairs, the order.

Each test takes histories of every kind, adds one thing, and compares.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from scheduler.consistency import DUE, EndedPeriod, Outcome, Rate, Report
from scheduler.duties import settled
from scheduler.endings import Ending
from scheduler.evidence import Evidence, EvidenceKind, SourceKind, stamp
from scheduler.ids import EvidenceId, Uid
from scheduler.series import LedgerRow, LedgerState, Meeting, MeetingKey, Series
from scheduler.timespan import Span
from tests.scheduler.histories import MENTOR, PAIR, Lived, chance, drawn, lived

pytestmark = pytest.mark.slow

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SEEDS = range(10_000, 10_150)
Kind = EvidenceKind
_names = count()


def also(
    kind: EvidenceKind, about: object, at, *, detail: str = "", by=None
) -> Evidence:
    """One more row, sorted after all others of its instant."""
    name = EvidenceId(f"z{next(_names)}")
    return Evidence(
        name, PAIR, str(about), kind, at, at, SourceKind.PAGE, by=by, detail=detail
    )


def both(seed: int) -> tuple[Lived, Report, random.Random]:
    """A history, its whole report, and chance to go on with."""
    one = drawn(seed)
    return one, one.report(one.whole()), chance(seed)


def no_lower(rate: Rate, than: Rate) -> bool:
    """Whether a rate is at least as high; one without a denominator is no rate."""
    if not (rate.denominator and than.denominator):
        return True
    return rate.numerator * than.denominator >= than.numerator * rate.denominator


def assert_none_fell(after: Report, before: Report) -> None:
    """No rate is lower than it was."""
    pairs = zip(after.rates.named(), before.rates.named(), strict=True)
    for (name, now), (_, then) in pairs:
        assert no_lower(now, then), name


def changed(after: Report, before: Report) -> list[tuple[Outcome, Outcome]]:
    """From which outcome to which each period went that went anywhere."""
    pairs = zip(before.periods, after.periods, strict=True)
    return [(a.outcome, b.outcome) for a, b in pairs if a.outcome is not b.outcome]


def test_order_and_repeats_change_nothing() -> None:
    for seed in SEEDS:
        one, report, dice = both(seed)
        again = [*one.record.rows, *dice.choices([*one.record.rows], k=9)]
        dice.shuffle(again)
        assert one.with_rows(again).report(one.whole()) == report, seed


def test_every_meeting_and_every_period_ends_as_exactly_one_thing() -> None:
    """promises.md I5 and I6."""
    for seed in SEEDS:
        one, report, _ = both(seed)
        periods = [(s.id, k) for s in one.record.series for k in range(len(s.periods))]
        assert sorted((p.series, p.index) for p in report.periods) == sorted(periods)
        told = [m.key for p in report.periods for m in p.meetings]
        timed = [m.key for s in one.record.series for m in s.meetings if m.span]
        assert sorted(told) == sorted(timed)
        assert sum(report.count(o) for o in Outcome) == len(periods)
        assert dict(report.counts())["due"] == sum(report.count(o) for o in DUE)


def test_every_meeting_has_ended_two_weeks_after_its_end() -> None:
    for seed in SEEDS:
        one = drawn(seed)
        ends = [m.span.end for s in one.record.series for m in s.meetings if m.span]
        late = lived(one.record.series, one.record.rows, max(ends) + 14 * DAY)
        report = late.report(late.whole())
        for period in report.periods:
            endings = {m.ending for m in period.meetings}
            assert not endings & {Ending.AHEAD, Ending.ASKED}, seed


def test_a_ledger_row_ends_as_one_of_four_things() -> None:
    """promises.md I30: and as the period came out."""
    ends = {
        Outcome.KEPT: LedgerState.REPLACED,
        Outcome.REPAIRED: LedgerState.REPLACED,
        Outcome.SKIPPED: LedgerState.SKIPPED,
        Outcome.UNCONFIRMED: LedgerState.LEFT_OUT,
        Outcome.LEFT_OUT: LedgerState.LEFT_OUT,
        Outcome.OWED: LedgerState.OWED,
    }
    for seed in SEEDS:
        one, report, dice = both(seed)
        for period in report.periods:
            if period.outcome is Outcome.OPEN:
                continue
            state = dice.choice([*LedgerState])
            row = LedgerRow(
                period.series, PAIR, period.index, period.span, state, one.now
            )
            assert settled(row, period.outcome) is ends[period.outcome]


def test_a_repair_never_lowers_a_rate() -> None:
    for seed in SEEDS:
        one, before, dice = both(seed)
        period = dice.choice(before.periods)
        series = next(s for s in one.record.series if s.id == period.series)
        own = next(m for m in series.meetings if m.period == period.index)
        start = period.span.end - 3 * HOUR
        key = MeetingKey(series.id, own.key.original_start, 7)
        span = Span(start, start + series.length)
        new = Meeting(key, period.index, span, uid=Uid("new@troth.test"))
        end = [also(Kind.SAID_MET, key, span.end, by=MENTOR)]
        if dice.random() < 0.4:  # it is booked, and falls out again
            end = [also(Kind.CANCELLED, key, span.start - 49 * HOUR, by=MENTOR)]
        booked = also(Kind.BOOKED, key, start - 3 * DAY, detail=stamp(start))
        rows = (*one.record.rows, booked, *end)
        more = lived(_with(one, new), rows, one.now)
        after = more.report(more.whole())
        assert_none_fell(after, before)
        assert all(was is not Outcome.KEPT for was, _ in changed(after, before))


def _with(one: Lived, new: Meeting) -> tuple[Series, ...]:
    return tuple(
        replace(s, meetings=tuple(sorted((*s.meetings, new), key=lambda m: m.key)))
        if s.id == new.key.series
        else s
        for s in one.record.series
    )


def test_an_outage_lowers_nothing_and_hides_nothing() -> None:
    for seed in SEEDS:
        one, before, dice = both(seed)
        since = dice.choice(before.periods).span.start + dice.randrange(90) * HOUR
        rows = [also(Kind.CONNECTION_BROKEN, "another-calendar", since)]
        if dice.random() < 0.8:
            back = since + dice.choice((23, 24, 25, 400)) * HOUR
            rows.append(also(Kind.CONNECTION_BACK, "another-calendar", back))
        after = one.with_rows([*one.record.rows, *rows]).report(one.whole())
        assert_none_fell(after, before)
        assert set(changed(after, before)) <= {(Outcome.OWED, Outcome.LEFT_OUT)}


def test_a_pause_lowers_nothing() -> None:
    may_be_skipped = {Outcome.OWED, Outcome.UNCONFIRMED, Outcome.LEFT_OUT, Outcome.OPEN}
    for seed in SEEDS:
        one, _, dice = both(seed)
        rests = {Kind.PAUSED, Kind.RESUMED, Kind.CLOSED}
        one = one.with_rows([r for r in one.record.rows if r.kind not in rests])
        before = one.report(one.whole())
        since = dice.choice(before.periods).span.start + dice.randrange(90) * HOUR
        until = since + dice.choice((1, 9, 40)) * DAY
        pause = also(Kind.PAUSED, "", since, detail=stamp(until))
        after = one.with_rows([*one.record.rows, pause]).report(one.whole())
        assert_none_fell(after, before)
        assert after.rates.notice_given == before.rates.notice_given
        for was, period in zip(before.periods, after.periods, strict=True):
            _unmoved_outside(was, period, Span(since, until))
        for was, became in changed(after, before):
            assert was in may_be_skipped, seed
            # What was owed by a meeting that the pause covers waits for no answer.
            assert became is not Outcome.LEFT_OUT or was is not Outcome.OWED


def _unmoved_outside(was: EndedPeriod, period: EndedPeriod, pause: Span) -> None:
    starts = [m.start for m in was.meetings]
    covered = any(pause.start <= at < pause.end for at in starts)
    if not covered and not pause.start < was.span.end <= pause.end:
        unplaced = not [m for m in was.meetings if m.key.n == 0]
        assert was.outcome is period.outcome or unplaced


def test_a_skip_that_both_agreed_to_lowers_nothing() -> None:
    for seed in SEEDS:
        one, before, dice = both(seed)
        meetings = [m for p in before.periods for m in p.meetings if m.key.n == 0]
        if not meetings:
            continue
        meeting = dice.choice(meetings)
        skip = also(Kind.SKIPPED, meeting.key, meeting.start - 2 * HOUR)
        after = one.with_rows([*one.record.rows, skip]).report(one.whole())
        assert_none_fell(after, before)
        for was, became in changed(after, before):
            assert was not in {Outcome.KEPT, Outcome.REPAIRED}, seed
            assert became is not Outcome.OWED or was is Outcome.OPEN
