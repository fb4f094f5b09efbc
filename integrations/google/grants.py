"""Accounts as the store keeps them, for whoever renews their tokens."""

from __future__ import annotations

from dataclasses import replace

from scheduler.accounts import Account
from scheduler.errors import NeedsConsent, NotFound
from scheduler.ids import AccountId
from scheduler.ports.store import Begin


class StoredGrants:
    """`Grants` in short transactions of their own: no call is made inside one."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    async def get(self, account: AccountId) -> Account:
        """The account; `NeedsConsent` where it is not connected any more."""
        async with self._begin(read_only=True) as uow:
            try:
                return await uow.accounts.get(account)
            except NotFound:
                raise NeedsConsent("this Google account is not connected") from None

    async def programme(self, account: AccountId) -> str:
        """The programme of its owner; '' where that is not known any more."""
        async with self._begin(read_only=True) as uow:
            try:
                owner = (await uow.accounts.get(account)).person
                return (await uow.people.get(owner)).programme
            except NotFound:
                return ""

    async def change(self, used: Account, news: Account) -> None:
        """Keep what became of a grant, unless another took its place meanwhile.

        What else somebody changed of the account since stays as it is.
        """
        async with self._begin() as uow:
            try:
                now = await uow.accounts.get(used.id)
            except NotFound:
                return
            if now.refresh != used.refresh:
                return
            await uow.accounts.put(
                replace(
                    now,
                    refresh=news.refresh,
                    allowed=news.allowed,
                    refused_at=news.refused_at,
                )
            )
            await uow.commit()
