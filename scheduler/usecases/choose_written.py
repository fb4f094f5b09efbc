"""Choose which calendar Troth writes its copies to, or none at all."""

from __future__ import annotations

from dataclasses import replace

from scheduler.connections import CalendarKind
from scheduler.errors import NotFound, Refused
from scheduler.ids import CalendarId, PersonId
from scheduler.ports.store import Begin


async def choose_written(
    person: PersonId, calendar: CalendarId | None, *, begin: Begin
) -> None:
    """From the next booking on, write there; None: invitations come by mail.

    Copies that stand stay where they are: a copy keeps its route as long as it lives.
    `Refused` E_CALENDAR_READ_ONLY for a feed.
    """
    async with begin() as uow:
        mine = await uow.calendars.of_person(person)
        chosen = next((c for c in mine if c.id == calendar), None)
        if calendar is not None and chosen is None:
            raise NotFound("calendar")
        if chosen and chosen.kind is CalendarKind.ICS:
            raise Refused(
                "E_CALENDAR_READ_ONLY",
                "A published address can be read alone; choose another calendar.",
                field="calendar",
            )
        for connection in mine:
            written = connection.id == calendar
            if connection.written != written:
                await uow.calendars.put(replace(connection, written=written))
        await uow.commit()
