"""Which agenda asks about which meeting, beside what it is for.

It follows from when the meetings are and who gets agendas by mail, never from when one
looks: so the question is asked in one place, and once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.endings import Ending, Seen
from scheduler.ids import PersonId
from scheduler.people import Person
from scheduler.quiet import open_from
from scheduler.series import MeetingKey

#: The agenda goes out this long before a meeting.
PREPARE = timedelta(hours=48)
#: An agenda due this soon after a meeting asks about it; no other letter does.
ASK_WITHIN = timedelta(days=5)


@dataclass(frozen=True, slots=True)
class Agendas:
    """The agendas that go out by mail."""

    seen: Mapping[MeetingKey, Seen]
    #: Who gets the agenda of which meeting by letter.
    by_letter: frozenset[tuple[PersonId, MeetingKey]]

    def due_at(self, key: MeetingKey, person: Person) -> datetime | None:
        """When this person's agenda of a meeting goes out; None: it never does."""
        meeting = self.seen[key].meeting
        if meeting.span is None or (person.id, key) not in self.by_letter:
            return None
        start = meeting.span.start
        at = open_from(start - PREPARE, person.zone, person.quiet_days)
        return at if meeting.is_live and at < start else None

    def asking(self, person: Person, end: datetime) -> MeetingKey | None:
        """The meeting whose agenda asks about one that ended then; None: no agenda.

        It may still be to come, or have asked already.
        """
        due = ((self.due_at(key, person), key) for key in self.seen)
        soon = [(at, key) for at, key in due if at and end <= at <= end + ASK_WITHIN]
        return min(soon)[1] if soon else None

    def asks(
        self, person: Person, agenda: MeetingKey, now: datetime
    ) -> tuple[MeetingKey, ...]:
        """The meetings that this agenda asks this person about, as it goes out."""
        return tuple(
            key
            for key, seen in self.seen.items()
            if (span := seen.meeting.span)
            and span.end <= now
            and seen.ending(now) is Ending.ASKED
            and person.id not in seen.answers()
            and self.asking(person, span.end) == agenda
        )
