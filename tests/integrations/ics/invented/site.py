"""Where an event is invented: a zone, a home, a window; and the choices all share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from tests.integrations.ics.invented.busy import starts
from tests.integrations.ics.invented.meant import (
    BUSY_MOODS,
    DAY,
    FREE_MOODS,
    Change,
    FreeBusy,
    Long,
    Meant,
    Rule,
)
from tests.integrations.ics.invented.places import ZONES, Place, turns

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@dataclass(frozen=True)
class Site:
    """What an event is invented with; `home` is where floating times lie."""

    place: Place
    home: str
    dice: Random

    @property
    def zone(self) -> str:
        return self.place.zone

    def day(self, *, before: int = 700) -> datetime:
        """A midnight inside the window, or up to so many days before it."""
        window = self.place.window
        days = (window.end - window.start).days
        first = datetime(window.start.year, window.start.month, 1)
        return first + self.dice.randrange(-before, days) * DAY

    def start(self, *, before: int = 700) -> datetime:
        quarter = self.dice.randrange(96)
        return self.day(before=before) + quarter * 15 * MINUTE

    def long(self, start: datetime) -> Long:
        """A length in one of the ways to write it."""
        minutes = self.dice.choice((0, 15, 45, 60, 60, 90, 600, 1_500))
        ways = [Long(end=start + minutes * MINUTE)] * 2 if minutes else [Long()]
        ways += [Long(minutes=minutes), Long(self.dice.choice((1, 2)), minutes)]
        return self.dice.choice(ways[:3] if self.dice.random() < 0.8 else ways)

    def event(self, **kept: Any) -> Meant:
        """An event at this place, what is given kept."""
        start = kept.pop("start", None) or self.start()
        kept.setdefault("long", self.long(start))
        kept.setdefault("mood", self.dice.choice(BUSY_MOODS))
        kept.setdefault("zone", self.zone)
        return Meant(start=start, **kept)

    def series(self, every: str, **kept: Any) -> Meant:
        """A series; half of them end at some time."""
        start = kept.pop("start", None) or self.start()
        of_event = {
            name: kept.pop(name)
            for name in ("long", "mood", "zone", "tzid", "whole_day", "plain")
            if name in kept
        }
        rule = Rule(every, **kept)
        if not rule.count and not rule.until and self.dice.random() < 0.4:
            rule = self.ended(rule, start)
        return self.event(start=start, rule=rule, **of_event)

    def ended(self, rule: Rule, start: datetime) -> Rule:
        if self.dice.random() < 0.5:
            return replace(rule, count=self.dice.randint(1, 80))
        until = start + timedelta(days=self.dice.randrange(900))
        return replace(
            rule, until=until, until_as=self.dice.choice(("utc", "floating", "date"))
        )

    def weekdays(self, start: datetime, more: int = 3) -> tuple[tuple[int, int], ...]:
        """The weekday of the start and some others, in any order."""
        others = self.dice.sample(range(7), self.dice.randint(1, more))
        days = [*{start.weekday(), *others}]
        self.dice.shuffle(days)
        return tuple((0, day) for day in days)

    def turn_wall(self, *, skips: bool) -> datetime | None:
        """A wall time that the zone skips or shows twice, if it has one here."""
        found = [t for t in turns(self.zone, self.place.window) if t.skips == skips]
        if not found:
            return None
        turn = self.dice.choice(found)
        minutes = (turn.high - turn.low) // MINUTE
        return turn.low + self.dice.randrange(0, minutes, 15) * MINUTE

    def with_exceptions(self, event: Meant, most: int = 6) -> Meant:
        """Some of its dates left out, some changed."""
        every = starts(event, self.home, self.place.window)
        chosen = self.dice.sample(every, min(len(every), self.dice.randint(1, most)))
        changes = tuple(self.change(event, was) for was in chosen[::2])
        return replace(event, left_out=tuple(chosen[1::2]), changes=changes)

    def change(self, event: Meant, was: datetime) -> Change:
        """Moved, also into the window and out of it; cancelled; or another length."""
        moved = was + self.dice.choice((0, 0, 1, -1, 7, 200, -200, 380)) * DAY
        mood = self.dice.choice(FREE_MOODS if self.dice.random() < 0.3 else BUSY_MOODS)
        if event.whole_day and self.dice.random() < 0.8:
            days = self.dice.choice((0, 1, 2))
            return Change(was, moved, Long(days=days), mood, whole_day=True)
        moved += self.dice.choice((0, 0, 45, -120, 300)) * MINUTE
        if event.whole_day:
            return Change(was, moved + 9 * HOUR, self.long(moved + 9 * HOUR), mood, "")
        if self.dice.random() < 0.1:
            midnight = datetime.combine(moved.date(), time())
            return Change(was, midnight, Long(), mood, whole_day=True)
        zone = self.dice.choice((None, None, None, "UTC", "", self.dice.choice(ZONES)))
        return Change(was, moved, self.long(moved), mood, zone)


Invent = Callable[[Site], Meant | FreeBusy]
