"""Write, or change, the one note that a pair keeps on a meeting."""

from __future__ import annotations

from scheduler.ids import PairId, PersonId
from scheduler.parting import Hand, Note, noted
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.ports.system import Clock
from scheduler.series import MeetingKey
from scheduler.usecases.find_meeting import find_meeting


async def write_note(
    pair: PairId,
    person: PersonId,
    key: MeetingKey,
    text: str,
    *,
    seen: str,
    begin: Begin,
    clock: Clock,
) -> Note:
    """Keep the text; `seen` is the edition of the note that the person had before them.

    `NotFound` for a meeting that is not theirs, `Taken` E_NOTE_CHANGED when the other
    has changed it since, `Refused` E_NOTE when it is too long.
    """
    async with begin() as uow:
        await find_meeting(uow, pair, person, key)
        known = await note_on(uow, pair, key)
        note = noted(known, text, Hand(pair, key, person, clock.now()), seen=seen)
        if note != known:
            await uow.notes.put(note)
            await uow.commit()
    return note


async def note_on(uow: UnitOfWork, pair: PairId, key: MeetingKey) -> Note | None:
    """The note on one meeting."""
    return next((n for n in await uow.notes.of_pair(pair) if n.about == key), None)
