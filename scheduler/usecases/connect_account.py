"""Connect what somebody chose in an account at a provider, or mend what they have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import assert_never

from scheduler.access import Audited
from scheduler.accounts import Account, Need, account_id
from scheduler.connections import CalendarKind, Connection, Health
from scheduler.errors import NeedsConsent, NotFound, Refused
from scheduler.ids import AccountId, CalendarId, PersonId, ProgrammeId
from scheduler.outbox import digest
from scheduler.ports.calendars import FoundCalendar
from scheduler.ports.consent import PRIMARY, Consent, Granted
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.ports.system import Clock
from scheduler.secret import Secret
from scheduler.usecases.connect_calendar import follow, mended
from scheduler.work import WorkKind


class Books(Enum):
    """Where somebody wants their meetings to stand."""

    #: In a calendar that Troth makes for them.
    OWN = "own"
    #: In their main calendar.
    MAIN = "main"
    #: In no calendar: invitations come by mail.
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class AccountWish:
    """What somebody allowed, and what of it they chose."""

    granted: Granted
    read: tuple[FoundCalendar, ...]
    books: Books


async def connect_account(
    person: PersonId,
    wish: AccountWish,
    *,
    begin: Begin,
    consent: Consent,
    clock: Clock,
) -> Account:
    """Save the account with its calendars in one transaction; twice is once.

    Consent for an account that is known takes the place of what was allowed before,
    and mends every connection of it: all are read at once, and what waited for them is
    sent. A calendar of Troth's own is made before anything is saved, and one is kept: a
    crash in between leaves an empty calendar behind. `Refused`, `Unavailable`.
    """
    named = account_id(person, wish.granted.subject)
    async with begin(read_only=True) as uow:
        known = await _known(uow, named)
        owner = await uow.people.get(person)
        programme = await uow.programmes.get(owner.programme)
    own = was = known.own_calendar if known else ""
    if wish.books is Books.OWN and wish.granted.makes_calendar:
        own = await _own_calendar(wish.granted, programme.name, own, consent)
    now = clock.now()
    async with begin() as uow:
        known = await _known(uow, named)
        if known and known.own_calendar not in ("", was):
            own = known.own_calendar  # the same form, sent twice: theirs was first
        account = account_of(person, wish.granted, own)
        await uow.accounts.put(account)
        before = await uow.calendars.of_person(person)
        anew = known is not None and known.allowed != account.allowed
        after = connections(account, wish, programme.name, before, anew=anew)
        for connection in after:
            await _keep(uow, connection, before, now, programme=programme.id)
        if account.allows(Need.DOCUMENTS):
            for pair in await uow.pairs.of_person(person):
                await uow.work.add(WorkKind.REFRESH, pair.id, now)
        await uow.commit()
    return account


def account_of(person: PersonId, granted: Granted, own_calendar: str = "") -> Account:
    """The account as it is after this consent: the grant is good, and refused no more.

    The calendar of its own stays known.
    """
    return Account(
        account_id(person, granted.subject),
        person,
        granted.subject,
        granted.email,
        granted.refresh,
        granted.allowed,
        own_calendar,
    )


async def _known(uow: UnitOfWork, account: AccountId) -> Account | None:
    try:
        return await uow.accounts.get(account)
    except NotFound:
        return None


async def _own_calendar(
    granted: Granted, programme: str, known: str, consent: Consent
) -> str:
    """The calendar that only Troth writes to; what was refused is told by its owner."""
    try:
        return await consent.own_calendar(granted, own_name(programme), known=known)
    except NeedsConsent:
        raise Refused(
            "E_OAUTH_CODE",
            "This permission is no longer good; begin again on your page.",
        ) from None


def own_name(programme: str) -> str:
    """What the calendar of Troth's own is called, beside somebody's others."""
    return f"{programme} (Troth)"


async def _keep(
    uow: UnitOfWork,
    connection: Connection,
    before: Iterable[Connection],
    now: datetime,
    *,
    programme: ProgrammeId,
) -> None:
    """Save one connection and have it caught up with."""
    same = next((c for c in before if c.id == connection.id), None)
    if connection != same:
        await uow.calendars.put(connection)
        act = "calendar mended" if same else "calendar connected"
        who, what = f"person:{connection.person}", connection.id
        await uow.audit.add(Audited(now, programme, who, act, what))
    await follow(connection, now, uow)


# What is saved ----------------------------------------------------------------------


def connections(
    account: Account,
    wish: AccountWish,
    programme: str,
    before: Iterable[Connection],
    *,
    anew: bool,
) -> tuple[Connection, ...]:
    """Every connection of the account as it is to be, new ones and old ones.

    `before` are the person's, of any account. Whoever books or invites elsewhere goes
    on doing it there. `anew`: what is allowed has changed, and with it what is shown
    of events, so that everything is read once more.
    """
    mine = {c.url.reveal: c for c in before if c.account == account.id}
    elsewhere = [c for c in before if c.account != account.id]
    books = _where(account, wish, taken=any(c.written for c in elsewhere))
    invites = _inviting(account, wish, taken=any(c.invites for c in elsewhere))
    names = {one.url: one.name for one in wish.read}
    if books == account.own_calendar != "":
        names[books] = own_name(programme)
    for url in (books, invites):
        if url:
            names.setdefault(url, account.email)
    made = [mine.get(url) or _new(account, url) for url in (*names, *mine)]
    return tuple(
        _as_wished(c, names.get(c.url.reveal, c.label), books, invites, anew=anew)
        for c in dict.fromkeys(made)
    )


def _where(account: Account, wish: AccountWish, *, taken: bool) -> str:
    """The calendar to book in, '' for none: what was not allowed is not chosen."""
    if taken or not account.allows(Need.WRITE):
        return ""
    match wish.books:
        case Books.OWN:
            return account.own_calendar
        case Books.MAIN:
            return PRIMARY
        case Books.NOWHERE:
            return ""
        case _:
            assert_never(wish.books)


def _inviting(account: Account, wish: AccountWish, *, taken: bool) -> str:
    """The calendar whose events have guests: the main one, or '' for none."""
    may = account.allows(Need.INVITE) and wish.books is not Books.NOWHERE
    return PRIMARY if may and not taken else ""


def _new(account: Account, url: str) -> Connection:
    return Connection(
        CalendarId(digest("google calendar", account.id, url)),
        account.person,
        CalendarKind.GOOGLE,
        Secret(url),
        account=account.id,
    )


def _as_wished(
    c: Connection, label: str, books: str, invites: str, *, anew: bool
) -> Connection:
    url = c.url.reveal
    return replace(
        c if c.health is Health.GOOD else mended(c),
        label=label,
        written=url == books,
        invites=url == invites,
        cursor=None if anew else c.cursor,
    )
