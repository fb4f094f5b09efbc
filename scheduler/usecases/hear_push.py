"""Hear one message of a push channel: a hint that a calendar may have changed."""

from __future__ import annotations

from scheduler.channels import Heard, Notification, judge, spoken
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock
from scheduler.work import WorkKind


async def hear_push(told: Notification, *, begin: Begin, clock: Clock) -> Heard:
    """Have the calendar read, if the message is believed; what it came to.

    A thousand messages are one row of work, also while the calendar is being read; one
    that is not believed writes nothing. The first of a channel has its older ones
    stopped.
    """
    now = clock.now()
    if not told.channel:
        return judge(told, None, now)
    async with begin(read_only=True) as uow:
        channel = await uow.channels.find(told.channel)
    heard = judge(told, channel, now)
    if not heard.is_believed:
        return heard
    async with begin() as uow:
        channel = await uow.channels.find(told.channel)
        if channel is None:
            return Heard.UNKNOWN  # its calendar was disconnected in between
        after = spoken(channel, told)
        if after != channel:
            await uow.channels.put(after)
            await uow.work.add(WorkKind.WATCH, channel.calendar, now)
        if heard is Heard.HINT:
            await uow.work.add(WorkKind.SYNC, channel.calendar, now)
        await uow.commit()
    return heard
