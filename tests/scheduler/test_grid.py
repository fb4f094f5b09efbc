"""A person's bit sets, against the spans that they stand for."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.availability import Availability
from scheduler.cadence import WEEKLY, Cadence
from scheduler.candidates import Both
from scheduler.grid import Bitmap, Grid
from scheduler.people import Hours
from scheduler.slots import PlanRequest
from scheduler.timespan import Span, Spans

#: The Sundays and Mondays on which clocks change, in both hemispheres.
CHANGES = [date(2026, 3, 28), date(2026, 10, 3), date(2026, 4, 4), date(2026, 10, 24)]
ZONES = ["Europe/Berlin", "Australia/Lord_Howe", "Asia/Beirut", "Asia/Kathmandu"]
STEPS = [900, 300, 60]
HOURS = [
    "Mon-Fri 09:00-17:00",
    "Mon-Sun 00:00-24:00",
    "Sat-Sun 01:00-03:10, Mon 09:07-09:21, Mon 10:00-11:11",
    "Sat 20:00-24:00, Sun 00:00-02:30, Sun 02:40-12:00",
]
START = datetime(2026, 3, 28, tzinfo=UTC)


def cell(n: int, grid: Grid) -> Span:
    step = timedelta(seconds=grid.step)
    return Span(grid.start + n * step, grid.start + (n + 1) * step)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("first", CHANGES)
@pytest.mark.parametrize("hours", HOURS)
def test_hours_are_the_cells_inside_a_window(
    zone: str, first: date, hours: str
) -> None:
    off, quiet = frozenset({first + timedelta(days=2)}), frozenset({4})
    one = Availability(zone, Hours.parse(hours), days_off=off, quiet_days=quiet)
    for step, apart in zip(STEPS, (1, 4, 17), strict=True):
        grid = Grid(first, 5, step)
        # What lies on the last days is there for meetings to end.
        asked = range(0, 3 * 86400 // step, apart)
        found = Bitmap.of(one, grid).hours
        assert [bool(found >> n & 1) for n in asked] == [
            one.in_hours(cell(n, grid)) for n in asked
        ]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("first", CHANGES)
@pytest.mark.parametrize("hours", HOURS)
def test_a_meeting_lies_inside_one_window(zone: str, first: date, hours: str) -> None:
    one = Availability(zone, Hours.parse(hours))
    grid = Grid(first, 4, 900)
    bitmap = Bitmap.of(one, grid)
    for n in range(96, 3 * 96):
        start = cell(n, grid).start
        for minutes in (15, 30, 90):
            meeting = Span(start, start + timedelta(minutes=minutes))
            assert bitmap.in_hours(n, minutes // 15) is one.in_hours(meeting)


spans = st.builds(
    lambda start, length: Span(
        START + timedelta(seconds=start), START + timedelta(seconds=start + length)
    ),
    st.integers(-9000, 180_000),
    st.integers(1, 9000),
)


@given(st.lists(spans, max_size=12), st.sampled_from(STEPS))
def test_a_cell_is_busy_when_something_touches_it(found: list[Span], step: int) -> None:
    busy, grid = Spans.of(found), Grid(START.date(), 2, step)
    touched = grid.touched(busy)
    for n in range(grid.cells):
        assert bool(touched >> n & 1) is busy.meets(cell(n, grid))


def test_fractions_of_a_second_touch_a_cell_too() -> None:
    instant = timedelta(microseconds=1)
    noon = START + timedelta(hours=12)
    grid = Grid(START.date(), 2, 900)
    one = Spans.of([Span(noon - instant, noon + instant)])
    assert grid.touched(one) == 0b11 << 47


@pytest.mark.parametrize(
    ("minutes", "gap", "zone", "step"),
    [
        (60, 0, "Asia/Kathmandu", 900),
        (45, 30, "Australia/Lord_Howe", 900),
        (50, 0, "UTC", 300),
        (60, 9, "UTC", 180),
        (52, 0, "UTC", 60),
        (60, 0, "Africa/Monrovia", 30),  # 44 minutes and 30 seconds behind until 1972
    ],
)
def test_a_grid_is_as_coarse_as_is_exact(
    minutes: int, gap: int, zone: str, step: int
) -> None:
    one = Availability(zone, Hours.parse("Mon-Fri 09:00-17:00"))
    asked = PlanRequest(
        one, replace(one, zone="UTC"), WEEKLY, minutes, date(1971, 6, 1), 4, gap=gap
    )
    assert Grid.of(asked).step == step


def test_bit_sets_serve_only_what_their_grid_reaches() -> None:
    one = Availability("UTC", Hours.parse("Mon-Fri 09:00-17:00"))
    asked = PlanRequest(one, one, WEEKLY, 60, date(2026, 3, 2), 4)
    both = Both.of(asked)
    for fits in (
        replace(asked, minutes=15, gap=30),
        replace(asked, count=3),
        replace(asked, cadence=Cadence("week", 2), count=2),
        replace(asked, count=None, until=date(2026, 3, 30)),
    ):
        assert replace(both, request=fits).request is fits
    for other in (
        replace(asked, minutes=50),
        replace(asked, gap=5),
        replace(asked, count=5),
        replace(asked, first=date(2026, 3, 1)),
        replace(asked, first=date(2026, 3, 3)),
        replace(asked, count=None, until=date(2026, 3, 31)),
    ):
        with pytest.raises(ValueError, match="Grid"):
            replace(both, request=other)
