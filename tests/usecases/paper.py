"""A calendar in memory, with eyes for tests and hands for its owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from integrations.ics.edit import description
from integrations.memory.calendars import MemoryCalendar
from scheduler.events import Meaning
from scheduler.ids import RemoteId
from scheduler.timespan import Span

#: Everything these tests know of lies inside.
EVER = Span(datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))


@dataclass(frozen=True)
class Held:
    """One object, and where each of its dates stands."""

    uid: str
    dates: dict[datetime, Span]


class PaperCalendar(MemoryCalendar):
    """What stands in it, and what its owner does by hand."""

    @property
    def held(self) -> dict[RemoteId, Held]:
        return {remote: self._held(remote) for remote in sorted(self.shelf.objects)}

    def _held(self, remote: RemoteId) -> Held:
        stored = self.shelf.objects[remote]
        dates = {
            o.original_start: Span(o.start, o.end)
            for o in self._object(remote, EVER).occurrences
            if o.meaning is Meaning.BUSY
        }
        return Held(stored.uid, dates)

    def words(self, remote: RemoteId, at: datetime) -> str:
        """What stands in the event on this date."""
        return description(self.shelf.objects[remote].data, at, self._home)

    @property
    def writes(self) -> int:
        """How often anybody wrote or deleted."""
        return int(self.shelf.token())

    @property
    def asked(self) -> int:
        """How often anybody called."""
        return sum(self.calls.values())

    def by_hand_delete(self, remote: RemoteId) -> None:
        self.shelf.delete(remote)

    def by_hand_move(self, remote: RemoteId, original: datetime, by: timedelta) -> None:
        held = self.held[remote]
        span = held.dates[original]
        self.person_moves(held.uid, original, Span(span.start + by, span.end + by))

    def by_hand_write(self, remote: RemoteId, original: datetime, text: str) -> None:
        self.person_edits_text(self.shelf.objects[remote].uid, original, text)
