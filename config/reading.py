"""Calendars that a command is given by name: files, standard input, addresses.

The part of `config.bootstrap` that needs no store and no settings, apart from it so
that `troth busy` starts at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from integrations.ics.decode import Decoded, decode
from integrations.ics.sieve import MAX_BYTES
from scheduler.errors import Refused
from scheduler.localtime import zone
from scheduler.timespan import Span

STDIN = "-"
_SCHEMES = ("http:", "https:", "webcal:", "webcals:")


def is_address(source: str) -> bool:
    """Whether this is fetched and not opened."""
    return source.lower().startswith(_SCHEMES)


def read_calendar(
    source: str, *, window: Span, zone: ZoneInfo, owner: str = ""
) -> Decoded:
    """One calendar: a file or `-`.

    `Refused` with E_FILE_… or one of the decoder's codes; the message begins with the
    name of the calendar.
    """
    try:
        data = (
            sys.stdin.buffer.read(MAX_BYTES + 1) if source == STDIN else _file(source)
        )
        return decode(data, window=window, zone=zone, owner=owner)
    except Refused as refused:
        name = "standard input" if source == STDIN else source
        message = f"{name}: {refused.message}"
        raise Refused(refused.code, message, field="CALENDAR") from refused


def _file(name: str) -> bytes:
    """Its bytes, at most one more than a calendar may have."""
    try:
        with Path(name).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise Refused(
            "E_FILE_MISSING", "There is no such file; check its name."
        ) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "not a file name"
        raise Refused(
            "E_FILE_UNREADABLE", f"The file cannot be read ({why}); give another."
        ) from None


def machine_zone() -> ZoneInfo:
    """The zone that this machine's clock is set to; UTC where it does not say."""
    for name in _names():
        try:
            return zone(name)
        except Refused:
            continue
    return ZoneInfo("UTC")


def _names() -> Iterator[str]:
    """Where Unix keeps the name: TZ, then /etc/localtime, then /etc/timezone."""
    yield os.environ.get("TZ", "").lstrip(":")
    yield os.path.realpath("/etc/localtime").rpartition("zoneinfo/")[2]
    try:
        yield Path("/etc/timezone").read_text().strip()
    except (OSError, UnicodeDecodeError):
        return
