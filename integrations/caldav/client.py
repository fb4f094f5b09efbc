"""A CalDAV collection as a `Calendar`: the protocol, through the egress door."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from integrations.addresses import read_address
from integrations.caldav.cursor import Listed, Synced, read_token
from integrations.caldav.protocol import (
    CannotSync,
    Etags,
    Page,
    Resource,
    batches,
    create_call,
    delete_call,
    etag_of,
    get_call,
    in_collection,
    listing_call,
    multiget_call,
    read_found,
    read_listing,
    read_object,
    read_objects,
    read_state,
    read_sync,
    replace_call,
    state_call,
    sync_call,
    uid_call,
    write_failure,
)
from integrations.calls import Answer, Call, Credentials
from integrations.egress import Door
from integrations.ics.edit import apply, description
from integrations.ics.encode import encode
from integrations.ics.resource import Decode, Read, whole
from scheduler.connections import Connection
from scheduler.errors import (
    Conflict,
    CursorExpired,
    Gone,
    Refused,
    Rejected,
    Unavailable,
)
from scheduler.events import CalendarObject, Cursor, Delta, Rsvp, Warned
from scheduler.ids import Etag, RemoteId
from scheduler.invite import Invite, Method
from scheduler.localtime import zone as zone_of
from scheduler.ports.calendars import Edit, Text, Written
from scheduler.timespan import Span

#: Pages of one sync; a server that never ends is no calendar.
_PAGES = 500
#: Times that an edit is tried on what somebody else keeps changing.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class OpenCalDav:
    """Opens CalDAV connections; does no I/O."""

    door: Door
    decode: Decode

    def __call__(
        self, connection: Connection, *, zone: str = "UTC", owner: str = ""
    ) -> CalDavCalendar:
        """The calendar behind a connection."""
        return CalDavCalendar(self, connection, home=zone_of(zone), owner=owner)


class CalDavCalendar:
    """One collection, with the credentials of its owner.

    Remote ids are the last part of an object's address. Copies are called after their
    UID, so that writing one twice meets the first.
    """

    def __init__(
        self,
        through: OpenCalDav,
        connection: Connection,
        *,
        home: ZoneInfo,
        owner: str,
    ) -> None:
        self._door = through.door
        self._decode = through.decode
        self._id = connection.id
        self._collection = in_collection(read_address(connection.url.reveal))
        self._credentials = Credentials.of(connection, self._collection)
        self._home = home
        self._owner = owner

    async def _call(self, call: Call) -> Answer:
        return await self._door.call(call, credentials=self._credentials)

    # CalendarSource

    async def changes(self, since: Cursor | None, window: Span) -> Delta:
        """By sync-collection where the server does it, else by ctag and etags."""
        if since is None:
            return await self._everything(window)
        if since.window != window:
            raise CursorExpired
        match read_token(since.token):
            case Synced(token):
                try:
                    return await self._synced(token, window)
                except CannotSync:
                    raise CursorExpired from None
            case Listed() as known:
                return await self._compared(known, since)

    async def _everything(self, window: Span) -> Delta:
        state = read_state(await self._call(state_call(self._collection)))
        if state.can_sync:
            try:
                return await self._synced("", window)
            except CannotSync:
                pass
            except CursorExpired:
                raise Unavailable("the server refuses to begin") from None
        etags = await self._listing()
        found, warnings = await self._objects(etags, window)
        cursor = Cursor(window, Listed(state.ctag, etags).text())
        return Delta(found, cursor, everything=True, warnings=warnings)

    async def _synced(self, token: str, window: Span) -> Delta:
        pages = [page async for page in self._pages(token)]
        changed: Etags = {}
        gone: set[RemoteId] = set()
        for page in pages:
            changed = {n: e for n, e in changed.items() if n not in page.gone}
            gone = (gone | page.gone) - page.changed.keys()
            changed |= page.changed
        found, warnings = await self._objects(changed, window)
        return Delta(
            found,
            Cursor(window, Synced(pages[-1].token).text()),
            gone=frozenset(gone),
            everything=not token,
            warnings=warnings,
        )

    async def _pages(self, token: str) -> AsyncIterator[Page]:
        for _ in range(_PAGES):
            answer = await self._call(sync_call(self._collection, token))
            page = await asyncio.to_thread(read_sync, answer, self._collection)
            yield page
            if not page.more:
                return
            if page.token == token:
                break
            token = page.token
        raise Unavailable("the calendar server never comes to an end")

    async def _compared(self, known: Listed, since: Cursor) -> Delta:
        """What changed by comparing etags; what is missing is only a hint."""
        state = read_state(await self._call(state_call(self._collection)))
        if state.ctag and state.ctag == known.ctag:
            return Delta((), since)
        etags = await self._listing()
        window = since.window
        cursor = Cursor(window, Listed(state.ctag, etags).text())
        if known.etags is None:
            found, warnings = await self._objects(etags, window)
            return Delta(found, cursor, everything=True, warnings=warnings)
        before = known.etags
        news = {n: e for n, e in etags.items() if e is None or before.get(n) != e}
        found, warnings = await self._objects(news, window)
        hints = frozenset(before.keys() - etags.keys())
        return Delta(found, cursor, gone_hints=hints, warnings=warnings)

    async def _listing(self) -> Etags:
        answer = await self._call(listing_call(self._collection))
        return await asyncio.to_thread(read_listing, answer, self._collection)

    async def _objects(
        self, names: Iterable[RemoteId], window: Span
    ) -> tuple[tuple[CalendarObject, ...], tuple[Warned, ...]]:
        found: list[CalendarObject] = []
        warnings: list[Warned] = []
        for some in batches(names):
            async for resource in self._resources(some):
                decoded = await self._decoded(resource, window)
                found.append(whole(resource.name, resource.etag, decoded))
                warnings += decoded.warnings
        return tuple(found), tuple(warnings)

    async def _resources(self, names: tuple[RemoteId, ...]) -> AsyncIterator[Resource]:
        """These objects, without those deleted meanwhile.

        One that the server leaves out is asked for by itself: what is passed over
        would count as free from now on.
        """
        answer = await self._call(multiget_call(self._collection, names))
        given = await asyncio.to_thread(read_objects, answer, self._collection)
        for resource in given:
            yield resource
        for name in sorted(set(names) - {resource.name for resource in given}):
            try:
                yield await self._get(name)
            except Gone:
                continue

    async def _decoded(self, resource: Resource, window: Span) -> Read:
        return await self._decode(
            resource.data,
            window=window,
            zone=self._home,
            owner=self._owner,
            calendar=self._id,
        )

    async def read(self, remote: RemoteId, window: Span) -> CalendarObject:
        """One object; `Gone`."""
        resource = await self._get(remote)
        return whole(remote, resource.etag, await self._decoded(resource, window))

    async def rsvps(
        self,
        remote: RemoteId,  # noqa: ARG002 - the port's
        emails: frozenset[str],  # noqa: ARG002 - the port's
        window: Span,  # noqa: ARG002 - the port's
    ) -> tuple[Rsvp, ...]:
        """Nothing: a copy here has no guests."""
        return ()

    def ours(self, found: CalendarObject, uids: frozenset[str]) -> str:
        """By the UID, which is the one we gave."""
        return found.uid if found.uid in uids else ""

    async def _get(self, remote: RemoteId) -> Resource:
        return read_object(await self._call(get_call(self._collection, remote)), remote)

    # CalendarTarget

    async def create(
        self,
        invite: Invite,
        *,
        generation: int = 1,  # noqa: ARG002 - the port's
    ) -> Written:
        """A new object, called after its UID."""
        if invite.organizer or invite.attendees or invite.method is not Method.NONE:
            # Servers that schedule would mail the guests themselves (RFC 6638).
            raise Rejected("a stored copy has no ORGANIZER, ATTENDEE or METHOD")
        name = RemoteId(f"{invite.uid}.ics")
        call = create_call(self._collection, name, encode(invite))
        async with _writing():
            answer = await self._call(call)
            error = write_failure(answer)
            if isinstance(error, Conflict) and await self._find(invite.uid) is None:
                # Neither id nor UID is there: the server means something else by it.
                raise Rejected(str(error))
            _raise_unless_done(error, gone="the calendar is not there")
        return Written(name, etag_of(answer))

    async def find(
        self,
        uid: str,
        *,
        generation: int = 1,  # noqa: ARG002 - the port's
    ) -> Written | None:
        """By the name we give, else by asking for the UID."""
        async with _writing():
            return await self._find(uid)

    async def _find(self, uid: str) -> Written | None:
        try:
            resource = await self._get(RemoteId(f"{uid}.ics"))
        except Gone:
            found = read_found(
                await self._call(uid_call(self._collection, uid)), self._collection
            )
            return Written(found.name, found.etag) if found else None
        return Written(resource.name, resource.etag)

    async def text(self, remote: RemoteId, original_start: datetime) -> Text:
        """The description of one date; `Gone`."""
        async with _writing():
            resource = await self._get(remote)
            text = await asyncio.to_thread(
                description, resource.data, original_start, self._home
            )
        return Text(text, resource.etag)

    async def edit(self, remote: RemoteId, edit: Edit, *, etag: Etag | None) -> Written:
        """Read, change, write over what was read."""
        async with _writing():
            resource = await self._get(remote)
            if etag is not None:
                if resource.etag is not None and resource.etag != etag:
                    raise Conflict(remote)
                return await self._edited(resource, edit, etag)
            for _ in range(_TRIES - 1):
                try:
                    return await self._edited(resource, edit, resource.etag)
                except Conflict:
                    before, resource = resource, await self._get(remote)
                    if before == resource:
                        # Its server does not know its own etag: a weak one.
                        return await self._edited(resource, edit, None)
            return await self._edited(resource, edit, resource.etag)

    async def _edited(
        self, resource: Resource, edit: Edit, etag: Etag | None
    ) -> Written:
        name, before = resource.name, resource.data
        data = await asyncio.to_thread(apply, before, edit, self._home)
        if data == before:
            return Written(name, resource.etag)
        if data is None:
            await self._delete(name, etag)
            return Written(name, None)
        answer = await self._call(replace_call(self._collection, name, data, etag))
        _raise_unless_done(write_failure(answer))
        return Written(name, etag_of(answer))

    async def remove(self, remote: RemoteId, *, etag: Etag | None) -> None:
        """Delete; it may be gone already."""
        async with _writing():
            await self._delete(remote, etag)

    async def _delete(self, name: RemoteId, etag: Etag | None) -> None:
        answer = await self._call(delete_call(self._collection, name, etag))
        error = write_failure(answer)
        if isinstance(error, Gone):
            return
        if isinstance(error, Conflict):
            try:
                await self._get(name)
            except Gone:
                return
        _raise_unless_done(error)


def _raise_unless_done(error: Exception | None, *, gone: str = "") -> None:
    if isinstance(error, Gone) and gone:
        raise Rejected(gone)
    if error is not None:
        raise error


@asynccontextmanager
async def _writing() -> AsyncIterator[None]:
    """What is refused when reading is, for a copy that must be written, an outage."""
    try:
        yield
    except Refused as error:
        raise Unavailable(error.message) from None
