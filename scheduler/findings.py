"""What a person did in their own calendar, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from scheduler.connections import CalendarKind
from scheduler.evidence import SourceKind
from scheduler.ids import PersonId
from scheduler.series import MeetingKey
from scheduler.timespan import Span

SOURCES = {
    CalendarKind.CALDAV: SourceKind.CALDAV,
    CalendarKind.GOOGLE: SourceKind.GOOGLE,
    CalendarKind.ICS: SourceKind.ICS,
    CalendarKind.MEMORY: SourceKind.CALDAV,
}


class Grade(Enum):
    """How sure a finding is, which decides what follows from it."""

    #: Act at once.
    CERTAIN = "certain"
    #: Ask that person once, and act on the answer.
    PROBABLE = "probable"
    #: Offer to move the meeting, nothing else.
    WEAK = "weak"


class FindingKind(Enum):
    """What a person did, as far as their calendar shows it."""

    #: Dates are no longer there.
    MISSING = "missing"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    MOVED = "moved"
    #: The last dates of a series are no longer there.
    SHORTENED = "shortened"
    #: Every date still ahead is gone, cancelled or declined.
    SERIES_GONE = "series gone"
    #: A date that nobody agreed on; it is left alone.
    EXTRA = "extra"
    #: Something else on top of a meeting.
    CLASH = "clash"


#: Findings after which meetings do not take place.
FALLEN = frozenset(
    {
        FindingKind.MISSING,
        FindingKind.CANCELLED,
        FindingKind.DECLINED,
        FindingKind.SHORTENED,
        FindingKind.SERIES_GONE,
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a person did. It says who, for the evidence; no letter ever does.

    `at` is the source's own stamp, never later than when it was seen. `spans` are the
    new times of moved meetings, one for each key; of a clash, what is on top; of an
    extra date, its time.
    """

    kind: FindingKind
    grade: Grade
    person: PersonId
    keys: tuple[MeetingKey, ...]
    at: datetime
    source: SourceKind
    spans: tuple[Span, ...] = ()
    #: Those of the dates that were declined, and not taken away.
    declined: frozenset[MeetingKey] = frozenset()
    #: Which thing is on top of a meeting, so that each is told once.
    what: str = ""

    def __post_init__(self) -> None:
        if self.kind is FindingKind.MOVED and len(self.spans) != len(self.keys):
            raise ValueError("a moved meeting has one new time")
