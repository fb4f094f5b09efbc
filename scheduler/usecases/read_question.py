"""The question that one of the two was asked about a meeting, if any."""

from __future__ import annotations

from scheduler.effects import SendLetter
from scheduler.ids import PairId, PersonId
from scheduler.letters import Letter, LetterKind
from scheduler.ports.store import Begin
from scheduler.series import MeetingKey


async def read_question(
    pair: PairId, key: MeetingKey, person: PersonId, *, begin: Begin
) -> Letter | None:
    """The newest one; its facts hold all of it. `scheduler.asking` answers it."""
    async with begin(read_only=True) as uow:
        rows = await uow.outbox.of_pair(pair)
    asked = [
        row.effect.letter
        for row in rows
        if isinstance(row.effect, SendLetter)
        and row.effect.letter.kind is LetterKind.ASK
        and (row.effect.letter.to, row.effect.letter.about) == (person, key)
    ]
    return asked[-1] if asked else None
