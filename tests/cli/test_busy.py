"""`troth busy` as scripts see it: standard output, standard error, exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from threading import Thread
from typing import NamedTuple

import pytest

from tests.integrations.ics.texts import calendar, event

MEETING = event("DTSTART:20260105T090000Z", "DTEND:20260105T100000Z")
LUNCH = event("DTSTART:20260105T120000", "DURATION:PT1H", uid="lunch")
EVERY_SECOND = event(
    "DTSTART:20260105T120000", "RRULE:FREQ=SECONDLY", uid="tick@example.org"
)
JANUARY = ["--from", "2026-01-05", "--until", "2026-01-12"]


class Done(NamedTuple):
    code: int
    out: str
    err: str


def troth(
    *words: str, stdin: bytes = b"", zone: str = "UTC", allowed: str = ""
) -> Done:
    done = subprocess.run(
        [sys.executable, "-m", "cli", *words],
        input=stdin,
        capture_output=True,
        env=os.environ | {"TZ": zone, "TROTH_ALLOW_PRIVATE_ADDRESSES": allowed},
        timeout=60,
        check=False,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def file(tmp_path: Path) -> str:
    file = tmp_path / "mine.ics"
    file.write_bytes(calendar(MEETING, LUNCH))
    return str(file)


def test_prints_one_document(file: str) -> None:
    words = ["busy", file, "-", *JANUARY, "--zone", "Europe/Berlin", "--json"]
    done = troth(*words, stdin=calendar(EVERY_SECOND))
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out) == {
        "from": "2026-01-04T23:00:00Z",
        "until": "2026-01-11T23:00:00Z",
        "busy": [
            {"start": "2026-01-05T09:00:00Z", "end": "2026-01-05T10:00:00Z"},
            {"start": "2026-01-05T11:00:00Z", "end": "2026-01-05T12:00:00Z"},
        ],
        "warnings": [
            {
                "code": "W_RRULE_FREQ",
                "uid": "tick@example.org",
                "message": "An event that repeats every minute or second is left out.",
            }
        ],
    }


def test_prints_lines_for_people_on_the_machine_s_clock(file: str) -> None:
    stdin = calendar(EVERY_SECOND)
    done = troth("busy", file, "-", *JANUARY, stdin=stdin, zone="America/New_York")
    assert done.code == 0
    assert done.out.splitlines() == [
        "Mon 2026-01-05 04:00 - 05:00",
        "Mon 2026-01-05 12:00 - 13:00",
        "Busy 2 times, 2 h 00 min in all, from 2026-01-05 until 2026-01-12"
        " (America/New_York).",
    ]
    assert done.err.startswith("warning: W_RRULE_FREQ: ")


def test_a_uid_does_not_steer_the_terminal() -> None:
    hostile = EVERY_SECOND.replace("tick@", "\x1b[2J\x07tick@")
    done = troth("busy", "-", *JANUARY, stdin=calendar(hostile))
    assert "tick@example.org" in done.err
    assert done.err.rstrip("\n").isprintable()
    shown = troth("busy", "-", *JANUARY, "--explain", stdin=calendar(hostile)).out
    assert all(map(str.isprintable, shown.splitlines()))


LAST_MONDAY = event(
    "DTSTART:20260126T090000Z", "RRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-1", uid="last"
)


def test_explains_how_each_series_was_read(file: str) -> None:
    words = ["busy", file, "-", *JANUARY, "--explain"]
    done = troth(*words, stdin=calendar(LAST_MONDAY))
    assert done.out.splitlines()[-4:] == [
        "fast    one@example.org (once in the window)",
        "fast    lunch (once in the window)",
        "careful last (0 times in the window: BYSETPOS)",
        "Read 2 series fast and 1 carefully.",
    ]
    said = json.loads(troth(*words, "--json", stdin=calendar(LAST_MONDAY)).out)
    assert said["series"][2] == {
        "uid": "last",
        "path": "careful",
        "why": "BYSETPOS",
        "occurrences": 0,
    }


def test_what_the_owner_declined_is_free(tmp_path: Path) -> None:
    file = tmp_path / "declined.ics"
    declined = "ATTENDEE;PARTSTAT=DECLINED:mailto:Ida@example.org"
    file.write_bytes(calendar(MEETING.replace("END:VEVENT", declined + "\nEND:VEVENT")))
    words = ["busy", str(file), *JANUARY, "--json"]
    assert len(json.loads(troth(*words).out)["busy"]) == 1
    assert json.loads(troth(*words, "--owner", "ida@EXAMPLE.org").out)["busy"] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "code", "names"),
    [
        (["-", "--from", "2026-01-05"], "E_USAGE", "--until"),
        (["-", *JANUARY, "--zone", "Berlin"], "E_TZ_UNKNOWN", "Europe/Berlin"),
        (["-", "--from", "5.1.2026", "--until", "2026-02-01"], "E_DATE", "--from"),
        (["-", "--from", "2026-02-30", "--until", "2026-03-01"], "E_DATE", "--from"),
        (["-", "--from", "2026-02-01", "--until", "2026-02-01"], "E_DATE", "--until"),
        (["-", "--from", "0001-01-01", "--until", "9999-12-31"], "E_DATE", "--from"),
        (["-", "-", *JANUARY], "E_STDIN_TWICE", "CALENDAR"),
        (["-", *JANUARY], "E_ICS_EMPTY", "standard input"),
        (["no/such.ics", *JANUARY], "E_FILE_MISSING", "no/such.ics"),
        ([".", *JANUARY], "E_FILE_UNREADABLE", "directory"),
        ([__file__, *JANUARY], "E_ICS_NOT_CALENDAR", "BEGIN:VCALENDAR"),
        (["ftp://example.org/a.ics", *JANUARY], "E_FILE_MISSING", "ftp:"),
    ],
)
def test_says_what_is_wrong_and_how_to_mend_it(
    words: list[str], code: str, names: str
) -> None:
    done = troth("busy", *words)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"error: {code}: ")
    assert names in done.err
    assert done.err.count("\n") == 1


FEED, KEY = calendar(MEETING), "/secret-key/basic.ics"
ANSWERS = {
    KEY: (200, FEED),
    "/login": (200, b"<html>Sign in</html>"),
    "/gone": (404, b""),
}


class Feed(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, body = ANSWERS[self.path]
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the tests say enough."""


@pytest.fixture
def feed() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Feed) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_reads_an_address(feed: str) -> None:
    words = ["busy", feed + KEY, *JANUARY, "--json"]
    done = troth(*words, allowed="127.0.0.0/8")
    assert (done.code, done.err) == (0, "")
    assert len(json.loads(done.out)["busy"]) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "allowed", "code", "number"),
    [
        (KEY, "", "E_URL_PRIVATE", 2),
        ("/login", "127.0.0.0/8", "E_ICS_NOT_CALENDAR", 2),
        ("/gone", "127.0.0.0/8", "E_UNAVAILABLE", 3),
    ],
)
def test_says_why_an_address_is_no_calendar(
    feed: str, path: str, allowed: str, code: str, number: int
) -> None:
    done = troth("busy", feed + path, *JANUARY, allowed=allowed)
    assert (done.code, done.out) == (number, "")
    assert done.err.startswith(f"error: {code}: 127.0.0.1")
    assert "secret-key" not in done.err


def test_says_when_nobody_answers() -> None:
    with socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        done = troth("busy", address, *JANUARY, allowed="127.0.0.0/8")
    assert done.code == 3
    assert done.err.startswith("error: E_UNAVAILABLE: 127.0.0.1 does not answer")
