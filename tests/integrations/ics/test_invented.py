"""Invented calendars, each against what it was invented to mean.

Every feature is met in every zone; what fails is told by its event alone.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain

import pytest

from integrations.ics.decode import decode
from scheduler.events import Occurrence
from tests.integrations.ics.invented.busy import starts
from tests.integrations.ics.invented.inventing import (
    FEATURES,
    Invented,
    dice_of,
    invented,
)
from tests.integrations.ics.invented.meant import NOWHERE, OWNER, Meant
from tests.integrations.ics.invented.places import PLACES, Place, turns

#: Calendars for each place in `make test`; each has an event of every feature.
CALENDARS = 6


def says(calendar: Invented) -> tuple[dict[str, set[Occurrence]], set[str]]:
    """What the decoder reads, UID by UID, and the codes of its warnings."""
    read = decode(
        calendar.data, window=calendar.window, zone=calendar.home, owner=OWNER
    )
    assert "canary" not in repr(read)
    found: dict[str, set[Occurrence]] = {}
    for one in read.objects:
        found.setdefault(one.uid, set()).update(one.occurrences)
    return found, {warning.code for warning in read.warnings}


def shown(calendar: Invented, uid: str) -> str:
    """The lines that say something of this event, and where it was read."""
    lines = [
        line
        for block in calendar.blocks
        if f"UID:{uid}" in block or (not uid and "BEGIN:VFREEBUSY" in block)
        for line in block
    ]
    return "\n".join([f"{calendar.home} {calendar.window} {calendar.style}", *lines])


def told(found: set[Occurrence]) -> list[str]:
    return [
        f"{one.original_start:%Y-%m-%d %H:%M} at {one.start:%Y-%m-%d %H:%M} until"
        f" {one.end:%Y-%m-%d %H:%M} {one.meaning.value}"
        for one in sorted(found)[:6]
    ]


def check(calendar: Invented) -> None:
    means, (found, warned) = calendar.means(), says(calendar)
    assert found.keys() == means.keys()
    for uid, meant in means.items():
        more, less = found[uid] - meant, meant - found[uid]
        assert (told(more), told(less)) == ([], []), shown(calendar, uid)
    assert warned == calendar.warns()


#: Features that are the same wherever they are met.
NOWHERE_ELSE = {("in_utc", "UTC"), ("free_busy", "UTC"), ("unknown_zone", NOWHERE)}


#: Every place in `make test`; in `make check` one of each kind.
QUICK = {"Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca"}
EVERYWHERE = [
    pytest.param(
        place, id=place.zone, marks=() if place.zone in QUICK else pytest.mark.slow
    )
    for place in PLACES
]


@pytest.mark.parametrize("place", EVERYWHERE)
def test_every_feature_is_read_as_it_was_meant(place: Place) -> None:
    calendar = invented(place, dice_of(place.zone), FEATURES, home=place.zone)
    there = {(feature, place.zone) for feature in FEATURES}
    same = {(feature, place.zone) for feature, _ in NOWHERE_ELSE}
    assert calendar.cells == there - same | NOWHERE_ELSE
    check(calendar)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(CALENDARS))
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.zone)
def test_many_calendars_say_what_was_meant(place: Place, seed: int) -> None:
    check(invented(place, dice_of(place.zone, seed), FEATURES))


@pytest.mark.slow
def test_the_hard_cases_are_really_met() -> None:
    """Dates moved into and out of the window, starts that clocks skip or show twice."""
    met: Counter[str] = Counter()
    for place in PLACES:
        calendar = invented(place, dice_of(place.zone), FEATURES, home=place.zone)
        window, skipped = calendar.window, turns(place.zone, place.window)
        for one in chain.from_iterable(calendar.means().values()):
            inside = [
                window.start <= when < window.end
                for when in (one.original_start, one.start)
            ]
            met["moved in"] += inside == [False, True]
            met["moved out"] += inside == [True, False]
            met[one.meaning.value] += 1
        walls = [
            wall.time()
            for event in calendar.events
            if isinstance(event, Meant) and event.rule
            for wall in starts(event, place.zone, window)
            if any(turn.low <= wall < turn.high for turn in skipped)
        ]
        met["skipped or shown twice"] += len(walls)
    assert min(met.values()) > 20, met
