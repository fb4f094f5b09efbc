"""One pair over a year of weeks: the slot search, and a loop that asks bisect."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from math import inf
from zoneinfo import ZoneInfo

from benchmarks.calendars import draw
from benchmarks.measure import Contest, milliseconds, race
from scheduler.availability import Availability
from scheduler.cadence import WEEKLY
from scheduler.people import Hours, Role, Window
from scheduler.search import search
from scheduler.slots import PlanRequest, PlanResult, Status
from scheduler.timespan import Span, Spans

FIRST, WEEKS = date(2026, 9, 7), 52
LENGTH = timedelta(minutes=45)
DAY, QUARTER = timedelta(days=1), timedelta(minutes=15)
OPENS, CLOSES = 8 * 60, 19 * 60
NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"


def occupied(who: str) -> list[tuple[datetime, datetime]]:
    """Five events on each working day of more than a year, in order, apart."""
    found = []
    for day in range(-7, 7 * WEEKS + 14):
        if (FIRST + day * DAY).weekday() > 4:
            continue
        midnight = datetime.combine(FIRST, time(), UTC) + day * DAY
        for n in range(5):
            start = midnight + timedelta(hours=11 + 2 * n)
            start += QUARTER * draw(4, who, day, n)
            length = QUARTER * (1 + draw(4, who, "length", day, n))
            found.append((start, start + length))
    return found


def asked() -> PlanRequest:
    """A mentor in New York and a mentee in Berlin; the mentor's clock."""
    hours = Hours.of(tuple(Window(day, OPENS, CLOSES) for day in range(5)))
    mentor, mentee = (
        Availability(zone, hours, Spans.of(Span(*one) for one in occupied(zone)))
        for zone in (NEW_YORK, BERLIN)
    )
    minutes = int(LENGTH / timedelta(minutes=1))
    return PlanRequest(
        mentor, mentee, WEEKLY, minutes, FIRST, WEEKS, anchor=Role.MENTOR
    )


class Loop:
    """Four sorted lists of seconds since 1970, and bisect for every meeting."""

    def __init__(self) -> None:
        self.where = ZoneInfo(NEW_YORK)
        self.hours = tuple(list(_windows(zone)) for zone in (NEW_YORK, BERLIN))
        self.busy = tuple(
            [(start.timestamp(), end.timestamp()) for start, end in occupied(zone)]
            for zone in (NEW_YORK, BERLIN)
        )

    def fewest(self) -> tuple[int, frozenset[tuple[int, time]]]:
        """How few of 52 meetings can be unclear, and at which slots that is so."""
        counted = {
            (day.weekday(), clock): self.unclear(day, clock)
            for day in (FIRST + n * DAY for n in range(7))
            for clock in (time(n // 4, n % 4 * 15) for n in range(96))
        }
        least = min(counted.values())
        return least, frozenset(slot for slot, n in counted.items() if n == least)

    def unclear(self, day: date, clock: time) -> int:
        """How many of the meetings of this slot are not clear."""
        unclear = 0
        for week in range(WEEKS):
            local = datetime.combine(day + 7 * week * DAY, clock, self.where)
            start = local.timestamp()
            unclear += not self.is_clear(start, start + LENGTH.total_seconds())
        return unclear

    def is_clear(self, start: float, end: float) -> bool:
        """Whether both are inside their hours, and neither has anything."""
        for windows in self.hours:
            at = bisect_right(windows, (start, inf))
            if not at or windows[at - 1][1] < end:
                return False
        for busy in self.busy:
            at = bisect_left(busy, (end,))
            if at and busy[at - 1][1] > start:
                return False
        return True


def _windows(zone: str) -> Iterator[tuple[float, float]]:
    for day in (FIRST + n * DAY for n in range(-7, 7 * WEEKS + 14)):
        if day.weekday() < 5:
            opens = datetime.combine(day, time(OPENS // 60), ZoneInfo(zone))
            closes = datetime.combine(day, time(CLOSES // 60), ZoneInfo(zone))
            yield opens.timestamp(), closes.timestamp()


def run(rounds: int = 9) -> Iterator[Contest]:
    """Every quarter hour of a week, 52 weeks of each."""
    request = asked()
    compare(search(request), Loop())
    mine, theirs = race(rounds, lambda: search(request), lambda: Loop().fewest())
    yield Contest(
        f"one pair, {WEEKS} weeks of 672 slots; Troth also ranks and moves",
        milliseconds(mine),
        f"a loop with bisect {milliseconds(theirs)}",
        theirs / mine,
    )


def compare(result: PlanResult, loop: Loop) -> None:
    """End where the search and the loop do not agree on the fewest unclear."""
    least, slots = loop.fewest()
    best = result.best
    if best is None or (best.slot.weekday, best.slot.time) not in slots:
        raise SystemExit("slots: the best slot is not one with the fewest unclear")
    if sum(m.status is not Status.CLEAR for m in best.meetings) != least:
        raise SystemExit("slots: the two count differently")
