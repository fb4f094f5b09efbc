"""The fast way and the careful way read every series alike that both can read."""

from __future__ import annotations

import pytest

from integrations.ics.decode import decode
from integrations.ics.decoded import Decoded
from scheduler.errors import Refused
from tests.integrations.ics.invented.inventing import FEATURES, dice_of, invented
from tests.integrations.ics.invented.meant import OWNER
from tests.integrations.ics.invented.places import PLACES, Place
from tests.integrations.ics.texts import BERLIN
from tests.integrations.ics.wild import FILES, windows


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
    return {path.why for path in fast.paths}


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
