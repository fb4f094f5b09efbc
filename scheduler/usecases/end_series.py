"""End a pair's meetings by agreement: no future event is left behind."""

from __future__ import annotations

from dataclasses import replace

from scheduler.agreement import AgreementState
from scheduler.booking import left_out, skipped_rows
from scheduler.effects import Address
from scheduler.ids import OutboxId, PairId
from scheduler.letters import Facts, Letter, LetterKind
from scheduler.outbox import letter_row
from scheduler.ports.links import Links
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, Ids
from scheduler.usecases.announce import two_of
from scheduler.usecases.gather import gather
from scheduler.usecases.take_back import take_back, withdrawal


async def end_series(
    pair: PairId,
    *,
    begin: Begin,
    clock: Clock,
    ids: Ids,
    links: Links,
    sender: Address,
) -> None:
    """Skip every meeting still to come, and tell both once; a repeat does nothing.

    The agreement ends with them: nothing is booked until both accept another.
    """
    now = clock.now()
    async with begin() as uow:
        view = await gather(uow, pair, now)
        series, ruling = view.standing, view.in_force
        if series is None or ruling is None:
            return
        two = await two_of(uow, view, ruling.terms, links=links, sender=sender)
        plan = replace(await withdrawal(uow, series, now, two), moved=True)
        await take_back(uow, view.pair, plan, now=now, ids=ids)
        await uow.series.put(left_out(series, now))
        await uow.agreements.put(replace(ruling, state=AgreementState.ENDED))
        await uow.evidence.add(skipped_rows(series, now))
        for person in (view.mentor.person, view.mentee.person):
            letter = Letter(LetterKind.ENDED, person.id, pair, Facts())
            row = letter_row(
                OutboxId(ids.new()), letter, person, now=now, revision=series.id
            )
            await uow.outbox.add(row)
        await uow.commit()
