"""What a worker does for a kind of work, where it is more than its use case."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from config.handlers import make_handlers
from config.settings import Settings
from integrations.memory.mail import MemoryMailIn
from scheduler.ports.mail import Ignored
from scheduler.ports.store import Begin
from scheduler.work import WorkKind
from tests.web.world import NOW, SITE, World, make_world


async def a_world(tmp_path: Path, begin: Begin) -> World:
    settings = Settings(data_dir=tmp_path, public_url=SITE, poll_seconds=120)
    return await make_world(settings, begin)


async def test_the_mailbox_is_read_at_its_pace_also_while_it_is_down(
    tmp_path: Path, memory_begin: Begin
) -> None:
    world, mailbox = await a_world(tmp_path, memory_begin), MemoryMailIn()
    mail = mailbox.put(Ignored("no calendar"))
    services = replace(world.services, mail_in=mailbox)
    read = make_handlers(services)[WorkKind.READ_MAIL]
    mailbox.is_down = True
    assert await read("", memory_begin, NOW) == NOW + timedelta(seconds=120)
    mailbox.is_down = False
    assert await read("", memory_begin, NOW) == NOW + timedelta(seconds=120)
    async with memory_begin() as uow:
        assert not await uow.inbox.add(mail, "", NOW)


async def test_without_a_mailbox_its_work_is_over(
    tmp_path: Path, memory_begin: Begin
) -> None:
    world = await a_world(tmp_path, memory_begin)
    read = make_handlers(world.services)[WorkKind.READ_MAIL]
    assert await read("", memory_begin, NOW) is None
