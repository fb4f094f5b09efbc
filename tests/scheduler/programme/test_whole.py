"""Whole programmes of people: checked by instants, and against every assignment."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, pairwise, product
from zoneinfo import ZoneInfo

import pytest

from scheduler.availability import Availability
from scheduler.cadence import MONTHLY, WEEKLY, Cadence
from scheduler.candidates import Both
from scheduler.people import Hours, Role
from scheduler.programme.wanted import Outcome, Wanted, Without
from scheduler.programme.whole import plan_programme
from scheduler.scores import candidate_scores
from scheduler.slots import PlanRequest, Slot
from scheduler.timespan import Span, Spans

ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney"]
HOURS = [
    "Mon-Fri 09:00-17:00",
    "Tue-Thu 08:00-12:00, Fri 13:00-18:00",
    "Mon 00:00-03:00, Wed 16:00-24:00, Sun 00:00-24:00",
]
CADENCES = [WEEKLY, Cadence("week", 2), Cadence("week", 3), MONTHLY]
#: Over the clock changes of both hemispheres.
FIRST = date(2026, 2, 16)
UNTIL = date(2026, 6, 15)


def people(rng: random.Random, count: int, hours: list[str]) -> list[Availability]:
    begin = datetime(2026, 2, 10, tzinfo=UTC)
    found = []
    for _ in range(count):
        starts = [
            begin + timedelta(days=rng.randrange(130), minutes=15 * rng.randrange(96))
            for _ in range(80)
        ]
        busy = Spans.of(Span(start, start + timedelta(hours=1)) for start in starts)
        zone = rng.choice(ZONES)
        found.append(Availability(zone, Hours.parse(rng.choice(hours)), busy))
    return found


def programme(seed: int, pairs: int = 30) -> list[Wanted]:
    """Mentors of about three, some of whom are mentees too; mentees of one or two."""
    rng = random.Random(seed)  # noqa: S311 - made up, and the same each time
    everybody = people(rng, pairs, HOURS)
    limits = [(rng.choice([None, 1]), rng.choice([None, 1, 2])) for _ in everybody]
    wanted = []
    for _ in range(pairs):
        mentor, mentee = rng.randrange(pairs // 3), rng.randrange(pairs)
        if mentor == mentee:
            continue
        request = PlanRequest(
            everybody[mentor],
            everybody[mentee],
            rng.choice(CADENCES),
            rng.choice([30, 50, 60]),
            FIRST + timedelta(days=rng.choice([0, 0, 9])),
            until=UNTIL,
            anchor=rng.choice([None, None, Role.MENTOR, Role.MENTEE]),
        )
        wanted.append(Wanted(str(mentor), str(mentee), request, *limits[mentor]))
    return wanted


def meetings(pair: Wanted, slot: Slot) -> list[Span]:
    request = pair.request
    starts = (slot.start(k, request.cadence) for k in range(request.turns))
    return [Span(start, start + slot.length) for start in starts]


def faults(wanted: list[Wanted], outcome: Outcome) -> list[str]:
    """Who would be in two meetings at once, and which mentor has too many."""
    placed = [
        (pair, meetings(pair, got.slot))
        for pair, got in zip(wanted, outcome.pairs, strict=True)
        if got.slot
    ]
    booked: dict[str, list[Span]] = {}
    led: dict[str, list[date]] = {}
    for pair, spans in placed:
        for who in (pair.mentor, pair.mentee):
            booked.setdefault(who, []).extend(spans)
        where = ZoneInfo(pair.request.mentor.zone)
        days = [span.start.astimezone(where).date() for span in spans]
        led.setdefault(pair.mentor, []).extend(days)
    most = {p.mentor: (p.max_day or 99, p.max_week or 99) for p in wanted}
    return [*twice(booked), *too_many(led, most)]


def twice(booked: dict[str, list[Span]]) -> Iterator[str]:
    for who, spans in booked.items():
        for one, after in pairwise(sorted(spans)):
            if after.start < one.end:
                yield f"{who} is in two meetings at {after.start}"


def too_many(
    led: dict[str, list[date]], most: dict[str, tuple[int, int]]
) -> Iterator[str]:
    for mentor, days in led.items():
        weeks = Counter(tuple(day.isocalendar())[:2] for day in days)
        if max(Counter(days).values()) > most[mentor][0]:
            yield f"{mentor} has too full a day"
        if max(weeks.values()) > most[mentor][1]:
            yield f"{mentor} has too full a week"


def clear(pair: Wanted, slot: Slot) -> int:
    request = pair.request
    return sum(
        request.dates(slot.anchor).covers(span)
        and all(
            one.in_hours(span) and not one.is_busy(span)
            for one in (request.mentor, request.mentee)
        )
        for span in meetings(pair, slot)
    )


@pytest.mark.parametrize(
    ("seed", "pairs"),
    [*((seed, 30) for seed in range(4)), pytest.param(9, 500, marks=pytest.mark.slow)],
)
def test_nobody_is_double_booked_and_every_figure_is_true(
    seed: int, pairs: int
) -> None:
    wanted = programme(seed, pairs)
    outcome = plan_programme(wanted)
    assert faults(wanted, outcome) == []
    assert outcome.placed > len(wanted) / 3
    assert (outcome.placed, outcome.score) <= (outcome.most, outcome.bound)
    for pair, got in zip(wanted, outcome.pairs, strict=True):
        if got.slot:
            assert got.clear == clear(pair, got.slot) > 0
            assert 0 < got.score <= 1000 * got.clear
            assert got.why is None
        else:
            some = any(
                any(one.clear) for one in candidate_scores(Both.of(pair.request))
            )
            assert got.why is (Without.ALL_TAKEN if some else Without.NEVER_CLEAR)


def test_the_checker_sees_two_meetings_at_once() -> None:
    wanted = programme(0)
    outcome = plan_programme(wanted)
    twice = [*wanted, *wanted]
    assert faults(twice, Outcome(outcome.pairs * 2, 0, 0))


def slots(pair: Wanted) -> list[tuple[Slot, int]]:
    """Every slot on the mentor's clock that has a clear meeting, and its score."""
    mentor = candidate_scores(Both.of(pair.request))[0]
    return [
        (
            mentor.slot(column),
            1000 * number - min(999, mentor.discomfort[column] // (60 * number)),
        )
        for column, number in enumerate(mentor.clear)
        if number
    ]


def best(wanted: list[Wanted]) -> tuple[int, int]:
    options = [[(None, 0), *slots(pair)] for pair in wanted]
    found = (0, 0)
    for chosen in product(*options):
        had = [
            (pair, meetings(pair, slot), score)
            for pair, (slot, score) in zip(wanted, chosen, strict=True)
            if slot
        ]
        reached = len(had), sum(score for _, _, score in had)
        if reached > found and not any(
            {one.mentor, one.mentee} & {other.mentor, other.mentee}
            and any(a.overlaps(b) for a in spans for b in spans_)
            for (one, spans, _), (other, spans_, _) in combinations(had, 2)
        ):
            found = reached
    return found


@pytest.mark.parametrize("seed", range(6))
def test_no_assignment_of_a_small_programme_is_better(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - made up, and the same each time
    everybody = people(rng, 5, ["Tue 09:00-11:00", "Tue 09:30-11:30, Wed 09:00-10:00"])
    berlin = [
        Availability("Europe/Berlin", one.hours, one.busy, None) for one in everybody
    ]
    wanted = [
        Wanted(
            str(mentor),
            str(mentee),
            PlanRequest(berlin[mentor], berlin[mentee], WEEKLY, 45, FIRST, count=8),
        )
        for mentor, mentee in ((0, 2), (0, 3), (1, 3), (1, 4))
    ]
    outcome = plan_programme(wanted)
    assert faults(wanted, outcome) == []
    assert (outcome.placed, outcome.score) == best(wanted)


def test_the_rarest_cadence_takes_what_is_left() -> None:
    """One hour a week for both: the weekly pair gets it, the monthly one does not."""
    hours = Availability("Europe/Berlin", Hours.parse("Tue 09:00-10:00"))
    rare = PlanRequest(hours, hours, MONTHLY, 60, FIRST, count=4)
    often = PlanRequest(hours, hours, WEEKLY, 60, FIRST, count=20)
    monthly, weekly = plan_programme(
        [Wanted("m", "one", rare), Wanted("m", "two", often)]
    ).pairs
    assert weekly.slot and weekly.slot.anchor is Role.MENTOR and weekly.clear == 20
    assert monthly.slot is None and monthly.why is Without.ALL_TAKEN


def test_a_clock_change_that_pushes_one_meeting_into_another_is_seen() -> None:
    """On 29 March 02:30 does not exist in Berlin and is read as 03:30."""
    mentor = Availability("Europe/Berlin", Hours.parse("Sun 02:30-04:30"))
    wanted = [
        Wanted("mentor", mentee, PlanRequest(mentor, one, WEEKLY, 60, FIRST, count=12))
        for mentee, one in (
            ("early", Availability("Europe/Berlin", Hours.parse("Sun 02:30-03:30"))),
            ("late", Availability("Europe/Berlin", Hours.parse("Sun 03:30-04:30"))),
        )
    ]
    outcome = plan_programme(wanted)
    assert faults(wanted, outcome) == []
    assert outcome.placed == 1


def test_a_day_that_a_weekly_pair_filled_is_full_for_a_monthly_one() -> None:
    mentor = Availability("Europe/Berlin", Hours.parse("Tue-Wed 09:00-12:00"))
    mentee = Availability("Europe/Berlin", Hours.parse("Tue 09:00-12:00"))
    any_day = Availability("Europe/Berlin", Hours.parse("Tue-Wed 08:00-18:00"))
    weekly = PlanRequest(mentor, mentee, WEEKLY, 60, FIRST, count=16)
    monthly = PlanRequest(mentor, any_day, MONTHLY, 60, FIRST, count=4)
    wanted = [
        Wanted("mentor", "one", weekly, max_day=1),
        Wanted("mentor", "two", monthly),
        Wanted("mentor", "three", monthly),
    ]
    outcome = plan_programme(wanted)
    assert faults(wanted, outcome) == []
    assert outcome.placed == outcome.most == 3
    days = [got.slot.weekday_name for got in outcome.pairs if got.slot]
    assert days == ["Tuesday", "Wednesday", "Wednesday"]


def test_progress_counts_the_pairs() -> None:
    heard: list[int] = []
    wanted = programme(1, 12)
    plan_programme(wanted, heard.append)
    assert heard == [n + 1 for n in range(len(wanted))]


@pytest.mark.parametrize(("gap", "placed"), [(0, 2), (30, 2), (35, 1), (45, 1)])
def test_the_gap_is_kept_between_what_is_given(gap: int, placed: int) -> None:
    mentor = Availability("Europe/Berlin", Hours.parse("Tue 09:00-11:30"))
    mentee = Availability("Europe/Berlin", Hours.parse("Mon-Fri 06:00-20:00"))
    request = PlanRequest(mentor, mentee, WEEKLY, 60, FIRST, count=8, gap=gap)
    for people in (("m", "one"), ("m", "two")), (("m", "one"), ("n", "one")):
        outcome = plan_programme([Wanted(*two, request) for two in people])
        assert outcome.placed == placed
