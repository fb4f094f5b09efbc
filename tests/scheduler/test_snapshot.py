"""A weekly count adds up what the pairs' own reports say, and shows no small group."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.bands import Band
from scheduler.consistency import Outcome, Record, Report
from scheduler.ids import ProgrammeId
from scheduler.shown import shown, tenths
from scheduler.snapshot import (
    Counted,
    Counts,
    Group,
    InBand,
    Snapshot,
    Sum,
    counted,
    known_by,
    last_count,
    next_count,
    stretches,
    window,
)
from tests.cases import tried
from tests.scheduler.fates import Drawn, worlds

HAFEN, BERLIN = ProgrammeId("hafen"), "Europe/Berlin"
#: The Monday after the worlds' last period.
AS_OF = datetime(2026, 5, 25, 4, tzinfo=UTC)
SPANS, WINDOW = stretches(AS_OF, BERLIN), window(AS_OF, BERLIN)
EMPTY = Snapshot(HAFEN, AS_OF)
CADENCES = ("weekly", "every 2 weeks", "monthly")


@given(st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)))
def test_a_count_is_on_monday_at_six_by_the_programmes_clock(naive: datetime) -> None:
    now = naive.replace(tzinfo=UTC)
    for zone in (BERLIN, "America/New_York", "Australia/Lord_Howe", "UTC"):
        last, following = last_count(now, zone), next_count(now, zone)
        assert last <= now < following
        assert timedelta(days=6) < following - last < timedelta(days=8)
        assert last_count(following, zone) == following
        spans = stretches(last, zone)
        assert len(spans) == 13 and spans[-1].end < last
        assert all(a.end == b.start for a, b in pairwise(spans))


def a_report(drawn: Drawn) -> Report:
    record: Record = known_by(drawn.world.record(), AS_OF)
    return record.report(WINDOW, AS_OF)


pairs = st.tuples(
    worlds(), st.booleans(), st.sampled_from(Band), st.sampled_from([*CADENCES, None])
).map(lambda t: Counted(t[1], t[2], t[3], a_report(t[0])))


@given(st.lists(pairs, max_size=7), st.integers(1, 4))
@settings(max_examples=40, deadline=None)
def test_its_sums_are_the_sums_of_the_reports(found: list[Counted], page: int) -> None:
    snapshot = EMPTY
    for n in range(0, len(found), page):
        snapshot = counted(snapshot, found[n : n + page], SPANS)
    whole = counted(EMPTY, found, SPANS)
    assert set(snapshot.groups) == set(whole.groups)
    assert sum(one.pairs for one in snapshot.bands) == len(found)
    for band in snapshot.bands:
        here = [p for p in found if (p.shows, p.band) == (band.shows, band.band)]
        assert band.pairs == len(here)
    for group in snapshot.groups:
        reports = [
            p.report
            for p in found
            if (p.shows, p.cadence) == (group.shows, group.cadence)
        ]
        rates = [report.rates for report in reports]
        assert group.pairs == len(reports)
        held = sum(one.held for one in group.stretches)
        due = sum(one.due for one in group.stretches)
        repaired = sum(one.repaired for one in group.stretches)
        owed = sum(one.owed for one in group.stretches)
        assert held == sum(r.cadence_kept.numerator for r in rates)
        assert due == sum(r.cadence_kept.denominator for r in rates)
        assert repaired == sum(r.cancellations_repaired.numerator for r in rates)
        denominators = sum(r.cancellations_repaired.denominator for r in rates)
        assert repaired + owed == denominators
        assert group.notice.numerator == sum(r.notice_given.numerator for r in rates)
        given_of = sum(r.notice_given.denominator for r in rates)
        assert group.notice.denominator == given_of
        kept = sum(r.promises_kept.denominator for r in rates)
        assert group.promises.denominator == kept
        unknown = sum(one.unconfirmed for one in group.stretches)
        assert unknown == sum(r.count(Outcome.UNCONFIRMED) for r in reports)


few = st.integers(0, 7)


@st.composite
def groups(draw: st.DrawFn) -> Group:
    """Any sums: of each stretch, and of each rate, by how many pairs they come from."""
    size = draw(few.filter(bool))
    parts = [draw(st.integers(0, size)) for _ in SPANS]
    stretches = [
        Counts(
            *(draw(st.integers(0, 3 * pairs)) for _ in range(4)),
            pairs=pairs,
        )
        if pairs
        else Counts()
        for pairs in parts
    ]
    of = draw(st.integers(0, size))
    return Group(
        draw(st.booleans()),
        draw(st.sampled_from(CADENCES)),
        size,
        tuple(stretches),
        Sum(of, 2 * of, of),
        Sum(),
    )


@given(st.lists(groups(), max_size=6, unique_by=lambda g: (g.shows, g.cadence)))
@settings(max_examples=tried(100), deadline=None)
def test_no_rate_of_fewer_than_five_pairs_is_shown_or_follows(found: list[Group]):
    bands = tuple(InBand(g.shows, Band.STEADY, g.pairs) for g in found)
    snapshot = replace(EMPTY, bands=bands, groups=tuple(found))
    for side in shown(snapshot):
        here = {g.cadence: g for g in found if g.shows is side.shows}
        for group in side.groups:
            members = [here[name] for name in group.cadences]
            assert group.pairs == sum(g.pairs for g in members) >= 5
            for n, cell in enumerate(group.stretches):
                real = sum((g.stretches[n] for g in members), start=Counts())
                assert (cell is None) == (real.pairs < 5)
                assert cell in {None, real}
            rates = dict(group.rates)
            # What is not shown is in no sum: there is nothing to subtract it from.
            cells = [cell for cell in group.stretches if cell]
            if rates["cadence kept"]:
                due = rates["cadence kept"].denominator
                assert due == sum(cell.due for cell in cells) == group.due
            givers = sum(g.notice.pairs for g in members)
            assert (rates["notice given"] is None) == (givers < 5)
            assert rates["promises kept"] is None
        told = {name for group in side.groups for name in group.cadences}
        left = sum(g.pairs for name, g in here.items() if name not in told)
        assert left < 5


@given(st.builds(Counts, *[st.integers(0, 400)] * 4))
def test_ten_small_marks_stand_for_all_that_was_due(counts: Counts) -> None:
    marks = tenths(counts)
    parts = (counts.kept, counts.repaired, counts.owed + counts.unconfirmed)
    whole = sum(parts)
    assert sum(marks) == (10 if whole else 0)
    for mark, part in zip(marks, parts, strict=True):
        assert not whole or abs(mark - 10 * part / whole) < 1


@pytest.mark.parametrize(
    ("counts", "marks"),
    [(Counts(9, 0, 1, 0), (9, 0, 1)), (Counts(1, 1, 1, 0), (4, 3, 3))],
)
def test_the_largest_remainder_gets_the_last_mark(
    counts: Counts, marks: tuple[int, int, int]
) -> None:
    assert tenths(counts) == marks
