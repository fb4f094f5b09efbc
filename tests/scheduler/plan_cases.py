"""Pairs made up from a seed: the same ones on every machine and in every order."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from scheduler.availability import Availability
from scheduler.cadence import Cadence
from scheduler.people import Hours, Role, Window
from scheduler.slots import PlanRequest
from scheduler.timespan import Span, Spans
from tests.scheduler.plan_oracle import Case

#: North and south, half and quarter hours, half-hour changes, none at all, midnight.
ZONES = (
    ("America/New_York", "Europe/Berlin"),
    ("Europe/Berlin", "Europe/Madrid"),
    ("Australia/Sydney", "America/Santiago"),
    ("Asia/Kathmandu", "Australia/Lord_Howe"),
    ("Europe/London", "Asia/Kolkata"),
    ("Africa/Casablanca", "America/Sao_Paulo"),
    ("America/Nuuk", "Asia/Beirut"),
    ("Pacific/Auckland", "America/Los_Angeles"),
)
#: Within reach of the clock changes of 2026 in both hemispheres.
AROUND = (date(2026, 3, 1), date(2026, 3, 20), date(2026, 9, 20), date(2026, 10, 20))
#: (unit, every, most periods): horizons are short so that many can be tried.
CADENCES = (("week", 1, 6), ("week", 2, 3), ("week", 3, 2), ("month", 1, 3))
#: As above, for horizons of about a year.
YEARLONG = (("week", 1, 52), ("week", 2, 26), ("week", 12, 4), ("month", 1, 12))

LENGTHS = (5, 20, 30, 60, 60, 60, 90, 120)


def case(seed: int, cadences: tuple[tuple[str, int, int], ...] = CADENCES) -> Case:
    """The pair with this number; all zones, cadences and anchors come round."""
    chance = random.Random(seed)  # noqa: S311 - the same on purpose
    zones = ZONES[seed % len(ZONES)]
    unit, every, most = cadences[seed // len(ZONES) % len(cadences)]
    first = chance.choice(AROUND) + timedelta(days=chance.randrange(20))
    count = chance.choice([1, most, most, most])
    turn = 31 if unit == "month" else 7 * every
    until = None
    if chance.random() < 0.4:
        until = first + timedelta(days=turn * count + chance.randrange(turn))
    return Case(
        zones=chance.choice([zones, zones[::-1]]),
        hours=(_hours(chance), _hours(chance)),
        busy=(
            list(_busy(chance, first, turn * (count + 1))),
            list(_busy(chance, first, turn * (count + 1))),
        ),
        unit=unit,
        every=every,
        minutes=chance.choice([15, 25, 30, 45, 60, 60, 90]),
        first=first,
        count=None if until else count,
        until=until,
        anchor=chance.choice([None, None, 0, 1]),
        gap=chance.choice([0, 0, 0, 10, 30]),
    )


def odd_case(seed: int, cadences: tuple[tuple[str, int, int], ...] = CADENCES) -> Case:
    """The pair with this number, and nothing of it on quarters of an hour."""
    found = case(seed, cadences)
    chance = random.Random(~seed)  # noqa: S311 - the same on purpose
    found.minutes = chance.choice([7, 20, 44, 52, 60, 100])
    found.gap = chance.choice([0, 0, 3, 5, 14, 20])
    for hours, busy in zip(found.hours, found.busy, strict=True):
        late = chance.randrange(15)
        hours[:] = [(day, o + late, min(c + late, 1440)) for day, o, c in hours]
        busy[:] = [(b + 60 * late, e + 60 * (late // 2)) for b, e in busy]
        busy[:] = [(b, e) for b, e in busy if b < e]
    return found


def _hours(chance: random.Random) -> list[tuple[int, int, int]]:
    """Office hours, a few long windows, or anything, the small hours included."""
    kind = chance.choice(["office", "long", "long", "all", "any", "night"])
    if kind == "office":
        return [(day, 540, 1020) for day in range(5)]
    if kind == "long":
        return [(day, 420, 1320) for day in range(7) if chance.random() < 0.8]
    if kind == "all":
        return [(day, 0, 1440) for day in range(7)]
    opens = [0, 60, 120, 150, 180] if kind == "night" else range(0, 1380, 5)
    found = []
    for _ in range(chance.randint(2, 8)):
        start = chance.choice(opens)
        end = min(1440, start + chance.choice([30, 60, 90, 150, 480, 1440]))
        found.append((chance.choice([6, 6, 5, *range(7)]), start, end))
    return found


def _busy(chance: random.Random, first: date, days: int) -> Iterator[tuple[int, int]]:
    """Events of minutes to days that overlap and begin on odd minutes too."""
    midnight = datetime(first.year, first.month, first.day, tzinfo=UTC)
    zero, draw = int(midnight.timestamp()), chance.random
    a_day = chance.choice([0, 8, 20, 40, 50])
    for day in range(-1, days + 1):
        for _ in range(int(draw() * a_day)):
            begins = zero + 86400 * day + 300 * int(draw() * 288)
            minutes = LENGTHS[int(draw() * 8)] if draw() < 0.99 else 1440
            yield begins, begins + 60 * minutes


def request(case: Case, top: int = 3) -> PlanRequest:
    """The same as a question to Troth."""
    return PlanRequest(
        *(_availability(case, person) for person in (0, 1)),
        cadence=Cadence(case.unit, case.every),
        minutes=case.minutes,
        first=case.first,
        count=case.count,
        until=case.until,
        anchor=None if case.anchor is None else list(Role)[case.anchor],
        gap=case.gap,
        top=top,
    )


def _availability(case: Case, person: int) -> Availability:
    windows = tuple(Window(*window) for window in case.hours[person])
    busy = Spans.of(
        Span(datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC))
        for start, end in case.busy[person]
    )
    return Availability(case.zones[person], Hours.of(windows), busy)
