"""Makes the calls: connections, tokens and turns, and nothing of what is asked.

What a call is stands in `protocol` and `wire`, what its answer means in `failures`,
when it may be made in `quota` and `patience`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from integrations.addresses import Address, read_address
from integrations.calls import Answer, Call
from integrations.google.calendar import Ask
from integrations.google.failures import Operation, Trouble, read_failure
from integrations.google.oauth import Client
from integrations.google.patience import Patient, Sent, Shared
from integrations.google.protocol import Request
from integrations.google.tokens import AccessTokens, Grants
from integrations.google.turnstile import Turnstile, World
from integrations.google.wire import DOCS, Wire
from integrations.sites import Sites
from scheduler.ids import AccountId
from scheduler.secret import Secret


@dataclass(frozen=True, slots=True)
class Installation:
    """This installation as Google knows it, and the root of Google's APIs."""

    client: Client
    root: Address

    @property
    def sites(self) -> tuple[Address, ...]:
        """All that is ever called; the consent page is for people alone."""
        ends = self.client.endpoints
        known = read_address(ends.token), read_address(ends.revoke)
        return (self.root, self.docs, *known)

    @property
    def docs(self) -> Address:
        """The root of the Docs API: a host of its own at Google, else the same."""
        if self.root.host == "www.googleapis.com":
            return read_address("https://docs.googleapis.com/")
        return self.root


class Google:
    """Google, for one process: what all accounts share there."""

    def __init__(
        self,
        installation: Installation,
        grants: Grants,
        *,
        world: World,
        sites: Sites | None = None,
    ) -> None:
        self.installation = installation
        self._grants = grants
        self._world = world
        self._sites = sites or Sites(installation.sites)
        self._shared = Shared(Turnstile(world))
        self._accounts: dict[AccountId, Patient] = {}
        self._tokens = AccessTokens(
            installation.client,
            grants,
            call=partial(self.call, repeats=True),
            now=world.now,
        )

    def account(self, account: AccountId) -> Ask:
        """Asks with what its owner granted, for one piece of work.

        Its first call looks at the grant that is kept: another process may have a new
        one, or have heard that it is refused. `NeedsConsent` as long as it is.
        """
        return _Work(self._patient(account), partial(self._tokens.check, account))

    def _patient(self, account: AccountId) -> Patient:
        """One for each account: its quota is one."""
        found = self._accounts.get(account)
        if found is None:
            found = Patient(
                partial(self._send, account),
                self._shared,
                self._world,
                programme=partial(self._grants.programme, account),
            )
            self._accounts[account] = found
        return found

    def asking(self, access: Secret) -> Ask:
        """Asks with a token that is at hand: of a grant that was given just now.

        `NeedsConsent` once it is no longer good.
        """
        return Patient(partial(self._send_with, access), self._shared, self._world)

    async def _send(self, account: AccountId, wire: Wire) -> Sent:
        """With the account's token; with another one where that was refused, once."""
        access = await self._tokens.of(account)
        found = await self._send_with(access, wire)
        if found.status in (401, 403) and await self._is_stale(account, found):
            access = await self._tokens.of(account, refused=access)
            found = await self._send_with(access, wire)
        return found

    async def _is_stale(self, account: AccountId, found: Sent) -> bool:
        """Whether another token may fare better: this one ended, or allows less."""
        now = self._world.now()
        failure = read_failure(found.status, found.headers, found.body, now)
        match failure.trouble:
            case Trouble.LOGIN:
                return True
            case Trouble.SCOPE:
                return await self._tokens.is_outdated(account)
            case _:
                return False

    async def _send_with(self, access: Secret, wire: Wire) -> Sent:
        """One request with this token, as it is: no turn, no repeat, no judgement."""
        root = self.installation.root
        if wire.service == DOCS:
            root = self.installation.docs
        target = f"{root.target}{wire.service}{wire.target}"
        headers = {**wire.headers, "Authorization": f"Bearer {access.reveal}"}
        call = Call(wire.method, replace(root, target=target), headers, wire.body)
        answer = await self._sites.call(call, repeats=wire.repeats)
        return Sent(answer.status, answer.headers, answer.body)

    async def call(self, call: Call, *, repeats: bool = False) -> Answer:
        """One of `oauth`: a code, a token, a revocation. `Unavailable`."""
        return await self._sites.call(call, repeats=repeats)

    async def close(self) -> None:
        """Let nobody wait any more, and end its connections."""
        await self._shared.turnstile.close()
        await self._sites.close()


class _Work:
    """`Ask` for one piece of work: `check`, and then the calls."""

    def __init__(self, ask: Ask, check: Callable[[], Awaitable[None]]) -> None:
        self._ask = ask
        self._check = check
        self._is_checked = False

    async def __call__(
        self, request: Request, operation: Operation
    ) -> Mapping[str, Any]:
        """The answer, as `Patient` gives it."""
        if not self._is_checked:
            await self._check()
            self._is_checked = True
        return await self._ask(request, operation)
