"""The fast way and the careful way read every series alike that both can read."""

from __future__ import annotations

from random import Random

import pytest

from integrations.ics.decode import decode
from integrations.ics.decoded import Decoded
from scheduler.errors import Refused
from scheduler.timespan import Spans
from tests.integrations.ics.invented.inventing import FEATURES, dice_of, invented
from tests.integrations.ics.invented.meant import OWNER
from tests.integrations.ics.invented.places import PLACES, Place
from tests.integrations.ics.texts import BERLIN, YEAR, calendar, event
from tests.integrations.ics.wild import FILES, windows

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow


def one(data: bytes, **words) -> Decoded | str:
    try:
        return decode(data, **words)
    except Refused as refused:
        return refused.code


def alike(data: bytes, **words) -> set[str]:
    """Why series took the careful way; both ways are held together before."""
    fast, careful = (one(data, plainly=way, **words) for way in (True, False))
    if isinstance(fast, str) or isinstance(careful, str):
        assert fast == careful
        return set()
    pairs = zip(fast.found, careful.found, strict=True)
    for mine, other in pairs:
        assert mine._replace(why="") == other._replace(why="")
    assert fast.warnings == careful.warnings
    # Merging numbers is merging what they stand for.
    spans = (span for found in fast.objects for span in found.busy())
    assert fast.busy(words["window"]) == Spans.of(spans).clipped(words["window"])
    return {path.why for path in fast.paths}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.zone)
def test_invented_series_read_alike(place: Place, seed: int) -> None:
    found = invented(place, dice_of("two", place.zone, seed), FEATURES)
    alike(found.data, window=found.window, zone=found.home, owner=OWNER)


@pytest.mark.parametrize("name", FILES)
def test_calendars_from_the_wild_read_alike(name: str) -> None:
    data = FILES[name].read_bytes()
    for window in windows(data):
        alike(data, window=window, zone=BERLIN, owner="alice@example.org")


LINES = (
    *(b"BEGIN:VEVENT", b"END:VEVENT", b"BEGIN:VALARM", b"END:VALARM", b"BEGIN:X-A"),
    *(b"END:X-A", b"END:VCALENDAR", b"BEGIN:VCALENDAR", b" x", b"\t", b"", b"\xff\xfe"),
    *(b"DURATION:PT1H", b"STATUS:CANCELLED\r", b"DTSTART:20260101T000000\rDTEND:1"),
    b"BEGIN:VALARM\r\nDURATION:PT9H\r\nUID:other\r\nEND:VALARM\r",
)


def mangled(data: bytes, dice: Random) -> bytes:
    """With some lines lost, repeated, cut, put in, in small letters or folded."""
    lines = data.split(b"\n")
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(lines))
        cut = dice.randrange(len(lines[at]) + 1)
        start, end = lines[at][:cut], lines[at][cut:]
        lines[at : at + 1] = dice.choice(
            [
                [],
                [lines[at], dice.choice(lines)],
                [dice.choice(LINES), lines[at]],
                [lines[at].lower()],
                [lines[at].title()],
                [start + end.lower()],
                [lines[at].replace(b":", b" :", 1)],
                [start],
                [start + bytes([dice.randrange(256)]) + end],
                [start + dice.choice((b"\r\n ", b"\n\n ", b"\n\t", b" ")) + end],
            ]
        )
    return b"\n".join(lines)


#: Every seed in `make test`, some of them in `make check`.
SEEDS = (*range(25), *(pytest.param(n, marks=pytest.mark.slow) for n in range(25, 150)))


@pytest.mark.parametrize("seed", SEEDS)
def test_mangled_calendars_read_alike(seed: int) -> None:
    dice = dice_of("mangled", seed)
    found = invented(dice.choice(PLACES), dice, dice.sample(sorted(FEATURES), 5))
    data = mangled(found.data, dice)
    alike(data, window=found.window, zone=found.home, owner=OWNER)


COMMON = (
    *("single", "daily", "weekly", "weekly_by_day", "monthly_by_weekday", "yearly"),
    *("until", "left_out", "whole_days", "floating", "in_utc", "windows_name"),
    *("other_spelling", "single_in_a_gap", "series_over_gap_and_repeat"),
)


def test_what_is_common_takes_the_fast_way() -> None:
    for place in PLACES[:4]:
        found = invented(place, dice_of("common", place.zone), COMMON)
        words = {"window": found.window, "zone": found.home, "owner": OWNER}
        assert alike(found.data, **words) <= {"", "an event of an unusual form"}


MANY = {
    "empty lines": b"\n" * 300_000,
    "folds in a name": b"DTST" + b"\n " * 100_000 + b"ART:20260105T090000Z\n",
    "exceptions": b"EXDATE:20260105T090000Z\n" * 10_000,
    "alarms that do not end": b"BEGIN:VALARM\n" + b"x\n" * 100_000,
}


@pytest.mark.parametrize("name", MANY)
def test_many_lines_take_no_longer_than_they_are(name: str) -> None:
    """Without an end in sight where the work grows with their square."""
    event = b"BEGIN:VEVENT\nUID:one\nRRULE:FREQ=DAILY\nDTSTART:20260101T090000Z\n"
    end = b"END:VEVENT\nEND:VCALENDAR\n"
    alike(b"BEGIN:VCALENDAR\n" + event + MANY[name] + end, window=YEAR, zone=BERLIN)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("20260507T110000", "20260507T120000"),
        ("20260507T110000Z", "20260507T120000Z"),
        ("20260507T110000Z", "20260507TT120000"),
        ("20260507T110000", "20260507120000Z"),
        ("20260507T110000", "20260507T120000Z"),
        ("20260507T110000", "20260507T110000"),
        ("20260507T110000", "20260507T090000"),
        ("20260510", "2T120000"),
        ("20260507", "20260508"),
        ("20260507T110000", "20260508T110000"),
    ],
)
def test_ends_that_look_like_their_start_are_read_alike(start: str, end: str) -> None:
    """Also where these times of the day were met before."""
    before = [
        event(f"DTSTART:20260506T110000{z}\nDTEND:20260506T120000{z}", uid=f"met{z}")
        for z in ("", "Z")
    ]
    data = calendar(*before, event(f"DTSTART:{start}\nDTEND:{end}"))
    alike(data, window=YEAR, zone=BERLIN)
