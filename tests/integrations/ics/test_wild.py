"""Calendars from the wild: those that the makers of two libraries collected.

They lie in the installed packages. None may end otherwise than read or refused, none
may take long, whole or cut in two.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

import pytest

from integrations.ics.decode import decode
from scheduler.errors import Refused
from tests.integrations.ics.texts import BERLIN, span

WINDOW = span("2010-01-01", "2030-01-01")


def below(folder: Traversable) -> Iterator[Traversable]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from below(entry)
        elif entry.name.endswith(".ics"):
            yield entry


FOLDERS = files("icalendar") / "tests", files("recurring_ical_events") / "test"
FILES = {entry.name: entry for folder in FOLDERS for entry in below(folder)}


def test_there_are_many() -> None:
    assert len(FILES) > 200


def codes(data: bytes) -> list[str]:
    try:
        found = decode(data, window=WINDOW, zone=BERLIN, owner="a@example.org")
    except Refused as refused:
        return [refused.code]
    assert all(WINDOW.covers(one) for one in found.busy(WINDOW))
    return [warning.code for warning in found.warnings]


@pytest.mark.parametrize("name", sorted(FILES))
def test_is_read_or_refused(name: str) -> None:
    data = FILES[name].read_bytes()
    started = time.process_time()
    for cut in (len(data), len(data) // 2):
        assert all(code[:2] in {"E_", "W_"} for code in codes(data[:cut]))
    assert time.process_time() - started < 5
