"""Calendars from the wild: those that the makers of two libraries collected.

They lie in the installed packages; none is copied here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable

from scheduler.timespan import Span

DAY = timedelta(days=1)
_FOLDERS = {
    "icalendar": files("icalendar") / "tests",
    "recurring_ical_events": files("recurring_ical_events") / "test",
}
_START = re.compile(rb"^DTSTART\b[^\n]*?:(\d{8})", re.MULTILINE | re.IGNORECASE)
_EVENT = re.compile(rb"BEGIN:VEVENT.*?END:VEVENT", re.DOTALL | re.IGNORECASE)


def _below(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _below(entry, f"{path}/{entry.name}")
        elif entry.name.lower().endswith(".ics"):
            yield f"{path}/{entry.name}", entry


#: Every file by its package and its place in there.
FILES = dict(
    sorted(
        found
        for package, folder in _FOLDERS.items()
        for found in _below(folder, package)
    )
)


def windows(data: bytes) -> list[Span]:
    """Two years each, around the first and the last start of an event in a file."""
    found = set()
    for event in _EVENT.findall(data):
        for text in _START.findall(event):
            try:
                day = datetime.strptime(text.decode(), "%Y%m%d").replace(tzinfo=UTC)
            except ValueError:
                continue
            if 1971 <= day.year <= 2096:
                found.add(day)
    starts = sorted(found)
    edges = dict.fromkeys((starts[0], starts[-1])) if starts else ()
    return [Span(day - 30 * DAY, day + 760 * DAY) for day in edges]
