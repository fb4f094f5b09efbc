"""What Troth wrote, read back with a client that is not ours (vdirsyncer)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC

import aiohttp
import icalendar
import pytest
import recurring_ical_events
from vdirsyncer.storage.dav import CalDAVStorage

from scheduler.ports.calendars import Describe, Move, TakeOut
from scheduler.timespan import Span
from tests.contracts.calendars import DATES, HOUR, INVITE, STAMP
from tests.integrations.caldav.scenes import scene

pytestmark = [
    pytest.mark.servers,
    pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning"),
]


@asynccontextmanager
async def other_client(url: str) -> AsyncIterator[CalDAVStorage]:
    async with aiohttp.TCPConnector() as connector:
        yield CalDAVStorage(url=url, username="ana", password="pw", connector=connector)


@pytest.mark.parametrize("server", ["radicale", "xandikos"])
async def test_another_program_sees_the_meetings(
    server: str, request: pytest.FixtureRequest
) -> None:
    home = "ana/" if server == "radicale" else "calendars/"
    to = Span(DATES[1] + HOUR, DATES[1] + 3 * HOUR)
    async with scene(f"{request.getfixturevalue(server)}{home}") as here:
        written = await here.calendar.create(INVITE)
        for edit in (
            Move(DATES[1], to, 1, STAMP),
            TakeOut(DATES[2], 2, STAMP),
            Describe(DATES[3], "Über uns", "https://troth.test/a/1"),
        ):
            await here.calendar.edit(written.id, edit, etag=None)
        async with other_client(here.theirs.url) as other:
            listed = [href async for href, _ in other.list()]
            assert len(listed) == 1
            item, etag = await other.get(listed[0])
    assert item.uid == INVITE.uid and etag
    calendar = icalendar.Calendar.from_ical(item.raw)
    events = recurring_ical_events.of(calendar).between((2026, 1, 1), (2027, 1, 1))
    seen = sorted((e.start.astimezone(UTC), e.end.astimezone(UTC)) for e in events)
    assert seen == [
        (DATES[0], DATES[0] + HOUR),
        (to.start, to.end),
        (DATES[3], DATES[3] + HOUR),
    ]
    last = max(events, key=lambda e: e.start)
    assert last["DESCRIPTION"] == "Über uns"
    assert last["ATTACH"] == "https://troth.test/a/1"
    assert last["ATTACH"].params["FMTTYPE"] == "text/html"
    words = {name for event in events for name in event}
    assert not words & {"ORGANIZER", "ATTENDEE"}


async def test_what_is_put_never_invites_a_server_to_mail(radicale: str) -> None:
    """F50: of no object that leaves Troth a rude server finds somebody to mail to."""
    sent: list[bytes] = []

    async with scene(f"{radicale}ana/") as here:

        async def overhear(request, forward):
            if request.method == "PUT":
                sent.append(await request.read())
            return (await forward()).response()

        here.proxy.rule = overhear
        written = await here.calendar.create(INVITE)
        to = Span(DATES[1] + HOUR, DATES[1] + 2 * HOUR)
        await here.calendar.edit(written.id, Move(DATES[1], to, 1, STAMP), etag=None)
        await here.calendar.edit(written.id, Describe(DATES[2], "x"), etag=None)
    assert len(sent) == 3
    for body in sent:
        for word in (b"ORGANIZER", b"ATTENDEE", b"METHOD", b"mailto:"):
            assert word not in body
