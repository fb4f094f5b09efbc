"""Bad calendars 1 to 34: one code each, whichever way a file comes in.

The ways are the decoder itself, the child, a feed behind the real door, and
`troth busy`. Case 5 is about how a file travels, so it has one way alone.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

import pytest
from aiohttp import web

from integrations.egress import Door
from integrations.ics.decode import decode
from integrations.ics.feed import OpenFeed
from integrations.ics.packed import marked
from integrations.ics.resource import Read
from integrations.ics.sandbox import Sandbox, Shares
from scheduler.connections import CalendarKind, Connection
from scheduler.errors import Refused
from scheduler.events import CalendarObject, Meaning
from scheduler.ids import CalendarId, PersonId
from scheduler.secret import Secret
from scheduler.timespan import Spans
from tests.cli.test_busy import troth
from tests.faults.serving import serving
from tests.integrations.ics.hostile import CANARY, CASES, OWNER, Case, bomb
from tests.integrations.ics.texts import BERLIN, YEAR, calendar, event

pytestmark = pytest.mark.slow

HERE = (ip_network("127.0.0.1/32"),)
#: Time enough for a crowded machine: the codes are the point, not the shares.
PATIENT = Shares(quick=4, slow=8)


@dataclass(frozen=True, slots=True)
class Said:
    """What became of a file: codes, busy spans, and all that left the decoder."""

    codes: tuple[str, ...]
    busy: int | None
    all: str


def said(read: Read) -> Said:
    codes = dict.fromkeys(warning.code for warning in read.warnings)
    return Said(tuple(codes), spans(read.objects), repr(read))


def spans(objects: tuple[CalendarObject, ...]) -> int:
    busy = (span for found in objects for span in found.busy())
    return len(Spans.of(busy).clipped(YEAR))


def no(refused: Refused) -> Said:
    assert refused.message.endswith(".") and len(refused.message) < 200
    assert ";" in refused.message or ":" in refused.message  # and what to do
    return Said((refused.code,), None, str(refused))


async def by_decoder(data: bytes, folder: Path) -> Said:
    try:
        read = marked(decode(data, window=YEAR, zone=BERLIN, owner=OWNER))
    except Refused as refused:
        return no(refused)
    return said(read)


async def by_child(data: bytes, folder: Path) -> Said:
    sandbox = Sandbox(shares=PATIENT)
    try:
        read = await sandbox.decode(data, window=YEAR, zone=BERLIN, owner=OWNER)
    except Refused as refused:
        return no(refused)
    finally:
        await sandbox.close()
    return said(read)


async def by_feed(data: bytes, folder: Path, **headers: str) -> Said:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=data, headers=headers)

    sandbox = Sandbox(shares=PATIENT)
    opener = OpenFeed(Door(allowed=HERE), sandbox.decode)
    try:
        async with serving(answer) as here:
            feed = opener(connection(here), zone="Europe/Berlin", owner=OWNER)
            delta = await feed.changes(None, YEAR)
    except Refused as refused:
        return no(refused)
    finally:
        await sandbox.close()
    return said(Read(delta.changed, delta.warnings))


def connection(here: str) -> Connection:
    return Connection(
        id=CalendarId("c"),
        person=PersonId("ben"),
        kind=CalendarKind.ICS,
        url=Secret(f"{here}/basic.ics"),
    )


async def by_command(data: bytes, folder: Path) -> Said:
    file = folder / "bad.ics"
    file.write_bytes(data)
    words = ["busy", str(file), "--from", "2026-01-01", "--until", "2027-01-01"]
    words += ["--zone", "UTC", "--owner", OWNER, "--json"]
    done = await asyncio.to_thread(troth, *words)
    if done.code:
        assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
        return Said((done.err.split(": ")[1],), None, done.err)
    told = json.loads(done.out)
    codes = dict.fromkeys(warning["code"] for warning in told["warnings"])
    return Said(tuple(codes), len(told["busy"]), done.out)


Way = Callable[[bytes, Path], Awaitable[Said]]


def named(case: Case) -> str:
    return f"{case.number}-{case.name.replace(' ', '-')}"


@pytest.mark.parametrize("way", [by_decoder, by_child, by_feed, by_command])
@pytest.mark.parametrize("case", CASES, ids=named)
async def test_each_bad_calendar_has_its_code(
    case: Case, way: Way, tmp_path: Path
) -> None:
    found = await way(case.make(), tmp_path)
    assert found.codes == ((case.code,) if case.code else ())
    assert (found.busy is None) is case.is_refused
    if case.busy is not None:
        assert found.busy == case.busy
    assert CANARY not in found.all


async def test_case_5_a_bomb_stops_at_the_limit(tmp_path: Path) -> None:
    headers = {"Content-Encoding": "gzip"}
    assert len(bomb()) < 200 * 1024
    assert (await by_feed(bomb(), tmp_path, **headers)).codes == ("E_ICS_TOO_BIG",)
    headers = {"Content-Encoding": "br"}
    assert (await by_feed(b"\x0b", tmp_path, **headers)).codes == ("E_URL_ENCODING",)


def test_no_case_is_left_out() -> None:
    assert {case.number for case in CASES} | {5} == set(range(1, 35))


def numbers() -> Iterator[str]:
    yield from (named(case) for case in CASES)


def test_each_case_has_a_name_of_its_own() -> None:
    assert len(set(numbers())) == len(CASES)


def test_a_message_holds_little_of_a_file_and_nothing_that_acts() -> None:
    name = "<script>\x1b[2J'\u202e" + "x" * 500
    data = calendar(event(f'DTSTART;TZID="{name}":20260105T090000'))
    [warned] = decode(data, window=YEAR, zone=BERLIN).warnings
    assert warned.code == "W_TZ_UNKNOWN" and "x" * 20 in warned.message
    assert "x" * 41 not in warned.message
    assert not set("<>\x1b\u202e\\") & set(warned.message)


async def test_what_is_declined_by_a_hostile_guest_is_the_owner_s_alone() -> None:
    """Case 32: a guest's name never counts as an address."""
    line = f'ATTENDEE;CN="{OWNER}";PARTSTAT=DECLINED:mailto:other@example.org'
    case = next(one for one in CASES if one.number == 32)
    data = case.make().replace(b"END:VEVENT", line.encode() + b"\r\nEND:VEVENT")
    read = marked(decode(data, window=YEAR, zone=BERLIN, owner=OWNER))
    assert read.objects[0].occurrences[0].meaning is Meaning.BUSY
