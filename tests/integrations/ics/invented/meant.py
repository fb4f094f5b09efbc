"""What an invented event means: values, before they become text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

DAY = timedelta(days=1)
OWNER = "ida@example.org"
#: The zone of a time that names one which nobody knows.
NOWHERE = "Nowhere Standard Time"

#: A line that says something about busy -> the meaning of the event for its owner.
MOODS = {
    "TRANSP:TRANSPARENT": "free",
    "STATUS:CANCELLED": "cancelled",
    f"ATTENDEE;PARTSTAT=DECLINED:mailto:{OWNER}": "declined",
    f"ATTENDEE;CN=Ida;PARTSTAT=DELEGATED:MAILTO:{OWNER.upper()}": "declined",
    f'ATTENDEE;CN="Ida: I";EMAIL={OWNER};PARTSTAT=DECLINED:urn:uuid:1': "declined",
    "": "busy",
    "STATUS:TENTATIVE": "busy",
    "TRANSP:OPAQUE": "busy",
    f"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:{OWNER}": "busy",
    "ATTENDEE;PARTSTAT=DECLINED:mailto:somebody.else@example.org": "busy",
}
FREE_MOODS = [mood for mood, meaning in MOODS.items() if meaning != "busy"]
BUSY_MOODS = [mood for mood, meaning in MOODS.items() if meaning == "busy"]


@dataclass(frozen=True)
class Rule:
    """An RRULE: `weekdays` are (n, day), n = 0 for every one, Monday is 0.

    `until` is on the wall of the event's zone, written as UTC, floating or a date.
    """

    every: str
    interval: int = 1
    months: tuple[int, ...] = ()
    weeks: tuple[int, ...] = ()
    year_days: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    weekdays: tuple[tuple[int, int], ...] = ()
    hours: tuple[int, ...] = ()
    minutes: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0
    count: int = 0
    until: datetime | None = None
    until_as: str = "utc"


@dataclass(frozen=True)
class Long:
    """How long: DTEND (`end`, on the wall of `zone`, or of its event), or DURATION.

    Of a DURATION the days are days of the wall clock. With nothing: no time, or, of a
    whole day, that day.
    """

    days: int = 0
    minutes: int = 0
    end: datetime | None = None
    zone: str | None = None


@dataclass(frozen=True)
class Change:
    """What became of the occurrence that was to start at `was`, on its series' wall.

    `zone` None: that of the series. `onwards`: of all that follow, too.
    """

    was: datetime
    start: datetime
    long: Long = Long()
    mood: str = ""
    zone: str | None = None
    whole_day: bool = False
    onwards: bool = False
    #: Written without DTSTART, as a cancelled date may be.
    bare: bool = False
    #: On no date of its series.
    alone: bool = False


@dataclass(frozen=True)
class Meant:
    """One event as it was meant; `start` and all else on the wall of `zone`.

    zone: an IANA name, 'UTC', NOWHERE, or '' for a floating time. `tzid`: how the zone
    is written, if not by its name.
    """

    zone: str
    start: datetime
    long: Long = Long()
    whole_day: bool = False
    rule: Rule | None = None
    not_rule: Rule | None = None
    dates: tuple[tuple[datetime, Long | None], ...] = ()
    left_out: tuple[datetime, ...] = ()
    changes: tuple[Change, ...] = ()
    mood: str = ""
    tzid: str = ""
    #: No event of its own: only changes, as a free/busy feed has them.
    headless: bool = False
    #: An account of the same event that does not count any more, and how it says so.
    older: tuple[datetime, str] | None = None
    uid: str = ""
    feature: str = ""
    #: Exceptions may be written in UTC, as days, …; not where that means another one.
    plain: bool = False


@dataclass(frozen=True)
class FreeBusy:
    """A VFREEBUSY: (start, end, FBTYPE) in UTC."""

    periods: tuple[tuple[datetime, datetime, str], ...]
    lengths: bool = field(default=False)
