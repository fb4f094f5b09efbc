"""`troth plan` as scripts and people see it."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import icalendar
import pytest
import recurring_ical_events

from tests.cli.test_busy import Done, troth
from tests.integrations.ics.texts import calendar, event

ZONES = ["--mentor-zone", "America/New_York", "--mentee-zone", "Europe/Berlin"]
HOURS = [
    "--mentor-hours",
    "Tue-Wed 10:00-11:00",
    "--mentee-hours",
    "Mon-Fri 09:00-18:00",
]
SIX = ["--cadence", "weekly", "--minutes", "60", "--from", "2026-03-02", "--count", "6"]
#: Two of six Tuesdays at ten in New York are taken, and on one the Wednesday too.
AWAY = calendar(
    event("DTSTART:20260310T140000Z", "DURATION:PT30M", uid="one"),
    event("DTSTART;VALUE=DATE:20260324", "DTEND;VALUE=DATE:20260326", uid="two"),
    *(
        event(f"DTSTART:202603{day:02}T000000Z", "DURATION:P1D", uid=f"{day}")
        for day in (4, 18)
    ),
)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the tests say enough."""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The address at which the files of `tmp_path` are published."""
    handler = partial(Quiet, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def away(tmp_path: Path) -> str:
    file = tmp_path / "mentor.ics"
    file.write_bytes(AWAY)
    return str(file)


def test_prints_one_document(away: str) -> None:
    done = troth("plan", away, "none", *SIX, *ZONES, *HOURS, "--json")
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out)
    assert list(found) == [
        *("slot", "rrule", "meetings", "clear", "moved", "unplaced"),
        *("alternatives", "warnings", "would_help"),
    ]
    assert found["slot"] == {
        "weekday": "Tuesday",
        "week": None,
        "first": "2026-03-03",
        "time": "10:00",
        "zone": "America/New_York",
        "anchor": "mentor",
        "minutes": 60,
    }
    assert found["rrule"] == "FREQ=WEEKLY;COUNT=6"
    assert (found["clear"], found["moved"], found["unplaced"]) == (4, 1, 1)
    assert [m["status"] for m in found["meetings"]] == [
        *("clear", "moved", "clear", "unplaced", "clear", "clear")
    ]
    assert found["meetings"][1] == {
        "period": 1,
        "original_start": "2026-03-10T14:00:00Z",
        "start": "2026-03-11T14:00:00Z",
        "end": "2026-03-11T15:00:00Z",
        "status": "moved",
        "checked": True,
        "why": ["mentor busy"],
    }
    assert found["meetings"][3]["start"] is found["meetings"][3]["end"] is None
    other = found["alternatives"][0]
    assert list(other) == ["slot", "rrule", "clear", "moved", "unplaced"]
    assert (other["slot"]["weekday"], other["clear"]) == ("Wednesday", 3)


def test_prints_both_clocks_for_people(away: str) -> None:
    done = troth("plan", away, "none", *SIX, *ZONES, *HOURS, "--top", "0")
    assert done.out.splitlines() == [
        "Every Tuesday at 10:00 in America/New_York (mentor's clock), 60 minutes,"
        " from 2026-03-03: 4 clear, 1 moved, 1 without a time.",
        "   mentor (America/New_York)  mentee (Europe/Berlin)",
        "1  Tue 2026-03-03 10:00       Tue 2026-03-03 16:00    clear",
        "2  Wed 2026-03-11 10:00       Wed 2026-03-11 15:00    moved from"
        " Tue 2026-03-10 10:00 (mentor busy)",
        "3  Tue 2026-03-17 10:00       Tue 2026-03-17 15:00    clear",
        "4  Tue 2026-03-24 10:00       Tue 2026-03-24 15:00    no time (mentor busy)",
        "5  Tue 2026-03-31 10:00       Tue 2026-03-31 16:00    clear",
        "6  Tue 2026-04-07 10:00       Tue 2026-04-07 16:00    clear",
        "What would help most is more hours of the mentor's, Mon 09:00-10:00 in"
        " America/New_York: 6 clear, 0 moved, 0 without a time.",
    ]


def test_draws_a_table_on_a_terminal() -> None:
    screen, end = pty.openpty()
    words = [sys.executable, "-m", "cli", "plan", "none", "none", *SIX, *ZONES]
    env = os.environ | {"COLUMNS": "120", "TERM": "xterm"}
    done = subprocess.run(
        words, stdout=end, stderr=subprocess.PIPE, env=env, timeout=60, check=False
    )
    os.close(end)
    shown = os.read(screen, 65536).decode()
    os.close(screen)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "\x1b[1m" in shown
    assert "mentee (Europe/Berlin)" in shown


def test_writes_the_series_to_a_file(away: str, tmp_path: Path) -> None:
    file = tmp_path / "series.ics"
    done = troth(
        "plan", "-", "none", *SIX, *ZONES, *HOURS, "--invite", str(file), stdin=AWAY
    )
    assert done.code == 0
    read = icalendar.Calendar.from_ical(file.read_bytes())
    assert read["METHOD"] == "PUBLISH"
    days = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    starts = sorted(
        event.start.astimezone(UTC)
        for event in recurring_ical_events.of(read).between(*days)
    )
    assert [f"{start:%m-%d %H}" for start in starts] == [
        *("03-03 15", "03-11 14", "03-17 14", "03-31 14", "04-07 14")
    ]


def test_without_a_slot_says_so_and_writes_nothing(tmp_path: Path) -> None:
    never = [*SIX, *ZONES, "--mentor-hours", "Mon 20:00-21:00"]
    done = troth("plan", "none", "none", *never, "--json")
    found = json.loads(done.out)
    assert (done.code, found["slot"], found["rrule"]) == (0, None, None)
    assert (found["unplaced"], found["alternatives"]) == (6, [])
    assert [m["original_start"] for m in found["meetings"]] == [None] * 6
    assert troth("plan", "none", "none", *never).out.startswith("No slot has one clear")
    first = found["would_help"][0]
    assert list(first)[:3] == ["change", "person", "to"]
    assert (first["change"], first["person"]) == ("hours", "mentor")
    assert first["to"] == "Mon 10:00-11:00"
    assert (first["clear"], first["unplaced"]) == (6, 0)
    more = [*never[:-1], f"{never[-1]}, {first['to']}", "--json"]
    found = json.loads(troth("plan", "none", "none", *more).out)
    assert (found["slot"], found["would_help"]) == (first["slot"], [])
    file = tmp_path / "series.ics"
    done = troth("plan", "none", "none", *never, "--invite", str(file))
    assert refusal(done) == "E_PLAN_NONE"
    assert not file.exists()


@pytest.mark.parametrize(
    ("asked", "option"),
    [
        (["--mentor-hours", "Tue 09:00-09:45"], ("minutes", None, 45)),
        (["--mentor-hours", "Tue 10:00-11:00", "--gap", "30"], ("gap", None, 15)),
        (["--anchor", "mentee"], ("anchor", None, "mentor")),
        (["--cadence", "every 2 weeks"], ("cadence", None, "every 3 weeks")),
    ],
)
def test_each_change_is_told_as_the_option_to_change(
    asked: list[str], option: tuple[str, str | None, object], tmp_path: Path
) -> None:
    around = [
        event(f"DTSTART:2026{day}T130000Z", "DURATION:PT45M", uid=day)
        for day in ("0303", "0310", "0317", "0324", "0331")
    ]
    (tmp_path / "busy.ics").write_bytes(calendar(*around))
    words = [*SIX, "--mentor-zone", "America/New_York", "--mentee-zone", "UTC"]
    hours = [
        "--mentor-hours",
        "Tue 09:00-10:00",
        "--mentee-hours",
        "Mon-Fri 08:00-20:00",
    ]
    done = troth(
        "plan", str(tmp_path / "busy.ics"), "none", *words, *hours, *asked, "--json"
    )
    told = json.loads(done.out)["would_help"]
    assert option in [(t["change"], t["person"], t["to"]) for t in told]


def test_what_a_person_declined_is_free() -> None:
    declined = calendar(
        event(
            "DTSTART:20260302T000000Z",
            "DURATION:P60D",
            "ATTENDEE;PARTSTAT=DECLINED:mailto:Me@example.org",
        )
    )
    words = ["plan", "none", "-", *SIX, *ZONES, *HOURS, "--json"]
    assert json.loads(troth(*words, stdin=declined).out)["slot"] is None
    done = troth(*words, "--mentee-email", "me@EXAMPLE.org", stdin=declined)
    assert json.loads(done.out)["clear"] == 6


def test_what_is_odd_in_a_calendar_is_told_with_its_person() -> None:
    odd = calendar(event("DTSTART:20260105T120000", "RRULE:FREQ=SECONDLY", uid="tick"))
    words = ["plan", "none", "-", *SIX, *ZONES]
    found = json.loads(troth(*words, "--json", stdin=odd).out)
    assert [(w["code"], w["uid"], w["person"]) for w in found["warnings"]] == [
        ("W_RRULE_FREQ", "tick", "mentee")
    ]
    done = troth(*words, stdin=odd)
    assert done.code == 0
    assert done.err.startswith("warning: W_RRULE_FREQ: mentee: ")


def test_a_wall_time_that_does_not_exist_is_told() -> None:
    night = ["--mentor-hours", "Sun 02:30-04:30", "--mentee-hours", "Sun 07:00-09:45"]
    words = ["plan", "none", "none", *SIX, *ZONES, *night, "--anchor", "mentor"]
    found = json.loads(troth(*words, "--json").out)
    assert found["slot"]["time"] == "02:30"
    assert found["warnings"] == [
        {
            "code": "W_TIME_GAP",
            "uid": "",
            "message": "02:30 does not exist on 2026-03-08 in America/New_York;"
            " it is read as 03:30.",
            "person": "mentor",
        }
    ]


def refusal(done: Done) -> str:
    """The code of an error that is told as all are."""
    assert done.code == 2
    assert done.out == ""
    start, code, sentence = done.err.removesuffix("\n").split(": ", 2)
    assert start == "error"
    assert "\n" not in sentence
    return code


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "code", "names"),
    [
        (["--cadence", "every 13 weeks"], "E_CADENCE", "cadence"),
        (["--minutes", "0"], "E_RANGE", "minutes"),
        (["--minutes", "soon"], "E_USAGE", "--minutes"),
        (["--from", "2026-02-30"], "E_DATE", "--from"),
        (["--from", "1970-01-01"], "E_DATES", "from"),
        (["--count", "0"], "E_RANGE", "count"),
        (["--until", "2026-04-01"], "E_COUNT_UNTIL", "--until"),
        (["--mentor-zone", "Mars/Base"], "E_TZ_UNKNOWN", "--mentor-zone"),
        (["--mentee-zone", "../etc"], "E_TZ_UNKNOWN", "--mentee-zone"),
        (["--mentee-hours", "Mon 9-5"], "E_HOURS", "--mentee-hours"),
        (["--anchor", "both"], "E_ANCHOR", "--anchor"),
        (["--gap", "-5"], "E_RANGE", "gap"),
        (["--top", "21"], "E_RANGE", "top"),
        (["--invite", "."], "E_FILE_UNWRITABLE", "--invite"),
        (["--unknown"], "E_USAGE", "--unknown"),
    ],
)
def test_a_wrong_value_is_told_by_name(words: list[str], code: str, names: str) -> None:
    done = troth("plan", "none", "none", *SIX, *ZONES, *words)
    assert refusal(done) == code
    assert names in done.err


@pytest.mark.parametrize("name", ["--cadence", "--minutes", "--from", "--mentor-zone"])
def test_a_missing_value_is_told_by_name(name: str) -> None:
    words = [*SIX, *ZONES]
    at = words.index(name)
    done = troth("plan", "none", "none", *words[:at], *words[at + 2 :])
    assert refusal(done) == "E_USAGE"
    assert name in done.err


def test_one_of_count_and_until_is_needed() -> None:
    done = troth("plan", "none", "none", *SIX[:-2], *ZONES)
    assert refusal(done) == "E_COUNT_UNTIL"
    done = troth("plan", "none", "none", *SIX[:-2], *ZONES, "--until", "2026-03-08")
    assert refusal(done) == "E_DATES"


def test_a_feed_is_believed_as_far_as_it_reaches(away: str, served: str) -> None:
    words = ["none", *SIX, *ZONES, *HOURS, "--json"]
    plan = json.loads(troth("plan", away, *words).out)
    assert all(meeting["checked"] for meeting in plan["meetings"])
    done = troth("plan", f"{served}/mentor.ics", *words, allowed="127.0.0.0/8")
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out)
    # Its last event ends with the 25th of March.
    assert [m["checked"] for m in found["meetings"]] == [True] * 4 + [False] * 2
    assert (found["slot"], found["clear"]) == (plan["slot"], plan["clear"])


def test_an_address_that_does_not_answer_leaves_no_plan(served: str) -> None:
    words = ["none", *SIX, *ZONES, "--json"]
    done = troth("plan", f"{served}/no.ics", *words, allowed="127.0.0.0/8")
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("error: E_UNAVAILABLE: ")


def test_a_calendar_that_cannot_be_read_leaves_no_plan(tmp_path: Path) -> None:
    words = [*SIX, *ZONES, "--json"]
    missing = str(tmp_path / "no.ics")
    assert refusal(troth("plan", missing, "none", *words)) == "E_FILE_MISSING"
    assert refusal(troth("plan", "-", "-", *words)) == "E_STDIN_TWICE"
    broken = troth("plan", "none", "-", *words, stdin=b"hello")
    assert refusal(broken).startswith("E_ICS")
