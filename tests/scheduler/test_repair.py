"""Offers for a fallen meeting, against every quarter hour of its period."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler.availability import Availability
from scheduler.people import Hours
from scheduler.repair import Wanted, offers
from scheduler.timespan import Span, Spans
from tests.scheduler.plan_cases import case, request
from tests.scheduler.plan_oracle import DAY, Case, Oracle, wall

HOUR = timedelta(hours=1)
WEEK = timedelta(weeks=1)


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def span(day: int, hour: int) -> Span:
    return Span(utc(day, hour), utc(day, hour) + HOUR)


def free(hours: str, *busy: Span) -> Availability:
    return Availability("UTC", Hours.parse(hours), Spans.of(busy))


def wanted(**changes: object) -> Wanted:
    """Wednesday 10:00 fell out; the other meetings are a week before and after."""
    values: dict[str, object] = {
        "fallen": span(11, 10),
        "period": Span(utc(9, 0), utc(16, 0)),
        "neighbours": (utc(4, 10), utc(18, 10)),
        "half": WEEK / 2,
        "earliest": utc(9, 0),
        "zone": "UTC",
    }
    return Wanted(**(values | changes))


def starts(found: tuple[Span, ...]) -> list[datetime]:
    return [span.start for span in found]


OFFICE = free("Mon-Fri 09:00-17:00")


def test_three_days_at_the_usual_time() -> None:
    found = offers(wanted(), OFFICE, OFFICE)
    assert starts(found) == [utc(11, 9), utc(9, 10), utc(13, 10)]


def test_nothing_sooner_than_the_notice() -> None:
    found = offers(wanted(earliest=utc(11, 12, 5)), OFFICE, OFFICE)
    assert starts(found) == [utc(11, 12, 15), utc(12, 10), utc(13, 10)]


def test_days_that_run_out_are_filled_up() -> None:
    found = offers(wanted(earliest=utc(13, 0)), OFFICE, OFFICE)
    assert starts(found) == [utc(13, 10), utc(13, 13), utc(13, 16)]
    short = free("Fri 09:00-10:30")
    assert starts(offers(wanted(), short, short)) == [utc(13, 9, 30)]


def test_nothing_on_a_quiet_day_or_at_the_fallen_time() -> None:
    quiet = Availability("UTC", OFFICE.hours, quiet_days=frozenset({0, 4}))
    narrow = free("Mon-Fri 10:00-11:15")
    found = offers(wanted(), quiet, narrow)
    assert starts(found) == [utc(10, 10), utc(12, 10)]


def test_nothing_once_the_period_is_over_or_a_calendar_is_unknown() -> None:
    assert offers(wanted(earliest=utc(16, 0)), OFFICE, OFFICE) == ()
    unknown = Availability("UTC", OFFICE.hours, None)
    assert offers(wanted(), OFFICE, unknown) == ()


def slow_starts(asked: Wanted, pair: Case, oracle: Oracle, anchor: int) -> list[int]:
    """Every quarter hour that may be offered, by the words of the rule."""
    length, fallen = 60 * pair.minutes, int(asked.fallen.start.timestamp())
    day = asked.period.start.astimezone(ZoneInfo(asked.zone)).date()
    found = {
        wall(asked.zone, day + n * DAY, minute)
        for n in range(40)
        for minute in range(0, 1440, 15)
    }
    return sorted(
        start
        for start in found
        if asked.period.start.timestamp() <= start
        and start + length <= asked.period.end.timestamp()
        and start >= asked.earliest.timestamp()
        and oracle.clear(anchor, start)
        and not fallen - length < start < fallen + length
        and all(
            abs(start - other.timestamp()) >= asked.half.total_seconds()
            for other in asked.neighbours
        )
    )


def slow_offers(starts: list[int], asked: Wanted, pair: Case) -> list[int]:
    fallen, chosen = int(asked.fallen.start.timestamp()), []
    where = ZoneInfo(asked.zone)
    clocks = {s: datetime.fromtimestamp(s, where) for s in [*starts, fallen]}

    def off(start: int) -> int:
        a, b = clocks[start], clocks[fallen]
        return abs(60 * (a.hour - b.hour) + a.minute - b.minute)

    days: dict[date, list[int]] = {}
    for start in starts:
        days.setdefault(clocks[start].date(), []).append(start)
    usual = [min(day, key=lambda s: (off(s), s)) for day in days.values()]
    for pool in (usual, starts):
        for _ in range(3 - len(chosen)):
            apart = max(3600, 60 * pair.minutes)
            left = [s for s in pool if not any(abs(s - c) < apart for c in chosen)]
            near = sorted(left, key=lambda s: (abs(s - fallen), s))
            far = {s: min([abs(s - c) for c in chosen] or [0]) for s in near}
            chosen += [s for s in near if far[s] == max(far.values())][:1]
    return sorted(chosen, key=lambda s: (abs(s - fallen), s))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(0, 240, 3))
def test_offers_equal_the_slow_ones(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same on purpose
    pair = case(seed)
    pair.until = None
    pair.count = pair.count or 2
    oracle, anchor = Oracle(pair), chance.randrange(2)
    zone = pair.zones[anchor]
    edges = [wall(zone, pair.first + n * DAY, 0) for n in (0, 7 * pair.every)]
    period = Span(*(datetime.fromtimestamp(edge, UTC) for edge in edges))
    fallen = period.start + timedelta(minutes=15 * chance.randrange(96 * 7))
    asked = Wanted(
        Span(fallen, fallen + timedelta(minutes=pair.minutes)),
        period,
        tuple(fallen + sign * WEEK * pair.every for sign in (-1, 1)),
        WEEK * pair.every / 2,
        period.start + timedelta(minutes=chance.randrange(60 * 24 * 5)),
        zone,
    )
    plan = request(pair)
    found = offers(asked, plan.mentor, plan.mentee, gap=timedelta(minutes=pair.gap))
    slow = slow_offers(slow_starts(asked, pair, oracle, anchor), asked, pair)
    assert [int(span.start.timestamp()) for span in found] == slow
    assert {span.length for span in found} <= {asked.fallen.length}
