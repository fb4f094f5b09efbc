"""What Troth may ask a person to allow, what each is for, and what fails without it.

promises.md section 1 (Scopes) and S8: the least that does it, each asked for when it
is first needed, and never the whole calendar. Which method takes which scope is said by
the discovery document; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

_AUTH = "https://www.googleapis.com/auth/"


class Scope(Enum):
    """All that may ever be asked for."""

    OPENID = "openid"
    EMAIL = "email"
    FREEBUSY = _AUTH + "calendar.events.freebusy"
    CALENDARS = _AUTH + "calendar.calendarlist.readonly"
    OWN_CALENDAR = _AUTH + "calendar.app.created"
    OWNED = _AUTH + "calendar.events.owned"
    DOCUMENTS = _AUTH + "drive.file"


#: Google answers with another name than it was asked by.
_ALSO = {_AUTH + "userinfo.email": Scope.EMAIL}


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


#: Who somebody is comes with every consent: the account is pinned by it.
_ALWAYS = (Scope.OPENID, Scope.EMAIL)
#: Any one of these does it; the first is the one that is asked for.
_DOES: dict[Need, tuple[Scope, ...]] = {
    Need.READ: (Scope.FREEBUSY, Scope.OWNED),
    Need.CHOOSE: (Scope.CALENDARS,),
    Need.WRITE: (Scope.OWN_CALENDAR, Scope.OWNED),
    Need.INVITE: (Scope.OWNED,),
    Need.DOCUMENTS: (Scope.DOCUMENTS,),
}
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
class Lacking:
    """One thing that does not work, in a sentence for the page."""

    need: Need
    sentence: str


def to_ask(needs: Iterable[Need]) -> tuple[Scope, ...]:
    """What to ask for these; who it is comes first."""
    asked = [_DOES[need][0] for need in needs]
    return tuple(dict.fromkeys((*_ALWAYS, *asked)))


def granted(answer: str) -> frozenset[Scope]:
    """What an answer's `scope` allows; anything that was never asked for is ignored."""
    known = {scope.value: scope for scope in Scope} | _ALSO
    return frozenset(known[word] for word in answer.split() if word in known)


def allows(scopes: frozenset[Scope], need: Need) -> bool:
    """Whether what was granted is enough for this."""
    return not scopes.isdisjoint(_DOES[need])


def lacking(scopes: frozenset[Scope], needs: Iterable[Need]) -> tuple[Lacking, ...]:
    """What does not work with what was granted (promises.md F28)."""
    return tuple(
        Lacking(need, _WITHOUT[need]) for need in needs if not allows(scopes, need)
    )
