"""Leave a line after a meeting: what one heard, or a word of thanks."""

from __future__ import annotations

from scheduler.errors import Refused
from scheduler.ids import PairId, PersonId
from scheduler.parting import Hand, LineKind, left
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock
from scheduler.series import MeetingKey
from scheduler.usecases.find_meeting import find_meeting


async def leave_line(
    pair: PairId,
    person: PersonId,
    key: MeetingKey,
    kind: LineKind,
    text: str,
    *,
    begin: Begin,
    clock: Clock,
) -> None:
    """Keep it, in the place of what this person left there before; empty: take it back.

    `NotFound` for a meeting that is not theirs; `Refused` E_NOT_YET before it begins,
    E_LINE when it is too long.
    """
    now = clock.now()
    async with begin() as uow:
        _, span = await find_meeting(uow, pair, person, key)
        if now < span.start:
            raise Refused("E_NOT_YET", "This meeting is still ahead.", field=kind.value)
        hand = Hand(pair, key, person, now)
        line = left(await uow.lines.of_pair(pair), kind, text, hand)
        if line:
            await uow.lines.put(line)
            await uow.commit()
