"""Calendars that are invented together with the busy time they stand for.

The busy time is found day by day from what was meant, never from the text, and with
no calendar library: a day is on a rule or it is not; a wall time is an instant of its
zone if that instant, looked at on the zone's clock, shows it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

from integrations.ics.vtimezone import vtimezone
from scheduler.timespan import Span, Spans

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",  # half an hour off
    "Asia/Kolkata",  # half an hour off, no clock changes
    "Asia/Kathmandu",  # three quarters
    "Australia/Adelaide",  # southern, half an hour off
    "Australia/Lord_Howe",  # southern, changes by half an hour
    "America/Santiago",  # southern, changes at midnight
)
DAY = timedelta(days=1)
NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
OWNER = "ida@example.org"
WINDOW = Span(datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))
#: Beyond the window on both sides: the longest event, and the furthest move.
FIRST_DAY, LAST_DAY = date(2024, 1, 1), date(2027, 2, 1)


@dataclass(frozen=True)
class Rule:
    """`days` are weekdays (n, day) or days of the month, as `every` says."""

    every: str
    interval: int = 1
    weekdays: tuple[tuple[int, int], ...] = ()
    month_day: int = 0
    count: int = 0
    until: datetime | None = None


@dataclass(frozen=True)
class Change:
    """What became of the occurrence that was to start at `was`."""

    was: datetime
    start: datetime
    minutes: int
    mood: str = ""


@dataclass(frozen=True)
class Meant:
    """One event as it was meant; `start` and all else on the wall of `zone`.

    zone: an IANA name, 'UTC', or '' for a floating time. `days` > 0: whole days.
    mood: a line that says something about busy, or ''.
    """

    uid: str
    zone: str
    start: datetime
    minutes: int = 0
    days: int = 0
    rule: Rule | None = None
    left_out: tuple[datetime, ...] = ()
    changes: tuple[Change, ...] = ()
    mood: str = ""


FREE_MOODS = (
    "TRANSP:TRANSPARENT",
    "STATUS:CANCELLED",
    f"ATTENDEE;PARTSTAT=DECLINED:mailto:{OWNER}",
    f"ATTENDEE;CN=Ida;PARTSTAT=DELEGATED:MAILTO:{OWNER.upper()}",
)
BUSY_MOODS = (
    "",
    "",
    "",
    "STATUS:TENTATIVE",
    "TRANSP:OPAQUE",
    f"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:{OWNER}",
    "ATTENDEE;PARTSTAT=DECLINED:mailto:somebody.else@example.org",
)


# What it means ----------------------------------------------------------------------


@cache
def instant(wall: datetime, zone: str) -> datetime:
    """The first instant that shows this wall time; else by the offset two days before.

    Found by trying the offsets that the zone has around then.
    """
    where = ZoneInfo(zone)
    around = [wall.replace(tzinfo=UTC) + n * DAY for n in (-2, -1, 0, 1, 2)]
    offsets = [when.astimezone(where).utcoffset() or timedelta(0) for when in around]
    tried = sorted((wall - offset).replace(tzinfo=UTC) for offset in offsets)
    for when in tried:
        if when.astimezone(where).replace(tzinfo=None) == wall:
            return when
    return (wall - offsets[0]).replace(tzinfo=UTC)


def is_on(rule: Rule, first: date, day: date) -> bool:
    """Whether the rule has this day, counted from its first."""
    if rule.every == "DAILY":
        return (day - first).days % rule.interval == 0
    if rule.every == "WEEKLY":
        monday, other = first - first.weekday() * DAY, day - day.weekday() * DAY
        weekdays = [weekday for _, weekday in rule.weekdays] or [first.weekday()]
        weeks = (other - monday).days // 7
        return weeks % rule.interval == 0 and day.weekday() in weekdays
    if rule.every == "YEARLY":
        same_day = (day.month, day.day) == (first.month, first.day)
        return same_day and (day.year - first.year) % rule.interval == 0
    months = (day.year - first.year) * 12 + day.month - first.month
    return months % rule.interval == 0 and is_day_of_month(rule, first, day)


def is_day_of_month(rule: Rule, first: date, day: date) -> bool:
    if rule.weekdays:
        return any(is_nth(day, n, weekday) for n, weekday in rule.weekdays)
    if rule.month_day < 0:
        return (day - rule.month_day * DAY).day == 1
    return day.day == (rule.month_day or first.day)


def is_nth(day: date, n: int, weekday: int) -> bool:
    if day.weekday() != weekday:
        return False
    if n > 0:
        return (day - n * 7 * DAY).month != day.month and (
            n == 1 or (day - (n - 1) * 7 * DAY).month == day.month
        )
    return (day + -n * 7 * DAY).month != day.month and (
        n == -1 or (day + (-n - 1) * 7 * DAY).month == day.month
    )


def starts(event: Meant, home: str) -> list[datetime]:
    """Every start of a rule, day by day from the first, exceptions not looked at."""
    rule, zone = event.rule, event.zone or home
    if rule is None:
        return [event.start]
    found: list[datetime] = []
    end = rule.until and instant(rule.until, zone)
    day = event.start.date()
    while day <= LAST_DAY and (not rule.count or len(found) < rule.count):
        wall = datetime.combine(day, event.start.time())
        if is_on(rule, event.start.date(), day):
            if end and instant(wall, zone) > end:
                break
            found.append(wall)
        day += DAY
    return found


def spans(event: Meant, home: str) -> list[tuple[datetime, datetime]]:
    """When one event is busy, in UTC, not merged."""
    zone = event.zone or home
    changed = {change.was: change for change in event.changes}
    found = []
    # Of a repeated event, DTEND means the exact length of the first (RFC 5545 3.8.5.3).
    first = instant(event.start, zone)
    end_of_first = instant(event.start + timedelta(minutes=event.minutes), zone)
    exact = max(end_of_first - first, timedelta(0))
    if end_of_first < first:
        exact = timedelta(minutes=event.minutes)
    for start in starts(event, home):
        if start in event.left_out or start in changed or event.mood in FREE_MOODS:
            continue
        begin = instant(start, zone)
        if event.days:
            found.append((begin, instant(start + event.days * DAY, zone)))
        else:
            found.append((begin, begin + exact))
    for change in event.changes:
        begin = instant(change.start, zone)
        end = begin + timedelta(minutes=change.minutes)
        if event.days:
            end = instant(change.start + event.days * DAY, zone)
        if change.mood not in FREE_MOODS:
            found.append((begin, end))
    return found


def busy(events: list[Meant], home: str) -> Spans:
    every = [
        Span(start, end)
        for event in events
        for start, end in spans(event, home)
        if start < end
    ]
    return Spans.of(every).clipped(WINDOW)


# How it is written ------------------------------------------------------------------


def written(events: list[Meant], home: str, dice: Random) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//invented//EN"]
    lines.append(f"X-WR-TIMEZONE:{dice.choice(ZONES)}")
    own = dice.sample(ZONES, 3)
    blocks = [zone_block(zone) for zone in own]
    blocks += [
        block for event in events for block in event_blocks(event, home, own, dice)
    ]
    dice.shuffle(blocks)
    lines += [line for block in blocks for line in block]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def zone_block(zone: str) -> list[str]:
    """A VTIMEZONE under a name that nobody knows, so that its rules must be used."""
    return [
        line.replace(f"TZID:{zone}", f"TZID:Own {zone}")
        for line in vtimezone(zone, 2023, 2028)
    ]


def event_blocks(
    event: Meant, home: str, own: list[str], dice: Random
) -> list[list[str]]:
    own_name = event.zone in own and dice.random() < 0.5
    writer = Writer(event, home, f"Own {event.zone}" if own_name else event.zone)
    utc = bool(event.zone) and dice.random() < 0.4
    repeats = [rule_line(event, home)] if event.rule else []
    left_out = [writer.when("EXDATE", wall, utc=utc) for wall in event.left_out]
    blocks = [
        [
            writer.when("DTSTART", event.start),
            *writer.end(event.start, event.minutes, dice),
            event.mood,
            *repeats,
            *left_out,
        ]
    ]
    blocks += [
        [
            writer.when("RECURRENCE-ID", change.was, utc=utc),
            writer.when("DTSTART", change.start),
            *writer.end(change.start, change.minutes, dice),
            change.mood,
        ]
        for change in event.changes
    ]
    for lines in blocks:
        lines += [f"UID:{event.uid}", "SUMMARY:canary"]
        dice.shuffle(lines)
    return [["BEGIN:VEVENT", *filter(None, lines), "END:VEVENT"] for lines in blocks]


@dataclass(frozen=True)
class Writer:
    event: Meant
    home: str
    tzid: str

    def when(self, name: str, wall: datetime, *, utc: bool = False) -> str:
        if self.event.days:
            return f"{name};VALUE=DATE:{wall:%Y%m%d}"
        if utc or self.tzid == "UTC":
            moment = instant(wall, self.event.zone or self.home)
            return f"{name}:{moment:%Y%m%dT%H%M%SZ}"
        zone = f";TZID={self.tzid}" if self.tzid else ""
        return f"{name}{zone}:{wall:%Y%m%dT%H%M%S}"

    def end(self, start: datetime, minutes: int, dice: Random) -> list[str]:
        """DTEND for the series, DURATION for what changed; left out where it may be."""
        if self.event.days == 1 and dice.random() < 0.5:
            return []
        if self.event.days:
            return [self.when("DTEND", start + self.event.days * DAY)]
        if minutes and start == self.event.start:
            return [self.when("DTEND", start + timedelta(minutes=minutes))]
        return [f"DURATION:PT{minutes}M"] if minutes else []


def rule_line(event: Meant, home: str) -> str:
    rule = event.rule
    assert rule
    parts = [f"FREQ={rule.every}"]
    if rule.interval > 1:
        parts.append(f"INTERVAL={rule.interval}")
    if rule.count:
        parts.append(f"COUNT={rule.count}")
    if rule.until:
        until = instant(rule.until, event.zone or home)
        day, second = f"{rule.until:%Y%m%d}", f"{until:%Y%m%dT%H%M%SZ}"
        parts.append(f"UNTIL={day if event.days else second}")
    if rule.weekdays:
        names = (f"{n or ''}{NAMES[weekday]}" for n, weekday in rule.weekdays)
        parts.append(f"BYDAY={','.join(names)}")
    if rule.month_day:
        parts.append(f"BYMONTHDAY={rule.month_day}")
    return "RRULE:" + ";".join(parts)


# Inventing --------------------------------------------------------------------------


def calendar(dice: Random, home: str) -> list[Meant]:
    return [event(dice, home, number) for number in range(dice.randint(1, 8))]


def event(dice: Random, home: str, number: int) -> Meant:
    zone = dice.choice((*ZONES, home, home, "UTC", ""))
    days = dice.choice((0, 0, 0, 0, 1, 1, 2, 9)) if dice.random() < 0.5 else 0
    start = datetime(2024, 1, 1) + timedelta(days=dice.randrange(1_060))
    if not days:
        start += timedelta(minutes=15 * dice.randrange(96))
    rule = some_rule(dice, start) if dice.random() < 0.7 else None
    meant = Meant(
        uid=f"{number}@example.org",
        zone="" if days else zone,
        start=start,
        minutes=0 if days else dice.choice((0, 15, 45, 60, 90, 600, 1_500)),
        days=days,
        rule=rule,
        mood=dice.choice(FREE_MOODS if dice.random() < 0.15 else BUSY_MOODS),
    )
    return with_exceptions(dice, meant, home) if rule else meant


def some_rule(dice: Random, start: datetime) -> Rule:
    every = dice.choice(("DAILY", "WEEKLY", "WEEKLY", "MONTHLY", "MONTHLY", "YEARLY"))
    rule = Rule(every, interval=dice.choice((1, 1, 1, 2, 3)))
    today = start.weekday()
    if every == "WEEKLY" and dice.random() < 0.6:
        more = dice.sample(range(7), dice.randint(0, 3))
        rule = replace(rule, weekdays=tuple((0, day) for day in {today, *more}))
    elif every == "MONTHLY":
        rule = replace(rule, **monthly(dice, start))
    if dice.random() < 0.3:
        return replace(rule, count=dice.randint(1, 60))
    if dice.random() < 0.4:
        return replace(rule, until=start + timedelta(days=dice.randrange(800)))
    return rule


def monthly(dice: Random, start: datetime) -> dict[str, object]:
    """A way to say this day of the month: its number, from the end, or its weekday."""
    nth = (start.day - 1) // 7 + 1
    last = (start + 7 * DAY).month != start.month
    from_end = -((start.replace(day=28) + 4 * DAY).replace(day=1) - start).days
    ways: list[dict[str, object]] = [{}, {"month_day": start.day}]
    ways.append({"month_day": from_end})
    if nth < 5:
        ways.append({"weekdays": ((nth, start.weekday()),)})
    if last:
        ways.append({"weekdays": ((-1, start.weekday()),)})
    return dice.choice(ways)


def with_exceptions(dice: Random, event: Meant, home: str) -> Meant:
    """Some dates left out, some moved: also into the window and out of it."""
    every = starts(event, home)
    chosen = dice.sample(every, min(len(every), dice.choice((0, 1, 3, 6))))
    changes = []
    for was in chosen[::2]:
        moved = was + dice.choice((0, 1, -1, 7, 200, -200)) * DAY
        if not event.days:
            moved += timedelta(minutes=dice.choice((0, 0, 45, -120, 300)))
        mood = dice.choice(FREE_MOODS if dice.random() < 0.3 else BUSY_MOODS)
        minutes = dice.choice((0, 30, 120))
        changes.append(Change(was, moved, minutes, mood))
    return replace(event, left_out=tuple(chosen[1::2]), changes=tuple(changes))
