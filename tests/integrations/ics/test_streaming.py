"""A large feed passes through the worker in pieces (F48): it is never held there."""

from __future__ import annotations

import asyncio
import tracemalloc
from datetime import timedelta
from ipaddress import ip_network

import pytest
from aiohttp import web

from integrations.calls import MIB
from integrations.egress import Door
from integrations.ics.feed import OpenFeed
from integrations.ics.sandbox import Sandbox, Shares
from scheduler.connections import CalendarKind, Connection
from scheduler.ids import CalendarId, PersonId
from scheduler.secret import Secret
from tests.faults.serving import serving
from tests.integrations.ics.texts import YEAR, event, utc

pytestmark = pytest.mark.slow

EVENTS = 500
#: One event of about 38 KiB, most of it a text that nobody needs.
TEXT = "DESCRIPTION:" + "x" * 1_000 + "\r\n"


def piece(number: int) -> bytes:
    start = utc("2026-01-05 09:00") + timedelta(hours=2 * number)
    lines = f"DTSTART:{start:%Y%m%dT%H%M%SZ}\nDURATION:PT1H\n{TEXT * 38}"
    return (event(lines, uid=f"{number}") + "\r\n").encode()


async def large(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    for number in range(EVENTS):
        await response.write(piece(number))
    await response.write(b"END:VCALENDAR\r\n")
    return response


def connection(here: str) -> Connection:
    return Connection(
        id=CalendarId("c"),
        person=PersonId("ben"),
        kind=CalendarKind.ICS,
        url=Secret(f"{here}/basic.ics"),
    )


async def test_the_worker_holds_a_small_part_of_a_large_feed() -> None:
    assert 18 * MIB < EVENTS * len(piece(1)) < 20 * MIB
    sandbox = Sandbox(shares=Shares(quick=5))
    opened = OpenFeed(Door(allowed=(ip_network("127.0.0.1/32"),)), sandbox.decode)
    async with serving(large) as here:
        feed = opened(connection(here))
        tracemalloc.start()
        try:
            delta = await feed.changes(None, YEAR)
            again = await feed.changes(delta.cursor, YEAR)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    await sandbox.close()
    assert len(delta.changed) == EVENTS and again.changed == ()
    assert peak < 4 * MIB


async def test_the_loop_goes_on_while_a_large_feed_is_read() -> None:
    """F48: no turn of the loop takes long; reckoned in turns, not by the clock."""
    sandbox = Sandbox(shares=Shares(quick=5))
    opened = OpenFeed(Door(allowed=(ip_network("127.0.0.1/32"),)), sandbox.decode)
    turns = 0
    async with serving(large) as here:
        reading = asyncio.create_task(opened(connection(here)).changes(None, YEAR))
        while not reading.done():
            await asyncio.sleep(0)
            turns += 1
        await reading
    await sandbox.close()
    assert turns > EVENTS
