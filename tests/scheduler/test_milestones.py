"""Milestones: each once, only when reached, and never the loss of one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.agreement import Agreement, AgreementState, Terms
from scheduler.cadence import WEEKLY
from scheduler.consistency import Record
from scheduler.duties import Duty, DutyKind, Standing
from scheduler.evidence import Evidence, EvidenceKind, SourceKind
from scheduler.ids import AgreementId
from scheduler.letters import Milestone
from scheduler.localtime import midnight, zone
from scheduler.milestones import milestone_facts, reached
from scheduler.series import Series
from tests.scheduler.pairs import FIRST, MENTEE, MENTOR, PAIR, ZONE, a_series, row
from tests.scheduler.test_duties import a_standing, over_time, people, start

DAY = timedelta(days=1)


def said(series: Series, period: int, *, met: bool = True) -> Evidence:
    meeting = series.meetings[period]
    assert meeting.span
    kind = EvidenceKind.SAID_MET if met else EvidenceKind.SAID_NOT_MET
    at = meeting.span.end + 20 * timedelta(hours=1)
    return row(kind, meeting.key, at, by=MENTOR, source=SourceKind.PAGE)


def told(standing: Standing, days: int = 250) -> dict[Duty, datetime]:
    done = over_time(standing, start, days)
    return {d: at for d, at in done.items() if d.kind is DutyKind.MILESTONE}


@given(st.lists(st.sampled_from(["met", "not met", ""]), min_size=12, max_size=12))
@settings(max_examples=30, deadline=None)
def test_each_is_told_once_to_both_when_so_many_were_held(answers: list[str]) -> None:
    series = a_series(12, cadence=WEEKLY)
    rows = [said(series, n, met=a == "met") for n, a in enumerate(answers) if a]
    found = told(a_standing(series, rows, mailed=False))
    names = [(d.to, d.revision) for d in found]
    assert len(names) == len(set(names))
    held = answers.count("met")
    expected = {
        one.value
        for one, number in (
            (Milestone.FIRST_MONTH, 1),
            (Milestone.FIFTH, 5),
            (Milestone.TENTH, 10),
        )
        if held >= number
    }
    for person in (MENTOR, MENTEE):
        assert {name for to, name in names if to == person} == expected


def test_the_fifth_is_told_the_morning_after_somebody_said_so() -> None:
    series = a_series(6)
    standing = a_standing(series, [said(series, n) for n in range(6)], mailed=False)
    [at] = [
        at
        for duty, at in told(standing).items()
        if duty.revision == "fifth meeting" and duty.to == MENTEE
    ]
    fifth = series.meetings[4].span
    assert fifth
    # The answer came on Wednesday at 11:45; Thursday at seven is the morning after.
    wall = at.astimezone(ZoneInfo(ZONE))
    assert wall.time() == time(7)
    assert wall.date() == fifth.start.astimezone(ZoneInfo(ZONE)).date() + 2 * DAY


def test_the_facts_are_those_of_the_record() -> None:
    series = a_series(6)
    record = Record(PAIR, (series,), tuple(said(series, n) for n in range(5)))
    now = series.meetings[4].key.original_start + 2 * DAY
    fifth = next(r for r in reached(record, (), now) if r.milestone is Milestone.FIFTH)
    facts = milestone_facts(record, fifth, now)
    assert dict(facts.counts)["meetings"] == 5
    assert dict(facts.counts)["minutes"] == 5 * 45
    assert facts.meeting == series.meetings[4].span
    assert facts.next == series.meetings[5].span
    assert facts.window and facts.window.start == series.span_of(0).start


def a_promise(name: str, due: date, *, kept: bool) -> list[Evidence]:
    made = datetime.combine(FIRST, time(12), ZoneInfo(ZONE))
    rows = [row(EvidenceKind.PROMISED, name, made, by=MENTOR, source=SourceKind.PAGE)]
    rows = [replace(one, detail=due.isoformat()) for one in rows]
    if kept:
        at = datetime.combine(due, time(9), ZoneInfo(ZONE))
        done = row(EvidenceKind.PROMISE_KEPT, name, at, by=MENTOR)
        rows.append(replace(done, detail=due.isoformat()))
    return rows


def term(last: date) -> Agreement:
    terms = Terms(WEEKLY, 45, FIRST, last)
    both = frozenset({MENTOR, MENTEE})
    return Agreement(
        AgreementId("v1"), PAIR, 1, terms, AgreementState.IN_FORCE, accepted_by=both
    )


def test_every_promise_of_a_term_is_told_when_the_term_is_over() -> None:
    series, last = a_series(4), FIRST + 60 * DAY
    for kept in (True, False):
        rows = [
            *a_promise("one", FIRST + 10 * DAY, kept=True),
            *a_promise("two", FIRST + 20 * DAY, kept=kept),
        ]
        zones = {person.id: person.zone for person in people()}
        record = Record(PAIR, (series,), tuple(rows), zones=zones)
        before = midnight(last, zone(ZONE))
        after = midnight(last + DAY, zone(ZONE))
        assert not reached(record, (term(last),), before)
        names = [r.name for r in reached(record, (term(last),), after)]
        assert names == (["every promise/v1"] if kept else [])


def test_nobody_is_told_of_what_was_reached_long_ago() -> None:
    series = a_series(12, cadence=WEEKLY)
    standing = a_standing(series, [said(series, n) for n in range(12)], mailed=False)
    assert not [
        duty
        for duty in over_time(standing, start + 200 * DAY, 30)
        if duty.kind is DutyKind.MILESTONE
    ]
