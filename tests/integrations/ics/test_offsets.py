"""Clocks in whole numbers say what clocks in datetimes say."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from integrations.ics.clocks import Named
from integrations.ics.decoded import seconds
from integrations.ics.offsets import Clock, NotPlain
from integrations.ics.windows import windows_names
from tests.integrations.ics.invented.places import PLACES

EPOCH = datetime(1970, 1, 1)
ZONES = [place.zone for place in PLACES if place.zone != "Pacific/Apia"]


@pytest.mark.slow
@pytest.mark.parametrize("zone", ["UTC", "Europe/Dublin", *ZONES])
def test_every_day_means_what_it_means_there(zone: str) -> None:
    named = Named(ZoneInfo(zone))
    first = (datetime(2010, 1, 1) - EPOCH).days
    # Some of the days remembered, some beyond that.
    clock = Clock(named.zone, first + 100, first + 5_000)
    for day in range(first, first + 6_600):
        for second in (0, 1_799, 5_400, 9_000, 43_200, 84_600, 86_399):
            wall = EPOCH + timedelta(day, second)
            assert clock.at(day, second) == seconds(named.utc(wall)), wall
        assert clock.day(clock.at(day, 43_200)) == day


def test_a_day_that_a_zone_left_out_is_not_plain() -> None:
    day = (datetime(2011, 12, 25) - EPOCH).days
    clock = Clock(ZoneInfo("Pacific/Apia"), day - 400, day + 400)
    with pytest.raises(NotPlain):
        clock.at(day, 0)


def test_windows_names_are_those_of_icalendar() -> None:
    theirs = {name.lower(): iana for name, iana in WINDOWS_TO_OLSON.items()}
    assert windows_names() == theirs
