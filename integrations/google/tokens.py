"""Access tokens of accounts: held in memory alone, and renewed before they end.

A grant that Google does not honour is remembered in the store: nothing is asked with it
any more but once a day, until its owner allows it again (promises.md F27).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from integrations.calls import Answer, Call
from integrations.google.oauth import Client, Tokens, read_refresh, refresh
from integrations.google.scopes import allowed
from scheduler.accounts import Account
from scheduler.errors import NeedsConsent
from scheduler.ids import AccountId
from scheduler.secret import NO_SECRET, Secret


class Grants(Protocol):
    """Where accounts are kept; `integrations.google.grants` is the store's."""

    async def get(self, account: AccountId) -> Account:
        """The account; `NeedsConsent` where it is not connected any more."""

    async def programme(self, account: AccountId) -> str:
        """The programme of its owner; '' where that is not known."""

    async def change(self, used: Account, news: Account) -> None:
        """Keep what became of a grant, unless another took its place meanwhile."""


@dataclass(slots=True)
class _Held:
    """What is known of one account; whoever renews it has the lock."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    tokens: Tokens | None = None
    #: The refresh token that these came of.
    grant: Secret = NO_SECRET

    def good(self, now: datetime, refused: Secret) -> Secret | None:
        """The token, unless it is the one that was refused or at its end."""
        tokens = self.tokens
        if tokens is None or tokens.access == refused or not tokens.is_good(now):
            return None
        return tokens.access


class AccessTokens:
    """The tokens of all accounts that this process asks with.

    `call` reaches the token endpoint and raises `Unavailable`; so does every method.
    """

    def __init__(
        self,
        client: Client,
        grants: Grants,
        *,
        call: Callable[[Call], Awaitable[Answer]],
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._grants = grants
        self._call = call
        self._now = now
        self._all: dict[AccountId, _Held] = {}

    async def of(self, account: AccountId, *, refused: Secret = NO_SECRET) -> Secret:
        """A token that is good; another one than `refused`.

        However many ask at once, it is renewed once. `NeedsConsent` where the grant is
        not honoured, or was not when it was last tried.
        """
        held = self._all.setdefault(account, _Held())
        found = held.good(self._now(), refused)
        if found is not None:
            return found
        async with held.lock:
            found = held.good(self._now(), refused)
            if found is not None:
                return found
            return await self._renewed(held, await self._account(account))

    async def check(self, account: AccountId) -> None:
        """Let go of a token that is of another grant than the one that is kept now.

        It would still be taken, for what the old grant allowed: Google then leaves
        things out instead of refusing. `NeedsConsent` where there is no account.
        """
        held = self._all.setdefault(account, _Held())
        stored = await self._grants.get(account)
        if held.grant != stored.refresh or stored.refused_at is not None:
            held.tokens = None

    async def is_outdated(self, account: AccountId) -> bool:
        """Whether its owner has given another grant since the token was made."""
        held = self._all.get(account)
        stored = await self._grants.get(account)
        return held is not None and held.grant != stored.refresh

    async def _account(self, name: AccountId) -> Account:
        """The account, if it may be tried now; the day's one try is taken with it."""
        account, now = await self._grants.get(name), self._now()
        if not account.may_call(now):
            raise NeedsConsent("Google does not honour this grant any more")
        if account.refused_at is not None:
            tried = replace(account, refused_at=now)
            await self._grants.change(account, tried)
            return tried
        return account

    async def _renewed(self, held: _Held, account: Account) -> Secret:
        now = self._now()
        scopes = held.tokens.scopes if held.tokens else frozenset()
        before = Tokens(NO_SECRET, account.refresh, now, scopes)
        answer = await self._call(refresh(self._client, account.refresh))
        try:
            news = read_refresh(answer, before, now)
        except NeedsConsent:
            held.tokens = None
            await self._grants.change(account, replace(account, refused_at=now))
            raise
        held.tokens, held.grant = news, news.refresh
        after = replace(
            account,
            refresh=news.refresh,
            # An answer that does not speak of scopes changes none.
            allowed=allowed(news.scopes) if news.scopes else account.allowed,
            refused_at=None,
        )
        if after != account:
            await self._grants.change(account, after)
        return news.access
