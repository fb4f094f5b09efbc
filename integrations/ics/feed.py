"""Published feeds: iCalendar files behind an address, read whole and never written."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from integrations.addresses import Address, read_address
from integrations.calls import MIB, Answer, Call, Credentials
from integrations.egress import Door
from integrations.ics.resource import Decode, last_date
from scheduler.connections import Connection
from scheduler.errors import (
    CursorExpired,
    Gone,
    NeedsConsent,
    Refused,
    Rejected,
    Unavailable,
)
from scheduler.events import CalendarObject, Cursor, Delta
from scheduler.ids import Etag, RemoteId
from scheduler.invite import Invite
from scheduler.localtime import zone as zone_of
from scheduler.ports.calendars import Edit, Text, Written
from scheduler.timespan import Span

MOST_BYTES = 20 * MIB
ACCEPT = "text/calendar, text/plain;q=0.5, */*;q=0.1"
#: Statuses that ask us to come back later.
_LATER = frozenset((408, 425, 429))
#: Google stamps every event anew at every fetch.
_STAMPS = re.compile(rb"^DTSTAMP[^\n]*\n", re.MULTILINE)
_MOST_HEADER, _MOST_ID = 1_000, 200


async def fetch(door: Door, url: str) -> bytes:
    """The bytes behind an address, once, with nobody's credentials.

    `Refused` (E_URL_…, E_TLS, E_ICS_TOO_BIG) or `Unavailable`.
    """
    answer = await door.call(_get(read_address(url), {}))
    return _body(answer)


def _get(address: Address, conditions: dict[str, str]) -> Call:
    headers = {"Accept": ACCEPT, **conditions}
    return Call("GET", address, headers, most_bytes=MOST_BYTES)


def _body(answer: Answer) -> bytes:
    """What a feed answered, or why there is none."""
    if answer.status == 200:
        return answer.body
    host = answer.address.host
    if answer.status >= 500 or answer.status in _LATER:
        raise Unavailable(f"{host} answers {answer.status}", after=answer.retry_after)
    raise Refused(
        "E_URL_STATUS",
        f"{host} answers {answer.status} for this address; copy the calendar's secret"
        " address again.",
        field="url",
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was answered last: a server's own marks, and our own of the content."""

    etag: str
    modified: str
    content: str

    @classmethod
    def of(cls, answer: Answer) -> _Seen:
        headers = answer.headers
        marks = (headers.get("etag", ""), headers.get("last-modified", ""))
        etag, modified = (m if len(m) <= _MOST_HEADER else "" for m in marks)
        told = _STAMPS.sub(b"", answer.body)
        return cls(etag, modified, hashlib.sha256(told).hexdigest())

    @classmethod
    def read(cls, token: str) -> _Seen:
        """What `text` wrote; `CursorExpired` for anything else."""
        try:
            return cls(**json.loads(token))
        except (ValueError, TypeError):
            raise CursorExpired from None

    def text(self) -> str:
        return json.dumps(
            {"etag": self.etag, "modified": self.modified, "content": self.content}
        )

    def conditions(self) -> dict[str, str]:
        """RFC 9110 section 13.1."""
        words = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in words.items() if value}


@dataclass(frozen=True, slots=True)
class OpenFeed:
    """Opens published feeds; does no I/O."""

    door: Door
    decode: Decode

    def __call__(
        self, connection: Connection, *, zone: str = "UTC", owner: str = ""
    ) -> FeedCalendar:
        """The feed behind a connection; a name and a password are used if given."""
        address = read_address(connection.url.reveal)
        credentials = Credentials.of(connection, address)
        return FeedCalendar(self, address, credentials, home=zone_of(zone), owner=owner)


class FeedCalendar:
    """One feed. Nothing is known of what lies behind its last date (`horizon`).

    Ids follow from UIDs, etags from what was decoded: a feed has neither.
    """

    def __init__(
        self,
        through: OpenFeed,
        address: Address,
        credentials: Credentials | None,
        *,
        home: ZoneInfo,
        owner: str,
    ) -> None:
        self._door = through.door
        self._decode = through.decode
        self._address = address
        self._credentials = credentials
        self._home = home
        self._owner = owner

    async def changes(self, since: Cursor | None, window: Span) -> Delta:
        """Everything, or nothing where the feed is as it was."""
        if since is None:
            return await self._all(await self._answer({}), window)
        if since.window != window:
            raise CursorExpired
        before = _Seen.read(since.token)
        answer = await self._answer(before.conditions())
        if answer.status == 304:
            return Delta((), since)
        seen = await asyncio.to_thread(_Seen.of, answer)
        if seen.content == before.content:
            return Delta((), since)
        return await self._all(answer, window)

    async def read(self, remote: RemoteId, window: Span) -> CalendarObject:
        """One event, by reading all of them; `Gone`."""
        delta = await self._all(await self._answer({}), window)
        for found in delta.changed:
            if found.id == remote:
                return found
        raise Gone(remote)

    async def _answer(self, conditions: dict[str, str]) -> Answer:
        call = _get(self._address, conditions)
        answer = await self._door.call(call, credentials=self._credentials)
        if answer.status in (401, 403):
            host = answer.address.host
            raise NeedsConsent(f"{host} does not let us in ({answer.status})")
        if not (conditions and answer.status == 304):
            _body(answer)
        return answer

    async def _all(self, answer: Answer, window: Span) -> Delta:
        decoded = await self._decode(
            answer.body, window=window, zone=self._home, owner=self._owner
        )
        found = tuple(_named(each) for each in decoded.objects)
        seen = await asyncio.to_thread(_Seen.of, answer)
        return Delta(
            found,
            Cursor(window, seen.text()),
            everything=True,
            horizon=last_date(found, window),
            warnings=decoded.warnings,
        )

    async def create(self, invite: Invite) -> Written:  # noqa: ARG002 - the port's
        """`Rejected`."""
        raise _read_only()

    async def find(self, uid: str) -> Written | None:  # noqa: ARG002 - the port's
        """`Rejected`."""
        raise _read_only()

    async def text(
        self,
        remote: RemoteId,  # noqa: ARG002 - the port's
        original_start: datetime,  # noqa: ARG002 - the port's
    ) -> Text:
        """`Rejected`."""
        raise _read_only()

    async def edit(
        self,
        remote: RemoteId,  # noqa: ARG002 - the port's
        edit: Edit,  # noqa: ARG002 - the port's
        *,
        etag: Etag | None,  # noqa: ARG002 - the port's
    ) -> Written:
        """`Rejected`."""
        raise _read_only()

    async def remove(
        self,
        remote: RemoteId,  # noqa: ARG002 - the port's
        *,
        etag: Etag | None,  # noqa: ARG002 - the port's
    ) -> None:
        """`Rejected`."""
        raise _read_only()


def _read_only() -> Rejected:
    return Rejected("a feed is not written")


def _named(found: CalendarObject) -> CalendarObject:
    """With an id that fits into a row, and an etag of what Troth knows of it."""
    remote = found.id
    if len(remote) > _MOST_ID:
        remote = RemoteId(hashlib.sha256(remote.encode()).hexdigest())
    known = repr((found.uid, found.sequence, found.changed_at, found.occurrences))
    etag = Etag(hashlib.sha256(known.encode()).hexdigest()[:32])
    return replace(found, id=remote, etag=etag)
