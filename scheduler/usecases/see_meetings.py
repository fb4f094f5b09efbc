"""The meetings of a pair that are over, with what the two wrote about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scheduler.consistency import Record
from scheduler.endings import Ending
from scheduler.errors import NotFound
from scheduler.ids import PairId, PersonId
from scheduler.parting import Line, LineKind, Note
from scheduler.ports.store import Begin
from scheduler.promises import Promise
from scheduler.series import Meeting, MeetingKey
from scheduler.timespan import Span

#: A meeting that fell out is not among them, unless the two have a note on it.
_TOLD = frozenset({Ending.HELD, Ending.ASKED, Ending.UNCONFIRMED, Ending.MISSED})


@dataclass(frozen=True, slots=True)
class SeenMeeting:
    """One meeting that has begun, as one of the two sees it."""

    meeting: Meeting
    span: Span
    ending: Ending
    note: Note | None
    #: The lines of both; thanks and what each heard.
    lines: tuple[Line, ...]
    #: What was promised on its page.
    promises: tuple[Promise, ...] = ()

    def line(self, kind: LineKind, by: PersonId) -> str:
        """What this person left; empty when nothing."""
        return next((x.text for x in self.lines if x.kind is kind and x.by == by), "")


async def see_meetings(
    pair: PairId, person: PersonId, *, begin: Begin, now: datetime
) -> tuple[SeenMeeting, ...]:
    """Those that have begun, the newest first; `NotFound` when it is not their pair."""
    async with begin(read_only=True) as uow:
        if person not in (await uow.pairs.get(pair)).both():
            raise NotFound("pair")
        record = Record(
            pair, await uow.series.of_pair(pair), await uow.evidence.of_pair(pair)
        )
        notes = {note.about: note for note in await uow.notes.of_pair(pair)}
        lines = await uow.lines.of_pair(pair)
        promises = await uow.promises.of_pair(pair)

    def _written(key: MeetingKey) -> bool:
        return bool(key in notes and notes[key].text)

    found = [
        SeenMeeting(
            seen.meeting,
            span,
            ending,
            notes.get(key),
            tuple(line for line in lines if line.about == key and line.text),
            tuple(p for p in promises if p.about == key and not p.was_taken_back),
        )
        for key, seen in record.seen().items()
        if (span := seen.meeting.span) and span.start <= now
        if (ending := seen.ending(max(now, span.end))) in _TOLD or _written(key)
    ]
    return tuple(sorted(found, key=lambda one: one.span, reverse=True))
