"""Take a closing back within a day: the same terms are proposed once more.

What was taken out of calendars is not put back: the pair is as it was before both
agreed, and is planned anew once both have accepted. Anything else would book meetings
for somebody who read that they had come to their end.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from scheduler.access import Audited
from scheduler.agreement import Agreement, AgreementState
from scheduler.asker import Asker
from scheduler.errors import Taken
from scheduler.evidence import EvidenceKind
from scheduler.ids import AgreementId, OutboxId, PairId
from scheduler.joining import please_agree
from scheduler.outbox import letter_row
from scheduler.pauses import rest
from scheduler.pausing import pair_row
from scheduler.people import Pair
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.ports.system import Clock, Ids
from scheduler.replacing import UNDO
from scheduler.versions import latest
from scheduler.work import WorkKind


async def reopen_pair(
    pair: PairId, asker: Asker, *, begin: Begin, clock: Clock, ids: Ids
) -> Pair:
    """The pair, open again; the other one (or both) is asked to accept.

    A pair that is open is left as it is. `Taken` E_UNDO_OVER a day after it was
    closed; `NotFound` for a pair that is not the asker's.
    """
    async with begin() as uow:
        known = await uow.pairs.get(pair)
        asker.check(known)
        if not known.closed:
            return known
        now = clock.now()
        rows = await uow.evidence.of_pair(pair)
        closed_at = rest(rows).closed_at
        people = [await uow.people.get(person) for person in known.both()]
        is_late = closed_at is None or now - closed_at > UNDO
        is_erased = not all(person.email for person in people)
        if is_late or is_erased or await _has_another(uow, known):
            raise Taken(
                "E_UNDO_OVER",
                "This can no longer be undone; ask your coordinator to begin anew.",
            )
        opened = replace(known, closed=None)
        await uow.pairs.put(opened)
        await uow.evidence.add((pair_row(EvidenceKind.RESUMED, pair, rows, now),))
        await _propose_again(uow, opened, asker, now, ids)
        await uow.work.add(WorkKind.TEND, pair, now)
        await uow.audit.add(Audited(now, known.programme, str(asker), "reopened", pair))
        await uow.commit()
    return opened


async def _has_another(uow: UnitOfWork, pair: Pair) -> bool:
    """Whether the two were made a pair anew meanwhile."""
    theirs = await uow.pairs.of_person(pair.mentor)
    return any(p.both() == pair.both() and p.closed is None for p in theirs)


async def _propose_again(
    uow: UnitOfWork, pair: Pair, asker: Asker, now: datetime, ids: Ids
) -> None:
    """The terms they had, as a version that nobody but the asker has accepted."""
    versions = await uow.agreements.of_pair(pair.id)
    text = latest(versions)
    if text is None:
        return
    person = asker.person
    again = Agreement(
        AgreementId(ids.new()),
        pair.id,
        max(v.version for v in versions) + 1,
        text.terms,
        AgreementState.PROPOSED if person else AgreementState.DRAFT,
        author=person,
        accepted_by=frozenset({person} if person else ()),
    )
    await uow.agreements.put(again)
    for one in pair.both():
        if one != person:
            letter = please_agree(pair.id, one)
            row = letter_row(
                OutboxId(ids.new()),
                letter,
                await uow.people.get(one),
                now=now,
                revision=again.id,
            )
            await uow.outbox.add(row)
