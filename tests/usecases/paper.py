"""A calendar on paper, as strict as a server: etags, conflicts, people who edit it.

It keeps what stands in it as plain values; what iCalendar makes of them is tested
where iCalendar is.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from scheduler.errors import Conflict, CursorExpired, Gone
from scheduler.events import CalendarObject, Cursor, Delta, Occurrence
from scheduler.ids import Etag, RemoteId
from scheduler.invite import Invite
from scheduler.ports.calendars import (
    Describe,
    Edit,
    Move,
    Shorten,
    TakeOut,
    Text,
    Written,
)
from scheduler.timespan import Span


@dataclass(frozen=True)
class Held:
    uid: str
    #: Original start -> where it stands now.
    dates: dict[datetime, Span]
    text: str = ""
    texts: dict[datetime, str] = field(default_factory=dict)
    version: int = 1

    @property
    def etag(self) -> Etag:
        return Etag(f'"{self.version}"')


def expand(invite: Invite) -> dict[datetime, Span]:
    length = invite.span.length
    where = ZoneInfo(invite.zone)
    starts = [invite.span.start]
    if invite.rrule:
        local = invite.span.start.astimezone(where).replace(tzinfo=None)
        rule = rrulestr(invite.rrule, dtstart=local)
        starts = [d.replace(tzinfo=where).astimezone(UTC) for d in rule]
    dates = {s: Span(s, s + length) for s in starts if s not in invite.exdates}
    dates.update({o.original_start: o.span for o in invite.overrides})
    return dates


class PaperCalendar:
    """Implements `Calendar`; what its owner does by hand is in the last methods."""

    def __init__(self) -> None:
        self.held: dict[RemoteId, Held] = {}
        self.log: list[tuple[RemoteId, str]] = []
        self.writes = 0
        self.calls = 0

    async def changes(self, since: Cursor | None, window: Span) -> Delta:
        if since is not None and since.window != window:
            raise CursorExpired
        seen = int(since.token) if since else 0
        touched = {r for r, _ in self.log[seen:]} if since else set(self.held)
        return Delta(
            tuple(self._object(r) for r in sorted(touched) if r in self.held),
            Cursor(window, str(len(self.log))),
            gone=frozenset(r for r in touched if r not in self.held),
            everything=since is None,
        )

    def _object(self, remote: RemoteId) -> CalendarObject:
        held = self.held[remote]
        return CalendarObject(
            remote,
            held.uid,
            tuple(Occurrence(o, s.start, s.end) for o, s in held.dates.items()),
            held.etag,
        )

    async def read(self, remote: RemoteId, window: Span) -> CalendarObject:
        if remote not in self.held:
            raise Gone
        return self._object(remote)

    async def create(self, invite: Invite) -> Written:
        remote = RemoteId(f"/{invite.uid}.ics")
        if remote in self.held:
            raise Conflict
        self._put(remote, Held(invite.uid, expand(invite), invite.description))
        return Written(remote, self.held[remote].etag)

    async def find(self, uid: str) -> Written | None:
        remote = RemoteId(f"/{uid}.ics")
        held = self.held.get(remote)
        return Written(remote, held.etag) if held else None

    async def text(self, remote: RemoteId, original_start: datetime) -> Text:
        held = self.held.get(remote)
        if held is None or original_start not in held.dates:
            raise Gone
        return Text(held.texts.get(original_start, held.text), held.etag)

    async def edit(self, remote: RemoteId, edit: Edit, *, etag: Etag | None) -> Written:
        held = self._checked(remote, etag)
        dates, texts = dict(held.dates), dict(held.texts)
        match edit:
            case Move():
                if edit.original_start not in dates:
                    raise Gone
                dates[edit.original_start] = edit.span
            case TakeOut():
                dates.pop(edit.original_start, None)
            case Shorten():
                dates = {o: s for o, s in dates.items() if o < edit.before}
            case Describe():
                if edit.original_start not in dates:
                    raise Gone
                texts[edit.original_start] = edit.text
        if (dates, texts) != (held.dates, held.texts):
            self._put(remote, replace(held, dates=dates, texts=texts))
        return Written(remote, self.held[remote].etag)

    async def remove(self, remote: RemoteId, *, etag: Etag | None) -> None:
        if remote in self.held:
            self._checked(remote, etag)
            self.by_hand_delete(remote)
            self.writes += 1

    def _checked(self, remote: RemoteId, etag: Etag | None) -> Held:
        held = self.held.get(remote)
        if held is None:
            raise Gone
        if etag is not None and etag != held.etag:
            raise Conflict
        return held

    def _put(self, remote: RemoteId, held: Held) -> None:
        before = self.held.get(remote)
        self.held[remote] = replace(held, version=len(self.log) + 1)
        self.log.append((remote, "put" if before else "new"))
        self.writes += 1

    # What its owner does:

    def by_hand_delete(self, remote: RemoteId) -> None:
        del self.held[remote]
        self.log.append((remote, "gone"))

    def by_hand_move(self, remote: RemoteId, original: datetime, by: timedelta) -> None:
        held = self.held[remote]
        span = held.dates[original]
        moved = {**held.dates, original: Span(span.start + by, span.end + by)}
        self._put(remote, replace(held, dates=moved))

    def by_hand_write(self, remote: RemoteId, original: datetime, text: str) -> None:
        held = self.held[remote]
        texts = {**held.texts, original: text}
        self._put(remote, replace(held, texts=texts))

    def by_hand_add(self, name: str, *spans: Span) -> None:
        dates = {s.start: s for s in spans}
        self._put(RemoteId(f"/{name}.ics"), Held(f"{name}@elsewhere", dates))
