"""Who of a pair invites the other inside Google, where one event stands for both.

architecture.md, routes, (1): one person lets Troth make events with guests, the other
is at Google too. The mentor invites where both could. Google alone tells the guest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scheduler.accounts import Account, Need
from scheduler.busy import Side
from scheduler.connections import CalendarKind, Connection, Health
from scheduler.ids import CalendarId, PersonId
from scheduler.invite import Attendee
from scheduler.itip import Guests
from scheduler.people import Person

#: Domains whose mailboxes are Google accounts. Those of Workspace are known only by
#: being connected: their mail exchanger is not looked up.
_AT_GOOGLE = frozenset({"gmail.com", "googlemail.com"})
#: What the API calls an account's own calendar, beside its address.
_MAIN = "primary"


@dataclass(frozen=True, slots=True)
class GuestList:
    """One event in the organiser's calendar, to which the other is invited."""

    organiser: PersonId
    #: Where the event is made.
    calendar: CalendarId
    guest: PersonId
    guests: Guests
    #: The guest's own connected calendar, in which the invitation shows up.
    shown_in: CalendarId | None = None
    #: The guest lets Troth accept there.
    accepts: bool = False


def guest_list(mentor: Side, mentee: Side) -> GuestList | None:
    """How one of the two would invite the other; None where that is not possible."""
    for organiser, guest in ((mentor, mentee), (mentee, mentor)):
        found = _from(organiser, guest)
        if found:
            return found
    return None


def without(side: Side, lost: Iterable[CalendarId]) -> Side:
    """The same person, as if these calendars were not connected."""
    gone = frozenset(lost)
    kept = tuple(r for r in side.readings if r.connection.id not in gone)
    return Side(side.person, kept, side.uids, side.booked, side.accounts)


def _from(organiser: Side, guest: Side) -> GuestList | None:
    home, invited = _inviting(organiser), address_at_google(guest)
    if home is None or not invited:
        return None
    account = _account_of(home, organiser)
    if account is None or account.email.casefold() == invited.casefold():
        return None  # two people with one account have one calendar
    shown = _main(guest)
    its = _account_of(shown, guest) if shown else None
    host = Attendee(account.email, organiser.person.name, partstat="ACCEPTED")
    return GuestList(
        organiser.person.id,
        home.id,
        guest.person.id,
        Guests(host, (host, Attendee(invited, guest.person.name))),
        shown.id if shown else None,
        accepts=bool(its and its.allows(Need.INVITE)),
    )


def _inviting(side: Side) -> Connection | None:
    """The calendar in which this person lets Troth make events with guests.

    It is an account's own: guests of an event in another calendar would read that
    calendar's name as who invites them, and its owner would be a guest beside them.
    """
    for connection in _connections(side):
        account = _account_of(connection, side)
        if (
            connection.invites
            and connection.health is not Health.NEEDS_CONSENT
            and account
            and account.allows(Need.INVITE)
            and account.refused_at is None
            and _is_main(connection, account)
        ):
            return connection
    return None


def address_at_google(side: Side) -> str:
    """Where an invitation of Google's finds this person; empty: they are elsewhere.

    Whoever has Troth write another calendar than Google's has chosen where their
    meetings are.
    """
    if any(c.written and c.kind is not CalendarKind.GOOGLE for c in _connections(side)):
        return ""
    main = _main(side)
    account = _account_of(main, side) if main else None
    known = account or next(
        (a for c in _connections(side) if (a := _account_of(c, side))), None
    )
    if known:
        return known.email
    return side.person.email if is_at_google(side.person) else ""


def is_at_google(person: Person) -> bool:
    """Whether an address is a Google account's by its domain alone."""
    return person.email.rpartition("@")[2].casefold() in _AT_GOOGLE


def _main(side: Side) -> Connection | None:
    """The connected calendar in which invitations to this person show up."""
    for connection in _connections(side):
        account = _account_of(connection, side)
        if account and _is_main(connection, account):
            return connection
    return None


def _is_main(connection: Connection, account: Account) -> bool:
    return connection.url.reveal.casefold() in {_MAIN, account.email.casefold()}


def _account_of(connection: Connection, side: Side) -> Account | None:
    if connection.kind is not CalendarKind.GOOGLE:
        return None
    return next((a for a in side.accounts if a.id == connection.account), None)


def _connections(side: Side) -> tuple[Connection, ...]:
    return tuple(
        sorted(
            (r.connection for r in side.readings), key=lambda c: (not c.written, c.id)
        )
    )
