"""Accounts somewhere else, and the page on which their owners allow things.

As strict as Google: a code is good once, for the flow it was given in; what was allowed
before stays allowed; revoking ends everything that an account has given.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256

from scheduler.accounts import Need
from scheduler.errors import NeedsConsent, Refused, Unavailable
from scheduler.ports.calendars import FoundCalendar
from scheduler.ports.consent import PRIMARY, Begun, Granted
from scheduler.ports.system import Clock, Ids
from scheduler.secret import Secret

_HOUR = timedelta(hours=1)


@dataclass
class MemoryAccount:
    """One account: its calendars, and what its owner gave so far."""

    email: str
    calendars: list[FoundCalendar] = field(default_factory=list)
    allowed: frozenset[Need] = frozenset()
    makes_calendars: bool = False
    #: The tokens that are still good.
    tokens: set[str] = field(default_factory=set)

    @property
    def subject(self) -> str:
        """What never changes of it."""
        return sha256(self.email.encode()).hexdigest()[:21]


@dataclass(frozen=True, slots=True)
class _Asked:
    needs: frozenset[Need]
    verifier: str


class MemoryConsent:
    """A `Consent`; `person_…` is what somebody does on the page they were sent to.

    That page is at `place`, where nobody need be.
    """

    def __init__(
        self, clock: Clock, ids: Ids, *, place: str = "https://consent.test/"
    ) -> None:
        self._clock, self._ids, self.place = clock, ids, place
        self._asked: dict[str, _Asked] = {}
        self._codes: dict[str, tuple[str, str, frozenset[Need]]] = {}
        self.accounts: dict[str, MemoryAccount] = {}
        #: Raised by every call while it is set.
        self.trouble: Unavailable | None = None
        #: Whether what is given lasts.
        self.lasting = True
        #: Every grant that was revoked, by address.
        self.revoked: list[str] = []

    def account(self, email: str, *calendars: str) -> MemoryAccount:
        """An account with these calendars beside its main one."""
        found = [FoundCalendar(name, name, writable=True) for name in calendars]
        return self.accounts.setdefault(email, MemoryAccount(email, found))

    def person_allows(self, state: str, email: str, *needs: Need) -> dict[str, str]:
        """What they bring back: allowed are `needs` alone, or everything asked."""
        asked = self._asked[state]
        code = self._ids.token()
        given = asked.needs & frozenset(needs or asked.needs)
        self._codes[code] = (state, email, given)
        return {"state": state, "code": code}

    def person_denies(self, state: str) -> dict[str, str]:
        """What they bring back."""
        return {"state": state, "error": "access_denied"}

    def person_withdraws(self, email: str) -> None:
        """On the page of their own account: everything given ends."""
        account = self.account(email)
        account.allowed, account.makes_calendars = frozenset(), False
        account.tokens.clear()

    def begin(
        self, needs: Collection[Need], *, subject: str = "", hint: str = ""
    ) -> Begun:
        """To be answered by `person_allows` or `person_denies`, with the state."""
        state, verifier = self._ids.token(), self._ids.token()
        self._asked[state] = _Asked(frozenset(needs), verifier)
        url = f"{self.place}?state={state}&login_hint={hint}"
        return Begun(url, Secret(state), (state, verifier, subject))

    async def finish(self, flow: Sequence[str], answer: Mapping[str, str]) -> Granted:
        """The account of the code, if everything fits."""
        state, verifier, subject = flow if len(flow) == 3 else ("", "", "")
        if not state or answer.get("state") != state:
            raise Refused("E_OAUTH_STATE", "This answer belongs to another flow.")
        if answer.get("error") == "access_denied":
            raise Refused("E_OAUTH_DENIED", "You did not allow it.")
        if "code" not in answer:
            raise Refused("E_OAUTH_ANSWER", "The answer holds no permission.")
        await self._called()
        begun, email, given = self._codes.pop(answer["code"], ("", "", frozenset()))
        if begun != state or self._asked[state].verifier != verifier:
            raise Refused("E_OAUTH_CODE", "This permission was used already.")
        return self._granted(self.account(email), subject, given)

    def _granted(
        self, account: MemoryAccount, subject: str, given: frozenset[Need]
    ) -> Granted:
        if subject and subject != account.subject:
            raise Refused("E_OAUTH_OTHER_ACCOUNT", "This is another account.")
        # Whoever may change events may also make some without guests.
        account.allowed |= given | ({Need.WRITE} if Need.INVITE in given else set())
        account.makes_calendars |= Need.WRITE in given
        if Need.READ not in account.allowed:
            raise Refused("E_OAUTH_READ", "Nothing can be read.")
        if not self.lasting:
            raise Refused("E_OAUTH_LASTING", "Nothing that lasts was given.")
        refresh, access = self._ids.token(), self._ids.token()
        account.tokens |= {refresh, access}
        return Granted(
            account.subject,
            account.email,
            Secret(refresh),
            Secret(access),
            self._clock.now() + _HOUR,
            account.allowed,
            makes_calendar=account.makes_calendars,
        )

    async def calendars(self, granted: Granted) -> tuple[FoundCalendar, ...]:
        """The main one, and the others where choosing was allowed."""
        account = await self._of(granted.access)
        main = FoundCalendar(PRIMARY, account.email, writable=True)
        if Need.CHOOSE not in granted.allowed:
            return (main,)
        return (main, *account.calendars)

    async def own_calendar(self, granted: Granted, name: str, *, known: str) -> str:
        """Made once, as long as it is there."""
        account = await self._of(granted.access)
        if any(one.url == known for one in account.calendars):
            return known
        made = FoundCalendar(f"own-{self._ids.new()}", name, writable=True)
        account.calendars.append(made)
        return made.url

    async def revoke(self, refresh: Secret) -> None:
        """With it goes everything that the account gave."""
        await self._called()
        for account in self.accounts.values():
            if refresh.reveal in account.tokens:
                self.revoked.append(account.email)
                self.person_withdraws(account.email)

    async def _of(self, access: Secret) -> MemoryAccount:
        await self._called()
        for account in self.accounts.values():
            if access.reveal in account.tokens:
                return account
        raise NeedsConsent("this token is not good any more")

    async def _called(self) -> None:
        """Somebody else may be faster meanwhile, as with any call."""
        await asyncio.sleep(0)
        if self.trouble is not None:
            raise self.trouble
