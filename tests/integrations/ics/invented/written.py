"""Invented events -> content lines, in one of the many ways to write the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from integrations.ics.vtimezone import vtimezone
from tests.integrations.ics.invented.meant import (
    DAY,
    NOWHERE,
    Change,
    FreeBusy,
    Long,
    Meant,
    Rule,
)
from tests.integrations.ics.invented.places import ZONES, instant, shown

NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
#: A name in front of a zone's, so that nobody knows it and its VTIMEZONE must be used.
OWN = "Own "
Block = list[str]


def calendar(
    events: Sequence[Meant | FreeBusy], home: str, years: range, dice: Random
) -> list[Block]:
    """The lines of a calendar, component by component; the first and last enclose."""
    blocks = [
        block
        for event in events
        for block in (
            [free_busy(event, dice)]
            if isinstance(event, FreeBusy)
            else event_blocks(event, home, dice)
        )
    ]
    named = [event for event in events if isinstance(event, Meant)]
    own = {event.zone for event in named if event.tzid.startswith(OWN)}
    blocks += [zone_block(zone, OWN + zone, years) for zone in sorted(own)]
    # Contradicts what everybody knows of the zone; the name wins.
    blocks += [
        zone_block(dice.choice(ZONES), tzid, years)
        for tzid in sorted({event.tzid or event.zone for event in named})
        if tzid and tzid not in {"UTC", NOWHERE} and not tzid.startswith(OWN)
        and dice.random() < 0.3
    ]  # fmt: skip
    blocks += [["BEGIN:VTODO", "UID:todo", "DTSTART:20260105T090000Z", "END:VTODO"]]
    dice.shuffle(blocks)
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//invented//EN"]
    head.append(f"X-WR-TIMEZONE:{dice.choice(ZONES)}")
    return [head, *blocks, ["END:VCALENDAR"]]


def zone_block(zone: str, tzid: str, years: range) -> Block:
    lines = vtimezone(zone, years[0], years[-1])
    return [line.replace(f"TZID:{zone}", f"TZID:{tzid}") for line in lines]


def free_busy(found: FreeBusy, dice: Random) -> Block:
    lines = []
    for kind in dict.fromkeys(kind for *_, kind in found.periods):
        texts = [period(*one[:2], dice) for one in found.periods if one[2] == kind]
        name = "FREEBUSY" + (f";FBTYPE={kind}" if kind != "BUSY" else "")
        lines += [f"{name}:{','.join(some)}" for some in split(texts, dice)]
    dice.shuffle(lines)
    return ["BEGIN:VFREEBUSY", "UID:fb", *lines, "END:VFREEBUSY"]


def period(start: datetime, end: datetime, dice: Random) -> str:
    minutes = (end - start).seconds // 60 + (end - start).days * 1440
    last = dice.choice((f"{end:%Y%m%dT%H%M%SZ}", f"PT{minutes}M"))
    return f"{start:%Y%m%dT%H%M%SZ}/{last}"


def split(values: Iterable[str], dice: Random) -> Iterator[list[str]]:
    """The values on one line, on a line each, or in between."""
    some: list[str] = []
    for value in values:
        if some and dice.random() < 0.5:
            yield some
            some = []
        some.append(value)
    if some:
        yield some


def event_blocks(event: Meant, home: str, dice: Random) -> list[Block]:
    writer = Writer(event, home, dice)
    blocks = [] if event.headless else [writer.master()]
    if event.older:
        start, stamps = event.older
        blocks[0].append(stamps.partition("|")[0])
        old = [writer.when("DTSTART", start), "DURATION:PT3H", stamps.partition("|")[2]]
        blocks.append(old)
    blocks += [writer.change(change) for change in event.changes]
    for lines in blocks:
        lines += [f"UID:{event.uid}", *noise(dice)]
        dice.shuffle(lines)
    return [
        ["BEGIN:VEVENT", *filter(None, lines), *alarm(dice), "END:VEVENT"]
        for lines in blocks
    ]


def noise(dice: Random) -> Iterator[str]:
    """Lines that say nothing about busy, though they may look like it."""
    yield "SUMMARY:canary ünterwegs 日本語"
    if dice.random() < 0.2:
        yield "DESCRIPTION:canary\\nDTSTART:20260105T090000Z\\nRRULE:FREQ=DAILY"
    if dice.random() < 0.2:
        yield "X-DTSTART;TZID=Nowhere:19700101T000000"
    if dice.random() < 0.2:
        yield 'ATTENDEE;PARTSTAT=ACCEPTED;CN="canary; a, b: c":mailto:x@example.org'


def alarm(dice: Random) -> Block:
    if dice.random() < 0.8:
        return []
    return ["BEGIN:VALARM", "TRIGGER:-PT15M", "DURATION:PT5M", "REPEAT:2", "END:VALARM"]


@dataclass(frozen=True)
class Writer:
    """Writes one event; times on its own wall, unless a way to write them is given."""

    event: Meant
    home: str
    dice: Random

    def master(self) -> Block:
        event = self.event
        lines = [self.when("DTSTART", event.start), event.mood]
        lines += self.long(event.long, event.start, whole_day=event.whole_day)
        lines += [f"RRULE:{self.rule(event.rule)}"] if event.rule else []
        lines += [f"EXRULE:{self.rule(event.not_rule)}"] if event.not_rule else []
        lines += self.left_out(event.left_out)
        return lines + [self.date(*one) for one in event.dates]

    def change(self, change: Change) -> Block:
        event = self.event
        zone = event.zone if change.zone is None else change.zone
        more = ";RANGE=THISANDFUTURE" if change.onwards else ""
        name, value = self.exception(change.was)
        lines = [f"RECURRENCE-ID{more}{name}:{value}", change.mood]
        if change.bare:
            return lines
        if change.whole_day:
            lines.append(f"DTSTART;VALUE=DATE:{change.start:%Y%m%d}")
        else:
            lines.append(f"DTSTART{self.value(change.start, zone)}")
        return lines + self.long(
            change.long, change.start, whole_day=change.whole_day, zone=zone
        )

    def when(self, name: str, wall: datetime) -> str:
        if self.event.whole_day:
            return f"{name};VALUE=DATE:{wall:%Y%m%d}"
        return name + self.value(wall, self.event.zone)

    def value(self, wall: datetime, zone: str) -> str:
        """`;TZID=…:` and a time."""
        if zone == "UTC":
            return f":{wall:%Y%m%dT%H%M%SZ}"
        tzid = self.event.tzid if zone == self.event.zone and self.event.tzid else zone
        if tzid and self.dice.random() < 0.2:
            tzid = f'"{tzid}"'
        return (f";TZID={tzid}" if tzid else "") + f":{wall:%Y%m%dT%H%M%S}"

    def long(
        self, long: Long, start: datetime, *, whole_day: bool, zone: str | None = None
    ) -> Block:
        if long.end and whole_day:
            return [f"DTEND;VALUE=DATE:{long.end:%Y%m%d}"]
        if long.end:
            there = self.event.zone if zone is None else zone
            return [f"DTEND{self.value(long.end, long.zone or there)}"]
        days, minutes = long.days, long.minutes
        if not (days or minutes):
            return []
        if days and not minutes and days % 7 == 0:
            return [f"DURATION:P{days // 7}W"]
        hours, rest = divmod(minutes, 60)
        time = (f"T{hours}H" if hours and not rest else f"T{minutes}M") * bool(minutes)
        return [f"DURATION:P{f'{days}D' * bool(days)}{time}"]

    def left_out(self, every: Sequence[datetime]) -> Block:
        """EXDATE: several a line where they are written in the same way."""
        ways: dict[str, list[str]] = {}
        for wall in every:
            name, value = self.exception(wall)
            ways.setdefault(name, []).append(value)
        return [
            f"EXDATE{name}:{','.join(some)}"
            for name, values in ways.items()
            for some in split(values, self.dice)
        ]

    def exception(self, wall: datetime) -> tuple[str, str]:
        """An EXDATE or RECURRENCE-ID in one of the ways that mean this start."""
        event, zone = self.event, self.event.zone or self.home
        own = self.when("", wall).rpartition(":")
        ways = [(own[0], own[2])] * 2
        if not event.plain and event.zone != NOWHERE:
            moment = instant(wall, zone)
            there = self.dice.choice(ZONES)
            if event.whole_day:
                same = shown(moment, zone) == wall
                ways += [("", f"{moment:%Y%m%dT%H%M%SZ}")] * same
                ways += [("", f"{wall:%Y%m%dT%H%M%S}")]
            else:
                ways += [("", f"{moment:%Y%m%dT%H%M%SZ}")] * 2
                ways += [("", f"{wall:%Y%m%dT%H%M%S}")]
                if instant(shown(moment, there), there) == moment:
                    ways += [
                        (f";TZID={there}", f"{shown(moment, there):%Y%m%dT%H%M%S}")
                    ]
                if once_a_day(event) and shown(moment, zone) == wall:
                    ways += [(";VALUE=DATE", f"{wall:%Y%m%d}")]
        return self.dice.choice(ways)

    def date(self, wall: datetime, long: Long | None) -> str:
        """RDATE, as a PERIOD where it has a length of its own."""
        if long is None:
            return self.when("RDATE", wall)
        head, _, start = self.when("RDATE;VALUE=PERIOD", wall).rpartition(":")
        return f"{head}:{start}/PT{long.minutes}M"

    def rule(self, rule: Rule) -> str:
        parts = {
            "INTERVAL": f"{rule.interval}" if rule.interval > 1 else "",
            "COUNT": f"{rule.count or ''}",
            "UNTIL": self.until(rule) if rule.until else "",
            "BYMONTH": listed(rule.months),
            "BYWEEKNO": listed(rule.weeks),
            "BYYEARDAY": listed(rule.year_days),
            "BYMONTHDAY": listed(rule.month_days),
            "BYDAY": ",".join(f"{n or ''}{NAMES[day]}" for n, day in rule.weekdays),
            "BYHOUR": listed(rule.hours),
            "BYMINUTE": listed(rule.minutes),
            "BYSETPOS": listed(rule.positions),
            "WKST": NAMES[rule.week_start] if rule.week_start else "",
        }
        texts = [f"{name}={value}" for name, value in parts.items() if value]
        self.dice.shuffle(texts)
        return ";".join([f"FREQ={rule.every}", *texts])

    def until(self, rule: Rule) -> str:
        until, event = rule.until, self.event
        assert until
        if rule.until_as == "date":
            return f"{until:%Y%m%d}"
        if rule.until_as == "floating":
            return f"{until:%Y%m%dT%H%M%S}"
        if event.zone == NOWHERE:
            return f"{until.replace(tzinfo=UTC):%Y%m%dT%H%M%SZ}"
        if event.whole_day:
            until = until.replace(hour=0, minute=0)
        return f"{instant(until, event.zone or self.home):%Y%m%dT%H%M%SZ}"


def once_a_day(event: Meant) -> bool:
    """Whether a day is enough to say which occurrence is meant."""
    rule = event.rule
    often = rule and (rule.every == "HOURLY" or rule.hours or rule.minutes)
    return not (often or event.dates)


def listed(numbers: Sequence[int]) -> str:
    return ",".join(str(number) for number in numbers)


def years(start: datetime, end: datetime) -> range:
    """Those that a zone of the calendar's own must speak of."""
    return range(start.year - 8, (end + 450 * DAY).year + 1)
