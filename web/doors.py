"""Coming in: personal links, sign-in, and a fresh link by mail.

The ticket in the address is only an entry ticket: it is exchanged for a short session
and a clean address. GET and HEAD change nothing but sessions (promises.md S2, S3).
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from config.services import Services
from scheduler.access import Link, Purpose, Scope, Session
from scheduler.errors import Refused
from scheduler.usecases.fresh_link import fresh_link
from web.again import AgainRoute
from web.guard import COOKIE, LONGEST, Given, digest, limit
from web.limits import Limited
from web.sheets import sheet

router = APIRouter(include_in_schema=False, route_class=AgainRoute)


def no_longer() -> Refused:
    """What is said of every link that opens nothing, whatever the reason."""
    return Refused("E_LINK", "This link is no longer valid.")


async def open_link(services: Services, purpose: str, ticket: str) -> Link:
    """The link behind a ticket, if it opens anything now; `Refused` E_LINK."""
    try:
        link_id = services.links.read(ticket, Purpose(purpose))
    except ValueError:
        link_id = None
    async with services.begin(read_only=True) as uow:
        # Asked for even when the ticket is no good, so that both take equally long.
        link = await uow.doors.link(link_id) if link_id else None
    now = services.clock.now()
    if link is None or link.purpose.value != purpose or not _is_open(link, now):
        raise no_longer()
    return link


def _is_open(link: Link, now: datetime) -> bool:
    used_up = link.single and link.uses > 0
    return not link.revoked and not used_up and now < link.expires_at


#: The numbers of the times that a letter may offer.
_TIMES = tuple("123456789")
#: The answers that one asks for: chosen on the page, noted only when it is sent.
_ANSWERS = ("yes", "no", "moved")
#: The clean address that each link leads to.
_PAGES = {
    Purpose.PAGES: "/pair/{pair}",
    Purpose.AGREE: "/pair/{pair}/agreement",
    Purpose.CONNECT: "/calendar",
    Purpose.CHOOSE: "/pair/{pair}/choose/{about}",
    Purpose.MET: "/pair/{pair}/met/{about}",
    Purpose.ASK: "/pair/{pair}/question/{about}",
    Purpose.PROMISE: "/pair/{pair}/promises/{about}",
    Purpose.UNDO: "/pair/{pair}/undo/{about}",
    Purpose.REVIEW: "/pair/{pair}/review",
    Purpose.RENEW: "/pair/{pair}/agreement/renew",
    Purpose.FEWER: "/letters",
    Purpose.AGENDA: "/link",
    Purpose.SIGN_IN: "/programme",
    Purpose.ERASE: "/link",
}


def _page(link: Link, clicked: str = "") -> str:
    """The clean address, with what was clicked in a letter: a time, or an answer."""
    if link.purpose is Purpose.PAGES and link.pair is None:
        return "/pairs"
    about = quote(link.about, safe="")
    page = _PAGES[link.purpose].format(pair=link.pair, about=about).rstrip("/")
    if link.purpose is Purpose.CHOOSE and clicked in _TIMES:
        return f"{page}?time={clicked}"
    if link.purpose is Purpose.MET and clicked in _ANSWERS:
        return f"{page}?said={clicked}"
    return page


async def enter(
    services: Services, link: Link, scope: Scope, clicked: str = ""
) -> Response:
    """Begin a session and go to the clean address."""
    now, cookie = services.clock.now(), services.ids.token()
    session = Session(
        digest(cookie),
        scope,
        link.programme,
        link.person,
        csrf=services.ids.token(),
        made_at=now,
        seen_at=now,
        about=link.about,
        pair=link.pair,
    )
    async with services.begin() as uow:
        await uow.doors.put_session(session)
        await uow.commit()
    answer = RedirectResponse(_page(link, clicked), HTTPStatus.SEE_OTHER)
    answer.set_cookie(
        COOKIE,
        cookie,
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=services.settings.public_url.startswith("https:"),
    )
    return answer


@router.get("/p/{purpose}/{ticket}")
async def come_in(
    request: Request,
    services: Given,
    purpose: str,
    ticket: str,
    time: str = "",
    said: str = "",
) -> Response:
    """Open a personal link; a coordinator's asks for one more click.

    `time` is the number of the time that was clicked, in a letter that offers some;
    `said` the answer, in one that asks whether they met.
    """
    limit(request, Limited.DOOR)
    link = await open_link(services, purpose, ticket)
    if link.purpose is Purpose.SIGN_IN:
        return sheet(request, "sign-in.html", ticket=ticket)
    if link.purpose is Purpose.ERASE:
        return sheet(request, "erase-confirm.html", ticket=ticket)
    if link.purpose is Purpose.AGENDA:
        return sheet(request, "ask-link.html")
    return await enter(services, link, Scope.PERSON, time or said)


@router.post("/p/sign-in/{ticket}")
async def sign_in(request: Request, services: Given, ticket: str) -> Response:
    """Use a coordinator's link up, and begin the session."""
    limit(request, Limited.DOOR)
    link = await open_link(services, Purpose.SIGN_IN.value, ticket)
    async with services.begin() as uow:
        if not await uow.doors.use_link(link.id):
            raise no_longer()
        await uow.commit()
    return await enter(services, link, Scope.PROGRAMME)


@router.get("/")
async def home() -> Response:
    """Whoever opens the bare address is asked where to send their link."""
    return RedirectResponse("/link", HTTPStatus.SEE_OTHER)


@router.get("/link")
async def ask_for_link(request: Request) -> Response:
    """The page that asks for an address to send a fresh link to."""
    return sheet(request, "ask-link.html")


@router.post("/link")
async def send_link(
    request: Request, services: Given, mail: Annotated[str, Form(max_length=254)]
) -> Response:
    """Send a fresh link, if we know the address; the answer is the same either way."""
    limit(request, Limited.DOOR)
    limit(request, Limited.MAIL, mail.strip().lower())
    await fresh_link(
        mail.strip(), begin=services.begin, clock=services.clock, ids=services.ids
    )
    return sheet(request, "link-sent.html")


@router.post("/leave")
async def leave(request: Request, services: Given) -> Response:
    """End the session of this browser."""
    async with services.begin() as uow:
        await uow.doors.end_session(digest(request.cookies.get(COOKIE, "")))
        await uow.commit()
    answer = RedirectResponse("/link", HTTPStatus.SEE_OTHER)
    answer.delete_cookie(COOKIE)
    return answer
