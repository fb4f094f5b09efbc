"""Close a pair: all that is ahead goes, both say goodbye, what was stays readable."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from scheduler.access import Audited
from scheduler.asker import Asker
from scheduler.closing import (
    STILL_OPEN,
    closed,
    closing_day,
    ended_versions,
    farewell,
    told_coordinator,
)
from scheduler.effects import Address, Outgoing, SendLetter
from scheduler.evidence import EvidenceKind, stamp
from scheduler.ids import OutboxId, PairId
from scheduler.letters import Facts
from scheduler.outbox import letter_row
from scheduler.pausing import clock_of, pair_row
from scheduler.people import Pair
from scheduler.ports.links import Links
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.ports.system import Clock, Ids
from scheduler.situation import Situation
from scheduler.usecases.keep_change import keep_change
from scheduler.usecases.load_situation import load_situation


async def close_pair(
    pair: PairId,
    asker: Asker,
    *,
    begin: Begin,
    clock: Clock,
    ids: Ids,
    links: Links,
    sender: Address,
) -> Pair:
    """The pair as it is then; closing it twice is the same.

    Either of the two may, or their coordinator, who is told when it was one of them;
    no reason is asked for. `NotFound` for a pair that is not the asker's.
    """
    async with begin() as uow:
        known = await uow.pairs.get(pair)
        asker.check(known)
        if known.closed:
            return known
        now = clock.now()
        case = await load_situation(uow, pair, now, links=links, sender=sender)
        if case is None:
            await _close_unagreed(uow, known, now, ids)
        else:
            await keep_change(uow, case, closed(case), ids=ids)
        clock_name = await _clock(uow, known, case)
        over = replace(known, closed=closing_day(clock_name, now))
        await uow.pairs.put(over)
        for version in ended_versions(await uow.agreements.of_pair(pair)):
            await uow.agreements.put(version)
        await uow.doors.revoke_pair(pair, STILL_OPEN)
        if asker.person:
            await _tell_coordinator(uow, known, now, ids)
        await uow.audit.add(Audited(now, known.programme, str(asker), "closed", pair))
        await uow.commit()
    return over


async def _clock(uow: UnitOfWork, pair: Pair, case: Situation | None) -> str:
    """The zone whose day it is closed on."""
    return clock_of(case) if case else (await uow.people.get(pair.mentor)).zone


async def _close_unagreed(uow: UnitOfWork, pair: Pair, now: datetime, ids: Ids) -> None:
    """Nothing of a pair that never agreed lies ahead: on record, and both are told."""
    rows = await uow.evidence.of_pair(pair.id)
    entry = pair_row(EvidenceKind.CLOSED, pair.id, rows, now)
    await uow.evidence.add((entry,))
    for told in farewell(pair, Facts(), entry):
        person = await uow.people.get(told.letter.to) if told.letter.to else None
        if person:
            letter = letter_row(
                OutboxId(ids.new()),
                told.letter,
                person,
                now=now,
                revision=told.revision,
            )
            await uow.outbox.add(letter)


async def _tell_coordinator(
    uow: UnitOfWork, pair: Pair, now: datetime, ids: Ids
) -> None:
    programme = await uow.programmes.get(pair.programme)
    people = [await uow.people.get(person) for person in pair.both()]
    letter = told_coordinator(pair.id, people, programme.coordinator)
    key = f"{letter.kind.value}/{pair.id}/{stamp(now)}"
    row = Outgoing(
        OutboxId(ids.new()), key, programme.id, pair.id, SendLetter(letter), now
    )
    await uow.outbox.add(row)
