"""Read the calendars of a pair again where what is known of them is old."""

from __future__ import annotations

from datetime import timedelta

from scheduler.busy import FRESH
from scheduler.people import Pair
from scheduler.ports.calendars import OpenCalendar
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, Ids
from scheduler.usecases.sync_calendar import sync_calendar

#: What was read longer ago than this is read again before a time is booked.
_RECENT = timedelta(minutes=2)


async def read_afresh(
    pair: Pair,
    *,
    begin: Begin,
    open_calendar: OpenCalendar,
    clock: Clock,
    ids: Ids,
    months: int,
) -> None:
    """Bring both people's calendars up to date; one that fails stays as it was."""
    now = clock.now()
    async with begin(read_only=True) as uow:
        connections = [
            connection
            for person in pair.both()
            for connection in await uow.calendars.of_person(person)
        ]
    for connection in connections:
        if not connection.is_fresh(now, _RECENT):
            await sync_calendar(
                connection.id,
                begin=begin,
                open_calendar=open_calendar,
                clock=clock,
                ids=ids,
                poll=FRESH,
                months=months,
            )
