"""The single change that would help most, where calendars leave too little."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from scheduler.availability import Availability
from scheduler.cadence import MONTHLY, WEEKLY, Cadence
from scheduler.candidates import Both
from scheduler.onechange import (
    Change,
    MoreHours,
    OtherClock,
    Rarer,
    Shorter,
    SmallerGap,
    WouldHelp,
    what_would_help,
)
from scheduler.people import Hours, Role, Window
from scheduler.search import search, search_both
from scheduler.slots import PlanRequest
from scheduler.timespan import Span
from tests.scheduler.plan_cases import case, request
from tests.scheduler.test_plans import ask, person, utc


def told(asked: PlanRequest) -> tuple[WouldHelp, ...]:
    both = Both.of(asked)
    return what_would_help(both, search_both(both))


def changed(asked: PlanRequest, change: Change) -> PlanRequest:
    """The request with this change, written out."""
    match change:
        case MoreHours(role, window):
            one = asked.of(role)
            more = replace(one, hours=Hours.of((*one.hours.windows, window)))
            return replace(asked, **{role.value: more})
        case Shorter(minutes):
            return replace(asked, minutes=minutes)
        case Rarer(cadence):
            count = asked.count and asked.days // cadence.days
            return replace(asked, cadence=cadence, count=count)
        case OtherClock(anchor):
            return replace(asked, anchor=anchor)
        case SmallerGap(gap):
            return replace(asked, gap=gap)


def lacks(asked: PlanRequest) -> tuple[float, float]:
    best = search(asked).best
    if best is None:
        return 1, 1
    count = len(best.meetings)
    return (count - best.clear) / count, best.unplaced / count


def test_nothing_is_told_where_every_meeting_has_a_time() -> None:
    busy = Span(utc(3, 10, 9), utc(3, 10, 10))
    mentor = person("Mon-Fri 09:00-10:00", *[busy])
    assert told(ask(mentor, person("Mon-Fri 08:00-18:00"), count=3)) == ()


def test_nothing_is_told_of_somebody_who_is_unknown() -> None:
    free = person("Mon-Sun 00:00-24:00")
    assert (
        told(ask(free, Availability("UTC", Hours.parse("Mon 09:00-10:00"), None))) == ()
    )


def test_an_hour_more_makes_two_meet_who_never_could() -> None:
    asked = ask(person("Mon 20:00-21:00"), person("Thu 09:00-17:00"), count=4)
    assert search(asked).best is None
    mentor, mentee = told(asked)
    assert mentor.change == MoreHours(Role.MENTOR, Window(3, 16 * 60, 17 * 60))
    assert mentee.change == MoreHours(Role.MENTEE, Window(0, 20 * 60, 21 * 60))
    assert (mentor.plan.clear, mentee.plan.clear) == (4, 4)


def test_an_hour_more_adjoins_their_hours_where_that_is_enough() -> None:
    asked = ask(person("Tue 16:30-18:00"), person("Tue 09:00-17:00"), count=4)
    changes = [one.change for one in told(asked)]
    assert changes[:2] == [
        MoreHours(Role.MENTOR, Window(1, 15 * 60 + 30, 16 * 60 + 30)),
        MoreHours(Role.MENTEE, Window(1, 17 * 60, 18 * 60)),
    ]


def test_an_hour_more_may_only_serve_the_dates_that_have_none() -> None:
    busy = [Span(utc(3, 10, 9), utc(3, 10, 10)), Span(utc(3, 13, 9), utc(3, 13, 11))]
    busy += [Span(utc(3, day, 10), utc(3, day, 12)) for day in (6, 20, 27)]
    mentor = person("Tue 09:00-10:00", *busy)
    mentee = person("Tue 09:00-10:00, Fri 09:00-12:00")
    asked = ask(mentor, mentee, count=4)
    more = next(one for one in told(asked) if isinstance(one.change, MoreHours))
    # Three Fridays are free at nine, and not the one that is needed.
    assert more.change == MoreHours(Role.MENTOR, Window(4, 11 * 60, 12 * 60))
    assert (more.plan.clear, more.plan.unplaced) == (3, 0)


def test_a_shorter_meeting_may_fit() -> None:
    mentor, mentee = person("Tue 09:00-09:50"), person("Tue 09:00-17:00")
    shorter = Shorter(45)
    assert shorter in [one.change for one in told(ask(mentor, mentee))]


def test_one_week_more_between_meetings_may_be_enough() -> None:
    away = [Span(utc(3, 9, 0), utc(3, 15, 0)), Span(utc(3, 23, 0), utc(3, 29, 0))]
    hours = "Tue 09:00-10:00"
    asked = ask(person(hours, *away), person(hours), count=4)
    rarer = next(one for one in told(asked) if isinstance(one.change, Rarer))
    assert rarer.change.cadence == Cadence("week", 2)
    assert (rarer.plan.clear, rarer.plan.unplaced) == (2, 0)


def test_one_week_more_may_use_days_that_no_whole_turn_had() -> None:
    mentee = person("Tue 09:00-17:00")
    until = date(2026, 3, 2) + timedelta(days=63)
    cadence = Cadence("week", 2)
    away = [Span(utc(3, 10, 0), utc(3, 11, 0)), Span(utc(3, 24, 0), utc(3, 25, 0))]
    mentor = person("Tue 09:00-10:00", Span(utc(3, 3, 0), utc(3, 4, 0)), *away)
    asked = ask(mentor, mentee, cadence=cadence, count=None, until=until)
    rarer = next(one for one in told(asked) if isinstance(one.change, Rarer))
    assert len(rarer.plan.meetings) == 3  # 63 days, of which two weeks use 56


def test_the_other_clock_may_keep_hours_that_stand_still() -> None:
    mentor = person("Tue 10:00-11:00", zone="America/New_York")
    ill = Span(utc(3, 9, 0), utc(3, 15, 0))
    mentee = person("Tue 08:00-20:00", ill, zone="Europe/Berlin")
    asked = ask(mentor, mentee, count=5, anchor=Role.MENTEE)
    other = next(one for one in told(asked) if isinstance(one.change, OtherClock))
    assert other.plan.clear == 4


def test_the_smallest_cut_in_the_gap_that_is_enough_stands_for_all() -> None:
    hours = "Tue 09:00-10:20"
    before = [Span(utc(3, day, 8), utc(3, day, 9)) for day in (3, 10)]
    asked = ask(person(hours, *before), person(hours), gap=30)
    gaps = [one.change for one in told(asked) if isinstance(one.change, SmallerGap)]
    assert gaps == [SmallerGap(15)]


@pytest.mark.parametrize("seed", range(0, 200, 7))
def test_what_is_told_is_true_and_in_order(seed: int) -> None:
    asked = request(case(seed), top=0)
    found, now = told(asked), lacks(asked)
    for one in found:
        fresh = search(changed(asked, one.change)).best
        assert one.plan == fresh
        assert lacks(changed(asked, one.change)) < now
    order = [one.lacks for one in found]
    assert order == sorted(order)
    assert found == told(asked)


def every_hour(asked: PlanRequest) -> Iterator[MoreHours]:
    for role in Role:
        theirs = asked.of(role).hours.windows
        for day in range(7):
            for opens in range(7 * 60, 21 * 60 + 1, 15):
                window = Window(day, opens, opens + 60)
                if not any(
                    w.weekday == day and w.opens < window.closes and opens < w.closes
                    for w in theirs
                ):
                    yield MoreHours(role, window)


@pytest.mark.slow
@pytest.mark.parametrize("cadence", [WEEKLY, MONTHLY])
def test_no_single_hour_would_help_more(cadence: Cadence) -> None:
    mentor = person("Mon 09:00-11:00, Wed 16:00-17:30", zone="Europe/Berlin")
    days = [utc(3, 3, 0) + timedelta(days=9 * n) for n in range(12)]
    mentee = person(
        "Tue 09:00-12:00, Wed 12:00-13:00",
        *(Span(day, day + timedelta(hours=23)) for day in days),
        zone="America/New_York",
    )
    asked = ask(mentor, mentee, cadence=cadence, count=6, first=date(2026, 3, 2), top=0)
    best = min(lacks(changed(asked, change)) for change in every_hour(asked))
    assert tuple(map(float, told(asked)[0].lacks)) <= best
