"""Published feeds: iCalendar files behind an address, read whole and never written."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo

from integrations.addresses import Address, read_address
from integrations.calls import MIB, Answer, Call, Credentials
from integrations.egress import Door
from integrations.ics.quarantine import Asked, Quarantine
from integrations.ics.resource import Decode, Read, last_date
from integrations.spool import Spool, Spools
from scheduler.connections import Connection
from scheduler.errors import (
    CursorExpired,
    Gone,
    NeedsConsent,
    Refused,
    Rejected,
    Unavailable,
)
from scheduler.events import CalendarObject, Cursor, Delta, Rsvp
from scheduler.ids import Etag, RemoteId
from scheduler.invite import Invite
from scheduler.localtime import zone as zone_of
from scheduler.ports.calendars import Edit, Text, Written
from scheduler.timespan import Span

MOST_BYTES = 20 * MIB
ACCEPT = "text/calendar, text/plain;q=0.5, */*;q=0.1"
#: Rises with each release that reads some calendar differently: then all are read anew.
READING = 2
#: Statuses that ask us to come back later.
_LATER = frozenset((408, 425, 429))
#: Google stamps every event anew at every fetch.
_STAMP = b"\nDTSTAMP"
_MOST_HEADER, _MOST_ID = 1_000, 200


async def fetch(door: Door, url: str) -> bytes:
    """The bytes behind an address, once, with nobody's credentials.

    `Refused` (E_URL_…, E_TLS, E_ICS_TOO_BIG) or `Unavailable`.
    """
    answer = await door.call(_get(read_address(url), {}))
    _check(answer)
    return answer.body


def _get(address: Address, conditions: dict[str, str]) -> Call:
    headers = {"Accept": ACCEPT, **conditions}
    return Call("GET", address, headers, most_bytes=MOST_BYTES)


def _check(answer: Answer) -> None:
    """Say why there is no calendar, if there is none."""
    if answer.status == HTTPStatus.OK:
        return
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
    #: SHA-256 of all bytes, and of all without the DTSTAMP lines.
    octets: str
    content: str
    reading: int = READING

    @classmethod
    def of(cls, answer: Answer, spool: Spool) -> _Seen:
        headers = answer.headers
        marks = (headers.get("etag", ""), headers.get("last-modified", ""))
        etag, modified = (m if len(m) <= _MOST_HEADER else "" for m in marks)
        return cls(etag, modified, spool.sha256, without_stamps(spool))

    @classmethod
    def read(cls, token: str) -> _Seen:
        """What `text` wrote; `CursorExpired` for anything else, or an older reading."""
        try:
            seen = cls(**json.loads(token))
        except (ValueError, TypeError):
            raise CursorExpired from None
        if seen.reading != READING:
            raise CursorExpired
        return seen

    def text(self) -> str:
        return json.dumps(asdict(self))

    def conditions(self) -> dict[str, str]:
        """RFC 9110 section 13.1."""
        words = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in words.items() if value}


def without_stamps(pieces: Iterable[bytes]) -> str:
    """SHA-256 of a calendar without its DTSTAMP lines, wherever the pieces break."""
    digest, rest, inside = hashlib.sha256(), b"", False
    for piece in pieces:
        text, at = rest + piece, 0
        rest = b""
        while at < len(text):
            if inside:
                end = text.find(b"\n", at)
                inside, at = end < 0, end if end >= 0 else len(text)
                continue
            stamp = text.find(_STAMP, at)
            if stamp < 0:  # the end may be the beginning of one
                stamp = max(at, len(text) - len(_STAMP) + 1)
                rest = text[stamp:]
                digest.update(memoryview(text)[at:stamp])
                break
            digest.update(memoryview(text)[at:stamp])
            inside, at = True, stamp + len(_STAMP)
    digest.update(rest)
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class OpenFeed:
    """Opens published feeds; does no I/O."""

    door: Door
    decode: Decode
    spools: Spools = field(default_factory=Spools)
    quarantine: Quarantine = field(default_factory=Quarantine)

    def __call__(
        self, connection: Connection, *, zone: str = "UTC", owner: str = ""
    ) -> FeedCalendar:
        """The feed behind a connection; a name and a password are used if given."""
        return FeedCalendar(self, connection, home=zone_of(zone), owner=owner)


class FeedCalendar:
    """One feed. Nothing is known of what lies behind its last date (`horizon`).

    Ids follow from UIDs, etags from what was decoded: a feed has neither.
    """

    def __init__(
        self, through: OpenFeed, connection: Connection, *, home: ZoneInfo, owner: str
    ) -> None:
        self._door = through.door
        self._decode = through.decode
        self._spools = through.spools
        self._quarantine = through.quarantine
        self._id = connection.id
        self._address = read_address(connection.url.reveal)
        self._credentials = Credentials.of(connection, self._address)
        self._home = home
        self._owner = owner

    async def changes(self, since: Cursor | None, window: Span) -> Delta:
        """Everything, or nothing where the feed is as it was."""
        before = _Seen.read(since.token) if since else None
        if since and since.window != window:
            raise CursorExpired
        with self._spools.open() as spool:
            answer = await self._answer(before.conditions() if before else {}, spool)
            if since and before:
                if answer.status == HTTPStatus.NOT_MODIFIED:
                    return Delta((), since)
                if spool.sha256 == before.octets:
                    return Delta((), since)
            seen = await asyncio.to_thread(_Seen.of, answer, spool)
            if since and before and seen.content == before.content:
                return Delta((), since)
            return await self._all(spool, seen, window)

    async def read(self, remote: RemoteId, window: Span) -> CalendarObject:
        """One event, by reading all of them; `Gone`."""
        with self._spools.open() as spool:
            await self._answer({}, spool)
            decoded = await self._decoded(spool, window)
        for found in decoded.objects:
            if _named(found).id == remote:
                return _named(found)
        raise Gone(remote)

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

    async def _answer(self, conditions: dict[str, str], spool: Spool) -> Answer:
        call = _get(self._address, conditions)
        answer = await self._door.call(call, credentials=self._credentials, into=spool)
        if answer.status in (401, 403):
            host = answer.address.host
            raise NeedsConsent(f"{host} does not let us in ({answer.status})")
        if not (conditions and answer.status == HTTPStatus.NOT_MODIFIED):
            _check(answer)
        return answer

    async def _decoded(self, spool: Spool, window: Span) -> Read:
        return await self._decode(
            spool,
            window=window,
            zone=self._home,
            owner=self._owner,
            calendar=self._id,
            again=True,
        )

    async def _all(self, spool: Spool, seen: _Seen, window: Span) -> Delta:
        asked = Asked(seen.content, window, self._home.key, self._owner)
        self._quarantine.check(self._id, asked)
        try:
            decoded = await self._decoded(spool, window)
        except Refused as refused:
            self._quarantine.note(self._id, asked, refused)
            raise
        self._quarantine.free(self._id)
        found = tuple(_named(each) for each in decoded.objects)
        return Delta(
            found,
            Cursor(window, seen.text()),
            everything=True,
            horizon=last_date(found, window),
            warnings=decoded.warnings,
        )

    async def create(
        self,
        invite: Invite,  # noqa: ARG002 - the port's
        *,
        generation: int = 1,  # noqa: ARG002 - the port's
    ) -> Written:
        """`Rejected`."""
        raise _read_only()

    async def find(
        self,
        uid: str,  # noqa: ARG002 - the port's
        *,
        generation: int = 1,  # noqa: ARG002 - the port's
    ) -> Written | None:
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
    """With an id that fits into a row."""
    if len(found.id) <= _MOST_ID:
        return found
    return replace(found, id=RemoteId(hashlib.sha256(found.id.encode()).hexdigest()))
