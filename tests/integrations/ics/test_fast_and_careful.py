"""The fast path and the careful one say the same of every series that both can read.

Of invented calendars, and of those from the wild; nearly all that calendars commonly
have is really read on the fast path.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest

from integrations.ics.decode import Decoded, decode
from integrations.ics.rule_text import read_rule
from integrations.ics.rules import Budget
from scheduler.errors import Refused
from scheduler.timespan import Span
from tests.integrations.ics.invented.features import COMMON
from tests.integrations.ics.invented.inventing import (
    FEATURES,
    Invented,
    dice_of,
    invented,
    put_together,
)
from tests.integrations.ics.invented.meant import DAY, OWNER
from tests.integrations.ics.invented.places import PLACES, Place
from tests.integrations.ics.invented.style import Style
from tests.integrations.ics.texts import calendar, event
from tests.integrations.ics.wild import FILES, windows

#: Calendars for each place in `make test`.
CALENDARS = 3
#: Common features that RFC 5545 leaves open, or a cancelled date without DTSTART.
OPEN = {"start_off_its_rule", "cancelled_without_a_start"}
#: The least share of common series on the fast path, by how the bytes look.
SHARES = {
    Style(): 0.85,
    Style(line_break=b"\n", bom=True): 0.85,
    Style(blank=0.1): 0.7,
    Style(folds=0.05): 0.7,
    Style(small=0.05): 0.6,
}
HOMES = ZoneInfo("Europe/Berlin"), ZoneInfo("America/St_Johns")


def read(data: bytes, window: Span, home: ZoneInfo, *, plainly: bool) -> Decoded | str:
    try:
        return decode(data, window=window, zone=home, owner=OWNER, plainly=plainly)
    except Refused as refused:
        return refused.code


def same(data: bytes, window: Span, home: ZoneInfo) -> Decoded | str:
    """What both ways say."""
    one = read(data, window, home, plainly=True)
    other = read(data, window, home, plainly=False)
    if isinstance(one, str) or isinstance(other, str):
        assert one == other
        return one
    assert all(found.why for found in other.found if found.uid)
    for here, there in zip(one.found, other.found, strict=True):
        assert here._replace(why="") == there._replace(why="")
    assert set(one.warnings) == set(other.warnings)
    return one


def ways(calendar: Invented) -> Counter[tuple[str, str]]:
    """(feature, path) of each series, after both ways said the same."""
    found = same(calendar.data, calendar.window, calendar.home)
    assert isinstance(found, Decoded)
    return Counter(
        (one.uid.partition("-")[0], one.path) for one in found.paths if one.uid
    )


@pytest.mark.parametrize("place", PLACES[2::4], ids=lambda place: place.zone)
def test_both_ways_say_the_same(place: Place) -> None:
    ways(invented(place, dice_of("ways", place.zone), FEATURES))


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.zone)
def test_both_ways_say_the_same_of_many(place: Place) -> None:
    for seed in range(CALENDARS):
        ways(invented(place, dice_of("ways", place.zone, seed), FEATURES))


@pytest.mark.slow
@pytest.mark.parametrize("style", SHARES, ids=str)
def test_what_is_common_is_read_on_the_fast_path(style: Style) -> None:
    taken: Counter[tuple[str, str]] = Counter()
    for place in PLACES:
        dice = dice_of("shares", place.zone)
        events = list(invented(place, dice, sorted(COMMON.keys() - OPEN)).events)
        taken += ways(put_together(events, place.zone, place.window, dice, style))
    fast = sum(number for (_, path), number in taken.items() if path == "fast")
    assert fast > SHARES[style] * taken.total(), sorted(taken.items())


@pytest.mark.slow
def test_both_ways_say_the_same_of_calendars_from_the_wild() -> None:
    taken: Counter[str] = Counter()
    for file in FILES.values():
        data = file.read_bytes()
        for window in windows(data):
            for home in HOMES:
                found = same(data, window, home)
                if isinstance(found, Decoded):
                    taken.update(one.path for one in found.paths)
    assert taken["fast"] > 0.7 * taken.total(), taken


def any_rule(dice: Random) -> str:
    """Parts that stand together by chance, also where RFC 5545 forbids it."""
    parts = [f"FREQ={dice.choice(('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'))}"]
    numbers = {"BYMONTH": (1, 2, 6, 11), "BYMONTHDAY": (1, 13, 29, 30, 31, -1, -31)}
    for name, pool in numbers.items():
        if dice.random() < 0.4:
            chosen = dice.sample(pool, dice.randint(1, 3))
            parts.append(f"{name}={','.join(map(str, chosen))}")
    if dice.random() < 0.5:
        pool = ("MO", "SU", "1MO", "2FR", "-1SU", "5TH", "-5TH", "53WE", "20MO", "TU")
        parts.append(f"BYDAY={','.join(dice.sample(pool, dice.randint(1, 4)))}")
    others = ("INTERVAL=2", "INTERVAL=5", "WKST=SU", "WKST=WE", "COUNT=9")
    parts += [text for text in others if dice.random() < 0.2]
    if dice.random() < 0.2:
        parts.append(f"UNTIL=2026{dice.randint(10, 12)}15")
    return ";".join(parts)


def on_rule(text: str, day: datetime) -> datetime:
    """The first that a rule yields from a day on; that day if it yields none."""
    rule, _ = read_rule(text)
    first = replace(rule, count=None).between(day, day, day + 700 * DAY, Budget(10**6))
    return next(first, day)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_both_ways_say_the_same_of_any_rule(seed: int) -> None:
    dice, window, events = dice_of("any rule", seed), PLACES[0].window, []
    for number in range(150):
        text = any_rule(dice)
        day = datetime(2025, 1, 1, 9) + dice.randrange(365) * DAY
        start = on_rule(text, day) if dice.random() < 0.8 else day
        events.append(
            event(
                f"DTSTART;TZID=Europe/Berlin:{start:%Y%m%dT%H%M%S}",
                "DURATION:PT1H",
                f"RRULE:{text}",
                uid=f"{number}",
            )
        )
    found = same(calendar(*events), window, HOMES[0])
    assert isinstance(found, Decoded)
    assert sum(one.path == "fast" for one in found.paths) > 0.5 * len(events)
