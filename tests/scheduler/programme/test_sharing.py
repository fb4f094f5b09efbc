"""Whether two slots on two wall clocks overlap in a year: against their instants."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.programme.choices import Pattern
from scheduler.programme.sharing import Clocks
from scheduler.programme.wall import apart, offsets
from tests.cases import tried

ZONES = [
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Santiago",
    "Asia/Kathmandu",
    "Australia/Sydney",
    "Australia/Lord_Howe",
]
#: A Monday, and 52 weeks on.
FIRST = date(2026, 1, 5)
WEEKS = 52
QUARTER = timedelta(minutes=15)
PATTERN = Pattern(96)


def clocks(zones: list[str], spans: list[int]) -> Clocks:
    last = FIRST + timedelta(weeks=WEEKS)
    ahead = [offsets(FIRST, last, zone) for zone in zones]
    amounts = [[apart(one, other) for other in ahead] for one in ahead]
    deep = max(some.size for row in amounts for some in row)
    return Clocks(
        shift=np.zeros(2, np.int64),
        clock=np.arange(2),
        span=np.array(spans),
        apart=np.array([[np.resize(some, deep) for some in row] for row in amounts]),
        day=96,
        cycle=PATTERN.cells,
    )


def begins(zone: str, cell: int) -> list[datetime]:
    day, quarter = divmod(cell, 96)
    at = time(quarter // 4, quarter % 4 * 15)
    return [
        datetime.combine(FIRST + timedelta(weeks=week, days=day), at, ZoneInfo(zone))
        for week in range(-1, WEEKS + 1)
    ]


def stamps(zone: str, cell: int) -> np.ndarray:
    return np.array([when.timestamp() for when in begins(zone, cell)])


daytime = st.builds(
    lambda day, quarter: 96 * day + quarter, st.integers(1, 5), st.integers(24, 88)
)


@settings(max_examples=tried(300), deadline=None)
@given(
    st.tuples(st.sampled_from(ZONES), st.sampled_from(ZONES)),
    daytime,
    st.integers(-8, 8),
    st.tuples(st.integers(1, 6), st.integers(1, 6)),
)
def test_two_slots_overlap_when_some_of_their_meetings_do(
    zones: tuple[str, str], cell: int, nudge: int, spans: tuple[int, int]
) -> None:
    """The other slot is put about where the first one is in winter."""
    one, other = zones
    there = begins(one, cell)[4].astimezone(ZoneInfo(other)) + nudge * QUARTER
    cell_ = 96 * there.weekday() + there.hour * 4 + there.minute // 15
    found = clocks([one, other], list(spans)).overlap(
        PATTERN,
        (np.array([0]), np.array([cell])),
        (np.array([1]), np.array([cell_])),
    )
    starts, starts_ = stamps(one, cell), stamps(other, cell_)
    gaps = starts_[None, :] - starts[:, None]
    quarter = QUARTER.total_seconds()
    truly = (gaps < spans[0] * quarter) & (-gaps < spans[1] * quarter)
    inner = truly[1:-1] if truly[1:-1].any() else truly[:, 1:-1]
    assert bool(found[0]) == bool(inner.any())
