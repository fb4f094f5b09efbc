"""Slots and plans: the values of the slot search, cheap to import.

A slot is wall time in a named zone; a plan is a slot with its meetings over the
horizon, each clear, moved inside its own period, or honestly without a time.
`scheduler.search` finds them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from scheduler.availability import Availability
from scheduler.cadence import Cadence, add_months, nth_weekday, whole_turns
from scheduler.errors import Refused
from scheduler.localtime import WEEKDAYS, instant, is_skipped, midnight, zone
from scheduler.people import Role
from scheduler.timespan import Span

#: The weeks of a month that a monthly slot may lie in; -1 is the last. Never the
#: fifth, which most months do not have.
WEEKS = (1, 2, 3, 4, -1)
#: Zones tell nothing that can be relied on outside these years.
FIRST_DAY, LAST_DAY = date(1971, 1, 1), date(2200, 1, 1)
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def date_of(first: date, week: int | None, cadence: Cadence, period: int) -> date:
    """The date, `period` turns on, of a slot that has its first meeting on `first`."""
    if week is None:
        return first + timedelta(days=cadence.days * period)
    return nth_weekday(add_months(first, period), first.weekday(), week)


@dataclass(frozen=True, slots=True)
class Slot:
    """Wall time in a named zone, with a length: 'Tuesdays 15:00 in Berlin, 45 min'.

    `first` is the date of its first meeting on that zone's calendar. `week` is 1 to 4
    or -1 (the last) for a monthly slot and None for one that turns with the weeks.
    """

    first: date
    time: time
    zone: str
    anchor: Role
    minutes: int
    week: int | None = None

    def __post_init__(self) -> None:
        if self.minutes < 1:
            raise ValueError(f"not a length: {self.minutes} minutes")
        if self.time.tzinfo is not None:
            raise ValueError(f"not a wall time: {self.time!r}")
        if self.week is None:
            return
        if self.week not in WEEKS:
            raise ValueError(f"not a week of a month: {self.week}")
        if nth_weekday(self.first, self.weekday, self.week) != self.first:
            raise ValueError(f"{self.first} is not weekday {self.week} of its month")

    @property
    def weekday(self) -> int:
        """0 is Monday."""
        return self.first.weekday()

    @property
    def weekday_name(self) -> str:
        """In English, as the JSON of `troth plan` has it."""
        return WEEKDAYS[self.weekday]

    @property
    def length(self) -> timedelta:
        """Of one meeting."""
        return timedelta(minutes=self.minutes)

    def day(self, period: int, cadence: Cadence) -> date:
        """The date of the meeting of this period, counted from 0."""
        return date_of(self.first, self.week, cadence, period)

    def start(self, period: int, cadence: Cadence) -> datetime:
        """The original start of the meeting of this period, in UTC."""
        return instant(self.day(period, cadence), self.time, zone(self.zone))

    def rrule(self, cadence: Cadence, count: int) -> str:
        """The recurrence of this many meetings, as RFC 5545 section 3.3.10 has it."""
        if self.week is not None:
            day = f"{self.week}{_CODES[self.weekday]}"
            return f"FREQ=MONTHLY;BYDAY={day};COUNT={count}"
        interval = f"INTERVAL={cadence.every};" if cadence.every > 1 else ""
        return f"FREQ=WEEKLY;{interval}COUNT={count}"


class Status(StrEnum):
    """What became of a planned meeting."""

    CLEAR = "clear"
    MOVED = "moved"
    UNPLACED = "unplaced"


class Why(StrEnum):
    """Why a meeting is not clear at its original start, in the order of telling."""

    OUTSIDE_MENTOR_HOURS = "outside mentor hours"
    OUTSIDE_MENTEE_HOURS = "outside mentee hours"
    MENTOR_BUSY = "mentor busy"
    MENTEE_BUSY = "mentee busy"
    OUTSIDE_DATES = "outside the dates"


@dataclass(frozen=True, slots=True)
class PlannedMeeting:
    """One meeting of a plan; instants in UTC.

    `start` and `end` are None when it is unplaced, `original_start` only where there
    is no slot at all. `checked` is False where a calendar does not reach that far.
    `why` says what is wrong with the original start, and is empty when it is clear.
    """

    period: int
    original_start: datetime | None
    start: datetime | None
    end: datetime | None
    status: Status
    checked: bool = True
    why: tuple[Why, ...] = ()
    #: Only days off are left in its period: it is skipped by agreement.
    off: bool = False

    def __post_init__(self) -> None:
        placed = self.start is not None and self.end is not None
        if placed is (self.status is Status.UNPLACED):
            raise ValueError(f"{self.status} from {self.start} to {self.end}")
        if self.status is Status.CLEAR and self.start != self.original_start:
            raise ValueError(f"clear, but not where it was: {self.start}")
        if self.off and placed:
            raise ValueError(f"left out, but placed at {self.start}")


@dataclass(frozen=True, slots=True)
class Plan:
    """A slot and its meetings, one for each period, in order."""

    slot: Slot
    cadence: Cadence
    meetings: tuple[PlannedMeeting, ...]

    @property
    def rrule(self) -> str:
        """The recurrence of all its meetings."""
        return self.slot.rrule(self.cadence, len(self.meetings))

    @property
    def clear(self) -> int:
        """How many meetings stand at their original start."""
        return self._count(Status.CLEAR)

    @property
    def moved(self) -> int:
        """How many stand elsewhere inside their period."""
        return self._count(Status.MOVED)

    @property
    def unplaced(self) -> int:
        """How many have no time."""
        return self._count(Status.UNPLACED)

    @property
    def off(self) -> frozenset[int]:
        """The periods that have nothing but days off, and are skipped by agreement."""
        return frozenset(m.period for m in self.meetings if m.off)

    @property
    def skipped(self) -> tuple[date, ...]:
        """Dates on which a clock change leaves the slot's wall time out.

        Their meetings begin later by as much as the clock leaps.
        """
        days = (self.slot.day(m.period, self.cadence) for m in self.meetings)
        where = zone(self.slot.zone)
        return tuple(day for day in days if is_skipped(day, self.slot.time, where))

    def _count(self, status: Status) -> int:
        return sum(meeting.status is status for meeting in self.meetings)


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What `troth plan` is asked; exactly one of `count` and `until` is given.

    `first` and `until` (not included) are midnights on the anchor's wall clock.
    `anchor` is whose wall clock holds the slot; None tries both. `gap` is the free
    time, in minutes, wanted around a meeting. `top` bounds the alternatives.
    """

    mentor: Availability
    mentee: Availability
    cadence: Cadence
    minutes: int
    first: date
    count: int | None = None
    until: date | None = None
    anchor: Role | None = None
    gap: int = 0
    top: int = 3

    def __post_init__(self) -> None:
        if (self.count is None) is (self.until is None):
            raise ValueError("give count or until, and not both")
        _within("minutes", self.minutes, 1, 1440)
        _within("gap", self.gap, 0, 1440)
        _within("top", self.top, 0, 20)
        if not FIRST_DAY <= self.first <= LAST_DAY:
            raise Refused(
                "E_DATES",
                f"from must lie between {FIRST_DAY} and {LAST_DAY}.",
                field="from",
            )
        if self.count is not None:
            _within("count", self.count, 1, self._most)
        elif not 1 <= self.turns <= self._most:
            raise Refused(
                "E_DATES",
                f"until must leave room for 1 to {self._most} whole turns "
                f"({self.cadence}) after {self.first}.",
                field="until",
            )

    @property
    def _most(self) -> int:
        """Periods that fit into ten years."""
        return 120 if self.cadence.unit == "month" else 520 // self.cadence.every

    @property
    def turns(self) -> int:
        """How many periods are planned, one meeting each."""
        if self.until is None:
            return self.count or 0
        return whole_turns(self.cadence, self.first, self.until)

    @property
    def days(self) -> int:
        """Days from the first on which a meeting of any slot can lie.

        The last month of a monthly slot that begins in the month after `first`'s is
        one more.
        """
        if self.cadence.unit == "week":
            return self.cadence.days * self.turns
        return (add_months(self.first, self.turns + 1) - self.first).days

    @property
    def anchors(self) -> tuple[Role, ...]:
        """The wall clocks to try, the mentor's first."""
        return (self.anchor,) if self.anchor else (Role.MENTOR, Role.MENTEE)

    def dates(self, anchor: Role) -> Span:
        """What a meeting must lie in, on this one's wall clock."""
        where = zone(self.of(anchor).zone)
        until = self.until or self.first + timedelta(days=self.days)
        return Span(midnight(self.first, where), midnight(until, where))

    def of(self, role: Role) -> Availability:
        """When this one could meet."""
        return self.mentor if role is Role.MENTOR else self.mentee


@dataclass(frozen=True, slots=True)
class PlanResult:
    """The best plan, and the next ones in order; None when no slot has a clear time."""

    periods: int
    best: Plan | None = None
    alternatives: tuple[Plan, ...] = ()

    @property
    def meetings(self) -> tuple[PlannedMeeting, ...]:
        """Those of the best plan; without one, every period is without a time."""
        if self.best:
            return self.best.meetings
        return tuple(
            PlannedMeeting(period, None, None, None, Status.UNPLACED)
            for period in range(self.periods)
        )


def _within(field: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise Refused(
            "E_RANGE", f"{field} must be from {least} to {most}.", field=field
        )
