"""Accounts at a provider: what somebody allowed Troth to do there, and what not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from scheduler.ids import AccountId, PersonId, digest
from scheduler.secret import Secret

#: A grant that was refused is tried again this often, in case the refusal was wrong.
PROBE_EVERY = timedelta(days=1)


class Need(Enum):
    """What a person wants Troth to do, for which something has to be allowed."""

    #: See when they are busy.
    READ = "read"
    #: Choose among the calendars of the account.
    CHOOSE = "choose"
    #: Put meetings into a calendar of Troth's own, without guests.
    WRITE = "write"
    #: Put meetings with guests into their own calendar, so that Google invites.
    INVITE = "invite"
    #: Make agendas as documents.
    DOCUMENTS = "documents"


#: What somebody can allow beside what they did, where they see their calendars.
OFFERED = (Need.READ, Need.CHOOSE, Need.WRITE, Need.INVITE, Need.DOCUMENTS)

_WITHOUT: dict[Need, str] = {
    Need.READ: "Troth cannot see when you are busy, so it offers no times with you.",
    Need.CHOOSE: "Troth reads your main calendar only and cannot list the others.",
    Need.WRITE: "Troth cannot put your meetings into Google Calendar; it sends you"
    " invitations by mail instead.",
    Need.INVITE: "Google cannot invite your partner from your calendar; each of you"
    " gets a copy or an invitation by mail.",
    Need.DOCUMENTS: "Agendas are not made as Google documents; the invitation holds a"
    " link to the agenda page instead.",
}


@dataclass(frozen=True, slots=True)
class Account:
    """One Google account of one person, and what was granted there.

    `subject` is Google's own name for it, which never changes (`sub`); `email` is where
    its invitations arrive. `refresh` opens it until its owner takes it back.
    """

    id: AccountId
    person: PersonId
    subject: str
    email: str
    refresh: Secret
    allowed: frozenset[Need] = field(default_factory=frozenset)
    #: The calendar that Troth made there for its copies; '' while there is none.
    own_calendar: str = ""
    #: When the grant was last refused; None while it is good.
    refused_at: datetime | None = None

    def allows(self, need: Need) -> bool:
        """Whether what was granted is enough for this."""
        return need in self.allowed

    def may_call(self, now: datetime) -> bool:
        """Whether it may be asked for a token: a refusal is tested once a day (F27)."""
        return self.refused_at is None or now - self.refused_at >= PROBE_EVERY


@dataclass(frozen=True, slots=True)
class Lacking:
    """One thing that does not work, in a sentence for the page."""

    need: Need
    sentence: str


def account_id(person: PersonId, subject: str) -> AccountId:
    """The same person and account are one row, however often it is connected."""
    return AccountId(digest("google account", person, subject))


def lacking(allowed: frozenset[Need], needs: Iterable[Need]) -> tuple[Lacking, ...]:
    """What does not work with what was granted (promises.md F28)."""
    return tuple(Lacking(need, _WITHOUT[need]) for need in needs if need not in allowed)
