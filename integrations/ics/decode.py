"""Bytes of an iCalendar file -> what it says about a window of time.

Only identity, start, end, meaning and the stamps of a change leave this module. What
cannot be read stops the file (`Refused`): it must not look free. What is odd but
readable becomes a warning. Where libraries read a calendar differently,
docs/decisions/icalendar-readings.md says what is done here.
"""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from integrations.ics.careful import Careful, Left
from integrations.ics.clocks import Clocks, Named
from integrations.ics.decoded import Decoded, Found
from integrations.ics.known import Known
from integrations.ics.rules import Budget
from integrations.ics.series import Asked
from integrations.ics.sieve import Sieved, sieve
from integrations.ics.tables import Tables
from scheduler.events import Warned
from scheduler.timespan import Span, Spans

__all__ = ["STEPS", "Decoded", "Known", "busy", "decode"]

#: Steps that the repeat rules of one file may take; about four seconds.
STEPS = 6_000_000
MAX_WARNINGS = 1_000


def decode(
    data: bytes | Iterable[bytes],
    *,
    window: Span,
    zone: ZoneInfo,
    owner: str = "",
    known: Known | None = None,
    plainly: bool = True,
) -> Decoded:
    """Read a file, given whole or piece by piece (an open file: `pieces`).

    `zone` places floating times and whole days; what `owner` (an address) declined is
    `DECLINED`. An occurrence is told when it touches the window or would have if it
    had not been moved. `known` is what the caller keeps from one reading of a feed to
    the next; without `plainly` every series takes the careful way, for comparison.
    Raises `Refused` with E_ICS_…, E_EVENT_… or E_RRULE_….
    """
    del known, plainly  # the signature first
    whole = data if isinstance(data, bytes) else b"".join(data)
    reading = _Reading(window, zone, owner.strip().lower())
    return reading.decoded(sieve(whole, owner=owner))


def busy(
    data: bytes, *, window: Span, zone: ZoneInfo, owner: str = ""
) -> tuple[Spans, tuple[Warned, ...]]:
    """When the owner of this file is busy in the window, and what was odd."""
    decoded = decode(data, window=window, zone=zone, owner=owner)
    return decoded.busy(window), decoded.warnings


class _Reading:
    """One file being read: its clocks, what is asked of it, what was odd."""

    def __init__(self, window: Span, zone: ZoneInfo, owner: str) -> None:
        self._warnings: dict[Warned, None] = {}
        self._owner = owner
        self._asked = Asked(window, Named(zone), Budget(STEPS), self._warn)

    def decoded(self, sieved: Sieved) -> Decoded:
        if sieved.odd_bytes:
            self._warn("W_ICS_BYTES", "", "Some bytes of this file are not UTF-8 text.")
        own = Tables(sieved.named("VTIMEZONE"), self._asked.budget)
        careful = Careful(self._asked, Clocks(own.named), self._owner)
        free_busy = tuple(careful.free_busy(sieved.named("VFREEBUSY")))
        left = (
            Left(number, one, "asked for")
            for number, one in enumerate(sieved.named("VEVENT"))
        )
        found = _named(sorted(careful.found(left)))
        return Decoded((*found, *free_busy), tuple(self._warnings))

    def _warn(self, code: str, uid: str, message: str) -> None:
        if len(self._warnings) < MAX_WARNINGS:
            self._warnings[Warned(code, uid, message)] = None


def _named(placed: Iterable[tuple[int, Found]]) -> list[Found]:
    """In the order of the file; those without a UID last, with ids of their own."""
    every = [found for _, found in placed]
    found = [one for one in every if one.uid]
    for one in every:
        if not one.uid:
            found.append(one._replace(id=f"{one.id}-{len(found)}"))
    return found
