"""Everything that is kept about a person, as one document they can take along.

Keys are those of docs/export.md. Secrets never stand in it, nor what their partner
keeps private, nor whose act a cancellation was: that is shown to nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from scheduler.access import ApiToken, Audited, Link, Session
from scheduler.accounts import Account
from scheduler.agreement import Agreement, Programme
from scheduler.cadence import Cadence
from scheduler.connections import Connection
from scheduler.consent import Consent
from scheduler.documents import AgendaDocument
from scheduler.effects import (
    Outgoing,
    PutCopy,
    SendInvite,
    SendLetter,
)
from scheduler.enclosures import Enclosure
from scheduler.erasing import Erasure
from scheduler.events import CalendarObject
from scheduler.ids import PersonId
from scheduler.parting import Line, Note
from scheduler.people import Hours, Pair, Person
from scheduler.promises import Promise
from scheduler.reviewing import Review
from scheduler.secret import Secret
from scheduler.series import Copy, MeetingKey, Offer
from scheduler.topics import Topic

FORMAT = "troth export 1"


@dataclass(frozen=True, slots=True)
class KeptPair:
    """What is kept about one of their pairs, as they may see it."""

    pair: Pair
    #: What the partner is called.
    partner: str
    agreements: tuple[Agreement, ...]
    #: The document of `troth report`; None when nothing was ever booked.
    report: Mapping[str, Any] | None
    offers: tuple[Offer, ...]
    promises: tuple[Promise, ...]
    topics: tuple[Topic, ...]
    notes: tuple[Note, ...]
    lines: tuple[Line, ...]
    enclosures: tuple[Enclosure, ...]
    documents: tuple[AgendaDocument, ...]
    reviews: tuple[Review, ...]
    consents: tuple[Consent, ...]
    copies: tuple[Copy, ...]
    mail: tuple[Outgoing, ...]


@dataclass(frozen=True, slots=True)
class KeptPerson:
    """What is kept about a person."""

    person: Person
    programme: Programme
    fewer: frozenset[str]
    calendars: tuple[tuple[Connection, tuple[CalendarObject, ...]], ...]
    accounts: tuple[Account, ...]
    links: tuple[Link, ...]
    sessions: tuple[Session, ...]
    tokens: tuple[ApiToken, ...]
    mail: tuple[Outgoing, ...]
    audit: tuple[Audited, ...]
    erasure: Erasure | None
    pairs: tuple[KeptPair, ...]


def document(kept: KeptPerson, made_at: datetime) -> dict[str, Any]:
    """The whole of it, in plain JSON."""
    me = kept.person.id
    return {
        "format": FORMAT,
        "made_at": plain(made_at),
        "person": plain(kept.person),
        "programme": {"id": kept.programme.id, "name": kept.programme.name},
        "letters_stopped": sorted(kept.fewer),
        "calendars": [_calendar(*one) for one in kept.calendars],
        "accounts": [_account(one) for one in kept.accounts],
        "links": [
            _only(x, "purpose", "about", "expires_at", "uses") for x in kept.links
        ],
        "sessions": [_only(x, "made_at", "seen_at") for x in kept.sessions],
        "tokens": [_only(x, "label", "made_at", "expires_at") for x in kept.tokens],
        "mail": [_mail(row) for row in kept.mail],
        "audit": [plain(row) for row in kept.audit],
        "erasure": plain(kept.erasure),
        "pairs": [_pair(one, me) for one in kept.pairs],
    }


def _pair(kept: KeptPair, me: PersonId) -> dict[str, Any]:
    is_mentor = kept.pair.mentor == me
    return {
        "id": kept.pair.id,
        "you_are": "mentor" if is_mentor else "mentee",
        "partner": kept.partner,
        "closed": plain(kept.pair.closed),
        "agreements": [
            _only(x, "version", "state", "terms", "in_force_at")
            | {"you_accepted": me in x.accepted_by, "proposed_by": _by(x.author, me)}
            for x in kept.agreements
        ],
        "report": kept.report,
        "offers": [
            _only(x, "about", "kind", "times", "state", "chosen") for x in kept.offers
        ],
        "promises": [
            _only(x, "text", "about")
            | {"by": _by(x.by, me), "turns": [_turn(t) for t in x.turns]}
            for x in kept.promises
        ],
        "topics": _written(kept.topics, me, "text", "added_at", "shared", "done_at"),
        "notes": _written(kept.notes, me, "about", "text", "at"),
        "lines": _written(kept.lines, me, "about", "kind", "text", "at"),
        "enclosures": _written(kept.enclosures, me, "url", "title", "added_at"),
        "documents": [
            _only(x, "begun_at", "state", "link") | {"yours": x.owner == me}
            for x in kept.documents
        ],
        "reviews": _written(kept.reviews, me, "day", "at", "answers", "share"),
        "shown_to_coordinator": [_only(x, "given", "at") for x in kept.consents],
        "invitations": [
            _only(x, "route", "state", "partstat", "written_at") for x in kept.copies
        ],
        "mail": [_mail(row) for row in kept.mail],
    }


def _written(rows: Iterable[Any], me: PersonId, *names: str) -> list[dict[str, Any]]:
    return [_only(row, *names) | {"by": _by(row.by, me)} for row in rows]


def _turn(turn: Any) -> dict[str, Any]:
    return _only(turn, "kind", "at", "day", "undoes")


def _by(who: PersonId | None, me: PersonId) -> str | None:
    if who is None:
        return None
    return "you" if who == me else "partner"


def _calendar(
    connection: Connection, objects: Iterable[CalendarObject]
) -> dict[str, Any]:
    """A connection without what opens it, and when it says they are busy."""
    times = sorted(o for found in objects for o in found.occurrences)
    shown = ("id", "kind", "label", "written", "health", "read_at", "failing_since")
    return _only(connection, *shown) | {
        "busy": [
            {"start": plain(o.start), "end": plain(o.end), "as": plain(o.meaning)}
            for o in times
        ]
    }


def _account(account: Account) -> dict[str, Any]:
    """An account without what opens it: its address, and what they allowed there."""
    return _only(account, "id", "subject", "email", "own_calendar", "refused_at") | {
        "allowed": sorted(need.value for need in account.allowed)
    }


def _mail(row: Outgoing) -> dict[str, Any]:
    """Which letter it was, when, and what became of it; not its words once more."""
    match row.effect:
        case SendLetter(letter=letter):
            kind = f"letter: {letter.kind.value}"
        case SendInvite(invite=invite):
            kind = f"invitation: {invite.method.value or 'none'}"
        case PutCopy():
            kind = "calendar entry: written"
        case _:
            kind = "calendar entry: changed"
    return {"what": kind, "due_at": plain(row.due_at), "state": plain(row.state)}


def _only(value: Any, *names: str) -> dict[str, Any]:
    return {name: plain(getattr(value, name)) for name in names}


def plain(value: Any) -> Any:
    """A frozen value as plain JSON; a secret is left out, wherever it stands."""
    if isinstance(value, (frozenset, tuple)):
        made = [plain(one) for one in value]
        return sorted(made) if isinstance(value, frozenset) else made
    if is_dataclass(value) and not isinstance(value, _WORDS):
        known = ((f.name, getattr(value, f.name)) for f in fields(value))
        return {n: plain(v) for n, v in known if not isinstance(v, Secret)}
    return _single(value)


#: Values that have one way to be written, which `str` knows.
_WORDS = (Hours, Cadence, MeetingKey)


def _single(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case datetime():
            there = value.astimezone(UTC).isoformat(timespec="seconds")
            return there.replace("+00:00", "Z")
        case date() | Hours() | Cadence() | MeetingKey():
            return str(value)
        case _:
            return value
