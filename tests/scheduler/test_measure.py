"""Mail in measure: whatever comes up when, one letter a day that can wait, by day."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from scheduler.cadence import Cadence
from scheduler.delivery import Case, Verdict
from scheduler.dueletters import letter_of
from scheduler.duties import (
    CAN_WAIT,
    Duty,
    DutyKind,
    Standing,
    duties,
    next_due,
    together,
)
from scheduler.effects import Outgoing, SendLetter
from scheduler.evidence import Evidence, EvidenceKind, SourceKind
from scheduler.ids import OutboxId, PersonId, ProgrammeId
from scheduler.letters import ASKED_FOR, Facts, Letter, LetterKind
from scheduler.outbox import letter_row
from scheduler.people import Person
from scheduler.quiet import PRESSING
from scheduler.series import Series
from tests.cases import tried
from tests.scheduler.pairs import MENTEE, MENTOR, PAIR, a_series, row
from tests.scheduler.test_duties import a_standing, start

HOUR = timedelta(hours=1)
END = start + timedelta(days=200)


@st.composite
def answers(draw: st.DrawFn, series: Series) -> tuple[Evidence, ...]:
    """What the two say of some of their meetings, at any hour, days later perhaps."""
    found = []
    for meeting in series.meetings:
        for who in (MENTOR, MENTEE):
            if not meeting.span or draw(st.booleans()):
                continue
            met = draw(st.sampled_from([True, True, False]))
            kind = EvidenceKind.SAID_MET if met else EvidenceKind.SAID_NOT_MET
            at = meeting.span.end + draw(st.integers(0, 200)) * HOUR
            found.append(row(kind, meeting.key, at, by=who, source=SourceKind.PAGE))
    return tuple(sorted(found, key=lambda r: r.at))


def live(standing: Standing) -> list[Outgoing]:
    """What a worker writes that looks whenever something is due or was said."""
    rows = standing.record.rows
    written: dict[str, Outgoing] = {}
    now: datetime | None = start
    while now and now < END:
        known = tuple(r for r in rows if r.seen_at <= now)
        then = replace(
            standing,
            record=replace(standing.record, rows=known),
            written={
                key: (PersonId(letter_in(r).to or ""), r.due_at)
                for key, r in written.items()
            },
        )
        found = duties(then, now)
        for duty in (d for d in found if d.due_at <= now):
            for one in together(duty, found):
                made = write(one, then, now)
                if made:
                    written.setdefault(made.key, made)
        later = [r.seen_at for r in rows if r.seen_at > now]
        now = min(filter(None, [next_due(found, now), *later[:1]]), default=None)
    return list(written.values())


def write(duty: Duty, standing: Standing, now: datetime) -> Outgoing | None:
    letter = letter_of(duty, standing, now)
    if duty.kind is DutyKind.PREPARE:
        letter = Letter(LetterKind.AGENDA, duty.to, PAIR, Facts(), duty.about)
    if letter is None:
        return None
    to = next(person for person in standing.people if person.id == duty.to)
    made = letter_row(
        OutboxId(letter.kind.value), letter, to, now=now, revision=duty.revision
    )
    return replace(made, due_at=max(made.due_at, duty.due_at))


def letter_in(row: Outgoing) -> Letter:
    assert isinstance(row.effect, SendLetter)
    return row.effect.letter


@pytest.mark.slow
@given(st.data(), st.frozensets(st.integers(0, 6), max_size=3), st.sampled_from([1, 2]))
@settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.generate])
def test_one_a_day_in_the_day_and_the_same_for_both(
    data: st.DataObject, quiet: frozenset[int], weeks: int
) -> None:
    series = a_series(9, cadence=Cadence("week", weeks))
    standing = a_standing(series, data.draw(answers(series)), quiet=quiet)
    written = live(standing)
    people = {person.id: person for person in standing.people}
    days: Counter[tuple[PersonId, object]] = Counter()
    for one in written:
        to = letter_in(one).to
        assert to
        local = one.due_at.astimezone(ZoneInfo(people[to].zone))
        assert time(7) <= local.time() < time(21)
        assert local.weekday() not in people[to].quiet_days
        if letter_in(one).kind in CAN_WAIT:
            days[to, local.date()] += 1
    assert max(days.values(), default=0) <= 1
    for kind in (LetterKind.CONSISTENCY, LetterKind.MILESTONE):
        mine, theirs = facts_of(written, kind, MENTOR), facts_of(written, kind, MENTEE)
        assert mine == theirs


def facts_of(rows: list[Outgoing], kind: LetterKind, who: PersonId) -> dict[str, Facts]:
    """What one of the two reads, by the last part of the key: a month, a milestone."""
    letters = [(one.key.rpartition("/")[2], letter_in(one)) for one in rows]
    return {name: x.facts for name, x in letters if (x.kind, x.to) == (kind, who)}


def test_a_question_that_was_answered_since_still_was_that_day_s_letter() -> None:
    """It was asked at seven, answered at nine; the agenda of three waits a day."""
    standing = a_standing(a_series(3))
    first = next(d for d in duties(standing, start) if d.kind is DutyKind.PREPARE)
    asked = {"met/earlier": (MENTEE, first.due_at - 8 * HOUR)}
    again = duties(replace(standing, written=asked), start)
    later = next(d for d in again if d.kind is DutyKind.PREPARE)
    assert later.due_at.date() == first.due_at.date() + timedelta(days=1)


zones = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"]
)
minutes = st.integers(0, 60 * 24 * 30).map(lambda n: start + timedelta(minutes=n))


@given(
    st.sampled_from(LetterKind),
    zones,
    st.frozensets(st.integers(0, 6), max_size=6),
    minutes,
    st.lists(st.timedeltas(timedelta(0), timedelta(days=3)), max_size=6),
    st.none() | minutes,
)
@settings(max_examples=tried(150))
def test_however_often_it_is_tried_no_letter_goes_at_night(
    kind: LetterKind,
    zone: str,
    quiet: frozenset[int],
    decided: datetime,
    waits: list[timedelta],
    meeting: datetime | None,
) -> None:
    """The hour that counts is the one of sending, on the clock they have then."""
    reader = Person(
        MENTEE, ProgrammeId("p"), "Leyla", "leyla@b.test", zone, quiet_days=quiet
    )
    span = None if meeting is None else a_series().meetings[0].span
    if span and meeting:
        span = replace(span, start=meeting, end=meeting + HOUR)
    letter = Letter(kind, MENTEE, PAIR, Facts(meeting=span))
    made = letter_row(OutboxId("1"), letter, reader, now=decided)
    assert isinstance(made.effect, SendLetter)
    now = decided
    for wait in (timedelta(0), *waits):
        now += wait
        case = Case(made, person=reader)
        if case.verdict(now) is Verdict.WAIT:
            again = case.wait_until(now)
            assert again > now
            now = again
        if case.verdict(now) is not Verdict.GO or kind in ASKED_FOR:
            continue
        local = now.astimezone(ZoneInfo(zone))
        is_day = time(7) <= local.time() < time(21) and local.weekday() not in quiet
        pressing = meeting is not None and now <= meeting < now + PRESSING
        assert is_day or pressing
