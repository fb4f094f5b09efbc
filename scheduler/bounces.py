"""Mails that came back: which of ours it was, and what follows for its address.

Anybody can write that a mail did not arrive. It is believed of a mail that went to
that very address, by its Message-ID, which follows from our row and which only its
recipient has seen (promises.md F38). Nothing is ever sent back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from scheduler.effects import Effect, OutboxState, Outgoing, SendInvite, SendLetter
from scheduler.evidence import Evidence, EvidenceKind, SourceKind
from scheduler.ids import EvidenceId, PairId, PersonId
from scheduler.letters import ASKED_FOR
from scheduler.outbox import digest, message_id
from scheduler.people import Person

#: What the coordinator is shown of a row that came back.
RETURNED = "This address takes no mail; please ask for another one."


def mailed_to(effect: Effect) -> PersonId | None:
    """Who gets this effect by mail; None for a calendar, or for a coordinator."""
    match effect:
        case SendLetter(letter=letter):
            return letter.to
        case SendInvite(to=to):
            return to
        case _:
            return None


def returned(
    address: str, name: str, person: Person, rows: Iterable[Outgoing], domain: str
) -> Outgoing | None:
    """The row of the mail that came back from `address`; None: none of ours to them.

    `name` is the Message-ID in the report, without angle brackets.
    """
    if address.casefold() != person.email.casefold():
        return None
    theirs = (row for row in rows if mailed_to(row.effect) == person.id)
    return next((r for r in theirs if message_id(r.key, domain) == name), None)


def came_back(row: Outgoing) -> Outgoing:
    """The row of a mail that can never arrive, as the coordinator is shown it."""
    return replace(row, state=OutboxState.DEAD, trouble=RETURNED)


def unreachable(person: Person, now: datetime) -> Person:
    """A person whose address does not exist, since the first time this was said."""
    return replace(person, bounced_at=person.bounced_at or now)


def bounced_rows(person: Person, pairs: Iterable[PairId]) -> tuple[Evidence, ...]:
    """That they cannot be reached: like a broken connection, it is nobody's doing."""
    if person.bounced_at is None:
        return ()
    return _rows(person, pairs, EvidenceKind.CONNECTION_BROKEN, person.bounced_at)


def reached_rows(
    person: Person, pairs: Iterable[PairId], now: datetime
) -> tuple[Evidence, ...]:
    """That they can be reached again; `person` is as they were before."""
    if person.bounced_at is None:
        return ()
    return _rows(person, pairs, EvidenceKind.CONNECTION_BACK, now)


def _rows(
    person: Person, pairs: Iterable[PairId], kind: EvidenceKind, at: datetime
) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            EvidenceId(digest(kind.value, pair, person.id, at)),
            pair,
            person.id,
            kind,
            at,
            at,
            SourceKind.MAIL,
            by=person.id,
        )
        for pair in pairs
    )


def sent_again(row: Outgoing, person: PersonId) -> Outgoing | None:
    """A row that came back, once there is another address; None for any other.

    A letter goes out after all; instead of an invitation comes its newest edition.
    """
    returned = row.state is OutboxState.DEAD and row.trouble == RETURNED
    if not returned or mailed_to(row.effect) != person:
        return None
    if isinstance(row.effect, SendLetter):
        waiting = OutboxState.WAITING
        return replace(row, state=waiting, attempts=0, first_tried_at=None, trouble="")
    return replace(row, state=OutboxState.DROPPED)


def may_be_mailed(effect: Effect, person: Person) -> bool:
    """Whether to write to them: not to an address that does not exist.

    A link that somebody asks for goes out all the same: it was asked for just now.
    """
    if person.bounced_at is None or mailed_to(effect) is None:
        return True
    return isinstance(effect, SendLetter) and (effect.letter.kind in ASKED_FOR)
