"""Feeds that are refused again and again are not read again until they change."""

from __future__ import annotations

from dataclasses import dataclass, replace

from scheduler.errors import Refused
from scheduler.ids import CalendarId
from scheduler.timespan import Span

#: So often a file is read before its refusal is believed (promises.md F48).
TIMES = 3
#: Feeds that are remembered.
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A file, by the SHA-256 of its content, and what is asked of it."""

    content: str
    window: Span
    zone: str
    owner: str


@dataclass(frozen=True, slots=True)
class _Refusal:
    asked: Asked
    code: str
    message: str
    field: str | None
    times: int = 1


class Quarantine:
    """Remembers the last refusal of each feed, and how often it was the same."""

    def __init__(self) -> None:
        self._held: dict[CalendarId, _Refusal] = {}

    def check(self, calendar: CalendarId, asked: Asked) -> None:
        """Raise what was said three times of this very file, if it was."""
        held = self._held.get(calendar)
        if held and held.asked == asked and held.times >= TIMES:
            raise Refused(held.code, held.message, field=held.field)

    def note(self, calendar: CalendarId, asked: Asked, refused: Refused) -> None:
        """Remember a refusal."""
        held = self._held.pop(calendar, None)
        if held and (held.asked, held.code) == (asked, refused.code):
            self._held[calendar] = replace(held, times=held.times + 1)
            return
        if len(self._held) >= _MOST:
            del self._held[next(iter(self._held))]
        self._held[calendar] = _Refusal(
            asked, refused.code, refused.message, refused.field
        )

    def free(self, calendar: CalendarId) -> None:
        """It was read."""
        self._held.pop(calendar, None)
