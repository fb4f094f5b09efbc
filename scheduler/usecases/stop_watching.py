"""Have nothing more told of a calendar: it is disconnected, or its owner is erased."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from scheduler.errors import NeedsConsent, NotFound, Refused, Rejected, Unavailable
from scheduler.ids import CalendarId
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock
from scheduler.ports.watching import Watching


async def stop_watching(
    calendar: CalendarId, *, begin: Begin, watching: Watching | None, clock: Clock
) -> None:
    """Stop its channels while they can be stopped, and forget them; twice is once.

    One that cannot be stopped now ends by itself within a week; what it still says is
    that of an unknown one.
    """
    try:
        async with begin(read_only=True) as uow:
            connection = await uow.calendars.get(calendar)
            channels = await uow.channels.of_calendar(calendar)
    except NotFound:
        return
    if not channels:
        return
    name = next((one.resource for one in channels if one.resource), "")
    for one in channels:
        watched = replace(one, resource=one.resource or name)
        if watching is not None and watched.resource and one.is_live(clock.now()):
            with suppress(NeedsConsent, Refused, Rejected, Unavailable):
                await watching.stop(connection, watched)
    async with begin() as uow:
        for one in channels:
            await uow.channels.remove(one.id)
        await uow.commit()
