"""Who may see and do what: links, sessions, tokens, and the audit of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from scheduler.ids import LinkId, PairId, PersonId, ProgrammeId


class Purpose(Enum):
    """What a link opens. Each is signed with a salt of its own (promises.md S1)."""

    #: A person's own pages.
    PAGES = "pages"
    AGREE = "agree"
    CONNECT = "connect"
    CHOOSE = "choose"
    MET = "met"
    ASK = "ask"
    PROMISE = "promise"
    UNDO = "undo"
    REVIEW = "review"
    #: Go on, change, or close.
    RENEW = "renew"
    FEWER = "fewer"
    #: The pair's agenda, from the event: identifies nobody, asks for a mailed link.
    AGENDA = "agenda"
    #: A coordinator's sign-in: fifteen minutes, once.
    SIGN_IN = "sign-in"
    #: Everything about a person is erased: one day, once.
    ERASE = "erase"


@dataclass(frozen=True, slots=True)
class Link:
    """The server's row behind a signed link: the ticket itself says only the id."""

    id: LinkId
    purpose: Purpose
    programme: ProgrammeId
    #: None for a coordinator's link and for the agenda link.
    person: PersonId | None
    #: What it is about: a pair id, an offer id, a meeting key; or empty.
    about: str
    expires_at: datetime
    pair: PairId | None = None
    #: Counted on POST only; `single` links are good for one.
    uses: int = 0
    single: bool = False
    revoked: bool = False


class Scope(Enum):
    """What somebody reaches: one person's own pairs, or a programme."""

    PERSON = "person"
    PROGRAMME = "programme"


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that came in by a link. `digest` is SHA-256 of the cookie's value."""

    digest: str
    scope: Scope
    programme: ProgrammeId
    person: PersonId | None
    #: Random, in every form of this session.
    csrf: str
    made_at: datetime
    seen_at: datetime
    #: What the link was about, so that its page opens after the redirect.
    about: str = ""
    #: A person's session reaches this pair alone; None: all of that person's pairs.
    pair: PairId | None = None


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A bearer token. `digest` is SHA-256 of it; the token itself is shown once."""

    digest: str
    scope: Scope
    programme: ProgrammeId
    person: PersonId | None
    label: str
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Audited:
    """One act, by ids only: who (`person:…`, `coordinator`, `troth`), what, on what."""

    at: datetime
    programme: ProgrammeId | None
    actor: str
    act: str
    about: str
    cause: str = ""
