"""What a calendar means: one test for each thing that programs read differently.

Times are UTC; Berlin is the zone of floating times and whole days unless said.
"""

from zoneinfo import ZoneInfo

import pytest

from integrations.ics.decode import decode
from scheduler.events import Meaning, Occurrence
from tests.integrations.ics.texts import (
    BERLIN,
    NEW_YORK,
    YEAR,
    busy,
    calendar,
    codes,
    event,
    read,
    span,
    utc,
)

START, END = "DTSTART:20260105T090000Z", "DTEND:20260105T100000Z"
ONE_HOUR = ["2026-01-05 09:00/10:00"]
ME = "Ida@Example.org"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], ONE_HOUR),
        (["TRANSP:OPAQUE", "STATUS:CONFIRMED"], ONE_HOUR),
        (["STATUS:TENTATIVE"], ONE_HOUR),
        (["TRANSP:TRANSPARENT"], []),
        (["transp:transparent"], []),
        (["STATUS:CANCELLED"], []),
        (["ATTENDEE;PARTSTAT=DECLINED:mailto:ida@example.org"], []),
        (['ATTENDEE;PARTSTAT=DECLINED;CN="Ida: X":MAILTO:IDA@example.org'], []),
        (["ATTENDEE;PARTSTAT=DELEGATED:mailto:ida@example.org"], []),
        (["ATTENDEE;EMAIL=ida@example.org;PARTSTAT=DECLINED:urn:uuid:1"], []),
        (["ATTENDEE;PARTSTAT=TENTATIVE:mailto:ida@example.org"], ONE_HOUR),
        (["ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:ida@example.org"], ONE_HOUR),
        (["ATTENDEE:mailto:ida@example.org"], ONE_HOUR),
        (["ATTENDEE;PARTSTAT=DECLINED:mailto:not-ida@example.org"], ONE_HOUR),
        (["ATTENDEE;PARTSTAT=DECLINED:mailto:ida@example.org.test"], ONE_HOUR),
    ],
)
def test_what_makes_busy(lines: list[str], expected: list[str]) -> None:
    assert busy(event(START, END, *lines), owner=ME) == expected


def test_without_an_owner_nobody_declines() -> None:
    declined = "ATTENDEE;PARTSTAT=DECLINED:mailto:ida@example.org"
    assert busy(event(START, END, declined)) == ONE_HOUR


def test_a_guest_whose_line_is_folded_declines_too() -> None:
    declined = "ATTENDEE;PARTSTAT=DECL\n INED:mailto:ida@exam\n ple.org"
    assert busy(event(START, END, declined), owner=ME) == []


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["DTSTART:20260105T090000Z"], []),
        (["DTSTART:20260105T090000Z", "DURATION:PT90M"], ["2026-01-05 09:00/10:30"]),
        (["DTSTART:20260105T100000", "DURATION:PT1H"], ONE_HOUR),
        (
            ["DTSTART;VALUE=DATE:20260105"],
            ["2026-01-04 23:00/2026-01-05 23:00"],
        ),
        (
            ["DTSTART;VALUE=DATE:20260105", "DTEND;VALUE=DATE:20260105"],
            ["2026-01-04 23:00/2026-01-05 23:00"],
        ),
        (
            ["DTSTART;VALUE=DATE:20260105", "DTEND;VALUE=DATE:20260107"],
            ["2026-01-04 23:00/2026-01-06 23:00"],
        ),
        (
            ["DTSTART;VALUE=DATE:20260328", "DURATION:P2D"],
            ["2026-03-27 23:00/2026-03-29 22:00"],
        ),
        (
            ["DTSTART;VALUE=DATE:20260105", "DTEND:20260105T100000Z"],
            ["2026-01-04 23:00/2026-01-05 10:00"],
        ),
    ],
)
def test_how_long(lines: list[str], expected: list[str]) -> None:
    assert busy(event(*lines)) == expected


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


def test_spans_are_merged_clipped_and_sorted() -> None:
    window = span("2026-01-05 09:30", "2026-01-05 12:00")
    events = [
        event("DTSTART:20260105T113000Z", "DURATION:PT9H", uid="3"),
        event("DTSTART:20260105T100000Z", "DURATION:PT30M", uid="2"),
        event(START, END, uid="1"),
    ]
    assert busy(*events, window=window) == [
        "2026-01-05 09:30/10:30",
        "2026-01-05 11:30/12:00",
    ]


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


def test_published_free_busy_times() -> None:
    found = read(
        "BEGIN:VFREEBUSY\n"
        "UID:f\n"
        "DTSTART:20260101T000000Z\n"
        "FREEBUSY:20260105T090000Z/20260105T100000Z,20260106T090000Z/PT1H\n"
        "FREEBUSY;FBTYPE=FREE:20260107T090000Z/PT1H\n"
        "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260108T090000Z/PT1H\n"
        "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20260109T090000Z/PT1H\n"
        "FREEBUSY;FBTYPE=X-OWN:20260110T090000Z/PT1H\n"
        "END:VFREEBUSY"
    )
    days = [f"{one.start:%d}" for one in found.busy(YEAR)]
    assert days == ["05", "06", "08", "09", "10"]


def test_other_components_do_not_count() -> None:
    other = [
        f"BEGIN:{name}\nDTSTART:20260105T090000Z\nDUE:20260106T090000Z\nEND:{name}"
        for name in ("VTODO", "VJOURNAL", "VAVAILABILITY")
    ]
    alarm = "BEGIN:VALARM\nTRIGGER:-PT15M\nDURATION:PT5H\nREPEAT:2\nEND:VALARM"
    assert busy(*other, event(START, END, alarm)) == ONE_HOUR


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


def test_events_without_a_uid_stand_alone() -> None:
    objects = read(event(START, END, uid=""), event(START, END, uid="")).objects
    assert [one.uid for one in objects] == ["", ""]
    assert len({one.id for one in objects}) == 2


def test_an_event_far_from_the_window_is_still_an_object() -> None:
    objects = read(event("DTSTART:20200105T090000Z", "DURATION:PT1H")).objects
    assert [(one.uid, one.occurrences) for one in objects] == [("one@example.org", ())]


def test_several_calendars_in_one_file_are_all_read() -> None:
    second = "END:VCALENDAR\nBEGIN:VCALENDAR\n" + event(
        "DTSTART;TZID=Mine:20260710T090000", "DURATION:PT1H", uid="two"
    )
    assert busy(CUSTOM.format("Mine"), event(START, END), second) == [
        *ONE_HOUR,
        "2026-07-10 06:00/07:00",
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\r\n", b"\n"),
        (b"\r\n", b"\r"),
        (b"\r\n", b"\r\n\r\n"),
        (b"DTEND:2026", b"DTEND:20\r\n 26"),
        (b"DTEND:2026", b"DTEND:20\r\n\t26"),
        (b"BEGIN:VEVENT", b"begin:vevent"),
        (b"DTEND:", b'DTEND;X-A="b;c:d":'),
        (b"END:VEVENT", b"NO COLON HERE\r\nEND:VEVENT"),
        (b"END:VCALENDAR\r\n", b"END:VCALENDAR"),
        (b"BEGIN:VCALENDAR", b"\r\n\r\n BEGIN:VCALENDAR"),
        (b"END:VEVENT\r\n", b""),
    ],
)
def test_forgives_how_it_is_written(old: bytes, new: bytes) -> None:
    data = calendar(event(START, END))
    assert old in data
    found = decode(data.replace(old, new), window=YEAR, zone=BERLIN)
    assert list(found.busy(YEAR)) == [span("2026-01-05 09:00", "2026-01-05 10:00")]


def test_the_zone_given_may_have_half_hours() -> None:
    day = event("DTSTART;VALUE=DATE:20260405")
    assert busy(day, zone=ZoneInfo("Australia/Lord_Howe")) == [
        "2026-04-04 13:00/2026-04-05 13:30"
    ]
