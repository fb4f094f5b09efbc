"""What a plan must be, one rule of the contract at a time."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from scheduler.availability import Availability
from scheduler.cadence import MONTHLY, WEEKLY, Cadence
from scheduler.candidates import Both
from scheduler.errors import Refused
from scheduler.people import Hours, Role
from scheduler.scores import candidate_scores
from scheduler.search import search
from scheduler.slots import Plan, PlanRequest, Status, Why
from scheduler.timespan import Span, Spans

HOUR = timedelta(hours=1)
MONDAY = date(2026, 3, 2)


def utc(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def person(hours: str, *busy: Span, zone: str = "UTC") -> Availability:
    return Availability(zone, Hours.parse(hours), Spans.of(busy))


def ask(mentor: Availability, mentee: Availability, **changes: object) -> PlanRequest:
    asked = PlanRequest(mentor, mentee, WEEKLY, 60, MONDAY, count=2)
    return replace(asked, **changes)


def best(mentor: Availability, mentee: Availability, **changes: object) -> Plan:
    found = search(ask(mentor, mentee, **changes)).best
    assert found
    return found


def starts(plan: Plan) -> list[datetime | None]:
    return [meeting.start for meeting in plan.meetings]


def test_a_meeting_may_fill_its_window_to_both_edges() -> None:
    plan = best(person("Tue 09:00-10:00"), person("Tue 08:00-10:00"))
    assert starts(plan) == [utc(3, 3, 9), utc(3, 10, 9)]


def test_windows_that_meet_at_midnight_hold_no_meeting_together() -> None:
    late = person("Tue 23:30-24:00, Wed 00:00-00:30")
    assert search(ask(late, late)).best is None


def test_busy_time_may_touch_a_meeting_but_not_its_gap() -> None:
    mentor = person("Tue 09:00-11:30", Span(utc(3, 3, 8), utc(3, 3, 10)))
    mentee = person("Tue 09:00-11:30", Span(utc(3, 10, 11), utc(3, 10, 12)))
    assert starts(best(mentor, mentee)) == [utc(3, 3, 10), utc(3, 10, 10)]
    plan = best(mentor, mentee, gap=15)
    assert plan.clear == 1
    assert plan.moved == 1


def test_without_one_clear_time_every_meeting_is_unplaced() -> None:
    found = search(ask(person("Mon 09:00-10:00"), person("Tue 09:00-10:00"), count=3))
    assert (found.best, found.alternatives) == (None, ())
    assert [m.period for m in found.meetings] == [0, 1, 2]
    assert {(m.original_start, m.start, m.end) for m in found.meetings} == {
        (None, None, None)
    }
    assert {m.status for m in found.meetings} == {Status.UNPLACED}


def test_someone_whose_calendar_cannot_be_read_is_never_free() -> None:
    unknown = Availability("UTC", Hours.parse("Mon-Sun 00:00-24:00"), None)
    free = person("Mon-Sun 00:00-24:00")
    assert search(ask(free, unknown)).best is None
    assert search(ask(unknown, free)).best is None


def test_a_clash_moves_to_the_nearest_time_the_earlier_of_two() -> None:
    day = "Tue 09:00-17:00"
    clash = Span(utc(3, 10, 12, 30), utc(3, 10, 13))
    others = [
        Span(utc(3, tuesday, opens), utc(3, tuesday, closes))
        for tuesday in (3, 17)
        for opens, closes in ((9, 12), (13, 17))
    ]
    plan = best(person(day, clash, *others), person(day), count=3)
    assert plan.slot.time == time(12)
    assert starts(plan) == [utc(3, 3, 12), utc(3, 10, 11, 30), utc(3, 17, 12)]
    moved = plan.meetings[1]
    assert moved.status is Status.MOVED
    assert moved.why == (Why.MENTOR_BUSY,)


@pytest.mark.parametrize(
    ("friday", "start"), [("21:00", utc(3, 13, 21)), ("21:15", None)]
)
def test_a_move_keeps_half_a_period_to_the_next_meeting(
    friday: str, start: datetime | None
) -> None:
    hours = f"Tue 09:00-10:00, Fri {friday}-23:00, Sat 09:00-12:00"
    busy = [Span(utc(3, day, 0), utc(3, day + 2, 0)) for day in (6, 20)]
    away = Span(utc(3, 10, 9), utc(3, 10, 10))
    plan = best(person(hours, away, *busy), person(hours), count=3)
    assert starts(plan) == [utc(3, 3, 9), start, utc(3, 17, 9)]


def test_a_move_keeps_half_a_period_to_the_one_before_as_placed() -> None:
    hours = "Tue 09:00-10:00, Wed 09:00-10:00, Fri 09:00-10:00, Sun 09:00-10:00"
    free = [(3, 3), (3, 15), (3, 18), (3, 20), (3, 24)]
    days = [utc(3, 2, 0) + timedelta(days=n) for n in range(28)]
    busy = [
        Span(day, day + timedelta(days=1))
        for day in days
        if (day.month, day.day) not in free
    ]
    plan = best(person(hours, *busy), person(hours), count=4)
    assert starts(plan) == [utc(3, 3, 9), utc(3, 15, 9), utc(3, 20, 9), utc(3, 24, 9)]


def test_reasons_come_in_one_order() -> None:
    mentor = person("Tue 09:00-10:00", Span(utc(3, 10, 9), utc(3, 10, 10)))
    mentee = person("Tue 09:00-10:00", Span(utc(3, 10, 9), utc(3, 10, 10)))
    plan = best(mentor, mentee)
    assert plan.meetings[1].why == (Why.MENTOR_BUSY, Why.MENTEE_BUSY)
    assert (plan.meetings[1].start, plan.meetings[1].end) == (None, None)


def test_hours_stand_still_while_the_other_clock_changes() -> None:
    mentor = person("Tue 10:00-11:00", zone="America/New_York")
    mentee = person("Tue 15:00-16:00", zone="Europe/Berlin")
    for anchor, reason in [
        (Role.MENTOR, Why.OUTSIDE_MENTEE_HOURS),
        (Role.MENTEE, Why.OUTSIDE_MENTOR_HOURS),
    ]:
        plan = best(mentor, mentee, count=5, anchor=anchor)
        # Between 8 and 29 March the two are five hours apart, otherwise six.
        assert [m.why for m in plan.meetings] == [(reason,), (), (), (), (reason,)]
        assert plan.unplaced == 2


def test_a_southern_clock_goes_back_in_april() -> None:
    mentor = person("Mon 09:00-10:00", zone="Australia/Sydney")
    plan = best(mentor, person("Sun-Mon 00:00-24:00"), count=6, anchor=Role.MENTOR)
    assert plan.clear == 6
    gaps = [b - a for a, b in zip(starts(plan), starts(plan)[1:], strict=False)]
    assert sum(gaps, timedelta()) == timedelta(weeks=5, hours=1)


def test_a_skipped_wall_time_is_read_an_hour_later() -> None:
    mentor = person("Sun 02:30-04:30", zone="America/New_York")
    plan = best(mentor, person("Sun 05:00-09:00"), anchor=Role.MENTOR)
    assert plan.slot.time == time(2, 30)
    assert starts(plan) == [utc(3, 8, 7, 30), utc(3, 15, 6, 30)]


def test_the_second_pass_of_a_repeated_hour_holds_no_start() -> None:
    taken = Span(utc(10, 25, 0), utc(10, 25, 1))
    mentor = person("Sun 02:00-03:00", taken, zone="Europe/Berlin")
    free = person("Sun 00:00-24:00")
    monday, only = date(2026, 10, 19), Role.MENTOR
    plan = best(mentor, free, first=monday, anchor=only)
    assert plan.slot.time == time(2)
    assert starts(plan) == [None, utc(11, 1, 1)]
    assert plan.meetings[0].why == (Why.MENTOR_BUSY,)


@pytest.mark.parametrize(
    ("hours", "week", "dates"),
    [
        ("Mon 09:00-10:00", 1, [date(2026, 3, 2), date(2026, 4, 6), date(2026, 5, 4)]),
        ("Sun 09:00-10:00", 1, [date(2026, 4, 5), date(2026, 5, 3), date(2026, 6, 7)]),
    ],
)
def test_months_count_from_the_first_date(
    hours: str, week: int, dates: list[date]
) -> None:
    found = search(ask(person(hours), person(hours), cadence=MONTHLY, count=3, top=20))
    plans = [found.best, *found.alternatives]
    plan = next(plan for plan in plans if plan and plan.slot.week == week)
    assert [start.date() for start in starts(plan) if start] == dates


def test_the_fourth_weekday_may_be_the_last_and_a_fifth_is() -> None:
    hours = person("Mon 09:00-10:00")
    march = best(hours, hours, cadence=MONTHLY, count=1, first=date(2026, 3, 24))
    assert (march.slot.week, march.slot.first) == (-1, date(2026, 3, 30))
    april = best(hours, hours, cadence=MONTHLY, count=1, first=date(2026, 4, 21))
    assert (april.slot.week, april.slot.first) == (4, date(2026, 4, 27))


def test_a_monthly_date_after_the_end_moves_before_it() -> None:
    hours = person("Fri 09:00-10:00")
    asked = ask(
        hours,
        hours,
        cadence=MONTHLY,
        first=date(2026, 1, 10),
        count=None,
        until=date(2026, 4, 10),
        top=20,
    )
    assert asked.turns == 3
    second = next(p for p in search(asked).alternatives if p.slot.week == 2)
    assert starts(second) == [utc(2, 13, 9), utc(3, 13, 9), utc(4, 3, 9)]
    assert second.meetings[2].why == (Why.OUTSIDE_DATES,)


@pytest.mark.parametrize(
    ("cadence", "until", "turns"),
    [
        (WEEKLY, date(2026, 3, 9), 1),
        (WEEKLY, date(2026, 3, 15), 1),
        (Cadence("week", 2), date(2026, 4, 1), 2),
        (MONTHLY, date(2026, 5, 1), 1),
        (MONTHLY, date(2026, 5, 2), 2),
    ],
)
def test_until_gives_whole_turns(cadence: Cadence, until: date, turns: int) -> None:
    free = person("Mon-Sun 00:00-24:00")
    asked = ask(free, free, cadence=cadence, count=None, until=until)
    assert asked.turns == turns
    assert len(search(asked).meetings) == turns


def test_beyond_the_horizon_dates_are_clear_but_unchecked() -> None:
    hours = person("Tue 09:00-10:00")
    feed = replace(hours, horizon=utc(3, 10, 10))
    plan = best(hours, feed, count=3)
    assert [m.checked for m in plan.meetings] == [True, True, False]
    plan = best(hours, feed, count=3, gap=5)
    assert [m.checked for m in plan.meetings] == [True, False, False]
    assert plan.clear == 3


def test_quiet_days_hold_no_slot() -> None:
    free = person("Mon-Sun 09:00-17:00")
    plan = best(free, replace(free, quiet_days=frozenset(range(6))))
    assert plan.slot.weekday_name == "Sunday"


def test_the_most_comfortable_time_is_the_middle_of_the_hours() -> None:
    day = person("Tue 09:00-17:00")
    assert best(day, day).slot.time == time(12, 30)


def test_discomfort_is_distance_from_the_middle_and_want_of_air() -> None:
    day = person("Tue 09:00-17:00", Span(utc(3, 3, 11), utc(3, 3, 12, 10)))
    asked = ask(day, day, count=1, anchor=Role.MENTOR)
    (scores,) = candidate_scores(Both.of(asked))

    def minutes(hour: int, minute: int) -> float:
        quarter = 96 + 4 * hour + minute // 15  # of the plan's second day
        return scores.discomfort[quarter] / 60 / 2

    assert minutes(12, 30) == 2 * (60 - 15)  # 20 minutes of air are one quarter hour
    assert minutes(13, 30) == 120
    assert minutes(10, 0) == 300 + 2 * 60
    assert minutes(9, 30) == 360 + 2 * 30  # hours end the air as busy time does


def test_the_same_instants_on_two_clocks_are_the_mentors() -> None:
    berlin = person("Mon-Fri 09:00-17:00", zone="Europe/Berlin")
    paris = person("Mon-Fri 09:00-17:00", zone="Europe/Paris")
    found = search(ask(berlin, paris, top=20))
    assert {plan.slot.anchor for plan in found.alternatives} == {Role.MENTOR}


def test_the_mentors_clock_holds_a_slot_even_where_the_mentees_could_move_more() -> (
    None
):
    taken = [utc(3, 1, 23), utc(3, 11, 10), utc(3, 15, 23), utc(3, 22, 23)]
    busy = [Span(start, start + HOUR) for start in taken]
    mentor = person("Wed 10:00-11:00, Sun 23:00-24:00", *busy, zone="Europe/London")
    mentee = person("Wed 11:00-12:00, Mon 00:00-01:00", zone="Europe/Berlin")
    # Sunday 8 March 23:00 in London is the Monday of Berlin's second period.
    plan = best(mentor, mentee, count=3)
    assert (plan.slot.anchor, plan.unplaced) == (Role.MENTOR, 1)
    assert best(mentor, mentee, count=3, anchor=Role.MENTEE).moved == 1


def test_alternatives_lie_over_an_hour_apart() -> None:
    day = person("Tue 09:00-12:00")
    found = search(ask(day, day))
    assert found.best
    assert found.best.slot.time == time(10)
    assert [plan.slot.time for plan in found.alternatives] == []
    longer = person("Tue 09:00-13:30")
    found = search(ask(longer, longer))
    times = [plan.slot.time for plan in found.alternatives]
    assert times == [time(9, 30), time(12)]


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("minutes", {"minutes": 0}),
        ("minutes", {"minutes": 1441}),
        ("gap", {"gap": -1}),
        ("top", {"top": 21}),
        ("count", {"count": 0}),
        ("count", {"count": 521}),
        ("until", {"count": None, "until": MONDAY + timedelta(days=6)}),
        ("until", {"count": None, "until": date(1990, 1, 1)}),
        ("until", {"count": None, "until": date(9999, 12, 31)}),
        ("from", {"first": date(1, 1, 1)}),
        ("from", {"first": date(9999, 12, 31)}),
    ],
)
def test_a_wrong_value_is_refused_by_name(
    field: str, changes: dict[str, object]
) -> None:
    free = person("Mon-Sun 00:00-24:00")
    with pytest.raises(Refused) as refused:
        ask(free, free, **changes)
    assert refused.value.field == field
