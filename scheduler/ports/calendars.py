"""Calendars that Troth reads, and those it writes its own copies to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from scheduler.connections import Connection
from scheduler.events import CalendarObject, Cursor, Delta, Rsvp
from scheduler.ids import Etag, RemoteId
from scheduler.invite import Invite
from scheduler.timespan import Span


class CalendarSource(Protocol):
    """A calendar to read.

    Every method may raise `Unavailable` (it does not answer now), `NeedsConsent`
    (password or grant is no longer good), or `Refused` (what it answers is no
    calendar; the code says why).
    """

    async def changes(self, since: Cursor | None, window: Span) -> Delta:
        """What changed since then; everything when `since` is None.

        Also `CursorExpired` when the cursor is not known any more, or is for another
        window. Only a complete listing has `everything` set.
        """

    async def read(self, remote: RemoteId, window: Span) -> CalendarObject:
        """One object as it stands now; `Gone` when there is none."""

    async def rsvps(
        self, remote: RemoteId, emails: frozenset[str], window: Span
    ) -> tuple[Rsvp, ...]:
        """What the guest with one of these addresses says to an event of ours here.

        First to all of it, then to those of its dates in the window to which they say
        something else; nothing of any other guest is ever a value. Empty where this
        calendar does not lead the event, or calendars have no guests. `Gone`.
        """

    def ours(self, found: CalendarObject, uids: frozenset[str]) -> str:
        """Which of these UIDs an object stands for; empty: somebody else's. No I/O.

        `uids` are those that Troth made. Where the provider gives objects names of its
        own, the object is known by those; several objects may stand for one UID.
        """


@dataclass(frozen=True, slots=True)
class Written:
    """What a write left behind; `etag` None where the server does not say."""

    id: RemoteId
    etag: Etag | None


@dataclass(frozen=True, slots=True)
class Text:
    """The description of one occurrence as it stands, and the object's etag."""

    text: str
    etag: Etag | None


@dataclass(frozen=True, slots=True)
class Move:
    """Give one occurrence another time; nothing else of the object changes."""

    original_start: datetime
    span: Span
    sequence: int
    stamp: datetime


@dataclass(frozen=True, slots=True)
class TakeOut:
    """Leave one occurrence out (EXDATE, and no override of it).

    `silent`: no guest is told by mail; a letter says it once for many dates.
    """

    original_start: datetime
    sequence: int
    stamp: datetime
    silent: bool = False


@dataclass(frozen=True, slots=True)
class PutBack:
    """Let a date that Troth itself took out stand again, at this time.

    `Gone` where the object or its rule has no such date any more.
    """

    original_start: datetime
    span: Span
    sequence: int
    stamp: datetime
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Shorten:
    """End the series before this instant; what lies before it stays."""

    before: datetime
    sequence: int
    stamp: datetime


@dataclass(frozen=True, slots=True)
class Describe:
    """Give one occurrence this description, and its attachment link if there is one.

    A LOCATION that is one of `instead_of` becomes `location`; any other one is
    somebody's own, and stays.
    """

    original_start: datetime
    text: str
    attach: str = ""
    location: str = ""
    instead_of: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Accept:
    """Accept the whole invitation that stands here, unless its owner answered already.

    `Rejected` where an answer is no business of the calendar's.
    """


@dataclass(frozen=True, slots=True)
class Rebook:
    """Give the whole object the dates of an invite; its words and guests stay.

    Guests are told once. `Rejected` where objects are replaced instead.
    """

    invite: Invite


#: What changes one date, or ends a series.
DateEdit = Move | TakeOut | PutBack | Shorten | Describe
Edit = DateEdit | Accept | Rebook


class CalendarTarget(Protocol):
    """A calendar of which Troth writes its own copies.

    Every method may raise `Unavailable`, `NeedsConsent`, or `Rejected` (it will never
    take this). Identity is chosen by us: the id follows from the UID.
    """

    async def create(self, invite: Invite, *, generation: int = 1) -> Written:
        """Put a new object; `Conflict` when the id or the UID is there already.

        Where an id is never given twice, `generation` makes another one of the same
        UID, and `Gone` says that a person deleted what was made under this one. With
        guests only where the provider tells them; elsewhere `Rejected`.
        """

    async def find(self, uid: str, *, generation: int = 1) -> Written | None:
        """Our object with this UID, if it is there."""

    async def text(self, remote: RemoteId, original_start: datetime) -> Text:
        """The description of one occurrence; `Gone` when there is no such date."""

    async def edit(self, remote: RemoteId, edit: Edit, *, etag: Etag | None) -> Written:
        """Change one thing, keeping everything else that stands in the object.

        With `etag` only that version is changed, else the one that is read first;
        `Conflict` when it changed under us, `Gone` when it is not there. An edit that
        is already true changes nothing and raises nothing.
        """

    async def remove(self, remote: RemoteId, *, etag: Etag | None) -> None:
        """Delete the object; it may be gone already. May raise `Conflict`."""


class Calendar(CalendarSource, CalendarTarget, Protocol):
    """A calendar for both; a feed's `CalendarTarget` half raises `Rejected`."""


class OpenCalendar(Protocol):
    """Opens the calendar behind a connection; does no I/O by itself."""

    def __call__(
        self, connection: Connection, *, zone: str = "UTC", owner: str = ""
    ) -> Calendar:
        """For its person: `zone` places floating times and whole days.

        What the address `owner` declined is `DECLINED`.
        """


@dataclass(frozen=True, slots=True)
class FoundCalendar:
    """One calendar that an account offers."""

    url: str
    name: str
    writable: bool


class Discover(Protocol):
    """Finds the calendars behind an address and a password (RFC 6764)."""

    async def __call__(
        self, address: str, username: str, password: str
    ) -> tuple[FoundCalendar, ...]:
        """The calendars that hold events.

        `Refused` (`E_URL_…`, `E_DAV_…`), `NeedsConsent`, or `Unavailable`.
        """
