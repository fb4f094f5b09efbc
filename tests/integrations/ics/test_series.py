"""What a series of dates means: rules, and dates left out, moved and changed."""

from zoneinfo import ZoneInfo

import pytest

from scheduler.events import Meaning, Occurrence
from tests.integrations.ics.texts import (
    busy,
    codes,
    event,
    read,
    span,
    utc,
)

ME = "Ida@Example.org"


WEEKLY = (
    "DTSTART;TZID=Europe/Berlin:20260302T100000",
    "DTEND;TZID=Europe/Berlin:20260302T110000",
    "RRULE:FREQ=WEEKLY;COUNT=6",
)
SIX = [
    "2026-03-02 09:00/10:00",
    "2026-03-09 09:00/10:00",
    "2026-03-16 09:00/10:00",
    "2026-03-23 09:00/10:00",
    "2026-03-30 08:00/09:00",
    "2026-04-06 08:00/09:00",
]


def test_a_series_keeps_its_wall_time() -> None:
    assert busy(event(*WEEKLY)) == SIX


def test_a_series_in_utc_stays_in_utc_whatever_the_calendar_says() -> None:
    series = event(
        "DTSTART:20260323T090000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=2"
    )
    assert busy("X-WR-TIMEZONE:Europe/Berlin", series) == [
        "2026-03-23 09:00/10:00",
        "2026-03-30 09:00/10:00",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "EXDATE;TZID=Europe/Berlin:20260330T100000",
        "EXDATE:20260330T080000Z",
        "EXDATE:20260330T100000",
        "EXDATE;TZID=America/New_York:20260330T040000",
        "EXDATE;VALUE=DATE:20260330",
        "EXDATE:20200101T000000Z,20260330T080000Z,nonsense",
        "EXRULE:FREQ=WEEKLY;UNTIL=20260330T080000Z;INTERVAL=4",
    ],
)
def test_a_date_left_out_is_free_and_counts_all_the_same(line: str) -> None:
    left = busy(event(*WEEKLY, line))
    assert left == [one for one in SIX if one != SIX[4]] or left == SIX[1:4] + SIX[5:]


@pytest.mark.parametrize(
    "replaced",
    [
        "RECURRENCE-ID;TZID=Europe/Berlin:20260330T100000",
        "RECURRENCE-ID:20260330T080000Z",
        "RECURRENCE-ID:20260330T100000",
        "RECURRENCE-ID;VALUE=DATE:20260330",
        "RECURRENCE-ID;TZID=Asia/Tokyo:20260330T170000",
    ],
)
def test_a_moved_date_is_where_it_was_moved(replaced: str) -> None:
    moved = event(replaced, "DTSTART:20260331T120000Z", "DURATION:PT30M", "SEQUENCE:0")
    found = read(event(*WEEKLY, "SEQUENCE:3"), moved)
    assert codes(found) == []
    assert [len(one.occurrences) for one in found.objects] == [6]
    assert busy(event(*WEEKLY), moved) == sorted(
        [*SIX[:4], SIX[5], "2026-03-31 12:00/12:30"]
    )


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("STATUS:CANCELLED", Meaning.CANCELLED),
        ("TRANSP:TRANSPARENT", Meaning.FREE),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:ida@example.org", Meaning.DECLINED),
    ],
)
def test_a_changed_date_has_its_own_meaning(line: str, meaning: Meaning) -> None:
    changed = event(
        "RECURRENCE-ID:20260330T080000Z",
        "DTSTART:20260330T080000Z",
        "DURATION:PT1H",
        line,
    )
    found = read(event(*WEEKLY), changed, owner=ME).objects[0]
    assert [one.meaning for one in found.occurrences] == [
        *[Meaning.BUSY] * 4,
        meaning,
        Meaning.BUSY,
    ]
    assert found.occurrences[4].original_start == utc("2026-03-30 08:00")


def test_a_cancelled_date_may_leave_out_its_start() -> None:
    cancelled = event("RECURRENCE-ID:20260330T080000Z", "STATUS:CANCELLED")
    assert busy(event(*WEEKLY), cancelled) == [*SIX[:4], SIX[5]]


def test_dates_move_into_and_out_of_the_window() -> None:
    window = span("2026-03-08", "2026-03-22")
    moved_in = event(
        "RECURRENCE-ID:20260406T080000Z", "DTSTART:20260310T080000Z", "DURATION:PT1H"
    )
    moved_out = event(
        "RECURRENCE-ID:20260316T090000Z", "DTSTART:20260610T080000Z", "DURATION:PT1H"
    )
    found = read(event(*WEEKLY), moved_in, moved_out, window=window)
    assert codes(found) == []
    assert found.objects[0].occurrences == (
        Occurrence(
            utc("2026-03-09 09:00"), utc("2026-03-09 09:00"), utc("2026-03-09 10:00")
        ),
        # Not in the window any more, but told, since it was.
        Occurrence(
            utc("2026-03-16 09:00"), utc("2026-06-10 08:00"), utc("2026-06-10 09:00")
        ),
        Occurrence(
            utc("2026-04-06 08:00"), utc("2026-03-10 08:00"), utc("2026-03-10 09:00")
        ),
    )
    assert busy(event(*WEEKLY), moved_in, moved_out, window=window) == [
        "2026-03-09 09:00/10:00",
        "2026-03-10 08:00/09:00",
    ]


def test_a_change_from_one_date_onwards_moves_what_follows() -> None:
    later = event(
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260323T100000",
        "DTSTART;TZID=Europe/Berlin:20260323T140000",
        "DURATION:PT30M",
    )
    assert busy(event(*WEEKLY), later) == [
        *SIX[:3],
        "2026-03-23 13:00/13:30",
        "2026-03-30 12:00/12:30",
        "2026-04-06 12:00/12:30",
    ]


def test_a_date_left_out_stays_out_whatever_replaces_it() -> None:
    changed = event(
        "RECURRENCE-ID:20260330T080000Z", "DTSTART:20260331T080000Z", "DURATION:PT1H"
    )
    left_out = event(*WEEKLY, "EXDATE:20260330T080000Z")
    assert busy(left_out, changed) == [*SIX[:4], SIX[5]]


def test_instances_without_a_series_are_the_shape_of_a_free_busy_feed() -> None:
    found = read(
        event(
            "RECURRENCE-ID:20260330T080000Z",
            "DTSTART:20260331T080000Z",
            "DURATION:PT1H",
        ),
        event(
            "RECURRENCE-ID:20260406T080000Z",
            "DTSTART:20260406T080000Z",
            "DURATION:PT1H",
        ),
    )
    assert codes(found) == []
    (one,) = found.objects
    assert [o.original_start for o in one.occurrences] == [
        utc("2026-03-30 08:00"),
        utc("2026-04-06 08:00"),
    ]


@pytest.mark.parametrize(
    ("until", "number"),
    [
        ("20260330T080000Z", 5),
        ("20260330T075959Z", 4),
        ("20260330T100000", 5),
        ("20260330T095959", 4),
        ("20260330", 5),
        ("20260329", 4),
    ],
)
def test_until_is_included_and_read_in_the_zone_of_the_start(
    until: str, number: int
) -> None:
    series = event(*WEEKLY[:2], f"RRULE:FREQ=WEEKLY;UNTIL={until}")
    assert busy(series) == SIX[:number]


def test_whole_days_until_an_instant() -> None:
    days = "DTSTART;VALUE=DATE:20260105", "RRULE:FREQ=DAILY;UNTIL="
    for until in ("20260107", "20260107T000000Z", "20260106T230000Z"):
        found = busy(event(days[0], days[1] + until))
        assert found == ["2026-01-04 23:00/2026-01-07 23:00"], until


def test_whole_days_are_left_out_and_moved_by_the_day() -> None:
    days = "DTSTART;VALUE=DATE:20260105", "RRULE:FREQ=WEEKLY;COUNT=4"
    for exdate in (
        ";VALUE=DATE:20260112",
        ":20260112T000000",
        ":20260111T230000Z",
        ":20260112T000000Z",
    ):
        assert len(busy(event(*days, f"EXDATE{exdate}"))) == 3, exdate
    moved = event("RECURRENCE-ID:20260111T230000Z", "DTSTART;VALUE=DATE:20260113")
    assert "2026-01-12 23:00/2026-01-13 23:00" in busy(event(*days), moved)
    assert codes(read(event(*days), moved)) == []


def test_a_day_that_a_zone_skips_takes_no_other_day_with_it() -> None:
    """On Samoa the 30th of December 2011 did not happen, and the 31st did."""
    days = event("DTSTART;VALUE=DATE:20111229", "RRULE:FREQ=DAILY;COUNT=4")
    assert busy(
        days, window=span("2011-12-01", "2012-02-01"), zone=ZoneInfo("Pacific/Apia")
    ) == ["2011-12-29 10:00/2012-01-01 10:00"]


def test_a_start_off_its_rule_is_the_first_and_counts() -> None:
    series = event(
        "DTSTART:20260106T090000Z",
        "DURATION:PT1H",
        "RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=3",
    )
    assert busy(series) == [
        "2026-01-06 09:00/10:00",
        "2026-01-12 09:00/10:00",
        "2026-01-19 09:00/10:00",
    ]


@pytest.mark.parametrize("end", ["COUNT=1", "UNTIL=20260106T230000Z", "UNTIL=20260110"])
def test_a_start_off_its_rule_stays_where_its_end_leaves_no_other(end: str) -> None:
    """A Tuesday; the rule would go on with Mondays."""
    series = event(
        "DTSTART:20260106T090000Z", "DURATION:PT1H", f"RRULE:FREQ=WEEKLY;BYDAY=MO;{end}"
    )
    assert busy(series) == ["2026-01-06 09:00/10:00"]
    assert codes(read(series)) == []


def test_dates_by_hand() -> None:
    series = event(
        *WEEKLY[:2],
        "RDATE;TZID=Europe/Berlin:20260303T100000,20260330T100000",
        "RDATE;VALUE=PERIOD:20260401T080000Z/PT2H,20260402T080000Z/20260402T083000Z",
        "RDATE;VALUE=DATE:20260501",
        "EXDATE:20260330T080000Z",
    )
    assert busy(series) == [
        "2026-03-02 09:00/10:00",
        "2026-03-03 09:00/10:00",
        "2026-04-01 08:00/10:00",
        "2026-04-02 08:00/08:30",
        "2026-05-01 08:00/09:00",
    ]


def test_of_two_lengths_for_one_start_the_longer_counts() -> None:
    periods = "RDATE;VALUE=PERIOD:20260302T090000Z/PT4H,20260309T090000Z/PT5M"
    assert busy(event(*WEEKLY[:2], "RRULE:FREQ=WEEKLY;COUNT=2", periods)) == [
        "2026-03-02 09:00/13:00",
        "2026-03-09 09:00/10:00",
    ]


def test_several_rules_are_joined() -> None:
    series = event(
        "DTSTART:20260105T090000Z",
        "DURATION:PT1H",
        "RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=2",
        "RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20260112T090000Z",
        "RRULE:",
        "RRULE:FREQ=WEEKLY;COUNT=-1;UNTIL=20260119T090000Z",
    )
    assert [one[5:10] for one in busy(series)] == ["01-05", "01-07", "01-12", "01-19"]


def test_an_object_says_who_it_is_and_when_it_changed() -> None:
    (one,) = read(
        event(
            *WEEKLY,
            "SEQUENCE:2",
            "LAST-MODIFIED:20260101T000000Z",
            "DTSTAMP:20260201T000000Z",
        ),
        event(
            "RECURRENCE-ID:20260330T080000Z",
            "DTSTART:20260331T080000Z",
            "SEQUENCE:5",
            "LAST-MODIFIED:20260102T000000Z",
        ),
    ).objects
    assert (one.id, one.uid, one.sequence) == ("one@example.org",) * 2 + (5,)
    assert one.changed_at == utc("2026-01-02")
