"""Write a decided change, inside the transaction that it was decided in."""

from __future__ import annotations

from dataclasses import replace

from scheduler.access import Audited
from scheduler.acting import PATIENCE
from scheduler.copies import copy_row
from scheduler.effects import Outgoing, PutCopy, SendInvite
from scheduler.evidence import EvidenceKind
from scheduler.ids import OutboxId
from scheduler.invite import Method
from scheduler.outbox import letter_row
from scheduler.ports.store import UnitOfWork
from scheduler.ports.system import Ids
from scheduler.situation import NO_CHANGE, Change, Situation
from scheduler.withdrawal import Step
from scheduler.work import WorkKind

#: Resting and closing are put into the audit where they are asked for.
_TOLD_BY_WHO_ASKED = frozenset(
    {EvidenceKind.PAUSED, EvidenceKind.RESUMED, EvidenceKind.CLOSED}
)


async def keep_change(
    uow: UnitOfWork, case: Situation, change: Change, *, ids: Ids
) -> None:
    """Keep all of it; what was decided before is there already, and is left alone.

    `Taken` E_SLOT_TAKEN when a time that Troth chose is another meeting's.
    """
    if change == NO_CHANGE:
        return
    for series in change.every_series:
        await uow.series.put(series)
    await _note(uow, case, change)
    await _keep(uow, change)
    await _send(uow, case, change, ids)
    stale = [c for side in case.view.sides for c in side.stale(case.now)]
    for connection in stale if change.ledger else ():
        await uow.work.add(WorkKind.SYNC, connection.id, case.now)
    if stale and change.ledger:
        await uow.work.add(WorkKind.OBSERVE, case.pair.id, case.now + PATIENCE)
    await uow.work.add(WorkKind.TEND, case.pair.id, case.now)
    await uow.work.add(WorkKind.REFRESH, case.pair.id, case.now)


async def _note(uow: UnitOfWork, case: Situation, change: Change) -> None:
    """Put on record what was seen, and in the audit what is new of it."""
    pair = case.pair
    if not change.evidence:
        return
    known = {row.id for row in await uow.evidence.of_pair(pair.id)}
    await uow.evidence.add(change.evidence)
    for row in change.evidence:
        if row.id in known or row.kind in _TOLD_BY_WHO_ASKED:
            continue
        known.add(row.id)
        who = f"person:{row.by}" if row.by else "troth"
        about, cause = row.about or pair.id, row.source.value
        await uow.audit.add(
            Audited(case.now, pair.programme, who, row.kind.value, about, cause)
        )


async def _keep(uow: UnitOfWork, change: Change) -> None:
    for row in change.ledger:
        await uow.ledger.put(row)
    for copy in change.copies:
        await uow.copies.put(copy)
    for offer in change.offers:
        await uow.offers.put(offer)


async def _send(uow: UnitOfWork, case: Situation, change: Change, ids: Ids) -> None:
    """Put what the two get into the outbox: calendars first, then letters."""
    for step in change.steps:
        new = OutboxId(ids.new())
        row = copy_row(new, step.effect, step.copy, case.pair, step.revision, case.now)
        await uow.outbox.add(_named(row, step))
        if isinstance(step.effect, PutCopy) and step.copy.generation:
            # Only a person's word makes something again (promises.md F26).
            who, home = f"person:{step.copy.person}", case.pair.programme
            act = Audited(case.now, home, who, "made again", case.pair.id, "human")
            await uow.audit.add(act)
    for told in change.letters:
        if told.letter.to is None:
            continue
        letter = letter_row(
            OutboxId(ids.new()),
            told.letter,
            case.person(told.letter.to),
            now=case.now,
            revision=told.revision,
            until=told.until,
        )
        await uow.outbox.add(letter)


def _named(row: Outgoing, step: Step) -> Outgoing:
    """A refusal has the number of what it refuses, so its name says when as well."""
    effect = step.effect
    if not isinstance(effect, SendInvite):
        return row
    if effect.invite.method is not Method.DECLINECOUNTER:
        return row
    key = f"{row.key}/{effect.invite.method.value}/{step.revision.stamp.isoformat()}"
    return replace(row, key=key)
