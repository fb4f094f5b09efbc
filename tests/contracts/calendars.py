"""For the contract of calendars: one, and its owner with another program."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from integrations.ics.encode import encode
from scheduler.errors import CursorExpired, Gone
from scheduler.events import CalendarObject, Cursor, Delta
from scheduler.ids import RemoteId, Uid
from scheduler.invite import Invite
from scheduler.ports.calendars import Calendar
from scheduler.timespan import Span

HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)
FIRST = datetime(2026, 3, 10, 9, tzinfo=UTC)
WINDOW = Span(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
STAMP = datetime(2026, 2, 2, 12, tzinfo=UTC)
#: Tuesdays at 10:00 in Berlin; its clock changes on 29 March.
DATES = [FIRST, FIRST + WEEK, FIRST + 2 * WEEK, FIRST + 3 * WEEK - HOUR]

INVITE = Invite(
    uid=Uid("5f0c2a77e01b4c7f9d6a8e3b1c2d4e5f@programme.test"),
    sequence=0,
    stamp=datetime(2026, 1, 1, tzinfo=UTC),
    zone="Europe/Berlin",
    span=Span(FIRST, FIRST + HOUR),
    summary="Ana and Ben",
    description="Über dies;\nund, das \\ hier",
    url="https://troth.test/a/1",
    rrule="FREQ=WEEKLY;COUNT=4",
)


@dataclass(frozen=True)
class Place:
    """A calendar that is empty at first.

    `put`, `delete` and `raw` are its owner's other program, which calls objects by
    the last part of their address. `remote` is what the calendar calls the object of
    a UID, `told` the UID that it tells of ours; `invites`: it tells guests itself.
    """

    calendar: Calendar
    put: Callable[[str, bytes], Awaitable[None]]
    delete: Callable[[str], Awaitable[None]]
    raw: Callable[[str], Awaitable[bytes]]
    told: Callable[[str], str] = str
    remote: Callable[[str], str] = "{}.ics".format
    invites: bool = False


def private(uid: str, start: datetime = FIRST, rrule: str = "") -> bytes:
    """Somebody's own event, with words that Troth must not keep."""
    return encode(
        Invite(
            uid=Uid(uid),
            sequence=0,
            stamp=STAMP,
            zone="UTC",
            span=Span(start, start + HOUR),
            summary="The dentist",
            rrule=rrule,
        )
    )


@dataclass
class Follower:
    """Keeps what a calendar said, as the use case does."""

    calendar: Calendar
    known: dict[RemoteId, CalendarObject] = field(default_factory=dict)
    cursor: Cursor | None = None

    async def follow(self) -> Delta:
        try:
            delta = await self.calendar.changes(self.cursor, WINDOW)
        except CursorExpired:
            delta = await self.calendar.changes(None, WINDOW)
        if delta.everything:
            self.known = {}
        for hint in delta.gone_hints:
            try:
                self.known[hint] = await self.calendar.read(hint, WINDOW)
            except Gone:
                del self.known[hint]
        for gone in delta.gone:
            self.known.pop(gone, None)
        self.known |= {found.id: found for found in delta.changed}
        self.cursor = delta.cursor
        return delta

    @property
    def uids(self) -> dict[str, list[datetime]]:
        return {o.uid: [x.start for x in o.occurrences] for o in self.known.values()}
