"""Have a provider tell us of changes in one calendar, and go on having it do so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scheduler.channels import (
    RETRY,
    Channel,
    answered,
    asked,
    look_again,
    renewal,
)
from scheduler.connections import Connection
from scheduler.errors import (
    Conflict,
    NeedsConsent,
    NotFound,
    Refused,
    Rejected,
    Unavailable,
)
from scheduler.health import PROBE
from scheduler.ids import CalendarId
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.ports.system import Clock, Ids
from scheduler.ports.watching import Watching
from scheduler.secret import Secret


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What one call came to: the channel as it is then, or how long to let it be."""

    channel: Channel | None = None
    wait: timedelta | None = None


async def watch_calendar(
    calendar: CalendarId,
    *,
    begin: Begin,
    watching: Watching | None,
    clock: Clock,
    ids: Ids,
) -> datetime | None:
    """Open, renew and stop its channels as `renewal` says; a repeat changes nothing.

    Each is written down before it is asked for: after a crash the same one is asked for
    again, and if it was opened, its answer or its first message finds the row. Without
    `watching` none is opened. Answers when to come back: at half of the newest
    channel's life, hours after a failure; None when there is nothing to come for.
    """
    now = clock.now()
    async with begin() as uow:
        try:
            connection = await uow.calendars.get(calendar)
        except NotFound:
            return None
        channels = await _without_ended(calendar, now, uow)
        if watching is None:
            await uow.commit()
            return min((one.expires for one in channels), default=None)
        plan = renewal(channels, now)
        wish = plan.again
        if plan.open:
            wish = asked(ids.new(), calendar, Secret(ids.token()), now)
            await uow.channels.put(wish)
        await uow.commit()

    done = [await _open(connection, wish, watching)] if wish else []
    done += [await _stop(connection, one, watching) for one in plan.stop]

    for orphan in await _keep(done, begin=begin):
        done.append(await _stop(connection, orphan, watching))
    return await _next_look(calendar, done, begin=begin, now=clock.now())


async def _without_ended(
    calendar: CalendarId, now: datetime, uow: UnitOfWork
) -> tuple[Channel, ...]:
    """Its channels; those behind their end are forgotten."""
    channels = await uow.channels.of_calendar(calendar)
    for one in channels:
        if one.expires <= now:
            await uow.channels.remove(one.id)
    return tuple(one for one in channels if now < one.expires)


async def _open(connection: Connection, wish: Channel, watching: Watching) -> _Outcome:
    try:
        return _Outcome(await watching.open(connection, wish))
    except Conflict:
        return _Outcome()  # it is there, and will say what it watches
    except Unavailable as error:
        return _Outcome(wait=_patience(error))
    except (NeedsConsent, Refused, Rejected):
        return _Outcome(wait=PROBE)


async def _stop(
    connection: Connection, channel: Channel, watching: Watching
) -> _Outcome:
    try:
        await watching.stop(connection, channel)
    except (NeedsConsent, Unavailable) as error:
        return _Outcome(wait=_patience(error))
    except Rejected:
        pass  # it is not ours to stop: it ends by itself
    return _Outcome(replace(channel, stopped=True))


def _patience(error: NeedsConsent | Unavailable) -> timedelta:
    match error:
        case Unavailable():
            return max(RETRY, timedelta(seconds=error.after or 0))
        case NeedsConsent():
            return PROBE


async def _keep(done: Sequence[_Outcome], *, begin: Begin) -> list[Channel]:
    """Write down what came of it; those whose calendar was disconnected meanwhile."""
    orphans = []
    async with begin() as uow:
        for after in (one.channel for one in done if one.channel):
            row = await uow.channels.find(after.id)
            if row is not None:
                await uow.channels.put(_now_known(row, after))
            elif not after.stopped:
                orphans.append(after)
        await uow.commit()
    return orphans


async def _next_look(
    calendar: CalendarId, done: Sequence[_Outcome], *, begin: Begin, now: datetime
) -> datetime | None:
    """After the shortest wait, if one has to be; else when there is more to do."""
    async with begin(read_only=True) as uow:
        channels = await uow.channels.of_calendar(calendar)
    waits = [now + one.wait for one in done if one.wait is not None]
    return min(waits) if waits else look_again(channels, now)


def _now_known(row: Channel, after: Channel) -> Channel:
    """The row may have been heard while the call was made; that stays."""
    if after.stopped:
        return replace(row, stopped=True)
    return answered(row, after)
