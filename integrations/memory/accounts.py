"""Accounts and push channels, in memory."""

from __future__ import annotations

from datetime import datetime

from integrations.memory.shelves import Transaction
from scheduler.accounts import Account
from scheduler.channels import Channel
from scheduler.errors import NotFound
from scheduler.ids import AccountId, CalendarId, PersonId


class MemoryAccounts:
    """Accounts that people connected, with what opens them."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def get(self, name: AccountId) -> Account:
        """One account."""
        found = self._transaction.read.accounts.get(name)
        if found is None:
            raise NotFound("account")
        return found

    async def put(self, one: Account) -> None:
        """Add or change one."""
        self._transaction.write.accounts.put(one.id, one)

    async def remove(self, name: AccountId) -> None:
        """Forget one."""
        self._transaction.write.accounts.remove(name)

    async def of_person(self, person: PersonId) -> tuple[Account, ...]:
        """Every account of a person."""
        return self._transaction.read.accounts.where(lambda one: one.person == person)

    async def with_subject(self, subject: str) -> tuple[Account, ...]:
        """Every row of one account."""
        shelf = self._transaction.read.accounts
        return shelf.where(lambda one: one.subject == subject)


class MemoryChannels:
    """Push channels, with the tokens that messages must bring."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def find(self, name: str) -> Channel | None:
        """The channel with this id."""
        return self._transaction.read.channels.get(name)

    async def put(self, one: Channel) -> None:
        """Add or change one of a calendar that is there."""
        if one.calendar not in self._transaction.read.calendars:
            raise NotFound("calendar")
        self._transaction.write.channels.put(one.id, one)

    async def remove(self, name: str) -> None:
        """Forget one."""
        self._transaction.write.channels.remove(name)

    async def of_calendar(self, calendar: CalendarId) -> tuple[Channel, ...]:
        """Every channel of a calendar."""
        shelf = self._transaction.read.channels
        return shelf.where(lambda one: one.calendar == calendar)

    async def working(self, now: datetime) -> int:
        """How many calendars have one that works."""
        shelf = self._transaction.read.channels
        return len({one.calendar for one in shelf if one.heard and one.is_live(now)})
