"""Bad calendars: each case of the list has its exact code, and none costs much."""

import gzip
import io
import time
import zipfile

import pytest

from integrations.ics.decode import decode
from scheduler.errors import Refused
from scheduler.timespan import Span
from tests.integrations.ics.texts import (
    BERLIN,
    YEAR,
    busy,
    calendar,
    codes,
    event,
    read,
    span,
)

START = "DTSTART:20260105T090000Z"
END = "DTEND:20260105T100000Z"


def refusal(data: bytes, window: Span = YEAR) -> str:
    with pytest.raises(Refused) as caught:
        decode(data, window=window, zone=BERLIN)
    assert caught.value.message.endswith(".")
    return caught.value.code


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("calendar.ics", calendar(event(START)))
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "E_ICS_EMPTY"),
        (b"\r\n \r\n\0", "E_ICS_EMPTY"),
        (b"\xef\xbb\xbf", "E_ICS_EMPTY"),
        (b"<!DOCTYPE html><title>Sign in</title>", "E_ICS_NOT_CALENDAR"),
        (b"  \n<html>", "E_ICS_NOT_CALENDAR"),
        (b"%PDF-1.7\n", "E_ICS_NOT_CALENDAR"),
        (zipped(), "E_ICS_NOT_CALENDAR"),
        (gzip.compress(calendar(event(START))), "E_ICS_NOT_CALENDAR"),
        (b"nothing of the kind", "E_ICS_NOT_CALENDAR"),
        (event(START).encode(), "E_ICS_NOT_CALENDAR"),
        (calendar(event(START))[:-20], "E_ICS_TRUNCATED"),
        (b"BEGIN:VCALENDAR", "E_ICS_TRUNCATED"),
        (calendar(event(START)).partition(b"END:VEVENT")[0], "E_ICS_TRUNCATED"),
        (b"BEGIN:VCALENDAR" + b"\r\n" * (10 * 1024 * 1024), "E_ICS_TOO_BIG"),
        (calendar("DESCRIPTION:" + "x" * 10_000_000), "E_ICS_TOO_BIG"),
        (calendar("DESCRIPTION:" + "x\n " * 1_000_000), "E_ICS_TOO_BIG"),
        (calendar("BEGIN:VEVENT\n" * 5_000), "E_ICS_DEPTH"),
        (calendar("BEGIN:VEVENT\nEND:VEVENT\n" * 50_001), "E_ICS_TOO_MANY"),
    ],
)
def test_what_is_no_calendar_is_refused(data: bytes, code: str) -> None:
    assert refusal(data) == code


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["SUMMARY:no start"], "E_EVENT_NO_START"),
        (["DTSTART:soon"], "E_EVENT_NO_START"),
        (["DTSTART:20260230T090000Z"], "E_EVENT_NO_START"),
        ([START, "DTEND:20260105T080000Z"], "E_EVENT_ENDS_BEFORE_START"),
        ([START, "DURATION:-PT1H"], "E_EVENT_ENDS_BEFORE_START"),
        (
            ["DTSTART;VALUE=DATE:20260105", "DTEND;VALUE=DATE:20260104"],
            "E_EVENT_ENDS_BEFORE_START",
        ),
        ([START, "DTEND:later"], "E_EVENT_LENGTH"),
        ([START, "DURATION:P"], "E_EVENT_LENGTH"),
        ([START, "DURATION:1 hour"], "E_EVENT_LENGTH"),
        ([START, "RDATE:tomorrow"], "E_EVENT_UNREADABLE"),
        ([START, "RECURRENCE-ID:then"], "E_EVENT_UNREADABLE"),
        ([START, "RRULE:FREQ=DAILY;INTERVAL=0"], "E_RRULE_INTERVAL"),
        ([START, "RRULE:FREQ=DAILY;INTERVAL=-2"], "E_RRULE_INTERVAL"),
        ([START, "RRULE:FREQ=SOMETIMES"], "E_RRULE_UNREADABLE"),
        ([START, "RRULE:BYDAY=MO"], "E_RRULE_UNREADABLE"),
        ([START, "RRULE:FREQ=DAILY;UNTIL=never"], "E_RRULE_UNREADABLE"),
        ([START, "RRULE:FREQ=DAILY;COUNT=many"], "E_RRULE_UNREADABLE"),
        ([START, "RRULE:FREQ=WEEKLY;BYDAY=XX"], "E_RRULE_UNREADABLE"),
        ([START, "RRULE:FREQ=WEEKLY;WKST=1"], "E_RRULE_UNREADABLE"),
        ([START, "RRULE:FREQ=MONTHLY;BYMONTHDAY=32"], "E_RRULE_UNREADABLE"),
        ([START, "RRULE:FREQ=YEARLY;RSCALE=CHINESE"], "E_RRULE_UNREADABLE"),
    ],
)
def test_an_event_that_cannot_be_read_stops_the_file(
    lines: list[str], code: str
) -> None:
    assert refusal(calendar(event(*lines))) == code


EVERY = "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23"
SIXTY = ",".join(str(n) for n in range(60))
DENSE = f"BYHOUR={EVERY};BYMINUTE={SIXTY};BYSECOND={SIXTY}"
MONTHS = "BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12"


@pytest.mark.slow
def test_a_rule_that_is_too_dense_is_refused() -> None:
    dense = f"RRULE:FREQ=YEARLY;{MONTHS};BYDAY=MO,TU,WE,TH,FR,SA,SU;{DENSE}"
    assert refusal(calendar(event(START, END, dense))) == "E_RRULE_TOO_COMPLEX"


def test_a_dense_rule_with_a_small_count_is_read() -> None:
    dense = f"RRULE:FREQ=YEARLY;{MONTHS};{DENSE};COUNT=1"
    assert busy(event(START, END, dense)) == ["2026-01-05 09:00/10:00"]


def test_the_last_position_of_a_dense_rule_is_found_without_making_it() -> None:
    dense = f"RRULE:FREQ=YEARLY;{MONTHS};{DENSE};BYSETPOS=-1;COUNT=3"
    assert busy(event(START, END, dense)) == [
        "2026-01-05 09:00/10:00",
        "2026-12-05 23:59/2026-12-06 00:59",
    ]


@pytest.mark.parametrize("frequency", ["SECONDLY", "MINUTELY"])
@pytest.mark.parametrize("more", ["", ";BYMONTH=2;BYMONTHDAY=31", ";COUNT=3"])
def test_every_second_or_minute_is_left_out(frequency: str, more: str) -> None:
    found = read(
        event(START, END, f"RRULE:FREQ={frequency}{more}"),
        event("DTSTART:20260301T090000Z", "DURATION:PT1H", uid="other"),
    )
    assert codes(found) == ["W_RRULE_FREQ"]
    assert [len(one.occurrences) for one in found.objects] == [1]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31"], "W_RRULE_NEVER"),
        (["RRULE:FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=31"], "W_RRULE_NEVER"),
        (["RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"], "W_RRULE_NEVER"),
        (["RRULE:FREQ=DAILY", "EXRULE:FREQ=DAILY"], "W_RRULE_NEVER"),
        (["RRULE:FREQ=HOURLY", "EXRULE:FREQ=HOURLY"], "W_RRULE_NEVER"),
        (["RRULE:FREQ=DAILY;UNTIL=20251231T000000Z"], "W_RRULE_EMPTY"),
    ],
)
def test_a_rule_without_a_date_yields_nothing(lines: list[str], code: str) -> None:
    found = read(event(START, END, *lines))
    assert codes(found) == [code]
    assert [one.occurrences for one in found.objects] == [()]


@pytest.mark.parametrize(
    "rule",
    [
        "RRULE:FREQ=WEEKLY;COUNT=10",
        "RRULE:FREQ=HOURLY;UNTIL=20250105T090000Z",
        "RRULE:FREQ=YEARLY;INTERVAL=20",
        "RRULE:FREQ=DAILY;UNTIL=20250105T090000Z\nEXRULE:FREQ=DAILY;INTERVAL=2",
    ],
)
def test_a_rule_that_is_elsewhere_is_not_called_empty(rule: str) -> None:
    found = read(event("DTSTART:20200105T090000Z", "DURATION:PT1H", rule))
    assert codes(found) == []
    assert found.objects[0].occurrences == ()


def test_too_many_occurrences_are_one_gapless_span() -> None:
    two_years = span("2026-01-01", "2028-01-01")
    lines = ["DTSTART:20200105T090000Z", "DURATION:PT1M", "RRULE:FREQ=HOURLY"]
    found = read(event(*lines), window=two_years)
    assert codes(found) == ["W_RRULE_CAPPED"]
    assert list(found.busy(two_years)) == [
        span("2026-01-01 00:00", "2027-12-31 23:01"),
    ]


def test_the_cap_counts_inside_the_window_alone() -> None:
    lines = ["DTSTART:19700105T090000Z", "DURATION:PT1M", "RRULE:FREQ=HOURLY"]
    one_day = span("2026-01-05", "2026-01-06")
    found = read(event(*lines, "RRULE:FREQ=DAILY;COUNT=1000000000"), window=one_day)
    assert codes(found) == []
    assert len(found.busy(one_day)) == 24


@pytest.mark.slow
def test_too_many_dates_and_changes_are_one_gapless_span() -> None:
    minutes = [
        f"2026{m:02}{d:02}T{h:02}0000Z"
        for m in range(1, 13)
        for d in range(1, 28)
        for h in range(24)
        for _ in range(13)
    ]
    dates = event(START, "DURATION:PT1M", *(f"RDATE:{when}" for when in minutes))
    assert len(minutes) > 100_000
    assert codes(read(dates)) == []
    many = [
        event(
            f"RECURRENCE-ID:20260{m}{d:02}T{h:02}{n:02}00Z",
            f"DTSTART:20260{m}{d:02}T{h:02}{n:02}00Z",
            "DURATION:PT1M",
        )
        for m in (1, 2)
        for d in range(1, 26)
        for h in range(24)
        for n in range(0, 60, 6)
    ]
    found = read(*many)
    assert codes(found) == ["W_RRULE_CAPPED"]
    assert list(found.busy(YEAR)) == [span("2026-01-01 00:00", "2026-02-25 23:55")]


def test_a_century_counts_for_400_days() -> None:
    found = read(
        event(START, "DURATION:P36500D"), window=span("2026-01-01", "2030-01-01")
    )
    assert codes(found) == ["W_EVENT_LONG"]
    occurrence = found.objects[0].occurrences[0]
    assert (occurrence.end - occurrence.start).days == 400
    endless = read(event(START, "DTEND:99991231T235959Z"))
    assert codes(endless) == ["W_EVENT_LONG"]


@pytest.mark.parametrize("year", ["0001", "1969", "2101", "9999"])
def test_a_year_that_nobody_means_is_left_out(year: str) -> None:
    found = read(event(f"DTSTART:{year}0105T090000Z", f"DTEND:{year}0105T100000Z"))
    assert codes(found) == ["W_EVENT_YEAR"]
    assert found.objects == ()


def test_a_birthday_of_1604_is_read() -> None:
    birthday = event("DTSTART;VALUE=DATE:16040305", "RRULE:FREQ=YEARLY")
    assert busy(birthday) == ["2026-03-04 23:00/2026-03-05 23:00"]
    sentinel = read(event("DTSTART;VALUE=DATE:00010101", "RRULE:FREQ=YEARLY"))
    assert codes(sentinel) == ["W_EVENT_YEAR"]


@pytest.mark.parametrize(
    "data",
    [
        calendar(event("SUMMARY:caf\0é", START, END)),
        calendar(event("SUMMARY:?", START, END)).replace(b"?", b"\xff\xfe"),
        calendar(event("SUMMARY:?", START, END)).replace(b"?", b"\xed\xa0\x80"),
        b"\xef\xbb\xbf" + calendar(event(START, END)),
        calendar(event(START, END)).decode().encode("utf-16"),
    ],
)
def test_odd_bytes_are_read_around(data: bytes) -> None:
    found = decode(data, window=YEAR, zone=BERLIN)
    assert codes(found) == ["W_ICS_BYTES"]
    assert list(found.busy(YEAR)) == [span("2026-01-05 09:00", "2026-01-05 10:00")]


def test_a_fold_may_lie_anywhere_in_a_line_also_in_its_name() -> None:
    lines = calendar(event(START, END)).split(b"\r\n")
    longest = max(map(len, lines))
    for at in range(1, longest):
        folded = b"\r\n".join(
            line[:at] + b"\r\n " + line[at:] if at < len(line) else line
            for line in lines
        )
        found = decode(folded, window=YEAR, zone=BERLIN)
        assert list(found.busy(YEAR)) == [span("2026-01-05 09:00", "2026-01-05 10:00")]


def test_a_character_cut_by_a_fold_is_not_odd() -> None:
    data = calendar(event("SUMMARY:caf\u00e9", START, END))
    folded = data.replace(b"caf\xc3\xa9", b"caf\xc3\r\n \xa9")
    assert folded != data
    assert codes(decode(folded, window=YEAR, zone=BERLIN)) == []


def test_of_two_events_with_one_uid_the_latest_counts() -> None:
    old = event(START, END, "SEQUENCE:1", "DTSTAMP:20260102T000000Z")
    new = event(
        "DTSTART:20260106T090000Z",
        "DURATION:PT1H",
        "SEQUENCE:2",
        "DTSTAMP:20260101T000000Z",
    )
    newer = event(
        "DTSTART:20260107T090000Z",
        "DURATION:PT1H",
        "SEQUENCE:2",
        "DTSTAMP:20260103T000000Z",
    )
    assert busy(new, old) == ["2026-01-06 09:00/10:00"]
    assert busy(newer, new, old) == ["2026-01-07 09:00/10:00"]
    assert codes(read(newer, new, old)) == ["W_ICS_DUP_UID"]
    assert codes(read(old, old.replace("0102T", "0103T"))) == []


def test_where_nothing_says_which_is_the_latest_both_count() -> None:
    other = event("DTSTART:20260106T090000Z", "DURATION:PT1H")
    assert len(busy(event(START, END), other)) == 2


def test_a_change_without_its_series_is_a_single_event() -> None:
    alone = event("RECURRENCE-ID:20260104T090000Z", START, END)
    assert busy(alone) == ["2026-01-05 09:00/10:00"]
    assert codes(read(alone)) == []


def test_a_change_of_no_date_of_its_series_is_kept() -> None:
    found = read(
        event(START, END, "RRULE:FREQ=WEEKLY;COUNT=2"),
        event(
            "RECURRENCE-ID:20260106T090000Z",
            "DTSTART:20260107T090000Z",
            "DURATION:PT1H",
        ),
    )
    assert codes(found) == ["W_OVERRIDE_ALONE"]
    assert len(found.busy(YEAR)) == 3


def test_what_injects_and_what_tempts_leaves_no_trace() -> None:
    found = read(
        event(
            START,
            END,
            "SUMMARY:<script>canary</script>\\nBcc: canary@example.org",
            'ORGANIZER;CN="canary\\nBcc: x":mailto:canary@example.org',
            "ATTACH:file:///canary",
            "URL:javascript:canary",
            "LOCATION:canary",
            "ATTENDEE;CN=canary:mailto:canary@example.org",
        ),
        owner="canary@example.org",
    )
    assert "canary" not in repr(found)


def test_quotes_that_never_close_cost_nothing() -> None:
    hostile = [
        "ATTENDEE;CN=" + '"' * 300_000 + ":mailto:a@example.org",
        "DTEND;" + " " * 300_000,
        "DTEND" + ";" * 300_000 + ":20260105T100000Z",
        "DTEND;A=" + '"";' * 100_000 + ":20260105T100000Z",
    ]
    started = time.process_time()
    for line in hostile:
        try:
            read(event(START, line), owner="a@example.org")
        except Refused as refused:
            assert refused.code == "E_EVENT_LENGTH"  # noqa: PT017 - either is fine
    assert time.process_time() - started < 3


@pytest.mark.parametrize("far", ["00010101T000000", "99991231T235959"])
@pytest.mark.parametrize("form", [":{}Z", ":{}", ";TZID=America/New_York:{}"])
def test_the_ends_of_time_are_no_trouble(far: str, form: str) -> None:
    there = form.format(far)
    series = event(
        "DTSTART;TZID=Europe/Berlin:20260302T100000",
        "DURATION:PT1H",
        "RRULE:FREQ=WEEKLY;UNTIL=99991231T235959Z",
        f"EXDATE{there}",
        f"RDATE{there}",
    )
    changes = [
        event(f"RECURRENCE-ID{there}", f"DTSTART{there}"),
        event(f"RECURRENCE-ID{there}", "DTSTART:20260310T080000Z", "DURATION:PT1H"),
        event(
            f"RECURRENCE-ID;RANGE=THISANDFUTURE{there}",
            "DTSTART:20260311T080000Z",
            "DURATION:PT1H",
        ),
    ]
    for change in changes:
        assert len(busy(series, change)) in {44, 45}


def test_a_zone_of_the_ends_of_time_is_no_trouble() -> None:
    zone = "\n".join(
        [
            "BEGIN:VTIMEZONE",
            "TZID:Mine",
            "BEGIN:STANDARD",
            "DTSTART:00010101T000000",
            "TZOFFSETFROM:+2300",
            "TZOFFSETTO:-2300",
            "RRULE:FREQ=YEARLY;UNTIL=99991231T235959Z",
            "RDATE:00010101T000000,99991231T235959",
            "END:STANDARD",
            "END:VTIMEZONE",
        ]
    )
    mine = event("DTSTART;TZID=Mine:20260310T080000", "DURATION:PT1H")
    assert busy(zone, mine) == ["2026-03-11 07:00/08:00"]
