"""Who is asking: sessions, roles, forms (promises.md S2, S3, S6, S12)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Form, Request

from config.services import Services
from scheduler.access import Scope, Session
from scheduler.errors import NotFound, Refused
from scheduler.ids import PersonId, ProgrammeId
from web.limits import Buckets, Limited, client_address

COOKIE = "troth"
IDLE = {Scope.PERSON: timedelta(minutes=30), Scope.PROGRAMME: timedelta(hours=12)}
LONGEST = timedelta(hours=12)
#: Before a calendar or an address is changed, a link was opened this lately.
NEWLY = timedelta(minutes=30)
#: A session is not written at every click, only when this much has passed.
_NOTED_EACH = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who came in by a link, with the session that says so."""

    session: Session

    @property
    def programme(self) -> ProgrammeId:
        """The only programme this visitor can see anything of."""
        return self.session.programme

    @property
    def person(self) -> PersonId:
        """Who it is; only for visitors in the role of a person."""
        if self.session.person is None:
            raise sign_in_first()
        return self.session.person

    @property
    def csrf(self) -> str:
        """What every form of this visitor must bring back."""
        return self.session.csrf


def sign_in_first() -> Refused:
    """What somebody without a session is told, whatever they asked for."""
    return Refused("E_SIGN_IN", "Please open the link in your newest letter.")


def digest(secret: str) -> str:
    """What is kept of a cookie or a token."""
    return hashlib.sha256(secret.encode()).hexdigest()


def given(request: Request) -> Services:
    """The ports this application was made with."""
    services: Services = request.app.state.services
    return services


Given = Annotated[Services, Depends(given)]


def asker(request: Request) -> str:
    """The address that asks, as far as our own proxies tell it."""
    peer = request.client.host if request.client else ""
    forwarded = request.headers.get("x-forwarded-for", "")
    return client_address(peer, forwarded, given(request).settings.trusted_proxies)


def limit(request: Request, kind: Limited, key: str = "") -> None:
    """Count one; `Refused` E_TOO_MANY when it is one too many."""
    buckets: Buckets = request.app.state.buckets
    now = given(request).clock.now()
    if not buckets.allow(kind, key or asker(request), now):
        raise Refused("E_TOO_MANY", "That was a lot at once; please wait a minute.")


def is_over(session: Session, now: datetime) -> bool:
    """Whether a session has been idle, or has lasted, too long."""
    return (
        now - session.seen_at > IDLE[session.scope] or now - session.made_at > LONGEST
    )


async def visitor(request: Request, services: Given) -> Visitor:
    """The visitor of this request; `Refused` E_SIGN_IN when there is no session."""
    limit(request, Limited.PAGE)
    cookie = request.cookies.get(COOKIE, "")
    if not cookie or len(cookie) > 200:
        raise sign_in_first()
    now = services.clock.now()
    async with services.begin(read_only=True) as uow:
        session = await uow.doors.session(digest(cookie))
    if session is None or is_over(session, now):
        raise sign_in_first()
    if now - session.seen_at > _NOTED_EACH:
        async with services.begin() as uow:
            await uow.doors.put_session(replace(session, seen_at=now))
            await uow.commit()
    found = Visitor(session)
    request.state.visitor = found
    return found


async def person_visitor(found: Annotated[Visitor, Depends(visitor)]) -> Visitor:
    """A mentor or mentee."""
    if found.session.scope is not Scope.PERSON:
        raise NotFound("page")
    return found


async def coordinator_visitor(found: Annotated[Visitor, Depends(visitor)]) -> Visitor:
    """A coordinator."""
    if found.session.scope is not Scope.PROGRAMME:
        raise NotFound("page")
    return found


PersonVisitor = Annotated[Visitor, Depends(person_visitor)]
CoordinatorVisitor = Annotated[Visitor, Depends(coordinator_visitor)]


async def checked_form(
    request: Request,
    found: Annotated[Visitor, Depends(visitor)],
    services: Given,
    csrf: Annotated[str, Form()] = "",
) -> None:
    """Refuse a form that did not come from our own page (E_FORM_EXPIRED)."""
    good = hmac.compare_digest(csrf.encode(), found.csrf.encode())
    if not good or is_foreign(request, services):
        raise Refused(
            "E_FORM_EXPIRED", "This form is too old; please open the link again."
        )


def is_foreign(request: Request, services: Services) -> bool:
    """Whether the browser says that a form comes from another site.

    Under `Referrer-Policy: no-referrer` browsers send `Origin: null` with our own
    forms too; then Sec-Fetch-Site, which no page can write, tells them apart.
    """
    if request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
        return True
    host, port = services.settings.address
    ours = {
        services.settings.site,
        str(request.base_url).rstrip("/"),
        f"http://localhost:{port}",
        f"http://{host}:{port}",
    }
    return request.headers.get("origin", "null") not in {"null", *ours}


#: A dependency of every POST route of the pages.
CheckedForm = Depends(checked_form)


async def newly_come(
    found: Annotated[Visitor, Depends(visitor)], services: Given
) -> None:
    """Refuse what opens doors to somebody whose link was opened long ago (S6)."""
    if services.clock.now() - found.session.made_at > NEWLY:
        raise Refused(
            "E_SIGN_IN", "Please open your link once more before you change this."
        )


#: A dependency of every POST route that changes calendars or addresses.
NewlyCome = Depends(newly_come)
