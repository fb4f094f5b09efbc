"""Mail out and mail in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from scheduler.access import Purpose
from scheduler.agreement import Programme
from scheduler.effects import Message
from scheduler.invite import Invite
from scheduler.letters import Letter
from scheduler.people import Pair, Person
from scheduler.promises import Promise


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a mail is for, and whom it speaks of; what wording needs besides facts.

    `person` is None for a letter to a coordinator, `partner` and `pair` where it is
    about no pair.
    """

    programme: Programme
    person: Person | None = None
    partner: Person | None = None
    pair: Pair | None = None
    #: Those of the letter's promises that are still to be kept until the day it means.
    promises: tuple[Promise, ...] = ()
    #: The word of thanks that the letter brings; empty when it was taken back.
    thanks: str = ""


class LinkMaker(Protocol):
    """Makes the personal links of one mail; rendering it again makes the same ones."""

    def __call__(self, purpose: Purpose, about: str = "") -> str:
        """The address; `about` is an offer's id, a meeting's key, or empty."""


class Render(Protocol):
    """Puts facts into words, in the reader's language and on the reader's clock."""

    def letter(self, letter: Letter, reader: Reader, link: LinkMaker) -> Message:
        """A letter to read."""

    def invite(self, invite: Invite, reader: Reader, link: LinkMaker) -> Message:
        """An iTIP mail: a few words to read, and the object with its METHOD."""


class MailOut(Protocol):
    """Hands messages to a mail server."""

    async def send(self, message: Message, message_id: str) -> None:
        """Deliver one message; the same `message_id` gives the same identities.

        `Unavailable` (4xx, no connection: try again), `Rejected` (5xx: this address
        or message is not taken, ever).
        """


class Answer(Enum):
    """What a calendar program answered (RFC 5546): METHOD and PARTSTAT in one."""

    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"
    COUNTER = "counter"


@dataclass(frozen=True, slots=True)
class Claim:
    """An address that an answer may be from, and whether this was vouched for."""

    address: str
    certain: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """One iTIP answer as it came by mail, read but not yet believed.

    Instants are of the years 1970 to 2199. Without `recurrence_id` and
    `recurrence_wall`: the whole series. `certain` false: the mail exchanger did not
    vouch for the sender, so its author is asked (contracts.md, MAIL_FROM).
    `scheduler.itip` says who and which meeting is meant.
    """

    uid: str
    attendee: str
    answer: Answer
    sequence: int
    #: The Date of the mail or the DTSTAMP of the object, whichever is earlier.
    at: datetime
    recurrence_id: datetime | None = None
    proposed_start: datetime | None = None
    proposed_end: datetime | None = None
    prodid: str = ""
    certain: bool = True
    #: The instance as a naive wall time, where it was named by a date (00:00) or
    #: without a zone; then `recurrence_id` is None.
    recurrence_wall: datetime | None = None
    #: Further addresses it came with (EMAIL=, Reply-To, From), best first: a person
    #: may answer under another name than the one that was invited.
    others: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A mail in words: nothing of it but the lines `topic: …` and `promise: …`.

    `sender` is certain only if our own exchanger vouches for it: a topic or a promise
    is taken from nobody else (contracts.md, MAIL_FROM).
    """

    sender: Claim
    #: Whole lines, those above what is quoted.
    lines: tuple[str, ...] = ()
    #: The Message-IDs of what it answers, the nearest first.
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail server's word that one of our mails did not arrive (RFC 3464).

    Anybody can write one: it counts only if a mail of this id went to this address,
    since the id is known to nobody else. `hard`: the address does not exist.
    """

    #: In small letters.
    address: str
    #: Without angle brackets.
    message_id: str
    hard: bool


@dataclass(frozen=True, slots=True)
class Ignored:
    """A mail that is no answer; `reason` is a code for the audit, without content."""

    reason: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """One mail of the reply mailbox; `id` is stable however often it is read."""

    id: str
    read: Reply | Note | Bounce | Ignored


class MailIn(Protocol):
    """The mailbox that answers come to."""

    def unseen(self) -> AsyncIterator[Incoming]:
        """Mails not yet marked as done, oldest first. May raise `Unavailable`."""

    async def done(self, mail: str) -> None:
        """Mark one as done, when what it said is committed; or `Unavailable`."""


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail that was kept instead of sent; attachments as (name, type, bytes)."""

    id: str
    to: str
    subject: str
    at: datetime
    text: str
    html: str
    attachments: tuple[tuple[str, str, bytes], ...] = ()


class KeptMailbox(Protocol):
    """Mail kept on this machine, for whoever tries Troth without a mail server."""

    def all(self) -> tuple[KeptMail, ...]:
        """Every mail, the newest first."""

    def get(self, mail: str) -> KeptMail | None:
        """One mail by its id."""
