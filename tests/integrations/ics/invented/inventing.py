"""A whole invented calendar: one event of each feature asked for, and its bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from random import Random
from zoneinfo import ZoneInfo

from scheduler.events import Occurrence
from scheduler.timespan import Span
from tests.integrations.ics.invented import written
from tests.integrations.ics.invented.busy import free_busy, occurrences
from tests.integrations.ics.invented.features import COMMON
from tests.integrations.ics.invented.meant import NOWHERE, FreeBusy, Meant
from tests.integrations.ics.invented.places import ZONES, Place
from tests.integrations.ics.invented.rarer import RARER
from tests.integrations.ics.invented.site import Site
from tests.integrations.ics.invented.style import Style, some_style, styled

FEATURES = COMMON | RARER


@dataclass(frozen=True)
class Invented:
    """A calendar, and what it says of its window."""

    home: ZoneInfo
    window: Span
    events: tuple[Meant | FreeBusy, ...]
    blocks: tuple[list[str], ...]
    data: bytes
    style: Style

    @property
    def cells(self) -> set[tuple[str, str]]:
        """(feature, zone) of each event; a VFREEBUSY has only UTC."""
        home = self.home.key
        return {
            (event.feature, event.zone or home)
            if isinstance(event, Meant)
            else ("free_busy", "UTC")
            for event in self.events
        }

    def means(self) -> dict[str, set[Occurrence]]:
        """UID -> its occurrences; '' for what has none."""
        home, found = self.home.key, {}
        for event in self.events:
            if isinstance(event, Meant):
                found[event.uid] = occurrences(event, home, self.window)
            else:
                found.setdefault("", set()).update(free_busy(event, self.window))
        return found

    def warns(self) -> set[str]:
        """The codes of all that is odd in it."""
        named = [event for event in self.events if isinstance(event, Meant)]
        found = set(self.style.warns)
        if any(event.zone == NOWHERE for event in named):
            found.add("W_TZ_UNKNOWN")
        if any(event.older for event in named):
            found.add("W_ICS_DUP_UID")
        if any(self._is_told_alone(event) for event in named):
            found.add("W_OVERRIDE_ALONE")
        return found

    def _is_told_alone(self, event: Meant) -> bool:
        alone = replace(event, headless=True)
        return any(change.alone for change in event.changes) and bool(
            occurrences(alone, self.home.key, self.window)
        )


def dice_of(*words: object) -> Random:
    """Dice that fall in the same way each time."""
    return Random(" ".join(map(str, words)))  # noqa: S311 - invents calendars


def invented(
    place: Place, dice: Random, features: Iterable[str], *, home: str = ""
) -> Invented:
    """A calendar with an event of each feature, read at home in `home` or any zone."""
    home = home or dice.choice((place.zone, dice.choice(ZONES)))
    site = Site(place, home, dice)
    events = [
        replace(event, uid=f"{name}-{number}@example.org", feature=name)
        if isinstance(event := FEATURES[name](site), Meant)
        else event
        for number, name in enumerate(features)
    ]
    return put_together(events, home, place.window, dice)


def put_together(
    events: list[Meant | FreeBusy],
    home: str,
    window: Span,
    dice: Random,
    style: Style | None = None,
) -> Invented:
    """Events as they were meant -> the calendar that says so, in some style."""
    years = written.years(window.start, window.end)
    blocks = written.calendar(events, home, years, dice)
    style = style or some_style(dice)
    data = styled([line for block in blocks for line in block], style, dice)
    return Invented(ZoneInfo(home), window, tuple(events), tuple(blocks), data, style)
