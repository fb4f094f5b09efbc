"""Series and meetings: what is booked, under names that never change.

A meeting is (series, original start), a replacement (series, original start, n). A
move changes `start`, never the key; a copy of it in somebody's calendar is something
else again (`Copy`), with an id, an etag and a UID of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from scheduler.cadence import Cadence, Period
from scheduler.ids import (
    AgreementId,
    CalendarId,
    Etag,
    OfferId,
    PairId,
    PersonId,
    RemoteId,
    SeriesId,
    Uid,
)
from scheduler.localtime import midnight, zone
from scheduler.timespan import Span


@dataclass(frozen=True, slots=True, order=True)
class MeetingKey:
    """Which meeting; this never changes. `n` is 0 for the period's own meeting."""

    series: SeriesId
    original_start: datetime
    n: int = 0

    def __post_init__(self) -> None:
        if self.original_start.tzinfo is not UTC:
            raise ValueError(f"not UTC: {self.original_start!r}")

    def __str__(self) -> str:
        stamp = self.original_start.strftime("%Y%m%dT%H%M%SZ")
        return f"{self.series}/{stamp}/{self.n}"

    @classmethod
    def parse(cls, text: str) -> MeetingKey:
        """Read what `str` wrote; `ValueError` for anything else."""
        series, stamp, n = text.rsplit("/", 2)
        start = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return cls(SeriesId(series), start, int(n))


class MeetingState(Enum):
    """Where a meeting stands; how it *ended* is a fold over evidence."""

    LIVE = "live"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    #: The plan found no time for it; it has no start.
    UNPLACED = "unplaced"


class Placer(Enum):
    """Who chose the time a meeting has now."""

    TROTH = "troth"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting of a series, or a replacement for one that fell out."""

    key: MeetingKey
    period: int
    #: None exactly when it is unplaced.
    span: Span | None
    state: MeetingState = MeetingState.LIVE
    placed_by: Placer = Placer.TROTH
    #: UID of a replacement's own object; a meeting of the series has the series' UID.
    uid: Uid | None = None
    #: False while a feed does not yet reach this date.
    checked: bool = True

    def __post_init__(self) -> None:
        if (self.span is None) != (self.state is MeetingState.UNPLACED):
            raise ValueError("a meeting has a time unless it is unplaced")
        if (self.key.n > 0) != (self.uid is not None):
            raise ValueError("a replacement, and only that, has a UID of its own")

    @property
    def is_live(self) -> bool:
        """Whether it stands in the calendars and takes both people's time."""
        return self.state is MeetingState.LIVE


class SeriesState(Enum):
    """Whether a series still stands in the calendars."""

    LIVE = "live"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Series:
    """A booked recurrence. `starts` are wall time in `zone`; UTC is derived from them.

    `rrule` is the rule as planned (without DTSTART); `first` is the first original
    start. Meetings, replacements included, are sorted by key.
    """

    id: SeriesId
    pair: PairId
    agreement: AgreementId
    uid: Uid
    zone: str
    #: Whose wall clock holds the slot.
    anchor: PersonId
    minutes: int
    cadence: Cadence
    rrule: str
    first: datetime
    periods: tuple[Period, ...]
    meetings: tuple[Meeting, ...]
    state: SeriesState = SeriesState.LIVE

    @property
    def length(self) -> timedelta:
        """How long each meeting takes."""
        return timedelta(minutes=self.minutes)

    def meeting(self, key: MeetingKey) -> Meeting | None:
        """The meeting with this key."""
        return next((m for m in self.meetings if m.key == key), None)

    def span_of(self, period: int) -> Span:
        """The instants of a period, from midnight to midnight on the slot's clock."""
        where, days = zone(self.zone), self.periods[period]
        return Span(midnight(days.first, where), midnight(days.until, where))

    def of_uid(self, uid: str) -> tuple[Meeting, ...]:
        """The meetings that one calendar object holds."""
        if uid == self.uid:
            return tuple(m for m in self.meetings if m.key.n == 0)
        return tuple(m for m in self.meetings if m.uid == uid)

    def live(self) -> tuple[Meeting, ...]:
        """Meetings that stand, in order of their start."""
        standing = (m for m in self.meetings if m.is_live and m.span)
        return tuple(sorted(standing, key=lambda m: (m.span, m.key)))


class Route(Enum):
    """How a person's copy reaches them (architecture.md, routes)."""

    #: Troth writes it into their calendar.
    WRITTEN = "written"
    #: They are a guest of the event in their partner's calendar; the provider alone
    #: tells them of it and of every change.
    GUEST = "guest"
    #: Mails from the programme's address.
    IMIP = "imip"


class CopyState(Enum):
    """Whether the person still has it."""

    WANTED = "wanted"
    THERE = "there"
    #: A person took it away; it is never made again by a machine.
    REMOVED_BY_PERSON = "removed by person"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Copy:
    """One person's copy of one iCalendar object (a series, or a replacement)."""

    person: PersonId
    uid: Uid
    route: Route
    state: CopyState = CopyState.WANTED
    calendar: CalendarId | None = None
    remote_id: RemoteId | None = None
    etag: Etag | None = None
    generation: int = 0
    #: RFC 5546: the SEQUENCE last sent or written; -1 before the first.
    sequence: int = -1
    #: PARTSTAT of the last answer to the whole object: `ACCEPTED`, `DECLINED`, …
    partstat: str = ""
    #: Its program loses the series when one instance is sent alone (scheduler/itip).
    whole_object: bool = False
    #: When a read first missed it; believed after a second read.
    missed_at: datetime | None = None
    #: When Troth last wrote or sent it; a read that began before says nothing of it.
    written_at: datetime | None = None
    #: Of a guest's copy: their calendar showed it. An invitation may be hidden until it
    #: is answered: before it was seen its absence says nothing.
    seen: bool = False


class LedgerState(Enum):
    """Where a fallen period stands (product.md, ledger)."""

    OPEN = "open"
    BOOKED = "booked"
    REPLACED = "replaced"
    SKIPPED = "skipped"
    LEFT_OUT = "left out"
    OWED = "owed"


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A period whose meeting fell out, and what became of it."""

    series: SeriesId
    pair: PairId
    period: int
    #: Half-open, in UTC, from the anchor's midnights.
    span: Span
    state: LedgerState
    opened_at: datetime
    #: When both were told that it is still owed.
    told_at: datetime | None = None


class OfferKind(Enum):
    """What choosing one of the times does."""

    #: A replacement for a meeting that fell out.
    REPLACE = "replace"
    #: The same meeting at another time.
    MOVE = "move"


class OfferState(Enum):
    """An offer is open until somebody chooses, or it no longer makes sense."""

    OPEN = "open"
    TAKEN = "taken"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Offer:
    """At most three times that suited both when they were checked."""

    id: OfferId
    pair: PairId
    about: MeetingKey
    kind: OfferKind
    times: tuple[Span, ...]
    checked_at: datetime
    state: OfferState = OfferState.OPEN
    chosen: Span | None = None
    chosen_by: PersonId | None = None
