"""Providers that tell us when a calendar may have changed, if we ask them to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from scheduler.channels import Channel, Notification
from scheduler.connections import Connection


class Watching(Protocol):
    """Opens, hears and stops channels; where they lead to is its own to know.

    The first two may raise `Unavailable` and `NeedsConsent`.
    """

    async def open(self, connection: Connection, wish: Channel) -> Channel:
        """Have the changes of a calendar told through a channel of this name.

        The answer has the name of what is watched, and when it ends. `Conflict` when
        there is one of this name already: its answer was lost. `Refused` or `Rejected`
        when this calendar cannot be watched.
        """

    async def stop(self, connection: Connection, channel: Channel) -> None:
        """Have no more told through it; it may be over already. May be `Rejected`."""

    def read(self, headers: Mapping[str, str]) -> Notification:
        """What a message says of itself. Its body is empty, and never looked at."""
