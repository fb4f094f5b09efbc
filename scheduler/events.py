"""What a calendar says, with everything left out that Troth has no use for.

Of other people's events only start, end, meaning and identity are kept: no title, no
text, no guest ever becomes one of these values (promises.md S23).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import NamedTuple

from scheduler.ids import Etag, RemoteId
from scheduler.timespan import Span, Spans


class Meaning(Enum):
    """What one occurrence means for the owner of the calendar."""

    BUSY = "busy"
    FREE = "free"
    CANCELLED = "cancelled"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, order=True)
class Occurrence:
    """One occurrence of an event, in UTC; a moved one keeps its original start.

    `end` may equal `start`: such an event is there but takes no time.
    """

    original_start: datetime
    start: datetime
    end: datetime
    meaning: Meaning = Meaning.BUSY

    def __post_init__(self) -> None:
        for when in (self.original_start, self.start, self.end):
            if when.tzinfo is not UTC:
                raise ValueError(f"not UTC: {when!r}")
        if self.end < self.start:
            raise ValueError(f"reversed: {self.start}, {self.end}")

    @property
    def span(self) -> Span | None:
        """The time it takes, if it takes any."""
        return Span(self.start, self.end) if self.start < self.end else None


#: What the ids of merged free/busy time (VFREEBUSY) begin with.
MERGED = "freebusy-"


class Coming(Enum):
    """What a guest says to an invitation (RFC 5545 section 3.2.12, PARTSTAT)."""

    NOT_YET = "NEEDS-ACTION"
    YES = "ACCEPTED"
    MAYBE = "TENTATIVE"
    NO = "DECLINED"
    #: Nothing: somebody took them off the list.
    OFF = ""


@dataclass(frozen=True, slots=True)
class Rsvp:
    """What the guest of an event of ours says, as its organiser's calendar has it.

    To all of it, or to the date of this original start where they say something else.
    """

    coming: Coming
    original_start: datetime | None = None
    #: When a read first had it; as long as nothing else is said it stays the same.
    heard_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CalendarObject:
    """One object of a calendar (an .ics resource, an event with its exceptions).

    `occurrences` are those that touch the window which was read, cancelled and
    declined ones included. `uid` may be shared by several objects of a feed.
    """

    id: RemoteId
    uid: str
    occurrences: tuple[Occurrence, ...]
    etag: Etag | None = None
    #: The source's own stamp of the last change (LAST-MODIFIED, `updated`), UTC.
    changed_at: datetime | None = None
    sequence: int = 0
    #: What the guest says to it; only of our own in an organiser's calendar.
    rsvps: tuple[Rsvp, ...] = ()
    #: Its source said that somebody deleted it; only our own are kept like this.
    deleted: bool = False

    @property
    def is_merged(self) -> bool:
        """Whether it is merged free/busy time and stands for no single event."""
        return self.id.startswith(MERGED)

    def busy(self) -> Spans:
        """When this object makes its owner busy."""
        return Spans.of(
            span
            for o in self.occurrences
            if o.meaning is Meaning.BUSY and (span := o.span)
        )


@dataclass(frozen=True, slots=True)
class Warned:
    """Something odd in a calendar that did not stop it from being read."""

    code: str
    uid: str
    message: str


class Path(NamedTuple):
    """Which way a series was read: `path` is 'fast', or 'careful' and `why`."""

    uid: str
    path: str
    why: str
    occurrences: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where reading stopped: the window that was read and the source's own token.

    A cursor is only good for its window; for another one everything is read again.
    """

    window: Span
    token: str
    #: When everything was last read; a cursor goes on from the same place all the same.
    whole_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Delta:
    """What changed since a cursor, or everything.

    `deleted` are those of `gone` of which the source itself says that somebody deleted
    them; others are merely not shown. `gone_hints` are ids that a source no longer
    shows without saying that they were deleted; only a read by id makes one gone.
    `horizon` is the last instant a feed speaks about (None: as far as the window).
    """

    changed: tuple[CalendarObject, ...]
    cursor: Cursor
    gone: frozenset[RemoteId] = frozenset()
    deleted: frozenset[RemoteId] = frozenset()
    gone_hints: frozenset[RemoteId] = frozenset()
    everything: bool = False
    horizon: datetime | None = None
    warnings: tuple[Warned, ...] = ()
