"""The letter on a month: the figures of the report, strengths first, one suggestion."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.cadence import WEEKLY
from scheduler.consistency import Record, month_before, to_date
from scheduler.evidence import Evidence, EvidenceKind, SourceKind
from scheduler.letters import Strength, Suggestion
from scheduler.monthly import month_facts
from scheduler.series import Series
from tests.scheduler.pairs import MENTEE, MENTOR, PAIR, ZONE, a_series, row

HOUR = timedelta(hours=1)
NOW = datetime(2026, 5, 1, 5, tzinfo=UTC)
MONTH = month_before(NOW, ZONE)


def happened(series: Series, fates: list[str]) -> list[Evidence]:
    """What was seen of each meeting: held, not held, taken out early or late."""
    found = []
    for meeting, fate in zip(series.meetings, fates, strict=False):
        if meeting.span is None or not fate:
            continue
        start, end = meeting.span.start, meeting.span.end
        kind, at, source = {
            "held": (EvidenceKind.SAID_MET, end + HOUR, SourceKind.PAGE),
            "not": (EvidenceKind.SAID_NOT_MET, end + HOUR, SourceKind.PAGE),
            "early": (EvidenceKind.CANCELLED, start - 48 * HOUR, SourceKind.CALDAV),
            "late": (EvidenceKind.CANCELLED, start - HOUR, SourceKind.CALDAV),
        }[fate]
        found.append(row(kind, meeting.key, at, by=MENTEE, source=source))
    return found


fates = st.lists(
    st.sampled_from(["held", "held", "not", "early", "late", ""]),
    min_size=9,
    max_size=9,
)


@given(fates)
@settings(max_examples=40, deadline=None)
def test_every_figure_is_that_of_the_report(fate: list[str]) -> None:
    series = a_series(12, cadence=WEEKLY)
    record = Record(PAIR, (series,), tuple(happened(series, fate)))
    facts = month_facts(record, MONTH, NOW)
    report = record.report(MONTH, NOW)
    told = dict(report.counts())
    assert (facts is None) == (told["due"] + told["unconfirmed"] == 0)
    if facts is None or facts.to_date is None:
        return
    began = to_date(record.series, NOW)
    assert began
    so_far = record.report(began, NOW)
    assert facts.counts == report.counts()
    assert facts.to_date.rates == tuple(
        (name, rate.numerator, rate.denominator) for name, rate in so_far.rates.named()
    )
    if Strength.NOTICE in facts.strengths:
        assert so_far.rates.notice_given.numerator >= 3
        assert "late" not in fate
    if Strength.MEETINGS in facts.strengths:
        assert told["owed"] > 0 or told["due"] == 0


@given(fates)
@settings(max_examples=20, deadline=None)
def test_who_it_was_changes_nothing(fate: list[str]) -> None:
    series = a_series(12, cadence=WEEKLY)
    rows = happened(series, fate)
    turned = [
        Evidence(r.id, r.pair, r.about, r.kind, r.at, r.seen_at, r.source, MENTOR)
        for r in reversed(rows)
    ]
    one = month_facts(Record(PAIR, (series,), tuple(rows)), MONTH, NOW)
    assert one == month_facts(Record(PAIR, (series,), tuple(turned)), MONTH, NOW)


def test_a_month_in_which_nothing_was_due_is_not_written_about() -> None:
    series = a_series(12, cadence=WEEKLY)
    pause = row(
        EvidenceKind.PAUSED,
        "",
        series.span_of(0).start,
        by=MENTOR,
        source=SourceKind.PAGE,
        to=NOW,
    )
    assert month_facts(Record(PAIR, (series,), (pause,)), MONTH, NOW) is None


def test_one_suggestion_at_most_and_only_where_something_calls_for_it() -> None:
    series = a_series(12, cadence=WEEKLY)
    well = Record(PAIR, (series,), tuple(happened(series, ["held"] * 9)))
    facts = month_facts(well, MONTH, NOW)
    assert facts and facts.suggestion is None
    owed = Record(PAIR, (series,), tuple(happened(series, ["held"] * 5 + ["not"] * 4)))
    facts = month_facts(owed, MONTH, NOW)
    assert facts and facts.suggestion == Suggestion("another hour")
    silent = Record(PAIR, (series,), tuple(happened(series, ["held"] * 5)))
    facts = month_facts(silent, MONTH, NOW)
    assert facts and facts.suggestion == Suggestion("say it")
