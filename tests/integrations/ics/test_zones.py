"""Which clock a time is on: the file's zones, known names, and zones nobody knows."""

from zoneinfo import ZoneInfo

import pytest

from tests.integrations.ics.texts import (
    NEW_YORK,
    YEAR,
    busy,
    codes,
    event,
    read,
    span,
)

START, END = "DTSTART:20260105T090000Z", "DTEND:20260105T100000Z"
ONE_HOUR = ["2026-01-05 09:00/10:00"]


def test_whole_days_and_floating_times_lie_in_the_zone_given() -> None:
    day = event("DTSTART;VALUE=DATE:20260105")
    floating = event("DTSTART:20260110T090000", "DURATION:PT1H", uid="two")
    assert busy(day, floating, "X-WR-TIMEZONE:Asia/Tokyo", zone=NEW_YORK) == [
        "2026-01-05 05:00/2026-01-06 05:00",
        "2026-01-10 14:00/15:00",
    ]


def test_a_skipped_time_is_read_with_the_offset_before_a_repeated_one_first() -> None:
    zoned = "DTSTART;TZID=America/New_York:"
    skipped = event(f"{zoned}20260308T023000", "DURATION:PT1H")
    repeated = event(f"{zoned}20261101T013000", "DURATION:PT1H", uid="two")
    assert busy(skipped, repeated) == [
        "2026-03-08 07:30/08:30",
        "2026-11-01 05:30/06:30",
    ]


def test_an_end_that_a_clock_change_puts_before_its_start_keeps_its_length() -> None:
    zoned = ";TZID=America/New_York:20260308T0"
    turned = event(f"DTSTART{zoned}23000", f"DTEND{zoned}30000")
    assert busy(turned) == ["2026-03-08 07:30/08:00"]


def test_an_end_makes_exact_time_across_a_clock_change() -> None:
    """RFC 5545 section 3.8.5.3: DTEND means the same exact length each time."""
    night = event(
        "DTSTART;TZID=Europe/Berlin:20260327T230000",
        "DTEND;TZID=Europe/Berlin:20260328T070000",
        "RRULE:FREQ=DAILY;COUNT=2",
    )
    assert busy(night) == [
        "2026-03-27 22:00/2026-03-28 06:00",
        "2026-03-28 22:00/2026-03-29 06:00",
    ]


def test_days_of_a_duration_are_days_of_the_wall_clock() -> None:
    zoned = "DTSTART;TZID=Europe/Berlin:20260328T120000"
    assert busy(event(zoned, "DURATION:P1D")) == ["2026-03-28 11:00/2026-03-29 10:00"]
    assert busy(event(zoned, "DURATION:PT24H")) == ["2026-03-28 11:00/2026-03-29 11:00"]


CUSTOM = """BEGIN:VTIMEZONE
TZID:{}
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0300
TZOFFSETTO:+0130
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0130
TZOFFSETTO:+0300
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""


def test_a_zone_of_the_file_s_own_is_used() -> None:
    zone = CUSTOM.format("Customized Time Zone")
    start = "DTSTART;TZID=Customized Time Zone:"
    events = [
        event(f"{start}20260110T090000", "DURATION:PT1H", uid="winter"),
        event(f"{start}20260329T023000", "DURATION:PT1H", uid="skipped"),
        event(f"{start}20260710T090000", "DURATION:PT1H", uid="summer"),
        event(f"{start}20261025T020000", "DURATION:PT1H", uid="repeated"),
    ]
    expected = [
        "2026-01-10 07:30/08:30",
        "2026-03-29 01:00/02:00",
        "2026-07-10 06:00/07:00",
        "2026-10-24 23:00/2026-10-25 00:00",
    ]
    assert busy(*events, zone) == expected
    assert busy(zone, *events) == expected


@pytest.mark.parametrize(
    "name",
    [
        "Europe/Berlin",
        "europe/berlin",
        "/Europe/Berlin",
        "/freeassociation.sourceforge.net/Tzfile/Europe/Berlin",
        "/mozilla.org/20050126_1/Europe/Berlin",
        "W. Europe Standard Time",
    ],
)
def test_a_known_name_wins_over_what_the_file_says_of_it(name: str) -> None:
    start = f'DTSTART;TZID="{name}":20260710T100000'
    found = read(CUSTOM.format(name), event(start, "DURATION:PT1H"))
    assert codes(found) == []
    assert list(found.busy(YEAR)) == [span("2026-07-10 08:00", "2026-07-10 09:00")]


BUSY_IN_EVERY_READING = ["2026-07-09 20:00/2026-07-10 23:00"]


def test_an_unknown_zone_is_busy_in_every_reading() -> None:
    lines = "DTSTART;TZID=Nowhere:20260710T100000", "DTEND;TZID=Nowhere:20260710T110000"
    found = read(event(*lines))
    assert codes(found) == ["W_TZ_UNKNOWN"]
    assert busy(event(*lines)) == BUSY_IN_EVERY_READING
    assert busy(event(*lines, "TRANSP:TRANSPARENT")) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("FREQ=YEARLY;", "FREQ=MINUTELY;"),
        ("TZOFFSETTO:+0130", "TZOFFSETTO:east"),
        ("DTSTART:16010101T030000", "DTSTART:once"),
        ("BEGIN:STANDARD", "BEGIN:NOTHING"),
    ],
)
def test_a_zone_that_cannot_be_read_is_unknown(old: str, new: str) -> None:
    zone = (
        CUSTOM.format("Nowhere")
        .replace(old, new)
        .replace(
            "BEGIN:DAYLIGHT", "BEGIN:NOTHING" if "NOTHING" in new else "BEGIN:DAYLIGHT"
        )
    )
    start = "DTSTART;TZID=Nowhere:20260710T100000"
    found = read(zone, event(start, "DURATION:PT1H"))
    assert codes(found) == ["W_TZ_UNKNOWN"]
    assert busy(zone, event(start, "DURATION:PT1H")) == BUSY_IN_EVERY_READING


def test_a_series_in_an_unknown_zone_is_told_apart_and_ends_late() -> None:
    start = "DTSTART;TZID=Nowhere:20260701T100000"
    series = event(
        start,
        "DURATION:PT1H",
        "RRULE:FREQ=DAILY;UNTIL=20260702T200000Z",
        "EXDATE;TZID=Nowhere:20260702T100000",
    )
    assert busy(series) == [
        "2026-06-30 20:00/2026-07-01 23:00",
        "2026-07-02 20:00/2026-07-03 23:00",
    ]


def test_several_calendars_in_one_file_are_all_read() -> None:
    second = "END:VCALENDAR\nBEGIN:VCALENDAR\n" + event(
        "DTSTART;TZID=Mine:20260710T090000", "DURATION:PT1H", uid="two"
    )
    assert busy(CUSTOM.format("Mine"), event(START, END), second) == [
        *ONE_HOUR,
        "2026-07-10 06:00/07:00",
    ]


def test_the_zone_given_may_have_half_hours() -> None:
    day = event("DTSTART;VALUE=DATE:20260405")
    assert busy(day, zone=ZoneInfo("Australia/Lord_Howe")) == [
        "2026-04-04 13:00/2026-04-05 13:30"
    ]
