"""How each kind of calendar is opened; the part of `config.bootstrap` for calendars."""

from __future__ import annotations

from collections.abc import Sequence

from integrations.addresses import Network
from integrations.egress import Door
from integrations.ics.sandbox import Sandbox
from integrations.memory.calendars import MemoryCalendars
from scheduler.connections import CalendarKind, Connection
from scheduler.errors import Unavailable
from scheduler.ports.calendars import Calendar, FoundCalendar


class Calendars:
    """Opens connections, each kind with its adapter, all through one door."""

    def __init__(self, allowed: Sequence[Network]) -> None:
        self._door = Door(allowed=allowed)
        self._sandbox = Sandbox()
        self._memory = MemoryCalendars()

    def open(
        self, connection: Connection, *, zone: str = "UTC", owner: str = ""
    ) -> Calendar:
        """The calendar behind a connection; see `OpenCalendar`."""
        match connection.kind:
            case CalendarKind.MEMORY:
                return self._memory(connection, zone=zone, owner=owner)
            case CalendarKind.CALDAV | CalendarKind.ICS:
                raise Unavailable("this kind of calendar cannot be reached yet")

    async def discover(
        self, address: str, username: str, password: str
    ) -> tuple[FoundCalendar, ...]:
        """The calendars of an account; see `Discover`."""
        return await self._memory.discover(address, username, password)

    async def close(self) -> None:
        """End what was started."""
        await self._sandbox.close()
