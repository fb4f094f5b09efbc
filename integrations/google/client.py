"""Makes the calls: connections, tokens and turns, and nothing of what is asked.

What a call is stands in `protocol` and `wire`, what its answer means in `failures`,
when it may be made in `quota` and `patience`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from integrations.addresses import Address, read_address
from integrations.calls import Answer, Call
from integrations.google.calendar import Ask
from integrations.google.oauth import Client
from integrations.google.patience import Patient, Sent, Shared
from integrations.google.turnstile import Turnstile, World
from integrations.google.wire import Wire
from integrations.sites import Sites
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
        return self.root, read_address(ends.token), read_address(ends.revoke)


class Google:
    """Google, for one process: what all accounts share there."""

    def __init__(
        self, installation: Installation, *, world: World, sites: Sites | None = None
    ) -> None:
        self.installation = installation
        self._world = world
        self._sites = sites or Sites(installation.sites)
        self._shared = Shared(Turnstile(world))

    def asking(self, access: Secret) -> Ask:
        """Asks with a token that is at hand: of a grant that was given just now.

        `NeedsConsent` once it is no longer good.
        """

        async def send(wire: Wire) -> Sent:
            return await self.send(wire, access)

        return Patient(send, self._shared, self._world)

    async def send(self, wire: Wire, access: Secret) -> Sent:
        """One request with this token, as it is: no turn, no repeat, no judgement."""
        root = self.installation.root
        target = f"{root.target}{wire.service}{wire.target}"
        headers = {**wire.headers, "Authorization": f"Bearer {access.reveal}"}
        call = Call(wire.method, replace(root, target=target), headers, wire.body)
        answer = await self._sites.call(call, repeats=wire.repeats)
        return Sent(answer.status, answer.headers, answer.body)

    async def call(self, call: Call) -> Answer:
        """One of `oauth`: a code, a token, a revocation. `Unavailable`."""
        return await self._sites.call(call)

    async def close(self) -> None:
        """End its connections."""
        await self._sites.close()
