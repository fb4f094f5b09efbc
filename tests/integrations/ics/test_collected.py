"""Collected calendars: each was once read wrongly, and stays beside what it means.

tests/calendars/expected.json says of each file what it is about, the window and the
home zone it is read in, and what comes of it: busy time and warnings, or `refused`.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from integrations.ics.decode import decode
from scheduler.errors import Refused
from scheduler.timespan import Span

FOLDER = Path(__file__).parents[2] / "calendars"
EXPECTED: dict[str, dict[str, Any]] = json.loads((FOLDER / "expected.json").read_text())


def test_every_file_has_its_row() -> None:
    assert {file.name for file in FOLDER.glob("*.ics")} == EXPECTED.keys()
    assert all(one["about"].endswith(".") for one in EXPECTED.values())


@pytest.mark.parametrize("plainly", [True, False], ids=["plainly", "carefully"])
@pytest.mark.parametrize("name", EXPECTED)
def test_says_what_it_means(name: str, *, plainly: bool) -> None:
    expected = EXPECTED[name]
    window = Span(*map(instant, expected["window"]))
    home, data = ZoneInfo(expected["zone"]), (FOLDER / name).read_bytes()
    if code := expected.get("refused"):
        with pytest.raises(Refused) as caught:
            decode(data, window=window, zone=home, plainly=plainly)
        assert caught.value.code == code
        return
    found = decode(data, window=window, zone=home, plainly=plainly)
    busy = [f"{written(one.start)}/{written(one.end)}" for one in found.busy(window)]
    assert busy == expected["busy"]
    assert sorted(one.code for one in found.warnings) == expected["warnings"]


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def written(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%SZ}"
