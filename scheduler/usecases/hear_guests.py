"""Ask what the guests of our own events say, where an organiser's calendar changed."""

from __future__ import annotations

from collections.abc import Mapping

from scheduler.connections import Connection
from scheduler.errors import Gone
from scheduler.events import Delta, Rsvp
from scheduler.ids import PersonId, RemoteId, Uid
from scheduler.ports.calendars import CalendarSource
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.series import Route

Heard = Mapping[RemoteId, tuple[Rsvp, ...]]


async def hear_guests(
    connection: Connection, delta: Delta, *, source: CalendarSource, begin: Begin
) -> Heard:
    """The answers to each event of ours that changed and that has a guest.

    Asked after the read, when it is known what is ours, and outside any transaction.
    Errors are those of a read.
    """
    if not delta.changed:
        return {}
    async with begin(read_only=True) as uow:
        known = await uow.calendars.etags(connection.id)
        guests = await _guests(connection, uow)
    heard: dict[RemoteId, tuple[Rsvp, ...]] = {}
    uids = frozenset(guests)
    for found in delta.changed:
        uid = source.ours(found, uids)
        if not uid or (found.etag and known.get(found.id) == found.etag):
            continue
        try:
            window = delta.cursor.window
            heard[found.id] = await source.rsvps(found.id, guests[uid], window)
        except Gone:
            continue  # deleted meanwhile: the next read says so
    return heard


async def _guests(connection: Connection, uow: UnitOfWork) -> dict[str, frozenset[str]]:
    """The addresses of who is invited to the owner's events, by UID."""
    uids = await uow.series.uids(connection.person)
    copies = await uow.copies.of_uids([Uid(uid) for uid in uids])
    invited = {
        copy.uid: copy.person
        for copy in copies
        if copy.route is Route.GUEST and copy.person != connection.person
    }
    addresses = {one: await _addresses(one, uow) for one in set(invited.values())}
    return {uid: addresses[person] for uid, person in invited.items()}


async def _addresses(person: PersonId, uow: UnitOfWork) -> frozenset[str]:
    known = [(await uow.people.get(person)).email]
    known += [account.email for account in await uow.accounts.of_person(person)]
    return frozenset(email.lower() for email in known)
