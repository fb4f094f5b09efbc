"""A hostile file ends the child and nothing else; the next good file is read."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator

import pytest

from integrations.ics.decode import decode
from integrations.ics.packed import marked
from integrations.ics.sandbox import Sandbox, Shares
from scheduler.errors import Refused, Unavailable
from tests.integrations.ics.hostile import Reads
from tests.integrations.ics.texts import BERLIN, NEW_YORK, YEAR, calendar, event, span

pytestmark = pytest.mark.slow

GOOD = calendar(
    event(
        "DTSTART;TZID=Europe/Berlin:20260302T100000",
        "DURATION:PT1H",
        "RRULE:FREQ=WEEKLY;COUNT=4",
        "SEQUENCE:2",
        "LAST-MODIFIED:20260101T000000Z",
        "EXDATE:20260309T090000Z",
    ),
    event(
        "RECURRENCE-ID:20260316T090000Z",
        "DTSTART;TZID=Nowhere:20260401T100000",
        "STATUS:CANCELLED",
    ),
    event("DTSTART:20260105T090000Z", "RRULE:FREQ=SECONDLY", uid="tick"),
)
PERIODS = ",".join(["20200101T000000Z/PT1H"] * 900)
#: Very many dates: far more memory than bytes.
GREEDY_FILE = calendar(
    event("DTSTART:20260105T090000Z", *[f"RDATE;VALUE=PERIOD:{PERIODS}"] * 200)
)
TWO_YEARS = span("2026-01-01", "2028-01-01")
#: Answers each question with something else than an answer.
ENDLESS = "import sys\nsys.stdin.buffer.read(4)\nwhile True: pass"
GREEDY = "import sys\nsys.stdin.buffer.read(4)\nsys.exit(1)"
SILENT = "import sys, time\nsys.stdin.buffer.read(4)\ntime.sleep(60)"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    sandbox = Sandbox()
    yield sandbox
    await sandbox.close()


async def test_says_what_the_decoder_says(sandbox: Sandbox) -> None:
    here = marked(decode(GOOD, window=YEAR, zone=BERLIN))
    there = await sandbox.decode(GOOD, window=YEAR, zone=BERLIN)
    assert there == here
    assert there.warnings
    with pytest.raises(Refused) as caught:
        await sandbox.decode(b"<html>", window=YEAR, zone=BERLIN)
    assert (caught.value.code, caught.value.field) == ("E_ICS_NOT_CALENDAR", "url")


async def test_files_share_one_child_and_do_not_mix(sandbox: Sandbox) -> None:
    files = [
        calendar(event(f"DTSTART:202601{day:02}T090000Z", uid=f"{day}"))
        for day in range(1, 21)
    ]
    found = await asyncio.gather(
        *(sandbox.decode(file, window=YEAR, zone=BERLIN) for file in files)
    )
    assert [one.objects[0].uid for one in found] == [str(day) for day in range(1, 21)]


async def test_a_file_that_takes_too_much_time_ends_the_child_alone() -> None:
    sandbox = Sandbox(shares=Shares(quick=0.5, slow=1))
    hours = ",".join(str(hour) for hour in range(24))
    minutes = ",".join(str(minute) for minute in range(60))
    hostile = calendar(
        event(
            "DTSTART:20260105T090000Z",
            f"RRULE:FREQ=DAILY;BYHOUR={hours};BYMINUTE={minutes};BYSECOND=0,30",
        )
    )
    with pytest.raises(Refused) as caught:
        await sandbox.decode(hostile, window=YEAR, zone=BERLIN)
    assert caught.value.code == "E_RRULE_TOO_COMPLEX"
    again = await sandbox.decode(GOOD, window=YEAR, zone=BERLIN)
    assert again == marked(decode(GOOD, window=YEAR, zone=BERLIN))
    await sandbox.close()


async def test_a_file_that_takes_too_much_memory_is_refused() -> None:
    sandbox = Sandbox(shares=Shares(megabytes=60))
    with pytest.raises(Refused) as caught:
        await sandbox.decode(GREEDY_FILE, window=YEAR, zone=BERLIN)
    assert caught.value.code == "E_RRULE_TOO_COMPLEX"
    again = await sandbox.decode(GOOD, window=YEAR, zone=BERLIN)
    assert again == marked(decode(GOOD, window=YEAR, zone=BERLIN))
    await sandbox.close()


async def test_what_follows_a_refusal_is_not_taken_for_a_question(
    sandbox: Sandbox,
) -> None:
    """A file may be refused by its first piece; the rest of it is still on its way."""
    pieces = [b"<html>", *[GOOD] * 500]
    for _ in range(3):
        with pytest.raises(Refused, match="E_ICS_NOT_CALENDAR"):
            await sandbox.decode(pieces, window=YEAR, zone=BERLIN, calendar="html")
        found = await sandbox.decode(GOOD, window=YEAR, zone=BERLIN, calendar="html")
        assert found == marked(decode(GOOD, window=YEAR, zone=BERLIN))


async def test_room_is_made_by_forgetting_what_is_known_of_others() -> None:
    sandbox = Sandbox(shares=Shares(quick=30, slow=30, megabytes=60))
    asked = {"window": YEAR, "zone": BERLIN, "again": True}
    await sandbox.decode(GOOD, calendar="good", **asked)
    greedy = Reads(GREEDY_FILE)
    with pytest.raises(Refused, match="E_RRULE_TOO_COMPLEX"):
        await sandbox.decode(greedy, calendar="greedy", **asked)
    assert greedy.times == 2  # beside what was known, then alone
    with pytest.raises(Refused, match="E_RRULE_TOO_COMPLEX"):
        await sandbox.decode(greedy, calendar="greedy", **asked)
    assert greedy.times == 3  # in the slow lane, where nothing is known
    found = await sandbox.decode(GOOD, calendar="good", **asked)
    assert found == marked(decode(GOOD, window=YEAR, zone=BERLIN))
    await sandbox.close()


async def test_a_changed_feed_says_what_it_says_read_anew(sandbox: Sandbox) -> None:
    asked = {"window": YEAR, "zone": BERLIN, "owner": "ben@acme.test"}
    first = await sandbox.decode(GOOD, calendar="c", again=True, **asked)
    changes = [
        (b"100000", b"110000"),
        (b"COUNT=4", b"COUNT=5"),
        (b"SEQUENCE:2", b"SEQUENCE:3"),
        (b"Nowhere", b"Europe/Rome"),
        (b"SECONDLY", b"DAILY"),
        (b"UID:tick", b"UID:tock"),
    ]
    data = GOOD
    for old, new in changes:
        data = data.replace(old, new)
        warm = await sandbox.decode(data, calendar="c", again=True, **asked)
        assert warm == marked(decode(data, **asked))
    assert first == await sandbox.decode(GOOD, calendar="c", again=True, **asked)
    for other in ({"zone": NEW_YORK}, {"owner": ""}, {"window": TWO_YEARS}):
        asked |= other
        warm = await sandbox.decode(GOOD, calendar="c", again=True, **asked)
        assert warm == marked(decode(GOOD, **asked))


async def test_the_loop_goes_on_while_the_child_works(sandbox: Sandbox) -> None:
    busy = calendar(
        event("DTSTART:20260105T090000Z", "DURATION:PT1M", "RRULE:FREQ=HOURLY"),
        *(
            event("DTSTART:20260105T090000Z", "RRULE:FREQ=DAILY", uid=f"{n}")
            for n in range(20)
        ),
    )
    task = asyncio.create_task(sandbox.decode(busy, window=YEAR, zone=BERLIN))
    turns = 0
    while not task.done():
        await asyncio.sleep(0.005)
        turns += 1
    assert len((await task).objects) == 21
    assert turns > 5


async def test_an_impatient_caller_gets_no_other_s_answer(sandbox: Sandbox) -> None:
    await sandbox.decode(GOOD, window=YEAR, zone=BERLIN)
    given_up = asyncio.create_task(sandbox.decode(GOOD, window=YEAR, zone=BERLIN))
    await asyncio.sleep(0)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    other = calendar(event("DTSTART:20260105T090000Z", uid="other"))
    found = await sandbox.decode(other, window=YEAR, zone=BERLIN)
    assert [one.uid for one in found.objects] == ["other"]


@pytest.mark.parametrize(
    ("program", "error"),
    [(GREEDY, Refused), (SILENT, Unavailable), (ENDLESS, Unavailable)],
)
async def test_a_child_that_does_not_answer_is_ended(
    program: str, error: type[Exception]
) -> None:
    sandbox = Sandbox(command=(sys.executable, "-c", program), patience=0.5)
    started = time.monotonic()
    with pytest.raises(error):
        await sandbox.decode(GOOD, window=YEAR, zone=BERLIN)
    assert time.monotonic() - started < 5
    await sandbox.close()
