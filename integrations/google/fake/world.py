"""Everything that FakeGoogle remembers, as frozen values, and the one way to write.

A calendar's entry keeps the versions that it had before, so that what has changed since
a sync token can be told by looking, not by keeping notes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from integrations.google.fake.files import File
from integrations.google.fake.outgoing import Mail
from integrations.google.fake.problems import Json

#: What the names of Google's scopes begin with.
SCOPE = "https://www.googleapis.com/auth/"
APP_CREATED = f"{SCOPE}calendar.app.created"
DRIVE = f"{SCOPE}drive"
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """One calendar's copy of an event, a master, or an exception of a master.

    `body` has times in UTC and nothing that can be derived. It is never changed.
    `change` is the number of the write that made this version: the etag.
    """

    id: str
    body: Mapping[str, Any]
    change: int
    updated: datetime
    #: An invitation that its guest's settings hide until it is answered.
    hidden: bool = False
    previous: Entry | None = field(default=None, repr=False, compare=False)

    @property
    def etag(self) -> str:
        """Another one after every write."""
        return f'"{self.change:016d}"'

    @property
    def is_cancelled(self) -> bool:
        """Deleted, or taken out of its series."""
        return bool(self.body.get("status") == "cancelled")

    @property
    def master(self) -> str | None:
        """The id of the series of which this is an exception."""
        return self.body.get("recurringEventId")

    def guests(self) -> tuple[Json, ...]:
        """Its attendees."""
        return tuple(self.body.get("attendees", ()))

    def as_of(self, change: int) -> Entry | None:
        """The version that stood right after that write."""
        entry: Entry | None = self
        while entry is not None and entry.change > change:
            entry = entry.previous
        return entry


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar of one user; a primary one has its owner's address as id."""

    id: str
    owner: str
    summary: str
    zone: str
    change: int = 0
    #: The client that made it, for `calendar.app.created`.
    client: str | None = None
    entries: Mapping[str, Entry] = field(default_factory=dict)
    description: str = ""

    @property
    def is_primary(self) -> bool:
        """Whether it is its owner's own."""
        return self.id == self.owner

    def exceptions(self, master: str) -> Iterator[Entry]:
        """Every exception of this series, cancelled ones too."""
        return (one for one in self.entries.values() if one.master == master)


@dataclass(frozen=True, slots=True)
class Account:
    """A user. `hides` is the setting 'only when I respond to the invitation'."""

    email: str
    name: str = ""
    zone: str = "UTC"
    hides: bool = False


class FreeBusy(Enum):
    """What `events.list` shows under `calendar.events.freebusy`: told nowhere."""

    MASTERS = "masters"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What Google leaves open, decided for one test."""

    freebusy: FreeBusy = FreeBusy.MASTERS
    #: Cancelled exceptions come as `{id, status}` alone.
    sparse: bool = False
    #: The most items of a page, whatever `maxResults` says.
    page_limit: int | None = None
    #: Each listing begins with a page that has no items.
    empty_first_page: bool = False
    #: Deleted events disappear after this, and sync tokens expire before.
    cancelled_kept: timedelta = timedelta(days=30)
    token_life: timedelta = timedelta(days=28)
    #: How far ahead `singleEvents` goes where no `timeMax` says.
    horizon: timedelta = timedelta(days=730)
    #: A guest who deletes the own copy declines; else nobody hears of it.
    deleting_declines: bool = True
    #: Refuse a write that leaves it to a default who is mailed (stricter than Google).
    demands_send_updates: bool = True
    channel_life: timedelta = timedelta(days=7)
    #: How long a stopped channel still tells.
    lingering: timedelta = timedelta(0)
    #: How long a new file is missing from searches.
    search_lag: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        if self.token_life > self.cancelled_kept:
            raise ValueError("a token would outlive the deletions it must tell of")


@dataclass(frozen=True, slots=True)
class World:
    """All accounts, calendars, files and mails; `change` is the last write's number."""

    accounts: Mapping[str, Account] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    mails: tuple[Mail, ...] = ()
    change: int = 0
    #: By id, whosever they are.
    files: Mapping[str, File] = field(default_factory=dict)

    def with_account(self, account: Account) -> World:
        """A user more, with a primary calendar."""
        own = Calendar(account.email, account.email, account.email, account.zone)
        return replace(
            self,
            accounts={**self.accounts, account.email: account},
            calendars={**self.calendars, own.id: own},
        )

    def without_account(self, email: str) -> World:
        """An account that is closed, with its calendars."""
        people = {k: v for k, v in self.accounts.items() if k != email}
        left = {k: v for k, v in self.calendars.items() if v.owner != email}
        return replace(self, accounts=people, calendars=left, change=self.change + 1)

    def with_calendar(self, calendar: Calendar) -> World:
        """A calendar made or changed."""
        calendar = replace(calendar, change=self.change + 1)
        calendars = {**self.calendars, calendar.id: calendar}
        return replace(self, calendars=calendars, change=self.change + 1)

    def without_calendar(self, name: str) -> World:
        """A calendar less, with all that was in it."""
        left = {k: v for k, v in self.calendars.items() if k != name}
        return replace(self, calendars=left, change=self.change + 1)

    def with_file(self, file: File) -> World:
        """A file made or changed."""
        files = {**self.files, file.id: file}
        return replace(self, files=files, change=self.change + 1)

    def without_file(self, name: str) -> World:
        """A file less, for ever."""
        left = {k: v for k, v in self.files.items() if k != name}
        return replace(self, files=left, change=self.change + 1)

    def with_mails(self, *mails: Mail) -> World:
        """Mails that Google has sent."""
        return replace(self, mails=self.mails + mails)

    def write(
        self,
        calendar: str,
        entry_id: str,
        body: Mapping[str, Any],
        now: datetime,
        *,
        hidden: bool = False,
        silent: bool = False,
    ) -> World:
        """A new version of an entry; a `silent` one keeps its `updated`."""
        where = self.calendars[calendar]
        before = where.entries.get(entry_id)
        updated = before.updated if silent and before is not None else now
        change = self.change + 1
        entry = Entry(entry_id, body, change, updated, hidden, previous=before)
        entries = {**where.entries, entry_id: entry}
        changed = replace(where, entries=entries, change=change)
        calendars = {**self.calendars, calendar: changed}
        return replace(self, calendars=calendars, change=change)


@dataclass(frozen=True, slots=True)
class Call:
    """One request that has passed every check of form, and who makes it.

    `scopes` are those of the token that the method accepts.
    """

    method: str
    user: str
    client: str
    scopes: frozenset[str]
    at: Mapping[str, str]
    query: Mapping[str, Any]
    body: Mapping[str, Any]
    now: datetime
    if_match: str | None = None
    #: HTML that was uploaded.
    media: str | None = None

    def scopes_for(self, calendar: Calendar) -> frozenset[str]:
        """Those that let this call in; `app.created` is for the client's own."""
        if calendar.client is not None and calendar.client == self.client:
            return self.scopes
        return self.scopes - {APP_CREATED}

    def asks(self, name: str) -> bool:
        """Whether a flag of the query is set."""
        return bool(self.query.get(name, False))


#: The world after a call, and the answer (None: 204).
Outcome = tuple[World, Json | None]
