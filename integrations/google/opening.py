"""Opens the Google calendar behind a connection; nothing is called by that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from integrations.google.calendar import Ask, GoogleCalendar
from scheduler.connections import Connection
from scheduler.errors import NeedsConsent
from scheduler.ids import AccountId
from scheduler.ports.consent import PRIMARY

#: Minutes before a meeting, in a calendar that has no reminders of its owner's.
REMINDERS = (10,)


@dataclass(frozen=True, slots=True)
class OpenGoogle:
    """`OpenCalendar` for Google. `account` asks for one; `domain` is the programme's.

    Google itself says what the calendar's owner declined.
    """

    account: Callable[[AccountId], Ask]
    domain: str

    def __call__(
        self,
        connection: Connection,
        *,
        zone: str = "UTC",
        owner: str = "",  # noqa: ARG002 - the port's
    ) -> GoogleCalendar:
        """The calendar. `NeedsConsent` where no account opens it any more."""
        if connection.account is None:
            raise NeedsConsent("no Google account is connected")
        return GoogleCalendar(
            self.account(connection.account),
            connection.url.reveal,
            home=ZoneInfo(zone),
            domain=self.domain,
            reminders=REMINDERS if _is_own(connection) else (),
        )


def _is_own(connection: Connection) -> bool:
    """Whether it is a calendar of Troth's own: nobody has set reminders for it."""
    return connection.written and connection.url.reveal != PRIMARY
