"""Where two libraries agree on a calendar from the wild, so does Troth.

Or the difference stands, with the section of RFC 5545 that decides it, in the table of
docs/decisions/icalendar-readings.md; a row there that is no difference any more has to
go.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from integrations.ics.decode import decode
from scheduler.errors import Refused
from scheduler.timespan import Span, Spans
from tests.integrations.ics.readers import by_recurring_ical_events, by_vobject
from tests.integrations.ics.wild import FILES, windows

#: Seconds together: for `make test`.
pytestmark = [
    pytest.mark.slow,
    # What the others warn of is not Troth's.
    pytest.mark.filterwarnings("ignore"),
]

HOMES = ZoneInfo("Europe/Berlin"), ZoneInfo("America/St_Johns")
DECISIONS = Path(__file__).parents[3] / "docs/decisions/icalendar-differences.md"
Reader = Callable[[bytes, Span, ZoneInfo], Spans]


def differences() -> dict[str, list[str]]:
    """The rows of the table: file -> the other cells."""
    rows = (
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in DECISIONS.read_text().splitlines()
        if line.startswith("| `")
    )
    return {name.strip("`"): others for name, *others in rows}


def whole(data: bytes) -> bytes:
    """A calendar; what is only a part of one is put into one."""
    if data.lstrip(b"\xef\xbb\xbf").lstrip()[:15].upper() == b"BEGIN:VCALENDAR":
        return data
    head = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
    return head + data.rstrip() + b"\r\nEND:VCALENDAR\r\n"


def asked(reader: Reader, data: bytes, window: Span, home: ZoneInfo) -> Spans | None:
    """What a library reads; None where it fails, in whatever way."""
    try:
        return reader(data, window, home)
    except Exception:  # noqa: BLE001 - any of them
        return None


def ours(data: bytes, window: Span, home: ZoneInfo) -> Spans | str:
    try:
        return decode(data, window=window, zone=home).busy(window)
    except Refused as refused:
        return refused.code


def agreed(name: str) -> Iterator[tuple[Spans, Spans | str]]:
    """(what both others read, what is read here), window by window."""
    data = whole(FILES[name].read_bytes())
    for window in windows(data):
        for home in HOMES:
            one = asked(by_recurring_ical_events, data, window, home)
            if one is not None and one == asked(by_vobject, data, window, home):
                yield one, ours(data, window, home)


@pytest.fixture(scope="module")
def compared() -> dict[str, list[tuple[Spans, Spans | str]]]:
    logging.disable(logging.CRITICAL)
    try:
        return {name: list(agreed(name)) for name in FILES}
    finally:
        logging.disable(logging.NOTSET)


def test_agrees_where_two_libraries_agree(
    compared: dict[str, list[tuple[Spans, Spans | str]]],
) -> None:
    wrong = {
        name: pairs
        for name, found in compared.items()
        if (pairs := [pair for pair in found if pair[0] != pair[1]])
    }
    assert {name: wrong[name] for name in wrong.keys() - differences().keys()} == {}
    assert differences().keys() - wrong.keys() == set()


def test_they_agree_often_enough_to_say_something(
    compared: dict[str, list[tuple[Spans, Spans | str]]],
) -> None:
    busy = [name for name, found in compared.items() if any(one for one, _ in found)]
    assert len(busy) > 100
    assert sum(len(found) for found in compared.values()) > 300


def test_every_difference_names_what_decides_it() -> None:
    assert differences()
    for name, (theirs, here, section) in differences().items():
        assert name in FILES
        assert theirs and here
        assert section.startswith("RFC 5545 3.")
