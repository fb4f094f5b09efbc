"""One word on a pair: the first that fits, read from what the figures are read from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.agreement import Agreement, AgreementState, Terms
from scheduler.bands import Band, band, band_of, is_owing
from scheduler.connections import CalendarKind, Connection, Health
from scheduler.consistency import EndedPeriod, Outcome, Record
from scheduler.evidence import Evidence, EvidenceKind, SourceKind, stamp
from scheduler.ids import AgreementId, CalendarId, ProgrammeId, SeriesId
from scheduler.people import Pair, Person
from scheduler.secret import NO_SECRET
from scheduler.timespan import Span
from tests.scheduler.fates import Drawn, worlds
from tests.scheduler.pairs import FORTNIGHT, MENTEE, MENTOR, PAIR, a_series, row

DAY = timedelta(days=1)
BEGAN = datetime(2026, 3, 1, tzinfo=UTC)
TERMS = Terms(FORTNIGHT, 45, date(2026, 3, 2), date(2026, 9, 1))
RULING = Agreement(
    AgreementId("v1"), PAIR, 1, TERMS, AgreementState.IN_FORCE, in_force_at=BEGAN
)
GOOD = Connection(
    CalendarId("c"), MENTOR, CalendarKind.CALDAV, NO_SECRET, health=Health.GOOD
)
SERIES = a_series()
#: While the third period of six runs.
NOW = datetime(2026, 4, 1, tzinfo=UTC)


def a_record(*rows: Evidence) -> Record:
    return Record(PAIR, (SERIES,), rows)


def fell(period: int) -> Evidence:
    """That the meeting of a period was taken out a day before."""
    meeting = SERIES.meetings[period]
    assert meeting.span
    return row(EvidenceKind.CANCELLED, meeting.key, meeting.span.start - DAY)


def paused(at: datetime, until: datetime) -> Evidence:
    said = row(EvidenceKind.PAUSED, "", at, source=SourceKind.PAGE)
    return replace(said, detail=stamp(until))


def a_period(n: int, outcome: Outcome) -> EndedPeriod:
    start = BEGAN + 14 * n * DAY
    return EndedPeriod(SeriesId("s"), n, Span(start, start + 14 * DAY), outcome)


@pytest.mark.parametrize("hours", [0, 23, 24, 48])
def test_a_connection_is_broken_after_a_day_and_before_everything_else(hours: int):
    since = NOW - timedelta(hours=hours)
    gone = replace(GOOD, health=Health.NEEDS_CONSENT, failing_since=since)
    rows = paused(NOW - DAY, NOW + DAY)
    found = band((), a_record(rows), (GOOD, gone), NOW)
    assert (found is Band.BROKEN) == (hours >= 24)


def test_a_pause_comes_before_what_is_owed_and_ends_on_its_day():
    record = a_record(fell(0), fell(1), paused(NOW - DAY, NOW + DAY))
    assert band((RULING,), record, (), NOW) is Band.PAUSED
    assert band((RULING,), record, (), NOW + DAY) is Band.NEEDS_A_HAND
    resumed = row(EvidenceKind.RESUMED, "", NOW - DAY / 2, source=SourceKind.PAGE)
    record = replace(record, rows=(*record.rows, resumed))
    assert band((RULING,), record, (), NOW) is Band.NEEDS_A_HAND


@pytest.mark.parametrize(
    "state", [s for s in AgreementState if s is not AgreementState.IN_FORCE]
)
def test_without_an_agreement_in_force_it_waits(state: AgreementState):
    draft = replace(RULING, state=state)
    assert band((draft,), Record(PAIR, (), ()), (), NOW) is Band.WAITING


def test_mail_that_comes_back_asks_for_a_hand():
    said = row(EvidenceKind.SAID_MET, SERIES.meetings[0].key, NOW, by=MENTOR)
    record = a_record(said)
    assert band((RULING,), record, (GOOD,), NOW) is Band.STEADY
    assert band((RULING,), record, (GOOD,), NOW, bounces=True) is Band.NEEDS_A_HAND


def test_nothing_booked_for_one_and_a_half_periods_asks_for_a_hand():
    record = Record(PAIR, (), ())
    late = BEGAN + 21 * DAY
    assert band((RULING,), record, (), late) is Band.STEADY
    assert band((RULING,), record, (), late + DAY) is Band.NEEDS_A_HAND
    held = replace(SERIES, meetings=SERIES.meetings[:2])
    last = held.meetings[1].span
    assert last
    record = Record(PAIR, (held,), ())
    assert band((RULING,), record, (), last.end + 21 * DAY) is Band.STEADY
    after = last.end + 22 * DAY
    assert band((RULING,), record, (), after) is Band.NEEDS_A_HAND
    rested = replace(record, rows=(paused(last.end, after),))
    assert band((RULING,), rested, (), after) is Band.STEADY


def test_a_closed_pair_has_no_band():
    people = [Person(p, ProgrammeId("h"), p, f"{p}@x.test", "UTC") for p in (MENTOR,)]
    pair = Pair(PAIR, ProgrammeId("h"), MENTOR, MENTEE)
    found = (people, (RULING,), a_record(), (), NOW)
    assert band_of(pair, *found) is Band.STEADY
    assert band_of(replace(pair, closed=date(2026, 3, 9)), *found) is None


@given(st.lists(st.sampled_from(Outcome), max_size=12))
def test_owing_is_read_from_the_last_two_periods_that_were_due(found: list[Outcome]):
    periods = [a_period(n, outcome) for n, outcome in enumerate(found)]
    due = [o for o in found if o.value in {"kept", "repaired", "owed"}]
    by_hand = len(due) >= 2 and due[-1].value == due[-2].value == "owed"
    assert is_owing(periods) == by_hand
    without = [p for p in periods if p.outcome.value in {"kept", "repaired", "owed"}]
    assert is_owing(without) == by_hand


def test_two_in_a_row_that_nobody_wrote_into_the_ledger_are_owed():
    said = row(EvidenceKind.SAID_MET, SERIES.meetings[0].key, NOW, by=MENTOR)
    record = a_record(fell(0), fell(1))
    assert record.ledger == ()
    assert band((RULING,), record, (), NOW) is Band.NEEDS_A_HAND
    assert band((RULING,), a_record(said, fell(1)), (), NOW) is Band.STEADY


@given(worlds(), st.integers(0, 120))
@settings(max_examples=40, deadline=None)
def test_whatever_happened_order_and_repeats_change_no_band(drawn: Drawn, days: int):
    now = datetime(2026, 3, 1, tzinfo=UTC) + days * DAY
    record = drawn.world.record()
    found = band((RULING,), record, (), now)
    turned = replace(record, rows=(*reversed(record.rows), *record.rows))
    assert band((RULING,), turned, (), now) is found
