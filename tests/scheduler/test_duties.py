"""What is due for a pair: each thing once, at a humane hour, one letter a day."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.agreement import Agreement, AgreementState, Terms
from scheduler.cadence import Cadence
from scheduler.consistency import Record
from scheduler.duties import Duty, DutyKind, Standing, duties, next_due
from scheduler.evidence import Evidence, EvidenceKind, SourceKind
from scheduler.ids import AgreementId, ProgrammeId
from scheduler.people import Person
from scheduler.series import LedgerRow, LedgerState, Series
from tests.scheduler.pairs import FIRST, MENTEE, MENTOR, PAIR, a_series, row

HOUR = timedelta(hours=1)
P = ProgrammeId("p")


def people(quiet: frozenset[int] = frozenset()) -> tuple[Person, Person]:
    ida = Person(MENTOR, P, "Ida", "ida@a.test", "America/New_York", quiet_days=quiet)
    return ida, Person(MENTEE, P, "Leyla", "leyla@b.test", "Europe/Berlin")


def a_standing(
    series: Series,
    rows: Iterable[Evidence] = (),
    ledger: tuple[LedgerRow, ...] = (),
    *,
    mailed: bool = True,
    quiet: frozenset[int] = frozenset(),
) -> Standing:
    keys = (
        frozenset((MENTEE, m.key) for m in series.meetings) if mailed else frozenset()
    )
    record = Record(PAIR, (series,), tuple(rows), ledger)
    return Standing(people(quiet), record, by_letter=keys)


def as_known(standing: Standing, now: datetime) -> Standing:
    """As it stood then: nobody has answered yet what they answer later."""
    rows = tuple(one for one in standing.record.rows if one.at <= now)
    return replace(standing, record=replace(standing.record, rows=rows))


def over_time(
    standing: Standing, start: datetime, days: int, *, learning: bool = False
) -> dict[Duty, datetime]:
    """Every duty with the instant at which a worker that never sleeps did it.

    With `learning`, what is on record comes to be known when it happens.
    """
    done: dict[tuple[object, ...], tuple[Duty, datetime]] = {}
    now: datetime | None = start
    while now and now < start + timedelta(days=days):
        found = duties(as_known(standing, now) if learning else standing, now)
        for duty in found:
            if duty.due_at <= now:
                key = (duty.kind, duty.to, duty.revision, duty.about)
                done.setdefault(key, (duty, now))
        now = next_due(found, now)
    return dict(done.values())


start = datetime(2026, 3, 1, tzinfo=UTC)


def said(series: Series, period: int, who: str, kind: EvidenceKind) -> Evidence:
    meeting = series.meetings[period]
    assert meeting.span
    by = {"ida": MENTOR, "leyla": MENTEE}[who]
    at = meeting.span.end + 20 * HOUR
    return row(kind, meeting.key, at, by=by, source=SourceKind.PAGE)


@given(
    st.lists(
        st.sampled_from(["ida", "leyla", "both", "nobody"]), min_size=6, max_size=6
    ),
    st.frozensets(st.integers(0, 6), max_size=3),
    st.sampled_from([1, 2, 3]),
)
@settings(max_examples=40, deadline=None)
def test_letters_come_once_at_a_humane_hour_and_one_a_day(
    answers: list[str], quiet: frozenset[int], weeks: int
) -> None:
    series = a_series(cadence=Cadence("week", weeks))
    rows = [
        said(series, period, who, EvidenceKind.SAID_MET)
        for period, whom in enumerate(answers)
        for who in {"both": ("ida", "leyla"), "nobody": ()}.get(whom, (whom,))
    ]
    standing = a_standing(series, rows, quiet=quiet)
    done = over_time(standing, start, 200)
    per_day: Counter[tuple[object, ...]] = Counter()
    for duty, at in done.items():
        person = next(p for p in standing.people if p.id == duty.to)
        local = at.astimezone(ZoneInfo(person.zone))
        assert time(7) <= local.time() < time(21)
        assert local.weekday() not in person.quiet_days
        per_day[duty.to, local.date()] += 1
    assert max(per_day.values(), default=0) <= 1


def test_both_are_asked_the_morning_after() -> None:
    series = a_series(1)
    done = over_time(a_standing(series, mailed=False), start, 60)
    asked = [(d.to, at) for d, at in done.items() if d.kind is DutyKind.ASK]
    day = FIRST + timedelta(days=2)
    assert asked == [
        (MENTEE, datetime.combine(day, time(7), ZoneInfo("Europe/Berlin"))),
        (MENTOR, datetime.combine(day, time(7), ZoneInfo("America/New_York"))),
    ]


@given(
    st.sampled_from([1, 2, 3]),
    st.lists(st.sampled_from(["", "ida", "leyla"]), min_size=6, max_size=6),
    st.frozensets(st.integers(0, 6), max_size=2),
    st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_each_is_asked_once_about_each_meeting_in_one_letter_or_the_other(
    weeks: int, answers: list[str], quiet: frozenset[int], mailed: bool
) -> None:
    """In the agenda when it is due within five days, else in a letter of its own."""
    series = a_series(6, cadence=Cadence("week", weeks))
    rows = [
        replace(one, at=soon, seen_at=soon)
        for period, who in enumerate(answers)
        if who
        for one in [said(series, period, who, EvidenceKind.SAID_MET)]
        for soon in [one.at - 19 * HOUR]
    ]
    standing = a_standing(series, rows, mailed=mailed, quiet=quiet)
    asked: Counter[tuple[object, ...]] = Counter()
    beside = 0
    for duty in over_time(standing, start, 200, learning=True):
        if duty.kind is DutyKind.ASK:
            asked[duty.to, duty.about] += 1
        for key in duty.asks:
            asked[duty.to, key] += 1
            beside += 1
    open_ones = [
        m.key for m, who in zip(series.meetings, answers, strict=True) if not who
    ]
    expected = {(p.id, key): 1 for p in standing.people for key in open_ones}
    assert asked == expected
    if not mailed or weeks > 1:
        assert beside == 0
    elif not quiet:
        assert beside == sum(key != series.meetings[-1].key for key in open_ones)


def test_who_has_answered_is_not_asked_and_two_answers_are_asked_again_once() -> None:
    series = a_series(1)
    rows = [
        said(series, 0, "ida", EvidenceKind.SAID_MET),
        said(series, 0, "leyla", EvidenceKind.SAID_NOT_MET),
    ]
    one = over_time(a_standing(series, rows[:1], mailed=False), start, 60)
    assert not [d for d in one if d.kind is DutyKind.ASK]  # one answer is an ending
    both = over_time(a_standing(series, rows, mailed=False), start, 60)
    again = [d.to for d in both if d.kind is DutyKind.ASK_AGAIN]
    assert sorted(again) == [MENTOR, MENTEE]


def test_the_month_is_told_to_both_alike_on_the_first_working_morning() -> None:
    series = a_series(3)
    done = over_time(a_standing(series), start, 70)
    month = [(d, at) for d, at in done.items() if d.kind is DutyKind.MONTH]
    assert {d.revision for d, _ in month} == {"2026-03", "2026-04"}
    assert len({(d.window, d.revision) for d, _ in month}) == 2
    first = [
        at.astimezone(ZoneInfo("Europe/Berlin")) for d, at in month if d.to == MENTEE
    ]
    # 1 April 2026 is a Wednesday, 1 May a Friday.
    assert [at.day for at in first] == [1, 1]
    assert all(at.hour == 7 for at in first)


def test_a_row_still_open_an_hour_after_its_period_is_told_once() -> None:
    series = a_series(2)
    span = series.span_of(0)
    open_row = LedgerRow(series.id, PAIR, 0, span, LedgerState.OPEN, span.start)
    cancelled = row(
        EvidenceKind.CANCELLED, series.meetings[0].key, span.start + HOUR, by=MENTOR
    )
    standing = a_standing(series, [cancelled], (open_row,))
    owed = [d for d in duties(standing, span.end + HOUR) if d.kind is DutyKind.OWED]
    assert {d.to for d in owed} == {MENTOR, MENTEE}
    assert {d.due_at for d in owed} == {span.end + HOUR}
    told = replace(open_row, told_at=span.end + HOUR)
    standing = a_standing(series, [cancelled], (told,))
    found = duties(standing, span.end + 2 * HOUR)
    assert not [d for d in found if d.kind is DutyKind.OWED]


def test_the_agenda_goes_out_before_its_meeting_to_those_who_get_mail() -> None:
    series = a_series(3)
    done = over_time(a_standing(series), start, 60)
    sent = [(d, at) for d, at in done.items() if d.kind is DutyKind.PREPARE]
    assert [d.to for d, _ in sent] == [MENTEE] * 3
    for duty, at in sent:
        meeting = next(m for m in series.meetings if m.key == duty.about)
        assert meeting.span
        assert timedelta(hours=24) < meeting.span.start - at <= timedelta(hours=48)


def test_reminders_after_three_and_ten_days_to_who_has_not_answered() -> None:
    terms = Terms(Cadence("week", 2), 45, FIRST, FIRST + timedelta(weeks=26))
    version = Agreement(
        AgreementId("v1"),
        PAIR,
        1,
        terms,
        AgreementState.PROPOSED,
        accepted_by=frozenset({MENTOR}),
    )
    asked = {MENTOR: start, MENTEE: start}
    record = Record(PAIR, (), ())
    standing = Standing(people(), record, (version,), asked_at=asked)
    found = [d for d in over_time(standing, start, 60) if d.kind is DutyKind.REMIND]
    assert [(d.to, d.revision) for d in found] == [(MENTEE, "v1/3"), (MENTEE, "v1/10")]
    accepted = replace(version, state=AgreementState.IN_FORCE)
    assert not duties(replace(standing, agreements=(accepted,)), start)
