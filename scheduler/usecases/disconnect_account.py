"""Disconnect everything that somebody connected through one account."""

from __future__ import annotations

from scheduler.effects import Address
from scheduler.ids import AccountId, PersonId
from scheduler.ports.calendars import OpenCalendar
from scheduler.ports.links import Links
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, Ids
from scheduler.ports.watching import Watching
from scheduler.usecases.disconnect_calendar import disconnect_calendar


async def disconnect_account(
    person: PersonId,
    account: AccountId,
    *,
    begin: Begin,
    open_calendar: OpenCalendar,
    clock: Clock,
    ids: Ids,
    links: Links,
    sender: Address,
    watching: Watching | None = None,
) -> None:
    """One calendar after the other; the grant ends with the last. A repeat is nothing.

    Somebody else's account looks like one that is not there.
    """
    async with begin(read_only=True) as uow:
        mine = await uow.calendars.of_person(person)
    # Where it invites goes last: what ends there is not brought to another of these.
    for connection in sorted(mine, key=lambda c: c.invites):
        if connection.account == account:
            await disconnect_calendar(
                person,
                connection.id,
                begin=begin,
                open_calendar=open_calendar,
                clock=clock,
                ids=ids,
                links=links,
                sender=sender,
                watching=watching,
            )
