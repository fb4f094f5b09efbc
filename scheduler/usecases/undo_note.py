"""Put a note back as it was before somebody changed it."""

from __future__ import annotations

from scheduler.ids import PairId, PersonId
from scheduler.parting import Note, note_undone
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock
from scheduler.series import MeetingKey
from scheduler.usecases.find_meeting import find_meeting
from scheduler.usecases.write_note import note_on


async def undo_note(
    pair: PairId, person: PersonId, key: MeetingKey, *, begin: Begin, clock: Clock
) -> Note | None:
    """The note as it was before this person's last change; None: there is none.

    `NotFound` for a meeting that is not theirs; `Refused` E_UNDO after a day, or
    when it was changed since.
    """
    async with begin() as uow:
        await find_meeting(uow, pair, person, key)
        known = await note_on(uow, pair, key)
        note = note_undone(known, person, clock.now()) if known else None
        if note and note != known:
            await uow.notes.put(note)
            await uow.commit()
    return note
