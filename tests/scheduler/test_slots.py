"""A slot's dates, its recurrence, and values that cannot be wrong."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from scheduler.cadence import MONTHLY, Cadence
from scheduler.people import Role
from scheduler.slots import WEEKS, PlannedMeeting, Slot, Status

days = st.dates(date(2020, 1, 1), date(2040, 1, 1))
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def slot(first: date, week: int | None = None) -> Slot:
    return Slot(first, time(10), "America/New_York", Role.MENTOR, 60, week)


def dates_by_rule(slot: Slot, cadence: Cadence, count: int) -> list[date]:
    rule = slot.rrule(cadence, count)
    start = datetime.combine(slot.first, slot.time)
    return [found.date() for found in rrulestr(rule, dtstart=start)]


@given(days, st.integers(1, 12))
def test_weeks_follow_their_rule(first: date, every: int) -> None:
    cadence = Cadence("week", every)
    found = [slot(first).day(k, cadence) for k in range(9)]
    assert found == dates_by_rule(slot(first), cadence, 9)


@given(days, st.sampled_from(WEEKS))
def test_months_follow_their_rule(around: date, week: int) -> None:
    month = [around.replace(day=d) for d in range(1, 29)]
    first = month[6 + 7 * (week - 1)] if week > 0 else around
    if week < 0:
        first += timedelta(days=6)
        while (first + timedelta(days=7)).month == first.month:
            first += timedelta(days=7)
    monthly = slot(first, week)
    found = [monthly.day(k, MONTHLY) for k in range(15)]
    assert found == dates_by_rule(monthly, MONTHLY, 15)


def test_wall_time_is_kept_through_clock_changes() -> None:
    starts = [slot(date(2026, 3, 3)).start(k, Cadence("week")) for k in range(2)]
    assert starts == [
        datetime(2026, 3, 3, 15, tzinfo=UTC),
        datetime(2026, 3, 10, 14, tzinfo=UTC),
    ]


def test_the_rule_says_how_often_and_how_many() -> None:
    tuesday = date(2026, 3, 10)
    assert slot(tuesday).rrule(Cadence("week"), 26) == "FREQ=WEEKLY;COUNT=26"
    assert (
        slot(tuesday).rrule(Cadence("week", 2), 26) == "FREQ=WEEKLY;INTERVAL=2;COUNT=26"
    )
    assert slot(tuesday, 2).rrule(MONTHLY, 6) == "FREQ=MONTHLY;BYDAY=2TU;COUNT=6"


@pytest.mark.parametrize("week", [0, 5, -2, 1, 3, -1])
def test_a_monthly_slot_begins_in_its_week(week: int) -> None:
    with pytest.raises(ValueError, match="month"):
        slot(date(2026, 3, 10), week)


@pytest.mark.parametrize(
    ("start", "end", "status"),
    [
        (None, None, Status.CLEAR),
        (None, None, Status.MOVED),
        (NOON, NOON + HOUR, Status.UNPLACED),
        (NOON + HOUR, NOON + 2 * HOUR, Status.CLEAR),
    ],
)
def test_a_meeting_is_where_its_status_says(
    start: datetime | None, end: datetime | None, status: Status
) -> None:
    with pytest.raises(ValueError, match=r"clear|moved|unplaced"):
        PlannedMeeting(0, NOON, start, end, status)
