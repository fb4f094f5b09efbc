"""What a calendar means: one test for each thing that programs read differently.

Times are UTC; Berlin is the zone of floating times and whole days unless said.
"""

import pytest

from integrations.ics.decode import decode
from tests.integrations.ics.texts import (
    BERLIN,
    YEAR,
    busy,
    calendar,
    event,
    read,
    span,
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


def test_events_without_a_uid_stand_alone() -> None:
    objects = read(event(START, END, uid=""), event(START, END, uid="")).objects
    assert [one.uid for one in objects] == ["", ""]
    assert len({one.id for one in objects}) == 2


def test_an_event_far_from_the_window_is_still_an_object() -> None:
    objects = read(event("DTSTART:20200105T090000Z", "DURATION:PT1H")).objects
    assert [(one.uid, one.occurrences) for one in objects] == [("one@example.org", ())]


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
