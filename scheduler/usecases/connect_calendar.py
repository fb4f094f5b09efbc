"""Connect one calendar of a person, or mend a connection they have."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from scheduler.access import Audited
from scheduler.connections import CalendarKind, Connection, Health
from scheduler.delivery import goes_to
from scheduler.errors import Gone, NeedsConsent, Refused, Unavailable
from scheduler.health import window
from scheduler.ids import CalendarId, PersonId
from scheduler.outbox import digest
from scheduler.ports.calendars import OpenCalendar
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.ports.system import Clock
from scheduler.secret import NO_SECRET, Secret
from scheduler.work import WorkKind


@dataclass(frozen=True, slots=True)
class CalendarWish:
    """A calendar that its owner chose. Only a writable one gets Troth's copies."""

    kind: CalendarKind
    url: Secret
    username: str = ""
    password: Secret = NO_SECRET
    label: str = ""
    writable: bool = False


async def connect_calendar(
    person: PersonId,
    wish: CalendarWish,
    *,
    begin: Begin,
    open_calendar: OpenCalendar,
    clock: Clock,
    months: int,
) -> Connection:
    """Save the connection and have it read at once; twice is once.

    The person's first writable calendar is the one that is written. A feed is read
    before it is saved, so that a wrong address is told where it was typed: `Refused`.
    The same address again replaces user name and password.
    """
    now = clock.now()
    new = Connection(
        CalendarId(digest("calendar", person, wish.url.reveal)),
        person,
        wish.kind,
        wish.url,
        wish.username,
        wish.password,
        wish.label,
    )
    if wish.kind is CalendarKind.ICS:
        await _try(new, now, open_calendar=open_calendar, months=months)
    async with begin() as uow:
        known = await uow.calendars.of_person(person)
        same = next((c for c in known if c.url == wish.url), None)
        if same:
            connection = _mended(same, new)
        else:
            free = not any(c.written for c in known)
            connection = replace(new, written=wish.writable and free)
        if connection != same:
            await uow.calendars.put(connection)
        if connection != same:
            owner = await uow.people.get(person)
            act = "calendar mended" if same else "calendar connected"
            who, what = f"person:{person}", connection.id
            await uow.audit.add(Audited(now, owner.programme, who, act, what))
        await follow(connection, now, uow)
        await uow.commit()
    return connection


def _mended(old: Connection, new: Connection) -> Connection:
    """A connection with the password its owner gives now; what was read stays."""
    given = (new.username, new.password, new.label or old.label)
    if given == (old.username, old.password, old.label) and old.health is Health.GOOD:
        return old
    username, password, label = given
    return replace(mended(old), username=username, password=password, label=label)


def mended(connection: Connection) -> Connection:
    """One that is tried again now, as if it had not been refused."""
    health = Health.NEW if connection.failing_since is None else Health.FAILING
    return replace(connection, health=health)


async def _try(
    connection: Connection, now: datetime, *, open_calendar: OpenCalendar, months: int
) -> None:
    try:
        await open_calendar(connection).changes(None, window(now, months))
    except (NeedsConsent, Gone):
        raise Refused(
            "E_ICS_CLOSED",
            "This address asks for a password; copy the secret iCal address.",
            field="url",
        ) from None
    except Unavailable:
        raise Refused(
            "E_ICS_SILENT",
            "Nothing answered at this address; check it, or try again in a while.",
            field="url",
        ) from None


async def follow(connection: Connection, now: datetime, uow: UnitOfWork) -> None:
    """Have it read, and have done what waited for it."""
    await uow.work.add(WorkKind.SYNC, connection.id, now)
    for pair in await uow.pairs.of_person(connection.person):
        for row in await uow.outbox.of_pair(pair.id):
            if goes_to(row, connection.id):
                await uow.work.add(WorkKind.SEND, row.id, now)
