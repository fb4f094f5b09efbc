"""When both could meet, minute by minute."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.availability import Availability
from scheduler.grid import Bitmap, Grid, clear_starts
from scheduler.people import Hours
from scheduler.timespan import Span, Spans

MINUTE = timedelta(minutes=1)
#: The Saturday before the clocks change in New York, and the two days after it.
BEGIN = datetime(2026, 3, 7, 12, tzinfo=UTC)
GRID = Grid(BEGIN.date() - timedelta(days=1), 7, 60)
MINUTES = [BEGIN + n * MINUTE for n in range(2 * 1440)]

hours = st.sampled_from(
    [
        "Mon-Sun 00:00-24:00",
        "Sat 12:00-24:00, Sun 00:00-03:30",
        "Sun 01:00-02:30, Sun 03:00-09:00",
        "Mon 00:10-00:25, Sun 22:00-24:00",
    ]
)
zones = st.sampled_from(["America/New_York", "Asia/Kathmandu", "UTC"])
spans = st.tuples(st.integers(-300, 3000), st.integers(1, 400)).map(
    lambda pair: Span(BEGIN + pair[0] * MINUTE, BEGIN + sum(pair) * MINUTE)
)
people = st.builds(
    lambda zone, text, busy: Availability(zone, Hours.parse(text), Spans.of(busy)),
    zones,
    hours,
    st.lists(spans, max_size=4),
)


def clear(mentor: Availability, mentee: Availability, minutes: int, gap: int) -> int:
    """The minutes from the first of the grid on at which both can begin."""
    bitmaps = (Bitmap.of(one, GRID) for one in (mentor, mentee))
    return clear_starts(*bitmaps, 60 * minutes, 60 * gap)


@settings(max_examples=40)
@given(people, people, st.integers(1, 200), st.integers(0, 90))
def test_a_start_is_clear_inside_both_hours_with_nothing_in_its_gap(
    mentor: Availability, mentee: Availability, minutes: int, gap: int
) -> None:
    found = clear(mentor, mentee, minutes, gap)
    for start in MINUTES[::7]:
        meeting = Span(start, start + minutes * MINUTE)
        both = all(
            one.in_hours(meeting) and not one.is_busy(meeting, gap * MINUTE)
            for one in (mentor, mentee)
        )
        assert bool(found >> (start - GRID.start) // MINUTE & 1) is both


@given(people, spans)
def test_a_calendar_that_cannot_be_read_makes_busy(
    one: Availability, meeting: Span
) -> None:
    unknown = replace(one, busy=None)
    assert unknown.is_busy(meeting)
    assert clear(one, unknown, 1, 0) == clear(unknown, one, 1, 0) == 0


def test_quiet_days_are_the_persons_own() -> None:
    everywhen = Hours.parse("Mon-Sun 00:00-24:00")
    sunday = frozenset({6})
    kathmandu = Availability("Asia/Kathmandu", everywhen, quiet_days=sunday)
    late = datetime(2026, 3, 7, 18, 15, tzinfo=UTC)  # midnight in Kathmandu
    assert kathmandu.in_hours(Span(late - MINUTE, late))
    assert not kathmandu.in_hours(Span(late, late + MINUTE))
