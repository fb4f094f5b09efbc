"""The sample's own pages: be anybody, act in a calendar, read the kept mail.

Only mounted by `troth run --sample`, which listens on this machine alone.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, RedirectResponse

from config.sample import Sample, delete_from_calendar, put_on_top
from scheduler.access import Link, Purpose, Scope
from scheduler.agreement import Agreement, AgreementState
from scheduler.errors import NotFound, Refused, Unavailable
from scheduler.ids import LinkId, PairId, PersonId
from scheduler.people import Pair, Person
from scheduler.ports.mail import KeptMail
from scheduler.ports.store import UnitOfWork
from scheduler.quiet import open_from
from scheduler.series import Copy, Meeting, Route, Series
from scheduler.usecases.accept_agreement import accept_agreement
from scheduler.versions import latest
from web.doors import enter
from web.guard import Given, is_foreign
from web.sheets import sentence, sheet

router = APIRouter(include_in_schema=False)

#: A meeting that begins sooner leaves no time to offer others.
_SOON = timedelta(hours=48)
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
#: Letters run no scripts and load nothing; their links open in the whole window.
_LETTER = {
    "Content-Security-Policy": (
        "sandbox allow-top-navigation-by-user-activation; default-src 'none'; "
        "style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
    )
}


@dataclass(frozen=True, slots=True)
class Row:
    """One pair as the sample shows it."""

    pair: Pair
    mentor: Person
    mentee: Person
    cadence: str
    #: Their next meeting, if one is booked.
    next: Meeting | None
    #: Whether nobody has accepted yet.
    waits: bool
    #: Whose calendar holds a meeting that can be deleted, and when that is.
    deletable: Person | None
    falls: Meeting | None
    #: In whose calendar something else can be put on top of it.
    crowded: Person | None
    #: Who gets no letters just now, since it is night there.
    asleep: tuple[Person, ...]


def sample_of(request: Request) -> Sample:
    """What this service has as the sample."""
    sample: Sample = request.app.state.sample
    return sample


async def own_form(request: Request, services: Given) -> None:
    """Refuse forms of other sites: nobody signs in here."""
    if is_foreign(request, services):
        raise Refused("E_FORM_EXPIRED", "This form is not from the sample's page.")


GivenSample = Annotated[Sample, Depends(sample_of)]
OwnForm = Depends(own_form)


@router.get("/")
async def door() -> Response:
    """Whoever opens the bare address is shown the sample."""
    return RedirectResponse("/sample", HTTPStatus.SEE_OTHER)


@router.get("/sample")
async def overview(request: Request, services: Given, sample: GivenSample) -> Response:
    """Every pair, with what can be done as one of them."""
    now = services.clock.now()
    rows: list[Row] = []
    async with services.begin(read_only=True) as uow:
        for programme in await uow.programmes.all():
            pairs = await uow.pairs.of_programme(programme.id, after=None, most=100)
            rows += [await _row(uow, pair, now) for pair in pairs]
    return sheet(
        request,
        "sample.html",
        rows=sorted(rows, key=lambda row: (not row.waits, row.mentor.name)),
        server=sample.server,
        accounts=tuple((user, word.reveal) for user, word in sample.accounts),
        poll=services.settings.poll_seconds,
    )


async def _row(uow: UnitOfWork, pair: Pair, now: datetime) -> Row:
    mentor, mentee = (
        await uow.people.get(pair.mentor),
        await uow.people.get(pair.mentee),
    )
    text = latest(await uow.agreements.of_pair(pair.id))
    found = await _falling(uow, pair, now)
    person, meeting = (found[0], found[2]) if found else (None, None)
    ahead = _ahead(await uow.series.of_pair(pair.id), now)
    both = (mentor, mentee)
    return Row(
        pair,
        mentor,
        mentee,
        sentence(text.terms.cadence) if text else "",
        ahead[0][1] if ahead else None,
        bool(text and _waits(text)),
        next((one for one in both if one.id == person), None),
        meeting,
        await _crowded(uow, (mentee, mentor)) if meeting else None,
        tuple(p for p in both if open_from(now, p.zone, p.quiet_days) > now),
    )


def _waits(text: Agreement) -> bool:
    return text.state in {AgreementState.DRAFT, AgreementState.PROPOSED}


def _ahead(
    every: tuple[Series, ...], now: datetime
) -> tuple[tuple[Series, Meeting], ...]:
    """What is booked and not over, in order of its start."""
    coming = (
        (meeting.span, series, meeting)
        for series in every
        for meeting in series.live()
        if meeting.span and meeting.span.end > now
    )
    ordered = sorted(coming, key=lambda found: found[0])
    return tuple((series, meeting) for _, series, meeting in ordered)


async def _falling(
    uow: UnitOfWork, pair: Pair, now: datetime
) -> tuple[PersonId, Series, Meeting] | None:
    """The first meeting that somebody may delete with a calendar program, and who."""
    for series, meeting in _ahead(await uow.series.of_pair(pair.id), now):
        if meeting.span is None or meeting.span.start < now + _SOON:
            continue
        for person in pair.both():
            copy = await uow.copies.find(person, meeting.uid or series.uid)
            if copy and _is_there(copy):
                return person, series, meeting
        return None
    return None


async def _crowded(uow: UnitOfWork, people: Iterable[Person]) -> Person | None:
    """The first of them who has a calendar."""
    for person in people:
        if await uow.calendars.of_person(person.id):
            return person
    return None


def _is_there(copy: Copy) -> bool:
    return copy.route is Route.WRITTEN and copy.remote_id is not None


@router.post("/sample/as/{pair}/{person}", dependencies=[OwnForm])
async def be(services: Given, pair: str, person: str) -> Response:
    """Open a person's pages, as their link would."""
    async with services.begin(read_only=True) as uow:
        theirs = await uow.pairs.get(PairId(pair))
        if person not in theirs.both():
            raise NotFound("person")
    link = Link(
        LinkId(services.ids.new()),
        Purpose.PAGES,
        theirs.programme,
        PersonId(person),
        "",
        services.clock.now() + timedelta(minutes=1),
        pair=theirs.id,
    )
    return await enter(services, link, Scope.PERSON)


@router.post("/sample/coordinator", dependencies=[OwnForm])
async def coordinate(services: Given) -> Response:
    """Open the coordinator's pages."""
    async with services.begin(read_only=True) as uow:
        programmes = await uow.programmes.all()
    if not programmes:
        raise NotFound("programme")
    link = Link(
        LinkId(services.ids.new()),
        Purpose.SIGN_IN,
        programmes[0].id,
        None,
        "",
        services.clock.now() + timedelta(minutes=1),
    )
    return await enter(services, link, Scope.PROGRAMME)


@router.post("/sample/accept/{pair}", dependencies=[OwnForm])
async def accept_both(services: Given, pair: str) -> Response:
    """Have both accept the newest version of their agreement."""
    async with services.begin(read_only=True) as uow:
        theirs = await uow.pairs.get(PairId(pair))
        latest = (await uow.agreements.of_pair(theirs.id))[-1]
    for person in theirs.both():
        await accept_agreement(
            theirs.id,
            person,
            latest.digest,
            begin=services.begin,
            clock=services.clock,
        )
    await services.bell.ring(())
    return RedirectResponse("/sample", HTTPStatus.SEE_OTHER)


@router.post("/sample/delete/{pair}", dependencies=[OwnForm])
async def delete_next(services: Given, sample: GivenSample, pair: str) -> Response:
    """Delete a meeting on the calendar server, as its owner's program would.

    Troth is told nothing: it finds out when it reads that calendar next.
    """
    async with services.begin(read_only=True) as uow:
        theirs = await uow.pairs.get(PairId(pair))
        found = await _falling(uow, theirs, services.clock.now())
    if found is None:
        raise NotFound("meeting")
    if await delete_from_calendar(sample, services, *found) is None:
        raise Unavailable("the entry is not in the calendar yet")
    return RedirectResponse("/sample", HTTPStatus.SEE_OTHER)


@router.post("/sample/clash/{pair}", dependencies=[OwnForm])
async def put_other(services: Given, sample: GivenSample, pair: str) -> Response:
    """Put something on top of a meeting, as its owner's calendar program would."""
    async with services.begin(read_only=True) as uow:
        theirs = await uow.pairs.get(PairId(pair))
        found = await _falling(uow, theirs, services.clock.now())
        people = [await uow.people.get(p) for p in (theirs.mentee, theirs.mentor)]
        person = await _crowded(uow, people)
    span = found[2].span if found else None
    if person is None or span is None:
        raise NotFound("meeting")
    await put_on_top(sample, services, person, span)
    return RedirectResponse("/sample", HTTPStatus.SEE_OTHER)


@router.get("/sample/mail")
async def kept_mail(request: Request, sample: GivenSample, to: str = "") -> Response:
    """Every letter that would have been sent, the newest first."""
    mails = await asyncio.to_thread(sample.mail.all)
    wanted = to.strip().casefold()
    found = [mail for mail in mails if wanted in mail.to.casefold()]
    return sheet(request, "kept-mail.html", mails=found, to=to.strip()[:100])


async def _mail(sample: Sample, mail: str) -> KeptMail:
    found = await asyncio.to_thread(sample.mail.get, mail)
    if found is None:
        raise NotFound("mail")
    return found


@router.get("/sample/mail/{mail}")
async def kept_letter(request: Request, sample: GivenSample, mail: str) -> Response:
    """One letter as it is seen, as text, and with what is attached."""
    found = await _mail(sample, mail)
    return sheet(request, "kept-letter.html", mail=found, linked=linked(found.text))


@router.get("/sample/mail/{mail}/html")
async def kept_html(sample: GivenSample, mail: str) -> Response:
    """The HTML of a letter, for its frame: shut in, whatever it holds."""
    found = await _mail(sample, mail)
    # Links, and buttons that say otherwise, lead out of the frame.
    html = found.html.replace("<head>", '<head><base target="_top">', 1)
    html = html.replace('target="_self"', 'target="_top"')
    return HTMLResponse(html, headers=_LETTER)


def linked(text: str) -> Markup:
    """Plain text with its addresses as links."""
    parts, at = Markup(), 0
    for found in _ADDRESS.finditer(text):
        address = found[0].rstrip(".,;:)")
        parts += escape(text[at : found.start()])
        parts += Markup('<a href="{0}">{0}</a>').format(address)
        at = found.start() + len(address)
    return parts + escape(text[at:])
