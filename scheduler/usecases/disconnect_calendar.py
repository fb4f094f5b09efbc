"""Disconnect a calendar: its password is forgotten, its owner's meetings go on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial

from scheduler.access import Audited
from scheduler.agenda import Agenda
from scheduler.booking import uids
from scheduler.connections import Connection
from scheduler.copies import arrival, copy_row, standing
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
from scheduler.itip import single, whole
from scheduler.ports.calendars import Calendar, OpenCalendar, Shorten
from scheduler.ports.links import Links
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.ports.system import Clock, Ids
from scheduler.series import Copy, CopyState, Route, Series
from scheduler.usecases.announce import two_of
from scheduler.usecases.gather import gather
from scheduler.withdrawal import next_revision


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
) -> None:
    """Forget a connection and everything read from it; a repeat does nothing.

    Copies written there are ended first, as far as the calendar still lets us, and
    what lies ahead comes by mail instead: never on two routes at once.
    """
    now = clock.now()
    async with begin(read_only=True) as uow:
        connection = await _own(uow, person, calendar)
        if connection is None:
            return
        held = await _held(uow, connection)
        owner = await uow.people.get(person)
    opened = open_calendar(connection, zone=owner.zone, owner=owner.email)
    for copy, series in held:
        await _end(copy, series, now, calendar=opened)
    async with begin() as uow:
        if await _own(uow, person, calendar) is None:
            return
        for copy, series in await _held(uow, connection):
            await _by_mail(
                uow, copy, series, now=now, ids=ids, links=links, sender=sender
            )
        who, act = f"person:{person}", "calendar disconnected"
        await uow.audit.add(Audited(now, owner.programme, who, act, calendar))
        await uow.calendars.remove(calendar)
        await uow.commit()


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
) -> None:
    """Take what lies ahead out of the calendar; what is over stays as it is."""
    over = any(m.span and m.span.start < now for m in series.of_uid(copy.uid))
    try:
        found = await calendar.find(copy.uid)
        if found is None:
            return
        if over:
            edit = Shorten(now, copy.sequence + 1, now.replace(microsecond=0))
            await calendar.edit(found.id, edit, etag=found.etag)
        else:
            await calendar.remove(found.id, etag=found.etag)
    except (Conflict, Gone, NeedsConsent, Refused, Rejected, Unavailable):
        return  # it is the owner's calendar: what cannot be taken out stays there


async def _by_mail(
    uow: UnitOfWork,
    copy: Copy,
    series: Series,
    *,
    now: datetime,
    ids: Ids,
    links: Links,
    sender: Address,
) -> None:
    """Let a copy end in the calendar, and begin in the mailbox."""
    view = await gather(uow, series.pair, now)
    mailed = replace(copy, route=Route.IMIP, calendar=None, remote_id=None, etag=None)
    meetings = [m for m in series.of_uid(copy.uid) if m.is_live and m.span]
    ruling = view.in_force
    if ruling is None or not any(m.span and m.span.end > now for m in meetings):
        await uow.copies.put(replace(mailed, state=CopyState.ENDED))
        return
    rows = await uow.outbox.of_pair(series.pair)
    at = next_revision([r.effect for r in rows], copy.uid, now)
    two = await two_of(uow, view, ruling.terms, links=links, sender=sender)
    own = copy.uid == series.uid
    build = partial(whole, series) if own else partial(single, series, meetings[0])
    effect = arrival(mailed, two, Agenda(), at, build)
    await uow.copies.put(mailed)
    await uow.outbox.add(
        copy_row(OutboxId(ids.new()), effect, mailed, view.pair, at, now)
    )
