"""How soon a calendar is read again where its provider may tell of changes."""

from __future__ import annotations

from datetime import datetime

from scheduler.channels import deaf, poll_every
from scheduler.connections import Connection, Health
from scheduler.events import Delta
from scheduler.ports.store import Begin
from scheduler.work import WorkKind


async def next_read(
    before: Connection, delta: Delta, now: datetime, *, begin: Begin
) -> datetime:
    """When to read it again if no word comes; `before` is as it was before the read.

    `delta` is of a cursor's read, or of the very first. The calendar is watched from
    its first read on, and anew once its owner let us in again. Where the read brought
    something of which a channel should have told, that channel does not count until it
    is heard.
    """
    async with begin() as uow:
        channels = await uow.channels.of_calendar(before.id)
        if not channels or before.health is Health.NEEDS_CONSENT:
            await uow.work.add(WorkKind.WATCH, before.id, now)
        changed = delta.changed or delta.gone
        silent = deaf(channels, last=before.read_at, now=now) if changed else ()
        for one in silent:
            await uow.channels.put(one)
        await uow.commit()
    names = {one.id for one in silent}
    return now + poll_every((one for one in channels if one.id not in names), now)
