"""The store, for accounts at Google and the channels through which it tells us."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from scheduler.accounts import Account
from scheduler.channels import Channel
from scheduler.ids import AccountId, CalendarId, PersonId


class Accounts(Protocol):
    """Accounts that people connected, with what opens them."""

    async def get(self, name: AccountId) -> Account: ...
    async def put(self, one: Account) -> None: ...
    async def remove(self, name: AccountId) -> None:
        """Forget it, if it is there; calendars that it opened stay as they are."""

    async def of_person(self, person: PersonId) -> tuple[Account, ...]: ...
    async def with_subject(self, subject: str) -> tuple[Account, ...]:
        """Whoever connected this account, in any programme: they share its grant."""


class Channels(Protocol):
    """Push channels; those of a calendar go with it."""

    async def find(self, name: str) -> Channel | None: ...
    async def put(self, one: Channel) -> None:
        """Add or change one; `NotFound` when its calendar is not there any more."""

    async def remove(self, name: str) -> None:
        """Forget it, if it is there."""

    async def of_calendar(self, calendar: CalendarId) -> tuple[Channel, ...]: ...
    async def working(self, now: datetime) -> int:
        """How many calendars have one that was heard, and has not ended."""
