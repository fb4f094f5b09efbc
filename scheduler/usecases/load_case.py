"""Read a row of the outbox with everything that its delivery depends on."""

from __future__ import annotations

from contextlib import suppress

from scheduler.connections import Connection
from scheduler.delivery import Case, subject
from scheduler.effects import Effect, SendInvite, SendLetter
from scheduler.errors import NotFound
from scheduler.ids import OutboxId
from scheduler.pauses import rest
from scheduler.people import Person
from scheduler.ports.mail import Reader
from scheduler.ports.store import UnitOfWork
from scheduler.promises import Promise
from scheduler.series import Copy, LedgerState, Series
from scheduler.timespan import Span


async def load_case(uow: UnitOfWork, outbox: OutboxId) -> tuple[Case, Reader]:
    """The row as it stands, and who reads it; `NotFound` when there is none."""
    row = await uow.outbox.get(outbox)
    effect = row.effect
    pair = await uow.pairs.get(row.pair) if row.pair else None
    person = await _person(uow, effect)
    series = await _series(uow, effect)
    promises = await _promises(uow, effect)
    case = Case(
        row,
        is_behind=bool(row.chain) and await uow.outbox.is_waiting_before(row),
        person=person,
        copy=await _copy(uow, effect, series),
        connection=await _connection(uow, effect),
        series=series,
        is_closed=bool(pair and pair.closed),
        is_skipped=await _is_skipped(uow, effect, series),
        is_moot=not promises,
        pauses=await _pauses(uow, effect),
        fewer=await uow.settings.fewer(person.id) if person else frozenset(),
    )
    partner = None
    if pair and person:
        partner = await uow.people.get(pair.partner(person.id))
    programme = await uow.programmes.get(row.programme)
    thanks = await _thanks(uow, effect)
    return case, Reader(programme, person, partner, pair, promises, thanks)


async def _person(uow: UnitOfWork, effect: Effect) -> Person | None:
    match effect:
        case SendLetter(letter=letter):
            return await uow.people.get(letter.to) if letter.to else None
        case SendInvite(to=to):
            return await uow.people.get(to)
        case _:
            return await uow.people.get(effect.person)


async def _series(uow: UnitOfWork, effect: Effect) -> Series | None:
    if not isinstance(effect, SendLetter) or effect.letter.about is None:
        return None
    try:
        return await uow.series.get(effect.letter.about.series)
    except NotFound:
        return None


async def _promises(uow: UnitOfWork, effect: Effect) -> tuple[Promise, ...]:
    """Those a letter reminds of that still stand, until the day it reminds of."""
    wanted = effect.letter.facts.promises if isinstance(effect, SendLetter) else ()
    found = []
    for promise in wanted:
        with suppress(NotFound):
            found.append(await uow.promises.get(promise))
    return tuple(p for p in found if p.is_open and p.was_reminded())


async def _thanks(uow: UnitOfWork, effect: Effect) -> str:
    """The word of thanks that a letter brings, as its writer has it now."""
    if not isinstance(effect, SendLetter) or not effect.letter.facts.thanks:
        return ""
    lines = await uow.lines.of_pair(effect.letter.pair) if effect.letter.pair else ()
    wanted = effect.letter.facts.thanks
    return next((line.text for line in lines if line.id == wanted), "")


async def _pauses(uow: UnitOfWork, effect: Effect) -> tuple[Span, ...]:
    if not isinstance(effect, SendLetter) or not effect.letter.facts.promises:
        return ()
    pair = effect.letter.pair
    return rest(await uow.evidence.of_pair(pair)).pauses if pair else ()


async def _is_skipped(uow: UnitOfWork, effect: Effect, series: Series | None) -> bool:
    if not isinstance(effect, SendLetter) or effect.letter.about is None or not series:
        return False
    meeting = series.meeting(effect.letter.about)
    return meeting is not None and any(
        row.series == series.id
        and row.period == meeting.period
        and row.state is LedgerState.SKIPPED
        for row in await uow.ledger.of_pair(series.pair)
    )


async def _copy(uow: UnitOfWork, effect: Effect, series: Series | None) -> Copy | None:
    about = subject(effect)
    if about:
        return await uow.copies.find(*about)
    if isinstance(effect, SendLetter) and effect.letter.to and series:
        return await uow.copies.find(effect.letter.to, series.uid)
    return None


async def _connection(uow: UnitOfWork, effect: Effect) -> Connection | None:
    if isinstance(effect, (SendLetter, SendInvite)):
        return None
    try:
        return await uow.calendars.get(effect.calendar)
    except NotFound:
        return None
