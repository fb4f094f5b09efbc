"""The contract of `troth plan`, sentence by sentence, as slowly as it can be done.

Nothing of `scheduler` is used, only `zoneinfo`. Every quarter hour of the wall clock
is tried for everything; instants are seconds since 1970. People are 0 (the mentor)
and 1 (the mentee).
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
Busy = list[tuple[int, int]]


@dataclass
class Case:
    zones: tuple[str, str]
    #: (weekday, opens, closes) in minutes of the wall clock.
    hours: tuple[list[tuple[int, int, int]], list[tuple[int, int, int]]]
    busy: tuple[Busy, Busy]
    unit: str
    every: int
    minutes: int
    first: date
    count: int | None
    until: date | None
    anchor: int | None
    gap: int = 0


@dataclass
class SlotAnswer:
    anchor: int
    first: date
    minute: int
    week: int | None
    originals: list[int]
    placed: list[int | None] = field(default_factory=list)


@cache
def wall(zone: str, day: date, minute: int) -> int:
    """A skipped time with the offset before the change, a repeated one the first."""
    if minute == 1440:
        day, minute = day + DAY, 0
    clock = time(minute // 60, minute % 60)
    return int(datetime.combine(day, clock, ZoneInfo(zone)).timestamp())


@cache
def month_after(day: date, months: int) -> date:
    for _ in range(months):
        day = (day.replace(day=1) + 31 * DAY).replace(day=1)
    return day.replace(day=1)


@cache
def such_weekday(month: date, weekday: int, week: int) -> date:
    days = [month.replace(day=1) + n * DAY for n in range(31)]
    days = [d for d in days if d.month == month.month and d.weekday() == weekday]
    return days[week - 1] if week > 0 else days[-1]


class Oracle:
    def __init__(self, case: Case) -> None:
        wall.cache_clear()  # else what is known of all pairs slows the collector down
        self.case = case
        self.turns = case.count if case.count is not None else self.whole_turns()
        self.half = 14 * 86400 if case.unit == "month" else 84 * 3600 * case.every
        self.windows = tuple(self.windows_of(person) for person in (0, 1))
        self.window = cache(self.window_uncached)
        self.busy_minutes = tuple(
            {
                minute
                for begins, ends in busy
                for minute in range(begins // 60, ends // 60)
            }
            for busy in case.busy
        )
        self.clear = cache(self.clear_uncached)

    def whole_turns(self) -> int:
        first, until = self.case.first, self.case.until
        if self.case.unit == "week":
            return (until - first).days // (7 * self.case.every)
        months = 0
        while (month_after(first, months + 1), first.day) <= (
            until.replace(day=1),
            until.day,
        ):
            months += 1
        return months

    def windows_of(self, person: int) -> dict[int, list[tuple[int, int]]]:
        """All windows, by the days since 1970 that they touch."""
        zone, found = self.case.zones[person], defaultdict(list)
        turn = 31 if self.case.unit == "month" else 7 * self.case.every
        for n in range(-2, turn * (self.turns + 1) + 2):
            day, spans = self.case.first + n * DAY, []
            for weekday, opens, closes in self.case.hours[person]:
                if weekday == day.weekday():
                    night = wall(zone, day, 1440)
                    spans.append(
                        (wall(zone, day, opens), min(wall(zone, day, closes), night))
                    )
            spans = sorted(span for span in spans if span[0] < span[1])
            joined: list[tuple[int, int]] = []
            for opens, closes in spans:
                if joined and opens <= joined[-1][1]:
                    joined[-1] = (joined[-1][0], max(closes, joined[-1][1]))
                else:
                    joined.append((opens, closes))
            for opens, closes in joined:
                for number in range(opens // 86400, closes // 86400 + 1):
                    found[number].append((opens, closes))
        return found

    def window_uncached(self, person: int, start: int) -> tuple[int, int] | None:
        end = start + 60 * self.case.minutes
        for opens, closes in self.windows[person][start // 86400]:
            if opens <= start and end <= closes:
                return opens, closes
        return None

    def why(self, anchor: int, start: int) -> list[str]:
        why = []
        for person, name in enumerate(("mentor", "mentee")):
            if self.window(person, start) is None:
                why.append(f"outside {name} hours")
        for person, name in enumerate(("mentor", "mentee")):
            if self.is_busy(person, start):
                why.append(f"{name} busy")
        if self.outside_the_dates(anchor, start):
            why.append("outside the dates")
        return why

    def is_busy(self, person: int, start: int) -> bool:
        """Minute by minute; made-up events begin and end on whole minutes."""
        minute, gap = start // 60, self.case.gap
        around = range(minute - gap, minute + self.case.minutes + gap)
        return not self.busy_minutes[person].isdisjoint(around)

    def outside_the_dates(self, anchor: int, start: int) -> bool:
        zone, end = self.case.zones[anchor], start + 60 * self.case.minutes
        late = self.case.until and end > wall(zone, self.case.until, 0)
        return start < wall(zone, self.case.first, 0) or bool(late)

    def clear_uncached(self, anchor: int, start: int) -> bool:
        return (
            self.window(0, start) is not None
            and self.window(1, start) is not None
            and not self.is_busy(0, start)
            and not self.is_busy(1, start)
            and not self.outside_the_dates(anchor, start)
        )

    def slots(self) -> list[SlotAnswer]:
        case, found = self.case, []
        anchors = (0, 1) if case.anchor is None else (case.anchor,)
        for anchor in anchors:
            for first, week in self.firsts():
                dates = [self.date(first, week, k) for k in range(self.turns)]
                for minute in range(0, 1440, 15):
                    originals = [wall(case.zones[anchor], d, minute) for d in dates]
                    found.append(SlotAnswer(anchor, first, minute, week, originals))
        mentors = {tuple(s.originals) for s in found if s.anchor == 0}
        return [s for s in found if s.anchor == 0 or tuple(s.originals) not in mentors]

    def firsts(self) -> list[tuple[date, int | None]]:
        first = self.case.first
        if self.case.unit == "week":
            return [(first + n * DAY, None) for n in range(7 * self.case.every)]
        found = []
        for weekday in range(7):
            for week in (1, 2, 3, 4, -1):
                day = such_weekday(first, weekday, week)
                if day < first:
                    day = such_weekday(month_after(first, 1), weekday, week)
                found.append((day, week))
        return found

    def date(self, first: date, week: int | None, k: int) -> date:
        if week is None:
            return first + 7 * self.case.every * k * DAY
        return such_weekday(month_after(first, k), first.weekday(), week)

    def period(self, slot: SlotAnswer, k: int) -> list[date]:
        if slot.week is None:
            begin = self.case.first + 7 * self.case.every * k * DAY
            return [begin + n * DAY for n in range(7 * self.case.every)]
        begin = month_after(slot.first, k)
        return [d for n in range(31) if (d := begin + n * DAY).month == begin.month]

    def places(self, slot: SlotAnswer, k: int) -> list[int]:
        """Where the meeting of this period may go, given the ones before it."""
        before = [start for start in slot.placed[:k] if start is not None][-1:]
        after = [s for s in slot.originals[k + 1 : k + 2] if self.clear(slot.anchor, s)]
        starts = {
            wall(self.case.zones[slot.anchor], day, minute)
            for day in self.period(slot, k)
            for minute in range(0, 1440, 15)
        }
        return [
            start
            for start in starts
            if self.clear(slot.anchor, start)
            and all(abs(start - other) >= self.half for other in before + after)
        ]

    def place(self, slot: SlotAnswer) -> None:
        slot.placed = []
        for k, original in enumerate(slot.originals):
            if self.clear(slot.anchor, original):
                slot.placed.append(original)
                continue
            places = self.places(slot, k)
            nearest = min(places, key=lambda s: (abs(s - original), s), default=None)
            slot.placed.append(nearest)

    def unclear(self, slot: SlotAnswer) -> int:
        return sum(not self.clear(slot.anchor, start) for start in slot.originals)

    def discomfort(self, slot: SlotAnswer) -> int:
        """In minutes; free time is hours minus busy."""
        total = 0
        for start in slot.originals:
            if not self.clear(slot.anchor, start):
                continue
            end = start + 60 * self.case.minutes
            for person in (0, 1):
                opens, closes = self.window(person, start)
                busy = self.case.busy[person]
                before = start - max([opens] + [e for _, e in busy if e <= start])
                after = min([closes] + [b for b, _ in busy if b >= end]) - end
                free = min(before, after) // 900 * 15
                total += abs((start - opens) - (closes - end)) // 60
                total += 2 * max(0, 60 - free)
        return total

    def order(self, slot: SlotAnswer) -> tuple[int, int, int, int, int]:
        self.place(slot)
        return (
            self.unclear(slot),
            slot.placed.count(None),
            self.discomfort(slot),
            slot.originals[0],
            slot.anchor,
        )

    def best(self) -> SlotAnswer | None:
        slots = self.slots()
        least = min(map(self.unclear, slots))
        if least == self.turns:
            return None
        return min((s for s in slots if self.unclear(s) == least), key=self.order)

    def ranked(self, top: int) -> list[SlotAnswer]:
        """The best and the next ones that begin over an hour from a better one."""
        slots = [s for s in self.slots() if self.unclear(s) < self.turns]
        chosen: list[SlotAnswer] = []
        for slot in sorted(slots, key=self.order):
            if not any(self.near(slot, better) for better in chosen):
                chosen.append(slot)
        return chosen[: top + 1]

    def near(self, slot: SlotAnswer, better: SlotAnswer) -> bool:
        zone = ZoneInfo(self.case.zones[better.anchor])
        a, b = slot.originals[0], better.originals[0]
        dates = {datetime.fromtimestamp(t, zone).date() for t in (a, b)}
        return abs(a - b) <= 3600 and len(dates) == 1
