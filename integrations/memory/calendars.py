"""Calendars that live in memory, as strict as a CalDAV server.

Objects are kept as iCalendar bytes. Every write gives a new etag, `If-Match` is
meant, tokens expire, and what is deleted is told once by id. `person_…` methods act
as the owner does, with any program, behind Troth's back.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from integrations.ics.decode import decode
from integrations.ics.edit import apply, description
from integrations.ics.encode import encode
from integrations.ics.resource import last_date, whole
from scheduler.connections import CalendarKind, Connection
from scheduler.errors import Conflict, CursorExpired, Gone, Rejected
from scheduler.events import CalendarObject, Cursor, Delta, Rsvp
from scheduler.ids import Etag, RemoteId, Uid
from scheduler.invite import Invite
from scheduler.localtime import zone as zone_of
from scheduler.ports.calendars import (
    Calendar,
    Describe,
    Edit,
    FoundCalendar,
    Move,
    Shorten,
    TakeOut,
    Text,
    Written,
)
from scheduler.timespan import Span

#: People's programs stamp with their own clock; here it stands still.
_STAMP = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Stored:
    data: bytes
    uid: str
    etag: Etag


class Shelf:
    """What one calendar holds, and everything that ever changed in it, in order."""

    def __init__(self) -> None:
        self.objects: dict[RemoteId, _Stored] = {}
        self._log: list[RemoteId] = []
        self._forgotten = 0
        self._writes = 0

    def put(self, remote: RemoteId, uid: str, data: bytes) -> Etag:
        """Write an object; its etag is new even where its bytes are not."""
        self._writes += 1
        etag = Etag(f'"{self._writes}"')
        self.objects[remote] = _Stored(data, uid, etag)
        self._log.append(remote)
        return etag

    def delete(self, remote: RemoteId) -> None:
        """Take an object away."""
        del self.objects[remote]
        self._log.append(remote)

    def token(self) -> str:
        """Where the log now ends."""
        return str(len(self._log))

    def forget(self) -> None:
        """No token that was given so far is known any more."""
        self._log.append(RemoteId(""))
        self._forgotten = len(self._log)

    def since(self, token: str) -> set[RemoteId]:
        """Whatever changed after this token was given; `CursorExpired`."""
        if not token.isdecimal() or not self._forgotten <= int(token) <= len(self._log):
            raise CursorExpired
        return set(self._log[int(token) :])

    def named(self, uid: str) -> tuple[RemoteId, _Stored]:
        """The object with this UID; `Gone`."""
        for remote, stored in self.objects.items():
            if stored.uid == uid:
                return remote, stored
        raise Gone(uid)


class MemoryCalendar:
    """One calendar; `home` and `owner` are its person's zone and address."""

    def __init__(
        self, shelf: Shelf | None = None, *, home: str = "UTC", owner: str = ""
    ) -> None:
        self.shelf = shelf or Shelf()
        self._home: ZoneInfo = zone_of(home)
        self._owner = owner
        #: Raised by every call while it is set: an outage, a changed password.
        self.trouble: Exception | None = None
        #: How many calls were made, by name.
        self.calls: dict[str, int] = {}

    async def _called(self, name: str) -> None:
        self.calls[name] = self.calls.get(name, 0) + 1
        await asyncio.sleep(0)
        if self.trouble is not None:
            raise self.trouble

    # CalendarSource

    async def changes(self, since: Cursor | None, window: Span) -> Delta:
        """What changed, by the log; everything without a cursor."""
        await self._called("changes")
        if since is not None and since.window != window:
            raise CursorExpired
        shelf = self.shelf
        ids = set(shelf.objects) if since is None else shelf.since(since.token)
        return Delta(
            changed=tuple(
                self._object(i, window) for i in sorted(ids & shelf.objects.keys())
            ),
            cursor=Cursor(window, shelf.token()),
            gone=frozenset(ids - shelf.objects.keys() - {RemoteId("")}),
            everything=since is None,
        )

    async def read(self, remote: RemoteId, window: Span) -> CalendarObject:
        """One object; `Gone`."""
        await self._called("read")
        self._stored(remote)
        return self._object(remote, window)

    async def rsvps(
        self,
        remote: RemoteId,
        emails: frozenset[str],
        window: Span,
    ) -> tuple[Rsvp, ...]:
        """Nothing: a copy here has no guests."""
        return ()

    def ours(self, found: CalendarObject, uids: frozenset[str]) -> str:
        """By the UID, which is the one we gave."""
        return found.uid if found.uid in uids else ""

    def _object(self, remote: RemoteId, window: Span) -> CalendarObject:
        stored = self.shelf.objects[remote]
        decoded = decode(stored.data, window=window, zone=self._home, owner=self._owner)
        return whole(remote, stored.etag, decoded)

    def _stored(self, remote: RemoteId) -> _Stored:
        stored = self.shelf.objects.get(remote)
        if stored is None:
            raise Gone(remote)
        return stored

    # CalendarTarget

    async def create(
        self,
        invite: Invite,
        *,
        generation: int = 1,
    ) -> Written:
        """A new object; `Conflict` when its id or its UID is there."""
        await self._called("create")
        if invite.organizer or invite.attendees or invite.method.value:
            raise Rejected("a stored copy has no ORGANIZER, ATTENDEE or METHOD")
        remote = RemoteId(f"{invite.uid}.ics")
        shelf = self.shelf
        if remote in shelf.objects or any(
            stored.uid == invite.uid for stored in shelf.objects.values()
        ):
            raise Conflict(remote)
        return Written(remote, shelf.put(remote, invite.uid, encode(invite)))

    async def find(
        self,
        uid: str,
        *,
        generation: int = 1,
    ) -> Written | None:
        """By UID, whatever its id is."""
        await self._called("find")
        try:
            remote, stored = self.shelf.named(uid)
        except Gone:
            return None
        return Written(remote, stored.etag)

    async def text(self, remote: RemoteId, original_start: datetime) -> Text:
        """A description; `Gone` where object or date are no more."""
        await self._called("text")
        stored = self._stored(remote)
        text = description(stored.data, original_start, self._home)
        return Text(text, stored.etag)

    async def edit(self, remote: RemoteId, edit: Edit, *, etag: Etag | None) -> Written:
        """Change one thing; no write where it is already true."""
        await self._called("edit")
        stored = self._stored(remote)
        if etag is not None and etag != stored.etag:
            raise Conflict(remote)
        data = apply(stored.data, edit, self._home)
        if data is None:
            self.shelf.delete(remote)
            return Written(remote, None)
        if data == stored.data:
            return Written(remote, stored.etag)
        return Written(remote, self.shelf.put(remote, stored.uid, data))

    async def remove(self, remote: RemoteId, *, etag: Etag | None) -> None:
        """Delete; nothing happens where it is gone already."""
        await self._called("remove")
        stored = self.shelf.objects.get(remote)
        if stored is None:
            return
        if etag is not None and etag != stored.etag:
            raise Conflict(remote)
        self.shelf.delete(remote)

    # The owner, with any program.

    def person_adds_busy(self, span: Span, *, rrule: str = "") -> RemoteId:
        """Something of their own; UID and id are made from its number."""
        number = len(self.shelf.objects) + int(self.shelf.token())
        uid = Uid(f"private-{number}")
        invite = Invite(
            uid=uid,
            sequence=0,
            stamp=_STAMP,
            zone="UTC",
            span=span,
            summary="A private matter",
            rrule=rrule,
        )
        remote = RemoteId(f"{uid}.ics")
        self.shelf.put(remote, uid, encode(invite))
        return remote

    def person_puts(self, uid: str, data: bytes) -> RemoteId:
        """Any object, over the one with this UID if there is one."""
        try:
            remote, _ = self.shelf.named(uid)
        except Gone:
            remote = RemoteId(f"{uid}.ics")
        self.shelf.put(remote, uid, data)
        return remote

    def person_deletes(self, uid: str, original_start: datetime | None = None) -> None:
        """The whole object, or one date of it."""
        remote, _ = self.shelf.named(uid)
        if original_start is None:
            self.shelf.delete(remote)
        else:
            self._person(uid, TakeOut(original_start, 0, _STAMP))

    def person_moves(self, uid: str, original_start: datetime, span: Span) -> None:
        """One date to another time."""
        self._person(uid, Move(original_start, span, 0, _STAMP))

    def person_shortens(self, uid: str, before: datetime) -> None:
        """'Delete this and all that follow'."""
        self._person(uid, Shorten(before, 0, _STAMP))

    def person_edits_text(self, uid: str, original_start: datetime, text: str) -> None:
        """The description of one date."""
        self._person(uid, Describe(original_start, text))

    def _person(self, uid: str, edit: Edit) -> None:
        remote, stored = self.shelf.named(uid)
        data = apply(stored.data, edit, self._home)
        if data is None:
            self.shelf.delete(remote)
        else:
            self.shelf.put(remote, uid, data)

    # For the eyes of tests.

    def written(self, uid: str) -> bytes:
        """The bytes of the object with this UID; `Gone`."""
        return self.shelf.named(uid)[1].data

    def stands(self, uid: str, window: Span) -> tuple[Span, ...]:
        """When the object with this UID makes its owner busy; nothing if it is gone."""
        try:
            remote, _ = self.shelf.named(uid)
        except Gone:
            return ()
        return tuple(self._object(remote, window).busy())


class MemoryFeed(MemoryCalendar):
    """The same calendar as a published feed: read whole, and never written."""

    async def changes(self, since: Cursor | None, window: Span) -> Delta:
        """Everything, or nothing where nothing changed."""
        await self._called("changes")
        cursor = Cursor(window, self.shelf.token())
        if since is not None and since.window != window:
            raise CursorExpired
        if since == cursor:
            return Delta((), cursor)
        objects = tuple(self._object(i, window) for i in sorted(self.shelf.objects))
        return Delta(
            objects, cursor, everything=True, horizon=last_date(objects, window)
        )

    async def create(
        self,
        invite: Invite,
        *,
        generation: int = 1,
    ) -> Written:
        """`Rejected`."""
        raise Rejected("a feed is not written")

    async def find(
        self,
        uid: str,
        *,
        generation: int = 1,
    ) -> Written | None:
        """`Rejected`."""
        raise Rejected("a feed is not written")

    async def text(self, remote: RemoteId, original_start: datetime) -> Text:
        """`Rejected`."""
        raise Rejected("a feed is not written")

    async def edit(self, remote: RemoteId, edit: Edit, *, etag: Etag | None) -> Written:
        """`Rejected`."""
        raise Rejected("a feed is not written")

    async def remove(self, remote: RemoteId, *, etag: Etag | None) -> None:
        """`Rejected`."""
        raise Rejected("a feed is not written")


class MemoryCalendars:
    """Every calendar there is, by the address of its connection: an `OpenCalendar`."""

    def __init__(self) -> None:
        self._calendars: dict[str, MemoryCalendar] = {}
        self.read_only: set[str] = set()

    def __call__(
        self, connection: Connection, *, zone: str = "UTC", owner: str = ""
    ) -> Calendar:
        """The calendar behind a connection; an unknown address is an empty one."""
        known = self.at(connection.url.reveal)
        kind = MemoryFeed if connection.kind is CalendarKind.ICS else MemoryCalendar
        opened = kind(known.shelf, home=zone, owner=owner)
        opened.trouble, opened.calls = known.trouble, known.calls
        return opened

    def at(self, url: str) -> MemoryCalendar:
        """The calendar at an address, to act as its owner."""
        return self._calendars.setdefault(url, MemoryCalendar())

    async def discover(
        self, address: str, username: str, password: str
    ) -> tuple[FoundCalendar, ...]:
        """Every calendar whose address begins with this one: a `Discover`."""
        return tuple(
            FoundCalendar(url, url.rpartition("/")[2], url not in self.read_only)
            for url in sorted(self._calendars)
            if url.startswith(address)
        )
