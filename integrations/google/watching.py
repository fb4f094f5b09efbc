"""`Watching` at Google: channels of `events.watch`, through the same `Ask` as reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from integrations.google.calendar import Ask
from integrations.google.channels import opened, read_notification
from integrations.google.failures import Operation
from integrations.google.protocol import stop, watch
from scheduler.channels import Channel, Notification
from scheduler.connections import Connection
from scheduler.errors import NeedsConsent, Unavailable
from scheduler.ids import AccountId

#: Where messages come in; PUBLIC_URL stands before it.
PATH: Final = "/webhooks/google"


def webhook(site: str) -> str:
    """Where Google may tell us of changes; '' where it will not.

    It wants https with a certificate that holds (guides/push, 'Requirements').
    """
    return f"{site}{PATH}" if site.startswith("https://") else ""


@dataclass(frozen=True, slots=True)
class GoogleWatching:
    """Channels that lead to `address`; `account` asks for one, as in `OpenGoogle`."""

    account: Callable[[AccountId], Ask]
    address: str

    async def open(self, connection: Connection, wish: Channel) -> Channel:
        """`events.watch`; without the name of what is watched it cannot be stopped."""
        request = watch(
            connection.url.reveal,
            channel=wish.id,
            address=self.address,
            token=wish.token,
            expires=wish.expires,
        )
        answer = await self._asking(connection)(request, Operation.WATCH)
        channel = opened(
            answer, calendar=wish.calendar, token=wish.token, now=wish.opened
        )
        if channel is None:
            raise Unavailable("Google's answer names no channel")
        return channel

    async def stop(self, connection: Connection, channel: Channel) -> None:
        """`channels.stop`; 404 says that it is over."""
        request = stop(channel.id, channel.resource)
        await self._asking(connection)(request, Operation.STOP)

    def read(self, headers: Mapping[str, str]) -> Notification:
        """The `X-Goog-*` headers."""
        return read_notification(headers)

    def _asking(self, connection: Connection) -> Ask:
        if connection.account is None:
            raise NeedsConsent("no Google account is connected")
        return self.account(connection.account)
