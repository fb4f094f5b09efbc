"""Messages that come all at once, on every store, are one piece of work."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

from config.settings import Settings
from integrations.memory.watching import MemoryWatching
from scheduler.channels import LIFE, Channel, Heard
from scheduler.connections import CalendarKind, Connection
from scheduler.errors import Overtaken
from scheduler.ids import CalendarId
from scheduler.ports.store import Begin
from scheduler.secret import Secret
from scheduler.usecases.hear_push import hear_push
from scheduler.work import LEASE, WorkKind
from tests.web.world import IDA, NOW, SITE, make_world

CALENDAR = Connection(CalendarId("cal"), IDA.id, CalendarKind.GOOGLE, Secret("primary"))
CHANNEL = Channel("c1", CALENDAR.id, Secret("t" * 43), "r1", NOW, NOW + LIFE)
MESSAGE = {"channel": "c1", "token": "t" * 43, "resource": "r1", "state": "exists"}
AT_ONCE = 12


async def test_a_dozen_messages_at_once_are_one_piece_of_work(
    tmp_path: Path, any_begin: Begin
) -> None:
    """F14."""
    world = await make_world(Settings(data_dir=tmp_path, public_url=SITE), any_begin)
    async with any_begin() as uow:
        await uow.calendars.put(CALENDAR)
        await uow.channels.put(CHANNEL)
        await uow.commit()
    told = MemoryWatching(world.clock).read(MESSAGE)

    async def hear() -> bool:
        for _ in range(4):
            with suppress(Overtaken):
                heard = await hear_push(told, begin=any_begin, clock=world.clock)
                return heard is Heard.HINT
        return False

    believed = await asyncio.gather(*(hear() for _ in range(AT_ONCE)))
    assert any(believed)  # whoever is overtaken for ever is told 503, and comes again
    async with any_begin() as uow:
        leases = await uow.work.take(NOW, until=NOW + LEASE, most=99)
        channel = await uow.channels.find(CHANNEL.id)
    kinds = sorted(one.work.kind.value for one in leases)
    assert kinds == [WorkKind.SYNC.value, WorkKind.WATCH.value]
    assert channel and channel.heard
