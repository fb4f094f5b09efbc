"""Public holidays are days outside hours: meetings move inside their period.

Which days they are is asked of the package itself here, not of Troth.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import holidays
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scheduler.agreement import Terms
from scheduler.availability import Availability
from scheduler.busy import Own, Side
from scheduler.cadence import WEEKLY, Cadence, periods
from scheduler.ids import PairId, PersonId, ProgrammeId
from scheduler.people import Hours, Pair, Person
from scheduler.planning import PairView, replans
from scheduler.repair import Wanted, offers
from scheduler.search import search
from scheduler.slots import Plan, PlanRequest, Status
from scheduler.timespan import Span, Spans

NOW = datetime(2025, 12, 29, 9, tzinfo=UTC)
BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
BAVARIA = holidays.country_holidays("DE", subdiv="BY", years=[2025, 2026, 2027])
STATES = holidays.country_holidays("US", years=[2025, 2026, 2027])
ALL_DAY = Hours.parse("Mon-Sun 00:00-24:00")


def person(name: str, zone: str) -> Person:
    return Person(PersonId(name), ProgrammeId("g"), name, f"{name}@x.example", zone)


IDA = Side(person("ida", "Europe/Berlin"))
LEYLA = Side(person("leyla", "America/New_York"))


def available(mentor: Hours, mentee: Hours) -> tuple[Availability, Availability]:
    return (
        IDA.availability(Own(mentor, country="DE-BY"), NOW),
        LEYLA.availability(Own(mentee, country="US"), NOW),
    )


def is_off(start: datetime) -> bool:
    there = start.astimezone(BERLIN).date() in BAVARIA
    return there or start.astimezone(NEW_YORK).date() in STATES


def a_year(mentor: Hours, mentee: Hours, cadence: Cadence, first: date) -> Plan | None:
    until = first + timedelta(days=365)
    both = available(mentor, mentee)
    return search(PlanRequest(*both, cadence, 45, first, until=until, top=0)).best


weekdays = st.sets(st.sampled_from(["Mon", "Tue", "Wed", "Thu", "Fri"]), min_size=1)
DAYS = [date(2026, 1, 1) + timedelta(days=n) for n in range(14)]


@settings(deadline=None, max_examples=40)  # each is the search of a year
@given(weekdays, st.sampled_from([1, 2, 3, 4]), st.sampled_from(DAYS))
@example({"Mon"}, 1, date(2026, 1, 5))
@example({"Mon", "Thu"}, 1, date(2026, 1, 5))
def test_in_a_year_no_meeting_lies_on_a_holiday_of_either(
    days: set[str], every: int, first: date
) -> None:
    hours = Hours.parse(", ".join(f"{day} 14:00-18:00" for day in days))
    cadence = Cadence("week", every)
    plan = a_year(hours, ALL_DAY, cadence, first)
    assert plan
    turns = periods(cadence, first, len(plan.meetings))
    for turn, meeting in zip(turns, plan.meetings, strict=True):
        open_days = [
            day
            for n in range((turn.until - turn.first).days)
            if f"{(day := turn.first + timedelta(days=n)):%a}" in days
            and day not in BAVARIA
            and day not in STATES
        ]
        assert meeting.off == (not open_days)
        if meeting.start:
            assert not is_off(meeting.start)
        if meeting.status is Status.MOVED:
            assert meeting.original_start
            assert is_off(meeting.original_start)


def test_easter_monday_moves_inside_its_week_and_half_a_period_stays_between() -> None:
    plan = a_year(
        Hours.parse("Mon 14:00-18:00, Thu 14:00-18:00"),
        ALL_DAY,
        WEEKLY,
        date(2026, 1, 5),
    )
    assert plan
    starts = [m.start for m in plan.meetings if m.start]
    assert date(2026, 4, 6) not in {start.date() for start in starts}
    assert all(b - a >= WEEKLY.half for a, b in pairwise(starts))


def test_a_week_whose_only_other_day_is_taken_is_owed_and_not_skipped() -> None:
    hours = Hours.parse("Mon 14:00-16:00, Wed 14:00-16:00")
    taken = Span(
        datetime(2026, 4, 8, 11, tzinfo=UTC), datetime(2026, 4, 8, 15, tzinfo=UTC)
    )
    mentor, mentee = available(hours, ALL_DAY)
    mentor = replace(mentor, busy=Spans((taken,)))
    asked = PlanRequest(mentor, mentee, WEEKLY, 45, date(2026, 3, 30), count=3, top=0)
    plan = search(asked).best
    assert plan
    if plan.slot.weekday == 0:
        assert plan.meetings[1].status is Status.UNPLACED
        assert not plan.off


def test_hours_that_never_meet_are_no_day_off() -> None:
    plan = a_year(
        Hours.parse("Mon 14:00-16:00"),
        Hours.parse("Mon 08:00-10:00"),
        Cadence("week", 1),
        date(2026, 1, 5),
    )
    assert plan
    off = [plan.slot.day(period, WEEKLY) for period in sorted(plan.off)]
    assert date(2026, 4, 6) in off
    assert all(day in BAVARIA or day in STATES for day in off)


def test_other_times_are_never_on_a_holiday() -> None:
    week = Span(
        datetime(2026, 5, 10, 22, tzinfo=UTC), datetime(2026, 5, 17, 22, tzinfo=UTC)
    )
    start = datetime(2026, 5, 14, 14, tzinfo=UTC)  # Ascension Day in Bavaria
    fallen = Span(start, start + timedelta(minutes=45))
    now = datetime(2026, 5, 13, 9, tzinfo=UTC)
    hours = Hours.parse("Thu 14:00-18:00, Fri 14:00-18:00")
    wanted = Wanted(fallen, week, (), timedelta(0), now, "Europe/Berlin")
    found = offers(wanted, *available(hours, ALL_DAY))
    assert found
    assert {span.start.date() for span in found} == {date(2026, 5, 15)}


def test_exactly_what_places_a_meeting_plans_it_anew() -> None:
    terms = Terms(WEEKLY, 45, date(2026, 3, 9), date(2026, 9, 6))
    for changes in (
        {"cadence": Cadence("week", 2)},
        {"minutes": 60},
        {"mentor_hours": ALL_DAY},
        {"mentee_hours": ALL_DAY},
        {"mentor_quiet": frozenset({4})},
        {"mentee_quiet": frozenset({4})},
        {"mentor_country": "DE"},
        {"mentee_country": "DE"},
        {"last_day": date(2026, 9, 13)},
    ):
        assert replans(terms, replace(terms, **changes))
    for changes in (
        {"first_day": date(2026, 3, 2)},
        {"notice_hours": 48},
        {"book_without_asking": True},
        {"agenda_in_event": False},
        {"off_limits": ("Marks",)},
        {"review_weeks": None},
    ):
        assert not replans(terms, replace(terms, **changes))


def test_the_quiet_days_of_a_proposal_stand_for_those_in_force() -> None:
    pair = Pair(PairId("p"), ProgrammeId("g"), PersonId("ida"), PersonId("leyla"))
    terms = Terms(
        WEEKLY, 45, date(2026, 3, 9), date(2026, 9, 6), mentor_quiet=frozenset({4})
    )
    view = PairView(pair, IDA, LEYLA)
    mentor, _ = view.availability(terms, NOW)
    assert mentor.quiet_days == {4}


def test_on_a_quiet_day_nobody_has_hours() -> None:
    rested = IDA.availability(Own(ALL_DAY, frozenset({4})), NOW)
    month = Span(NOW, NOW + timedelta(days=30))
    days = {
        window.start.astimezone(BERLIN).weekday() for window in rested.windows(month)
    }
    assert days == {0, 1, 2, 3, 5, 6}
