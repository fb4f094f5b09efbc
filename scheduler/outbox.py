"""Rows of the outbox: their keys, their chains, and when they are due.

A key is `kind/object/recipient/revision` (promises.md I9): deciding the same thing
twice writes one row, and the Message-ID of a mail follows from its row's key.
"""

from __future__ import annotations

from datetime import datetime

from scheduler.effects import Outgoing, SendLetter
from scheduler.ids import OutboxId, PersonId, digest
from scheduler.letters import Letter, key_of
from scheduler.people import Person
from scheduler.quiet import letter_at

__all__ = ["chain", "digest", "letter_row", "message_id"]


def chain(person: PersonId, uid: str) -> str:
    """What keeps the effects on one person's copy of one object in order."""
    return f"{person}/{uid}"


def message_id(key: str, domain: str) -> str:
    """The Message-ID of the mail of a row, without angle brackets: always the same."""
    return f"{digest(key)}@{domain}"


def letter_row(
    row: OutboxId,
    letter: Letter,
    to: Person,
    *,
    now: datetime,
    revision: str = "",
    until: datetime | None = None,
) -> Outgoing:
    """A letter to a person of a programme, held while it is quiet for them.

    `revision` tells two letters of one kind about one thing apart: a time, a number.
    """
    about = letter.about or letter.offer or letter.pair or ""
    start = letter.facts.meeting.start if letter.facts.meeting else None
    return Outgoing(
        row,
        key=key_of(letter.kind, about, to.id, revision),
        programme=to.programme,
        pair=letter.pair,
        effect=SendLetter(letter),
        due_at=letter_at(letter.kind, to, now, start),
        until=until,
    )
