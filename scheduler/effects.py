"""What is to be done outside, decided and committed before anything is sent.

Each is a row of the outbox. Whatever identifies the effect to others (UID, SEQUENCE,
DTSTAMP, the key that Message-ID is made from) is fixed in it, so that a repeat is
either a no-op or the same thing once more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from scheduler.ids import (
    CalendarId,
    OutboxId,
    PairId,
    PersonId,
    ProgrammeId,
    RemoteId,
    Uid,
)
from scheduler.invite import Invite
from scheduler.letters import Letter
from scheduler.timespan import Span


@dataclass(frozen=True, slots=True)
class SendLetter:
    """Write a letter to a person."""

    letter: Letter


@dataclass(frozen=True, slots=True)
class SendInvite:
    """Send an iTIP message to a person on the iMIP route, from the programme."""

    to: PersonId
    invite: Invite


@dataclass(frozen=True, slots=True)
class PutCopy:
    """Make a person's written copy of an object."""

    person: PersonId
    calendar: CalendarId
    invite: Invite


@dataclass(frozen=True, slots=True)
class MoveInCopy:
    """Move one occurrence in a person's written copy.

    `was` is where it stood when this was decided: if its owner has put it elsewhere
    since, it stays where they put it.
    """

    person: PersonId
    calendar: CalendarId
    uid: Uid
    original_start: datetime
    span: Span
    sequence: int
    stamp: datetime
    was: Span | None = None


@dataclass(frozen=True, slots=True)
class TakeOutOfCopy:
    """Leave one occurrence out of a person's written copy."""

    person: PersonId
    calendar: CalendarId
    uid: Uid
    original_start: datetime
    sequence: int
    stamp: datetime
    #: No guest is told: a letter says it once for many dates.
    silent: bool = False


@dataclass(frozen=True, slots=True)
class PutBackInCopy:
    """Let one occurrence that Troth took out of a person's written copy stand again."""

    person: PersonId
    calendar: CalendarId
    uid: Uid
    original_start: datetime
    span: Span
    sequence: int
    stamp: datetime
    #: No guest is told: a letter says it once for many dates.
    silent: bool = False


@dataclass(frozen=True, slots=True)
class ShortenCopy:
    """End a person's written copy before an instant; past entries stay."""

    person: PersonId
    calendar: CalendarId
    uid: Uid
    before: datetime
    sequence: int
    stamp: datetime


@dataclass(frozen=True, slots=True)
class RemoveCopy:
    """Take a person's written copy away.

    `remote` names it where the person has another copy by now, on another route.
    """

    person: PersonId
    calendar: CalendarId
    uid: Uid
    remote: RemoteId | None = None


@dataclass(frozen=True, slots=True)
class AcceptCopy:
    """Accept the invitation that a guest got from their partner's calendar.

    It is there once the organiser's copy has this SEQUENCE.
    """

    person: PersonId
    calendar: CalendarId
    uid: Uid
    sequence: int


Effect = (
    SendLetter
    | SendInvite
    | PutCopy
    | MoveInCopy
    | TakeOutOfCopy
    | PutBackInCopy
    | ShortenCopy
    | RemoveCopy
    | AcceptCopy
)


class OutboxState(Enum):
    """WAITING until it is DONE, DROPPED (it came too late to make sense) or DEAD."""

    WAITING = "waiting"
    DONE = "done"
    DROPPED = "dropped"
    #: Never taken, or tried for 72 hours: the coordinator is shown it.
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One row of the outbox. `key` is unique: deciding twice writes one row.

    Rows of one `chain` are done one after the other, in the order of their ids; an
    empty chain waits for nothing.
    """

    id: OutboxId
    key: str
    programme: ProgrammeId
    pair: PairId | None
    effect: Effect
    due_at: datetime
    chain: str = ""
    #: Not worth sending after this.
    until: datetime | None = None
    state: OutboxState = OutboxState.WAITING
    attempts: int = 0
    first_tried_at: datetime | None = None
    #: Why the last try failed: a code or a reason without content.
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox with the name to show."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A mail as handed over: who, what, in which shape (promises.md section 5)."""

    to: Address
    subject: str
    text: str
    html: str = ""
    #: A whole VCALENDAR and its METHOD; set only for iTIP.
    calendar: bytes = b""
    method: str = ""
    #: (file name, media type, bytes); never beside `calendar`.
    attachments: tuple[tuple[str, str, bytes], ...] = ()
    #: Extra headers: List-Unsubscribe, Auto-Submitted, …
    headers: tuple[tuple[str, str], ...] = field(default=())
