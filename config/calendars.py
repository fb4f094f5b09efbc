"""How each kind of calendar is opened; the part of `config.bootstrap` for calendars."""

from __future__ import annotations

from collections.abc import Sequence

from integrations.addresses import Network
from integrations.caldav.client import OpenCalDav
from integrations.caldav.discovery import DiscoverCalDav
from integrations.egress import Door
from integrations.ics.feed import OpenFeed
from integrations.ics.sandbox import Sandbox
from integrations.memory.calendars import MemoryCalendars
from scheduler.connections import CalendarKind, Connection
from scheduler.errors import Refused
from scheduler.ports.calendars import Calendar


class Calendars:
    """Opens connections, each kind with its adapter, all through one door."""

    def __init__(self, allowed: Sequence[Network]) -> None:
        self._door = Door(allowed=allowed)
        self._sandbox = Sandbox()
        self._memory = MemoryCalendars()
        self._caldav = OpenCalDav(self._door, self._sandbox.decode)
        self._feeds = OpenFeed(self._door, self._sandbox.decode)
        self.discover = DiscoverCalDav(self._door)

    def open(
        self, connection: Connection, *, zone: str = "UTC", owner: str = ""
    ) -> Calendar:
        """The calendar behind a connection; see `OpenCalendar`."""
        match connection.kind:
            case CalendarKind.MEMORY:
                return self._memory(connection, zone=zone, owner=owner)
            case CalendarKind.CALDAV:
                return self._caldav(connection, zone=zone, owner=owner)
            case CalendarKind.GOOGLE:
                raise Refused(
                    "E_GOOGLE_OFF",
                    "This installation does not know Google; ask who runs it.",
                )
            case CalendarKind.ICS:
                return self._feeds(connection, zone=zone, owner=owner)

    async def close(self) -> None:
        """End what was started."""
        await self._sandbox.close()
