"""Asking somebody for consent at their provider, in their browser, and ending it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from scheduler.accounts import Need
from scheduler.ports.calendars import FoundCalendar
from scheduler.secret import Secret

#: What the main calendar of any account is called, whoever it belongs to.
PRIMARY: Final = "primary"


@dataclass(frozen=True, slots=True)
class Begun:
    """One consent that was begun: where the person goes, and what has to be kept.

    `flow` is kept beside their session until they come back, sealed, and good once;
    `state` is the part of it that comes back with them.
    """

    url: str = field(repr=False)
    state: Secret
    flow: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Granted:
    """What came of a consent; nothing of it is kept yet.

    `subject` never changes, the address may. `access` is for the next minutes.
    """

    subject: str
    email: str
    refresh: Secret
    access: Secret
    until: datetime
    allowed: frozenset[Need]
    #: Whether Troth may make a calendar of its own there.
    makes_calendar: bool = False


class Consent(Protocol):
    """One provider. Every method but `begin` may raise `Unavailable`."""

    def begin(
        self, needs: Collection[Need], *, subject: str = "", hint: str = ""
    ) -> Begun:
        """For these needs, beside what was allowed before; does no I/O.

        With `subject` no other account is taken; `hint` is the address that the
        person is known by there.
        """

    async def finish(self, flow: Sequence[str], answer: Mapping[str, str]) -> Granted:
        """What the person allowed; `answer` is the query they came back with.

        `Refused` E_OAUTH_STATE (belongs to another flow, or to none), E_OAUTH_DENIED,
        E_OAUTH_CODE (used, or too late), E_OAUTH_ACCOUNT, E_OAUTH_OTHER_ACCOUNT,
        E_OAUTH_ANSWER, E_OAUTH_LASTING (nothing that lasts was given), E_OAUTH_READ
        (without which nothing works).
        """

    async def calendars(self, granted: Granted) -> tuple[FoundCalendar, ...]:
        """What can be read, the main one first, called `PRIMARY`.

        The main one alone where choosing was not allowed. It is read once, so that a
        grant that does not do what it says is told now: `Refused`, `NeedsConsent`.
        """

    async def own_calendar(self, granted: Granted, name: str, *, known: str) -> str:
        """The calendar of Troth's own: the known one, or a new one of this name.

        Also `Refused` and `NeedsConsent`, where it may not be made.
        """

    async def revoke(self, refresh: Secret) -> None:
        """End the whole grant of this account; one that has ended stays so."""
