"""A coordinator writes a kind word to both of a pair."""

from __future__ import annotations

from scheduler.access import Audited
from scheduler.errors import NotFound, Refused
from scheduler.ids import OutboxId, PairId, ProgrammeId
from scheduler.kindword import checked, word_rows
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, Ids


async def write_word(
    programme: ProgrammeId,
    pair: PairId,
    subject: str,
    words: str,
    *,
    begin: Begin,
    clock: Clock,
    ids: Ids,
) -> None:
    """Put a letter to each into the outbox; the same words twice a day are one letter.

    `NotFound` in another programme; `Refused` E_SUBJECT, E_WORDS, E_CLOSED, E_WRITTEN.
    """
    subject, words = checked(subject, words)
    now = clock.now()
    async with begin() as uow:
        both = await uow.pairs.get(pair)
        if both.programme != programme:
            raise NotFound("pair")
        if both.closed:
            raise Refused("E_CLOSED", "This pair is closed; nothing is sent to it.")
        people = [await uow.people.get(person) for person in both.both()]
        to = [(OutboxId(ids.new()), person) for person in people]
        before = await uow.outbox.of_pair(pair)
        added = [
            await uow.outbox.add(row)
            for row in word_rows(both, to, subject, words, before, now)
        ]
        if any(added):
            act = Audited(now, programme, "coordinator", "kind word written", pair)
            await uow.audit.add(act)
        await uow.commit()
