"""An invented feed that somebody edits between two readings.

Each event is written in its own way and stays so until it is edited, as programs do it;
so most of a feed's bytes are the same from one reading to the next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from zoneinfo import ZoneInfo

from tests.integrations.ics.invented import written
from tests.integrations.ics.invented.busy import starts
from tests.integrations.ics.invented.inventing import FEATURES, dice_of
from tests.integrations.ics.invented.meant import FreeBusy, Meant
from tests.integrations.ics.invented.places import PLACES, ZONES
from tests.integrations.ics.invented.site import Site
from tests.integrations.ics.invented.style import some_style, styled
from tests.integrations.ics.invented.written import OWN, Block


class Feed:
    """Events in an order; `edit` changes something, `data` are the bytes."""

    def __init__(self, seed: int) -> None:
        self._dice = dice = dice_of("feed", seed)
        self.place = dice.choice(PLACES)
        self.home = ZoneInfo(dice.choice((self.place.zone, dice.choice(ZONES))))
        self._style = replace(some_style(dice), bom=False)
        self._blocks: list[list[Block]] = []
        self._events: list[Meant | FreeBusy] = []
        self._own = {zone: zone for zone in ZONES}
        self._stamp = self._made = 0
        for _ in range(dice.randint(2, 6)):
            self.add()

    def data(self) -> bytes:
        """The file as it is now."""
        years = written.years(self.place.window.start, self.place.window.end)
        zones = [
            written.zone_block(self._own[zone], OWN + zone, years)
            for zone in sorted({event.zone for event in self._with_own()})
        ]
        blocks = [block for some in self._blocks for block in some]
        lines = [
            ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//invented//EN"],
            *zones,
            *map(self._stamped, blocks),
            ["END:VCALENDAR"],
        ]
        return b"".join(styled(block, self._style, dice_of(*block)) for block in lines)

    def _with_own(self) -> list[Meant]:
        return [
            event
            for event in self._events
            if isinstance(event, Meant) and event.tzid.startswith(OWN)
        ]

    def _stamped(self, block: Block) -> Block:
        """With the DTSTAMP of the last reading, as many servers write it."""
        if not self._stamp or block[0] != "BEGIN:VEVENT":
            return block
        lines = [line for line in block if not line.startswith("DTSTAMP:")]
        return [*lines[:1], f"DTSTAMP:202606{self._stamp:02}T000000Z", *lines[1:]]

    def _event(self, feature: str) -> Meant | FreeBusy:
        self._made += 1
        site = Site(self.place, self.home.key, self._dice)
        event = FEATURES[feature](site)
        if isinstance(event, FreeBusy):
            return event
        return replace(event, uid=f"{self._made}@example.org", feature=feature)

    def _blocks_of(self, event: Meant | FreeBusy) -> list[Block]:
        if isinstance(event, FreeBusy):
            return [written.free_busy(event, self._dice)]
        return written.event_blocks(event, self.home.key, self._dice)

    def _put(self, at: int, event: Meant | FreeBusy) -> None:
        self._events[at] = event
        self._blocks[at] = self._blocks_of(event)

    def _at(self) -> int:
        return self._dice.randrange(len(self._events)) if self._events else -1

    # What people and servers do with a calendar ------------------------------------

    def nothing(self) -> None:
        """Read again as it is."""

    def add(self) -> None:
        event = self._event(self._dice.choice(sorted(FEATURES)))
        at = self._dice.randint(0, len(self._events))
        self._events.insert(at, event)
        self._blocks.insert(at, self._blocks_of(event))

    def drop(self) -> None:
        if (at := self._at()) >= 0:
            del self._events[at], self._blocks[at]

    def rewrite(self) -> None:
        """The same in other words."""
        if (at := self._at()) >= 0:
            self._put(at, self._events[at])

    def change(self) -> None:
        """Another event under the same UID."""
        if (at := self._at()) < 0:
            return
        old, new = self._events[at], self._event(self._dice.choice(sorted(FEATURES)))
        if isinstance(old, Meant) and isinstance(new, Meant):
            new = replace(new, uid=old.uid)
        self._put(at, new)

    def move(self) -> None:
        """One date of a series moved, or the whole event by an hour."""
        if (at := self._at()) < 0 or not isinstance(old := self._events[at], Meant):
            return
        site = Site(self.place, self.home.key, self._dice)
        every = starts(old, self.home.key, self.place.window)
        if old.rule and every:
            one = site.change(old, self._dice.choice(every))
            self._put(at, replace(old, changes=(*old.changes, one)))
        elif not old.whole_day:
            self._put(at, replace(old, start=old.start + timedelta(hours=1)))

    def double(self) -> None:
        """The UID of another event."""
        one, other = self._at(), self._at()
        if one < 0:
            return
        this, that = self._events[one], self._events[other]
        if isinstance(this, Meant) and isinstance(that, Meant):
            self._put(one, replace(this, uid=that.uid))

    def shuffle(self) -> None:
        order = list(range(len(self._events)))
        self._dice.shuffle(order)
        self._events = [self._events[at] for at in order]
        self._blocks = [self._blocks[at] for at in order]

    def stamp(self) -> None:
        """Every DTSTAMP is the moment of the reading."""
        self._stamp = self._stamp % 28 + 1

    def another_zone(self) -> None:
        """A VTIMEZONE says something else under the same name."""
        for event in self._with_own():
            self._own[event.zone] = self._dice.choice(ZONES)

    def restyle(self) -> None:
        self._style = replace(some_style(self._dice), bom=False)


EDITS: tuple[Callable[[Feed], None], ...] = (
    *(Feed.nothing, Feed.add, Feed.drop, Feed.rewrite, Feed.change, Feed.move),
    *(Feed.double, Feed.shuffle, Feed.stamp, Feed.another_zone, Feed.restyle),
)


def pieces(data: bytes, dice: Random) -> list[bytes]:
    """The same bytes as a network gives them."""
    size = dice.choice((50, 1_000, 64_000))
    return [data[at : at + size] for at in range(0, len(data), size)]
