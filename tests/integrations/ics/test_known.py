"""What is known of a feed saves work; that it changes nothing: test_known_invented."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from integrations.ics.decode import Known, decode
from scheduler.errors import Refused
from scheduler.timespan import Span
from tests.integrations.ics.texts import BERLIN, YEAR, calendar, event, utc

WEEKLY = event("DTSTART:20260105T090000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY")
SETPOS = event(
    "DTSTART;TZID=Europe/Berlin:20260105T090000",
    "DURATION:PT1H",
    "RRULE:FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1",
    uid="two",
)


def test_the_same_bytes_are_not_read_again() -> None:
    known, data = Known(), calendar(WEEKLY)
    first = decode(data, window=YEAR, zone=BERLIN, known=known)
    assert decode(data, window=YEAR, zone=BERLIN, known=known) is first


@pytest.mark.parametrize("one", [WEEKLY, SETPOS])
def test_a_series_is_not_expanded_again_when_another_changed(one: str) -> None:
    known = Known()
    other, moved = (event(f"DTSTART:2026010{n}T090000Z", uid="three") for n in (5, 6))
    stamped = "DTSTAMP:20260101T000000Z\nUID"
    before = calendar(one.replace("UID", stamped), other)
    after = calendar(one.replace("UID", stamped.replace("0000Z", "0001Z")), moved)
    first = decode(before, window=YEAR, zone=BERLIN, known=known)
    second = decode(after, window=YEAR, zone=BERLIN, known=known)
    assert second.found[0] is first.found[0]


def test_another_window_zone_or_owner_is_read_anew() -> None:
    known, data = Known(), calendar(event("DTSTART:20260105T090000", "DURATION:PT1H"))
    asked = [
        {"window": YEAR, "zone": BERLIN},
        {"window": YEAR, "zone": ZoneInfo("Asia/Kolkata")},
        {"window": Span(utc("2027-01-01"), utc("2028-01-01")), "zone": BERLIN},
        {"window": YEAR, "zone": BERLIN, "owner": "ida@example.org"},
    ]
    for words in asked:
        assert decode(data, known=known, **words) == decode(data, **words)


def test_a_refused_reading_leaves_what_is_known() -> None:
    known, data = Known(), calendar(WEEKLY)
    first = decode(data, window=YEAR, zone=BERLIN, known=known)
    with pytest.raises(Refused):
        decode(data[:-20], window=YEAR, zone=BERLIN, known=known)
    assert decode(data, window=YEAR, zone=BERLIN, known=known) is first


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_file_may_come_in_pieces(size: int) -> None:
    data = calendar(WEEKLY, SETPOS)
    pieces = (data[n : n + size] for n in range(0, len(data), size))
    whole = decode(data, window=YEAR, zone=BERLIN)
    assert decode(pieces, window=YEAR, zone=BERLIN) == whole


def test_no_title_text_or_guest_is_known() -> None:
    known, owner = Known(), "ida@example.org"
    lines = (
        "SUMMARY:canary",
        "DESCRIPTION:canary\n  canary",
        "ATTENDEE;CN=canary;PARTSTAT=ACCEPTED:mailto:ida@example.org",
        "ATTENDEE;CN=canary;PARTSTAT=DECLINED:mailto:canary@example.org",
        "BEGIN:VALARM\nDESCRIPTION:canary\nEND:VALARM",
    )
    data = calendar(WEEKLY.replace("END:", "\n".join([*lines, "END:"])), SETPOS)
    found = decode(data, window=YEAR, zone=BERLIN, owner=owner, known=known)
    assert len(found.found) == 2
    assert "canary" not in repr(vars(known))
    assert "WEEKLY" in repr(vars(known))
