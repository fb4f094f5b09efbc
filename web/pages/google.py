"""Google's consent: to Google, back from it, and what is to be done with it.

Looking changes nothing (promises.md S3): a flow lives in a cookie of its own until the
person comes back, the grant in the form that they then see, and only what they send
with it is kept.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from config.services import Services
from scheduler.accounts import Account, Need, account_id, lacking
from scheduler.connections import Connection
from scheduler.errors import NeedsConsent, NotFound, Refused, Rejected, Unavailable
from scheduler.ids import AccountId
from scheduler.ports.calendars import FoundCalendar
from scheduler.ports.consent import PRIMARY, Consent, Granted
from scheduler.secret import Secret
from scheduler.usecases.connect_account import AccountWish, Books, connect_account
from scheduler.usecases.disconnect_account import disconnect_account
from web.again import AgainRoute
from web.guard import CheckedForm, Given, NewlyCome, PersonVisitor, Visitor, digest
from web.pages.calendar import calendar_sheet
from web.pages.me import me_sheet

router = APIRouter(
    prefix="/calendar/google", include_in_schema=False, route_class=AgainRoute
)

#: How long somebody may stay at Google.
_LONGEST = timedelta(minutes=20)
_ASKS = {
    Books.OWN: frozenset((Need.READ, Need.WRITE)),
    Books.MAIN: frozenset((Need.READ, Need.INVITE)),
    Books.NOWHERE: frozenset((Need.READ,)),
}

Word = Annotated[str, Form(max_length=20)]


def _consent(services: Services) -> Consent:
    """Google, where this installation knows it; nothing at all elsewhere."""
    if services.consent is None:
        raise NotFound("page")
    return services.consent


# There ------------------------------------------------------------------------------


@router.post("", dependencies=[CheckedForm, NewlyCome])
async def begin(
    request: Request,
    services: Given,
    visitor: PersonVisitor,
    books: Word = Books.OWN.value,
    choose: Word = "",
) -> Response:
    """Ask Google for as much as what is wanted needs."""
    wanted = _books(books)
    needs = _ASKS[wanted] | ({Need.CHOOSE} if choose else set())
    return await _go(request, services, visitor, needs, wanted)


@router.post("/{account}/again", dependencies=[CheckedForm, NewlyCome])
async def ask_again(
    request: Request,
    services: Given,
    visitor: PersonVisitor,
    account: str,
    more: Word = "",
) -> Response:
    """Have what was allowed renewed, and with `more` one thing beside it."""
    known, connections = await _own(services, visitor, AccountId(account))
    needs, books = _renewed(known), _booking(known, connections)
    if more:
        need = _need(more)
        needs |= {need}
        wished = {Need.WRITE: Books.OWN, Need.INVITE: Books.MAIN}.get(need, books)
        books = wished if books is Books.NOWHERE else books
    return await _go(request, services, visitor, needs, books, known)


def _renewed(account: Account) -> frozenset[Need]:
    """What is asked for anew: as much as there was, and no calendar of Troth's own.

    Unless there is one: whoever lets guests be invited lets events be written, too.
    """
    if Need.INVITE in account.allowed and not account.own_calendar:
        return account.allowed - {Need.WRITE} | {Need.READ}
    return account.allowed | {Need.READ}


async def _go(
    request: Request,
    services: Services,
    visitor: Visitor,
    needs: frozenset[Need],
    books: Books,
    known: Account | None = None,
) -> Response:
    """On to Google; the browser goes by itself, and there is a link where it does not.

    A redirect would not do: browsers hold `form-action 'self'` against wherever a form
    leads in the end, and nobody can name every site that a school sends its people to.
    """
    subject, hint = (known.subject, known.email) if known else ("", "")
    begun = _consent(services).begin(needs, subject=subject, hint=hint)
    asked = ",".join(sorted(need.value for need in needs))
    sealed = services.seal.close(
        _flow_place(visitor, begun.state.reveal), [books.value, asked, *begun.flow]
    )
    page = await me_sheet(
        request,
        services,
        visitor,
        "google-go.html",
        url=begun.url,
        needs=needs,
        headers={"Refresh": f"0; url={begun.url}"},
    )
    page.set_cookie(
        _cookie(begun.state.reveal),
        sealed,
        max_age=int(_LONGEST.total_seconds()),
        path=router.prefix,
        httponly=True,
        samesite="lax",
        secure=services.settings.public_url.startswith("https:"),
    )
    return page


def _cookie(state: str) -> str:
    """Each flow has a cookie of its own, so that two in parallel do not meet."""
    return f"troth-google-{digest(state)[:16]}"


def _flow_place(visitor: Visitor, state: str) -> tuple[str, ...]:
    return "google flow", visitor.person, visitor.session.digest, digest(state)


# And back ---------------------------------------------------------------------------


@router.get("/callback")
async def come_back(
    request: Request, services: Given, visitor: PersonVisitor
) -> Response:
    """What was allowed, and what to do with it; nothing is kept yet."""
    consent = _consent(services)
    answer = dict(request.query_params)
    state = answer.get("state", "")
    try:
        page = await _offered(request, services, visitor, consent, answer)
    except NeedsConsent:
        page = await _told(request, services, visitor, _USED)
    except Unavailable:
        page = await _told(request, services, visitor, _SILENT)
    except Refused as refused:
        page = await _told(request, services, visitor, refused)
    page.delete_cookie(_cookie(state), path=router.prefix)
    return page


_USED = Refused(
    "E_OAUTH_CODE", "This permission is no longer good; begin again, please."
)
_SILENT = Refused(
    "E_OAUTH_SILENT",
    "Google does not answer just now, and nothing was connected; please begin again in"
    " a while.",
)


async def _told(
    request: Request, services: Services, visitor: Visitor, error: Refused
) -> Response:
    """The page of calendars, saying what went wrong, with the way on."""
    return await calendar_sheet(
        request,
        services,
        visitor,
        error=error,
        way="google",
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
    )


async def _offered(
    request: Request,
    services: Services,
    visitor: Visitor,
    consent: Consent,
    answer: dict[str, str],
) -> Response:
    books, needs, flow = _flow(request, services, visitor, answer.get("state", ""))
    granted = await consent.finish(flow, answer)
    found = await consent.calendars(granted)
    name = account_id(visitor.person, granted.subject)
    known, connections = await _own_if_any(services, visitor, name)
    if known:
        found = tuple(one for one in found if one.url != known.own_calendar)
    read = {c.url.reveal for c in connections if c.account == name}
    places = _places(granted)
    kept = [_packed(granted), *(_written(one) for one in found)]
    return await me_sheet(
        request,
        services,
        visitor,
        "google-choose.html",
        sealed=services.seal.close(_choice_place(visitor), kept),
        granted=granted,
        lacking=lacking(granted.allowed, [need for need in Need if need in needs]),
        found=found,
        read=read or {PRIMARY},
        places=places,
        elsewhere=_elsewhere(name, connections),
        chosen=books if books in dict(places) else Books.NOWHERE,
    )


def _flow(
    request: Request, services: Services, visitor: Visitor, state: str
) -> tuple[Books, frozenset[Need], list[str]]:
    """What was kept of the flow; nothing, where it is not of this session."""
    sealed = request.cookies.get(_cookie(state), "")
    try:
        books, asked, *flow = services.seal.open(_flow_place(visitor, state), sealed)
    except Rejected:
        return Books.NOWHERE, frozenset(), []
    return Books(books), frozenset(map(Need, asked.split(","))), flow


def _elsewhere(account: AccountId, connections: tuple[Connection, ...]) -> str:
    """What the calendar is called in which Troth books, outside this account."""
    other = [c for c in connections if c.written and c.account != account]
    return other[0].label or other[0].kind.value if other else ""


def _places(granted: Granted) -> tuple[tuple[Books, str], ...]:
    """Where meetings can stand, with what was allowed."""
    places = {}
    if granted.makes_calendar:
        places[Books.OWN] = "In a calendar of Troth’s own, beside yours"
    if Need.INVITE in granted.allowed:
        places[Books.MAIN] = "In your main calendar; Google invites your partner"
    return (*places.items(), (Books.NOWHERE, "Nowhere; invite me by mail"))


# What is kept -----------------------------------------------------------------------


@router.post("/chosen", dependencies=[CheckedForm, NewlyCome])
async def choose(
    request: Request,
    services: Given,
    visitor: PersonVisitor,
    sealed: Annotated[str, Form(max_length=200_000)],
    read: Annotated[list[int], Form(default_factory=list)],
    books: Word = Books.NOWHERE.value,
) -> Response:
    """Connect what was chosen of what was allowed."""
    try:
        packed, *offered = services.seal.open(_choice_place(visitor), sealed)
    except Rejected:
        raise Refused(
            "E_FORM_EXPIRED", "This form is too old; please connect again."
        ) from None
    found = [FoundCalendar(*json.loads(text)) for text in offered]
    chosen = tuple(one for n, one in enumerate(found) if n in read)
    if not chosen:
        raise Refused(
            "E_CALENDAR_NONE", "Choose at least one calendar to read.", field="read"
        )
    try:
        await connect_account(
            visitor.person,
            AccountWish(_unpacked(packed), chosen, _books(books)),
            begin=services.begin,
            consent=_consent(services),
            clock=services.clock,
        )
    except Unavailable:
        return await _told(request, services, visitor, _SILENT)
    except Refused as refused:
        return await _told(request, services, visitor, refused)
    return _back()


@router.post("/{account}/disconnect", dependencies=[CheckedForm, NewlyCome])
async def disconnect(services: Given, visitor: PersonVisitor, account: str) -> Response:
    """Forget the account and everything that was read from it."""
    await disconnect_account(
        visitor.person,
        AccountId(account),
        open_calendar=services.open_calendar,
        watching=services.watching,
        **services.acting,
    )
    return _back()


def _back() -> Response:
    return RedirectResponse("/calendar", HTTPStatus.SEE_OTHER)


def _choice_place(visitor: Visitor) -> tuple[str, ...]:
    return "google choice", visitor.person, visitor.session.digest


def _written(found: FoundCalendar) -> str:
    return json.dumps([found.url, found.name, found.writable])


def _packed(granted: Granted) -> str:
    """A grant as text, to be sealed: nobody but us ever reads it."""
    return json.dumps(
        [
            granted.subject,
            granted.email,
            granted.refresh.reveal,
            granted.access.reveal,
            granted.until.isoformat(),
            [need.value for need in granted.allowed],
            granted.makes_calendar,
        ]
    )


def _unpacked(text: str) -> Granted:
    subject, email, refresh, access, until, allowed, makes = json.loads(text)
    return Granted(
        subject,
        email,
        Secret(refresh),
        Secret(access),
        datetime.fromisoformat(until),
        frozenset(map(Need, allowed)),
        makes,
    )


# What stands ------------------------------------------------------------------------


async def _own_if_any(
    services: Services, visitor: Visitor, account: AccountId
) -> tuple[Account | None, tuple[Connection, ...]]:
    """The visitor's account, and all their connections."""
    async with services.begin(read_only=True) as uow:
        accounts = await uow.accounts.of_person(visitor.person)
        connections = await uow.calendars.of_person(visitor.person)
    known = next((one for one in accounts if one.id == account), None)
    return known, connections


async def _own(
    services: Services, visitor: Visitor, account: AccountId
) -> tuple[Account, tuple[Connection, ...]]:
    known, connections = await _own_if_any(services, visitor, account)
    if known is None:
        raise NotFound("account")
    return known, connections


def _booking(account: Account, connections: tuple[Connection, ...]) -> Books:
    """Where in this account Troth books now."""
    own = [c.url.reveal for c in connections if c.account == account.id and c.written]
    if not own:
        return Books.NOWHERE
    return Books.OWN if own[0] == account.own_calendar else Books.MAIN


def _books(text: str) -> Books:
    try:
        return Books(text)
    except ValueError:
        raise Refused("E_FIELD", "Choose where to book.", field="books") from None


def _need(text: str) -> Need:
    try:
        return Need(text)
    except ValueError:
        raise NotFound("permission") from None
