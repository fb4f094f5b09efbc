"""A provider in memory that tells of changes, as strict as Google.

Messages wait in `sent`, in order; whoever drives it delivers, loses or doubles them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from scheduler.channels import LIFE, Channel, Notification
from scheduler.connections import Connection
from scheduler.errors import Conflict, Rejected
from scheduler.ids import CalendarId
from scheduler.ports.system import Clock
from scheduler.secret import Secret


class MemoryWatching:
    """`Watching` without a network; nobody renews a channel here either."""

    def __init__(self, clock: Clock, *, life: timedelta = LIFE) -> None:
        self._clock = clock
        self._life = life
        #: Everything that was ever opened, by name.
        self.channels: dict[str, Channel] = {}
        #: Messages on their way.
        self.sent: list[Mapping[str, str]] = []
        #: Calls of either kind.
        self.calls = 0
        #: What it answers with instead, without doing anything.
        self.trouble: Exception | None = None
        #: What it answers with after it opened a channel.
        self.lost: Exception | None = None

    def live(self, calendar: CalendarId) -> tuple[Channel, ...]:
        """Channels through which it would tell now."""
        now = self._clock.now()
        mine = (one for one in self.channels.values() if one.calendar == calendar)
        return tuple(one for one in mine if one.is_live(now))

    def change(self, calendar: CalendarId) -> None:
        """Something in this calendar changed."""
        self.sent += [_message(one, "exists") for one in self.live(calendar)]

    async def open(self, connection: Connection, wish: Channel) -> Channel:
        """A channel until the wished end, or for as long as any lives here."""
        self._called()
        if wish.id in self.channels:
            raise Conflict("there is one of this name")
        now = self._clock.now()
        if wish.expires <= now:
            raise Rejected("it ends in the past")
        ends = min(wish.expires, now + self._life)
        made = replace(wish, resource=f"watched {connection.id}", expires=ends)
        self.channels[made.id] = made
        self.sent.append(_message(made, "sync"))
        if self.lost:
            raise self.lost
        return made

    async def stop(self, connection: Connection, channel: Channel) -> None:
        """Unknown ones are over already, as are those of another resource."""
        self._called()
        known = self.channels.get(channel.id)
        if known and known.resource == channel.resource == f"watched {connection.id}":
            self.channels[known.id] = replace(known, stopped=True)

    def read(self, headers: Mapping[str, str]) -> Notification:
        """The parts of a message by their own names."""
        return Notification(
            channel=headers.get("channel", ""),
            token=Secret(headers.get("token", "")),
            resource=headers.get("resource", ""),
            state=headers.get("state", ""),
        )

    def _called(self) -> None:
        self.calls += 1
        if self.trouble:
            raise self.trouble


def _message(channel: Channel, state: str) -> Mapping[str, str]:
    return {
        "channel": channel.id,
        "token": channel.token.reveal,
        "resource": channel.resource,
        "state": state,
    }
