"""Three weeks before the last day both are asked how it goes on; then it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler.agreement import Agreement, AgreementState, Terms
from scheduler.cadence import WEEKLY
from scheduler.consistency import Record
from scheduler.duties import DutyKind, Standing, duties
from scheduler.ids import AgreementId, PairId, PersonId, ProgrammeId
from scheduler.people import Person
from scheduler.renewing import ends_at, last_day, renewals
from tests.scheduler.pairs import a_series

IDA = Person(PersonId("ida"), ProgrammeId("g"), "Ida", "i@x.example", "Europe/Berlin")
LEYLA = Person(
    PersonId("leyla"), ProgrammeId("g"), "Leyla", "l@x.example", "America/New_York"
)
BOTH = (IDA, LEYLA)
LAST = date(2026, 9, 6)
TERMS = Terms(WEEKLY, 45, date(2026, 3, 9), LAST)
AGREED = Agreement(
    AgreementId("v1"),
    PairId("pair"),
    1,
    TERMS,
    AgreementState.IN_FORCE,
    accepted_by=frozenset({IDA.id, LEYLA.id}),
    in_force_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
)


def proposal(last: date) -> Agreement:
    terms = replace(TERMS, last_day=last)
    return Agreement(
        AgreementId("v2"), PairId("pair"), 2, terms, AgreementState.PROPOSED
    )


def test_each_is_asked_in_their_own_morning_three_weeks_before() -> None:
    found = {r.to: r.due_at for r in renewals(BOTH, [AGREED], ())}
    assert found == {
        IDA.id: datetime(2026, 8, 16, 5, tzinfo=UTC),
        LEYLA.id: datetime(2026, 8, 16, 11, tzinfo=UTC),
    }
    quiet = replace(IDA, quiet_days=frozenset({6}))
    (late,) = renewals([quiet], [AGREED], ())
    assert late.due_at == datetime(2026, 8, 17, 5, tzinfo=UTC)


@given(st.integers(-30, 60))
def test_who_agreed_on_the_day_later_than_that_is_not_asked(days: int) -> None:
    agreed = datetime(2026, 8, 16, tzinfo=UTC) + timedelta(days=days)
    found = tuple(renewals(BOTH, [replace(AGREED, in_force_at=agreed)], ()))
    assert len(found) == (2 if days <= 0 else 0)


def test_nobody_is_asked_once_a_later_day_is_proposed_or_nothing_rules() -> None:
    assert not [*renewals(BOTH, [AGREED, proposal(date(2027, 1, 1))], ())]
    assert [*renewals(BOTH, [AGREED, proposal(LAST)], ())]
    ended = replace(AGREED, state=AgreementState.ENDED)
    assert not [*renewals(BOTH, [ended], ())]


def test_the_question_is_asked_once_of_each_and_never_after_the_last_day() -> None:
    standing = Standing(BOTH, Record(PairId("pair"), (), ()), (AGREED,))

    def asked(now: datetime) -> list[PersonId]:
        return [d.to for d in duties(standing, now) if d.kind is DutyKind.RENEW]

    assert asked(datetime(2026, 6, 1, tzinfo=UTC)) == [IDA.id, LEYLA.id]
    assert asked(datetime(2026, 9, 7, tzinfo=UTC)) == []
    now = datetime(2026, 8, 17, tzinfo=UTC)
    found = [d for d in duties(standing, now) if d.kind is DutyKind.RENEW]
    assert {d.revision for d in found} == {"v1"}
    assert {d.window for d in found} == {last_day(AGREED, "Europe/Berlin")}


def test_it_ends_when_the_day_is_over_for_both_and_nothing_stands_beyond() -> None:
    zones = [person.zone for person in BOTH]
    midnight = datetime(2026, 9, 7, 4, tzinfo=UTC)
    assert ends_at(AGREED, zones, ()) == midnight
    series = a_series()
    assert ends_at(AGREED, zones, [series]) == midnight
    beyond = a_series(first=date(2026, 9, 7))
    last = beyond.live()[-1].span
    assert last and ends_at(AGREED, zones, [beyond]) == last.end
