"""What Troth may ask a person to allow, and what each is for.

promises.md section 1 (Scopes) and S8: the least that does it, each asked for when it
is first needed, and never the whole calendar. Which method takes which scope is said by
the discovery document; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from scheduler.accounts import Need

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


def allowed(scopes: frozenset[Scope]) -> frozenset[Need]:
    """What can be done with what was granted."""
    return frozenset(need for need in Need if allows(scopes, need))
