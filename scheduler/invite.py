"""What stands in a calendar or travels in an invitation, before it is iCalendar.

RFC 5545 words throughout: UID, SEQUENCE, DTSTAMP, RECURRENCE-ID, EXDATE.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from scheduler.ids import Uid
from scheduler.timespan import Span


class Method(Enum):
    """iTIP methods that Troth sends (RFC 5546 section 1.4); NONE: a stored object."""

    NONE = ""
    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    DECLINECOUNTER = "DECLINECOUNTER"


@dataclass(frozen=True, slots=True)
class Attendee:
    """One calendar user; `rsvp` is true of the mail's recipient alone."""

    email: str
    name: str
    rsvp: bool = False
    partstat: str = "NEEDS-ACTION"


@dataclass(frozen=True, slots=True)
class Override:
    """One occurrence that is not where the rule puts it."""

    original_start: datetime
    span: Span
    #: None: as the master's.
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A link to a document (ATTACH with FMTTYPE)."""

    url: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Invite:
    """One iCalendar object: a series with its exceptions, one instance, or one event.

    Starts and ends are UTC instants, written as wall time in `zone` with a VTIMEZONE.
    `rrule` empty: a single event. `recurrence_id` set: this instance alone, written
    in the form of DTSTART. `organizer` None: a copy without ORGANIZER and ATTENDEE.
    """

    uid: Uid
    sequence: int
    #: DTSTAMP, fixed when the effect was decided, so that a repeat is identical.
    stamp: datetime
    zone: str
    span: Span
    summary: str
    method: Method = Method.NONE
    description: str = ""
    location: str = ""
    url: str = ""
    rrule: str = ""
    recurrence_id: datetime | None = None
    exdates: tuple[datetime, ...] = ()
    overrides: tuple[Override, ...] = ()
    organizer: Attendee | None = None
    attendees: tuple[Attendee, ...] = ()
    attachments: tuple[Attachment, ...] = field(default=())
    #: With a video room of the calendar's own making, where it makes any.
    meet: bool = False

    def __post_init__(self) -> None:
        if self.recurrence_id and (self.rrule or self.exdates or self.overrides):
            raise ValueError("one instance has no rule and no exceptions")
        moved = {o.original_start for o in self.overrides}
        if moved & set(self.exdates):
            raise ValueError("a date is either moved or left out")
