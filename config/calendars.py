"""How each kind of calendar is opened; the part of `config.bootstrap` for calendars."""

from __future__ import annotations

from collections.abc import Sequence

from integrations.addresses import Network
from integrations.caldav.client import OpenCalDav
from integrations.caldav.discovery import DiscoverCalDav
from integrations.egress import Door
from integrations.google.client import Google
from integrations.google.opening import OpenGoogle
from integrations.ics.feed import OpenFeed
from integrations.ics.sandbox import Sandbox
from integrations.memory.calendars import MemoryCalendars
from scheduler.connections import CalendarKind, Connection
from scheduler.errors import Refused
from scheduler.ports.calendars import Calendar


def google_off() -> Refused:
    """What is said of Google where no client of it is set."""
    return Refused(
        "E_GOOGLE_OFF", "This installation does not know Google; ask who runs it."
    )


class Calendars:
    """Opens connections, each kind with its adapter; addresses through one door.

    `google` is None where this installation does not know Google. `domain` is where it
    makes the UIDs of its invitations.
    """

    def __init__(
        self,
        allowed: Sequence[Network],
        *,
        google: Google | None = None,
        domain: str = "",
    ) -> None:
        self._google = OpenGoogle(google.account, domain) if google else None
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
                if self._google is None:
                    raise google_off()
                return self._google(connection, zone=zone, owner=owner)
            case CalendarKind.ICS:
                return self._feeds(connection, zone=zone, owner=owner)

    async def close(self) -> None:
        """End what was started."""
        await self._sandbox.close()
