"""When both could meet, against sets of minutes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.availability import Availability, openings
from scheduler.people import Hours
from scheduler.timespan import Span, Spans

MINUTE = timedelta(minutes=1)
#: The Saturday before the clocks change in New York, and the two days after it.
BEGIN = datetime(2026, 3, 7, 12, tzinfo=UTC)
DAYS = Span(BEGIN, BEGIN + timedelta(days=2))
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


def within(spans: Spans, minute: datetime) -> bool:
    return any(span.start <= minute < span.end for span in spans)


@settings(max_examples=40)
@given(people, people, st.integers(0, 90))
def test_openings_are_the_hours_of_both_without_what_is_busy(
    mentor: Availability, mentee: Availability, gap: int
) -> None:
    found = openings(mentor, mentee, DAYS, gap * MINUTE)
    wide = Span(DAYS.start - 3 * timedelta(days=1), DAYS.end + 3 * timedelta(days=1))
    busy = [s.widened(gap * MINUTE) for one in (mentor, mentee) for s in one.busy or ()]
    both = [one.windows(wide) for one in (mentor, mentee)]
    for minute in MINUTES:
        free = all(within(windows, minute) for windows in both)
        taken = any(span.start <= minute < span.end for span in busy)
        assert within(found, minute) is (free and not taken)


@given(people, spans, st.integers(0, 90))
def test_a_meeting_is_clear_exactly_inside_an_opening(
    one: Availability, meeting: Span, gap: int
) -> None:
    around = meeting.widened(timedelta(days=1))
    found = openings(one, one, around, gap * MINUTE)
    clear = one.in_hours(meeting) and not one.is_busy(meeting, gap * MINUTE)
    assert clear is any(opening.covers(meeting) for opening in found)


@given(people, spans)
def test_a_calendar_that_cannot_be_read_makes_busy(
    one: Availability, meeting: Span
) -> None:
    unknown = replace(one, busy=None)
    assert unknown.is_busy(meeting)
    assert not openings(one, unknown, DAYS, timedelta(0))
    assert not openings(unknown, one, DAYS, timedelta(0))


def test_quiet_days_are_the_persons_own() -> None:
    everywhen = Hours.parse("Mon-Sun 00:00-24:00")
    sunday = frozenset({6})
    kathmandu = Availability("Asia/Kathmandu", everywhen, quiet_days=sunday)
    late = datetime(2026, 3, 7, 18, 15, tzinfo=UTC)  # midnight in Kathmandu
    assert kathmandu.in_hours(Span(late - MINUTE, late))
    assert not kathmandu.in_hours(Span(late, late + MINUTE))
