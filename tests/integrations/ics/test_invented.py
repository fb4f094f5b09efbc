"""Hundreds of invented calendars, each against the busy time it was invented with."""

from __future__ import annotations

from random import Random
from zoneinfo import ZoneInfo

import pytest

from integrations.ics.decode import decode
from tests.integrations.ics.invented import (
    OWNER,
    WINDOW,
    ZONES,
    busy,
    calendar,
    written,
)

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow

#: For each of the eight zones.
CALENDARS = 32


@pytest.mark.parametrize("home", ZONES)
def test_a_calendar_says_what_was_meant(home: str) -> None:
    for seed in range(CALENDARS):
        dice = Random(f"{home} {seed}")  # noqa: S311 - invents calendars
        events = calendar(dice, home)
        data = written(events, home, dice)
        found = decode(data, window=WINDOW, zone=ZoneInfo(home), owner=OWNER)
        wrong = f"{home} {seed}\n{data.decode()}"
        assert found.warnings == (), wrong
        assert found.busy(WINDOW) == busy(events, home), wrong
        assert "canary" not in repr(found), wrong
