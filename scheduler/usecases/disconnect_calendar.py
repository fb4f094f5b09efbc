"""Disconnect a calendar: its password is forgotten, its owner's meetings go on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from scheduler.access import Audited
from scheduler.booking import uids
from scheduler.connections import Connection
from scheduler.copies import standing
from scheduler.effects import Address
from scheduler.errors import (
    Conflict,
    Gone,
    NeedsConsent,
    Refused,
    Rejected,
    Unavailable,
)
from scheduler.ids import CalendarId, OutboxId, PersonId
from scheduler.ports.calendars import Calendar, OpenCalendar, Shorten
from scheduler.ports.links import Links
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.ports.system import Clock, Ids
from scheduler.ports.watching import Watching
from scheduler.rerouting import Lost
from scheduler.series import Copy, Route, Series
from scheduler.usecases.reroute import reroute
from scheduler.usecases.stop_watching import stop_watching
from scheduler.work import WorkKind

#: What the audit says of a series whose event stays in a calendar that was lost.
LEFT_BEHIND = "event left behind"


async def disconnect_calendar(
    person: PersonId,
    calendar: CalendarId,
    *,
    begin: Begin,
    open_calendar: OpenCalendar,
    clock: Clock,
    ids: Ids,
    links: Links,
    sender: Address,
    watching: Watching | None = None,
) -> None:
    """Forget a connection and everything read from it; a repeat does nothing.

    Copies written there are ended first, as far as the calendar still lets us, and
    what lies ahead comes on the routes that are left: never on two at once. Guests of
    an event that ends are told by the provider, and are brought what lies ahead too.
    We are told nothing more of it.
    """
    now = clock.now()
    async with begin(read_only=True) as uow:
        connection = await _own(uow, person, calendar)
        if connection is None:
            return
        held = await _held(uow, connection)
        owner = await uow.people.get(person)
    opened = open_calendar(connection, zone=owner.zone, owner=owner.email)
    left = [
        series.id
        for copy, series in held
        # To take a guest's away would be to decline.
        if copy.route is not Route.GUEST
        and not await _end(copy, series, now, calendar=opened)
    ]
    await stop_watching(calendar, begin=begin, watching=watching, clock=clock)
    async with begin() as uow:
        if await _own(uow, person, calendar) is None:
            return
        for copy, series in await _held(uow, connection):
            await _elsewhere(
                uow, copy, series, now=now, ids=ids, links=links, sender=sender
            )
        who, act = f"person:{person}", "calendar disconnected"
        await uow.audit.add(Audited(now, owner.programme, who, act, calendar))
        for name in left:
            row = Audited(now, owner.programme, "troth", LEFT_BEHIND, name, calendar)
            await uow.audit.add(row)
        await uow.calendars.remove(calendar)
        await _end_grant(uow, connection, now)
        await uow.commit()


async def _elsewhere(
    uow: UnitOfWork,
    copy: Copy,
    series: Series,
    *,
    now: datetime,
    ids: Ids,
    links: Links,
    sender: Address,
) -> None:
    """Have a copy of this calendar go on; a guest is one by address, as before."""
    if copy.route is Route.GUEST:
        await uow.copies.put(replace(copy, calendar=None))
        return
    gone = frozenset({copy.calendar} if copy.calendar else ())
    both = await _led_by(uow, copy)
    # What the guest's calendar still shows of it is not the copy they have from now on.
    left = copy if len(both) > 1 else None
    await reroute(
        uow,
        series,
        Lost(both, gone, left=left, is_orphan=True),
        now=now,
        name=lambda: OutboxId(ids.new()),
        links=links,
        sender=sender,
    )


async def _end_grant(uow: UnitOfWork, gone: Connection, now: datetime) -> None:
    """With the last calendar of an account its grant ends too, as due work."""
    left = await uow.calendars.of_person(gone.person)
    if gone.account and all(c.account != gone.account for c in left):
        await uow.work.add(WorkKind.REVOKE, gone.account, now)


async def _own(
    uow: UnitOfWork, person: PersonId, calendar: CalendarId
) -> Connection | None:
    mine = await uow.calendars.of_person(person)
    return next((c for c in mine if c.id == calendar), None)


async def _held(
    uow: UnitOfWork, connection: Connection
) -> tuple[tuple[Copy, Series], ...]:
    """The copies that stand in this calendar, with their series."""
    copies = []
    for pair in await uow.pairs.of_person(connection.person):
        for series in await uow.series.of_pair(pair.id):
            found = standing(await uow.copies.of_uids(uids([series])))
            copies += [(c, series) for c in found if c.calendar == connection.id]
    return tuple(copies)


async def _end(
    copy: Copy, series: Series, now: datetime, *, calendar: Calendar
) -> bool:
    """Take what lies ahead out of the calendar; what is over stays as it is.

    False where it does not let us any more: it is the owner's, so it stays there.
    """
    over = any(m.span and m.span.start < now for m in series.of_uid(copy.uid))
    try:
        found = await calendar.find(copy.uid, generation=max(copy.generation, 1))
        if found is None:
            return True
        if over:
            edit = Shorten(now, copy.sequence + 1, now.replace(microsecond=0))
            await calendar.edit(found.id, edit, etag=None)
        else:
            await calendar.remove(found.id, etag=None)
    except Gone:
        return True
    except (Conflict, NeedsConsent, Refused, Rejected, Unavailable):
        return False
    return True


async def _led_by(uow: UnitOfWork, copy: Copy) -> tuple[Copy, ...]:
    """A copy, with those that are its guests' and end with it."""
    both = await uow.copies.of_uids([copy.uid])
    return tuple(c for c in both if c == copy or c.route is Route.GUEST)
