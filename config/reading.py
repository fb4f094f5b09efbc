"""Calendars that a command is given by name: files, standard input, addresses.

The part of `config.bootstrap` that needs no store and no settings, apart from it so
that `troth busy` starts at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from integrations.ics.decode import Decoded, decode
from scheduler.errors import Refused, Unavailable
from scheduler.localtime import zone
from scheduler.timespan import Span

STDIN = "-"
_PIECE = 64 * 1024
_SCHEMES = ("http:", "https:", "webcal:", "webcals:")


def is_address(source: str) -> bool:
    """Whether this is fetched and not opened."""
    return source.lower().startswith(_SCHEMES)


def read_calendar(
    source: str, *, window: Span, zone: ZoneInfo, owner: str = ""
) -> Decoded:
    """One calendar: a file, an http(s) or webcal address, or `-`.

    `Refused` with E_FILE_…, E_URL_… or one of the decoder's codes, the message begins
    with the name of the calendar; of an address only the host is named, the rest of
    it is a key. `Unavailable` when an address does not answer, or not with a calendar.
    """
    try:
        with _opened(source) as pieces:
            return decode(pieces, window=window, zone=zone, owner=owner)
    except Refused as refused:
        message = f"{_shown(source)}: {refused.message}"
        raise Refused(refused.code, message, field="CALENDAR") from refused


@contextmanager
def _opened(source: str) -> Iterator[Iterable[bytes]]:
    """Its bytes, piece by piece: they are not held, however many they are."""
    if source == STDIN:
        yield _pieces(sys.stdin.buffer)
    elif is_address(source):
        with _fetched(source) as pieces:
            yield pieces
    else:
        yield _file(source)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _shown(source: str) -> str:
    """How a calendar is called in a message."""
    if source == STDIN:
        return "standard input"
    if not is_address(source):
        return source
    try:
        return urlsplit(source).hostname or "the address"
    except ValueError:
        return "the address"


@contextmanager
def _fetched(source: str) -> Iterator[Iterable[bytes]]:
    """What an address answers, within the limits of the one door."""
    # Slow to import, and only an address needs them.
    import asyncio  # noqa: PLC0415

    from config.settings import Settings  # noqa: PLC0415
    from integrations.addresses import read_address  # noqa: PLC0415
    from integrations.calls import Call  # noqa: PLC0415
    from integrations.egress import Door  # noqa: PLC0415
    from integrations.spool import Spools  # noqa: PLC0415

    address = read_address(source)
    door = Door(allowed=Settings().allow_private_addresses)
    with Spools().open() as spool:
        answer = asyncio.run(door.call(Call("GET", address), into=spool))
        if answer.status != HTTPStatus.OK:
            raise Unavailable(f"{address.host} answers {answer.status} and no calendar")
        yield spool


def _file(name: str) -> Iterator[bytes]:
    try:
        with Path(name).open("rb") as file:
            yield from _pieces(file)
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
