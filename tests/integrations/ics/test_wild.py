"""Calendars from the wild go through `troth busy`: read, or refused for a known reason.

None may end otherwise, none may take long, whole or cut in two.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

from cli.app import app
from cli.told import told
from integrations.ics.decode import decode
from scheduler.errors import Refused
from tests.integrations.ics.texts import BERLIN, span
from tests.integrations.ics.wild import FILES

WINDOW = span("2010-01-01", "2030-01-01")
WORDS = ["--from", "2010-01-01", "--until", "2030-01-01", "--zone", "Etc/UTC", "--json"]

#: Calendars that are refused; what is no VCALENDAR is E_ICS_NOT_CALENDAR.
REFUSED = {
    "E_ICS_TRUNCATED": [
        "icalendar/calendars/big_bad_calendar.ics",
        "icalendar/calendars/pr_480_summary_with_colon.ics",
        "icalendar/calendars/small_bad_calendar.ics",
        "icalendar/calendars/timezone_same_start_and_offset.ics",
    ],
    "E_ICS_DEPTH": ["recurring_ical_events/calendars/issue_201_test_matrix.ics"],
    "E_EVENT_NO_START": [
        "icalendar/calendars/broken_dtstart.ics",
        "icalendar/calendars/created_calendar_with_unicode_fields.ics",
        "icalendar/calendars/issue_1050_multiple_calendars.ics",
        "icalendar/calendars/issue_1050_uid_in_description.ics",
        "icalendar/calendars/issue_1081_invalid_start_and_end.ics",
        "icalendar/calendars/issue_1081_invalid_start_valid_end.ics",
        "icalendar/calendars/issue_1081_with_summary.ics",
        "icalendar/calendars/issue_1549_binary_attachment.ics",
        "icalendar/calendars/issue_1561_image_value.ics",
        "icalendar/calendars/issue_322_expected_calendar.ics",
        "icalendar/calendars/issue_722_missing_timezones.ics",
        "icalendar/calendars/issue_798_related_to.ics",
        "icalendar/calendars/rfc_5545_RDATE_example.ics",
        "icalendar/calendars/rfc_6868.ics",
        "icalendar/calendars/rfc_7256_multi_value_parameters.ics",
        "icalendar/calendars/rfc_7986_conferences.ics",
        "icalendar/calendars/rfc_7986_image.ics",
        "icalendar/calendars/rfc_9253_gap.ics",
        "icalendar/calendars/rfc_9253_related_to.ics",
    ],
    "E_EVENT_ENDS_BEFORE_START": [
        "recurring_ical_events/calendars/end_before_start_event.ics",
        "recurring_ical_events/calendars/issue_132_swapped_start_and_end.ics",
    ],
    "E_EVENT_UNREADABLE": ["icalendar/calendars/multiple_timezones.ics"],
    "E_RRULE_UNREADABLE": [
        "icalendar/calendars/issue_1081_invalid_rrule_freq.ics",
        "icalendar/calendars/rfc_7529.ics",
    ],
}
CODES = {name: code for code, names in REFUSED.items() for name in names}


def test_there_are_many() -> None:
    assert len(FILES) > 250
    assert CODES.keys() <= FILES.keys()


def expected(name: str) -> str:
    """The code that this file is refused with, or ''."""
    start = FILES[name].read_bytes().lstrip(b"\xef\xbb\xbf").lstrip()[:15]
    if start.upper() != b"BEGIN:VCALENDAR":
        return "E_ICS_NOT_CALENDAR"
    return CODES.get(name, "")


def check(name: str, code: int, out: str, err: str) -> None:
    if refused := expected(name):
        assert code == 2
        assert err.startswith(f"error: {refused}: ")
        assert err.endswith(".\n") and err.count("\n") == 1
        assert out == ""
        return
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert all(one["code"].startswith("W_") for one in document["warnings"])
    starts = [one["start"] for one in document["busy"]]
    assert starts == sorted(starts)


@pytest.mark.parametrize("name", FILES)
def test_goes_through_troth_busy(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = 0
    try:
        with told():
            app(["busy", str(FILES[name]), *WORDS], standalone_mode=False)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    done = capsys.readouterr()
    check(name, code, done.out, done.err)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [*dict.fromkeys(REFUSED[code][0] for code in REFUSED), *list(FILES)[::40]]
)
def test_goes_through_a_process_of_its_own(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli", "busy", str(FILES[name]), *WORDS],
        capture_output=True,
        timeout=60,
        check=False,
    )
    check(name, done.returncode, done.stdout.decode(), done.stderr.decode())


def codes(data: bytes) -> list[str]:
    try:
        found = decode(data, window=WINDOW, zone=BERLIN, owner="a@example.org")
    except Refused as refused:
        return [refused.code]
    assert all(WINDOW.covers(one) for one in found.busy(WINDOW))
    return [warning.code for warning in found.warnings]


@pytest.mark.parametrize("name", FILES)
def test_is_read_or_refused_whole_or_cut_in_two(name: str) -> None:
    data = FILES[name].read_bytes()
    started = time.process_time()
    for cut in (len(data), len(data) // 2):
        assert all(code[:2] in {"E_", "W_"} for code in codes(data[:cut]))
    assert time.process_time() - started < 5
