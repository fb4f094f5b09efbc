"""Google's consent as the port has it: `oauth` knows, `Google` calls."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from integrations.calls import Answer, Call
from integrations.google.calendar import Ask
from integrations.google.client import Google
from integrations.google.failures import Operation
from integrations.google.oauth import (
    Flow,
    Tokens,
    authorization_url,
    exchange,
    is_revoked,
    not_begun,
    read_callback,
    read_grant,
    revoke,
)
from integrations.google.protocol import (
    calendars,
    glance,
    new_calendar,
    one_calendar,
    read_calendars,
    read_page,
)
from integrations.google.scopes import Scope, allowed, to_ask
from scheduler.accounts import Need
from scheduler.errors import (
    Conflict,
    CursorExpired,
    Gone,
    Refused,
    Rejected,
    Unavailable,
)
from scheduler.ports.calendars import FoundCalendar
from scheduler.ports.consent import PRIMARY, Begun, Granted
from scheduler.ports.system import Clock, Ids
from scheduler.secret import Secret
from scheduler.timespan import Span

#: Pages of the list of calendars; nobody has more to choose from.
_PAGES = 20
_GLANCE = timedelta(days=1)
_MOST_NAME = 120
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class GoogleConsent:
    """A `Consent`. `ids` draws what nobody may guess."""

    google: Google
    clock: Clock
    ids: Ids

    def begin(
        self, needs: Collection[Need], *, subject: str = "", hint: str = ""
    ) -> Begun:
        """State, verifier and nonce are new for each flow."""
        state, verifier, nonce = (Secret(self.ids.token()) for _ in range(3))
        flow = Flow(state, verifier, nonce, subject)
        scopes = to_ask(sorted(needs, key=list(Need).index))
        url = authorization_url(
            self.google.installation.client, flow, scopes, hint=hint
        )
        kept = (state.reveal, verifier.reveal, nonce.reveal, subject)
        return Begun(url, state, kept)

    async def finish(self, flow: Sequence[str], answer: Mapping[str, str]) -> Granted:
        """Exchange the code, and say what it is good for."""
        begun = _flow(flow)
        code = read_callback(answer, begun)
        told = await self._call(exchange(self.google.installation.client, begun, code))
        tokens, who = read_grant(
            told, self.google.installation.client, begun, self.clock.now()
        )
        _raise_unless_useful(tokens)
        return Granted(
            subject=who.sub,
            email=who.email,
            refresh=tokens.refresh,
            access=tokens.access,
            until=tokens.expires,
            allowed=allowed(tokens.scopes),
            makes_calendar=Scope.OWN_CALENDAR in tokens.scopes,
        )

    async def calendars(self, granted: Granted) -> tuple[FoundCalendar, ...]:
        """By the list where that was allowed; else the main one, as it is known."""
        ask, now = self.google.asking(granted.access), self.clock.now()
        await _read(ask(glance(PRIMARY, Span(now, now + _GLANCE)), Operation.LIST))
        name = granted.email or "Your main calendar"
        main = FoundCalendar(PRIMARY, name, writable=True)
        if Need.CHOOSE not in granted.allowed:
            return (main,)
        found = [one async for one in _listed(ask)]
        first = next((one for one in found if one.url == PRIMARY), main)
        return (first, *(one for one in found if one.url != PRIMARY))

    async def own_calendar(self, granted: Granted, name: str, *, known: str) -> str:
        """One that was deleted by its owner is made anew: they asked for it again."""
        ask = self.google.asking(granted.access)
        if known:
            try:
                await _read(ask(one_calendar(known), Operation.READ))
            except Gone:
                pass
            else:
                return known
        made = await _read(ask(new_calendar(name), Operation.MAKE))
        return str(made.get("id") or "")

    async def revoke(self, refresh: Secret) -> None:
        """At the endpoint of RFC 7009."""
        answer = await self._call(revoke(self.google.installation.client, refresh))
        if not is_revoked(answer):
            raise Unavailable(f"Google answers {answer.status} to a revocation")

    async def _call(self, call: Call) -> Answer:
        """What is refused here is nothing that a person typed."""
        try:
            return await self.google.call(call)
        except Refused as refused:
            raise Unavailable(f"Google cannot be called ({refused.code})") from None


def _flow(kept: Sequence[str]) -> Flow:
    if len(kept) != 4:
        raise not_begun()
    state, verifier, nonce, subject = kept
    return Flow(Secret(state), Secret(verifier), Secret(nonce), subject)


def _raise_unless_useful(tokens: Tokens) -> None:
    if Need.READ not in allowed(tokens.scopes):
        raise Refused(
            "E_OAUTH_READ",
            "You did not let Troth see when you are busy, and without that it can do"
            " nothing there; connect again and leave that box ticked, or choose another"
            " way.",
        )
    if not tokens.refresh:
        raise Refused(
            "E_OAUTH_LASTING",
            "Google gave no permission that lasts; take Troth out of the connections of"
            " your Google account, then connect again.",
        )


async def _read(answer: Awaitable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """What would be a bug or a race elsewhere is an outage while connecting."""
    try:
        return await answer
    except (CursorExpired, Conflict, Rejected) as error:
        raise Unavailable(str(error)) from None


async def _listed(ask: Ask) -> AsyncIterator[FoundCalendar]:
    page = ""
    for _ in range(_PAGES):
        answer = await _read(ask(calendars(page), Operation.READ))
        for one in read_calendars(answer):
            url = PRIMARY if one.primary else one.id
            name = _CONTROLS.sub(" ", one.name).strip()[:_MOST_NAME] or one.id
            yield FoundCalendar(url, name, one.writable)
        page = read_page(answer).next_page
        if not page:
            return
