"""The figures of one pair, for one window or for the agreement to date."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from scheduler.consistency import Report, to_date
from scheduler.errors import NotFound, Refused
from scheduler.ids import PairId, ProgrammeId
from scheduler.localtime import midnight, zone
from scheduler.people import Pair
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.timespan import Span
from scheduler.usecases.read_record import read_record


async def read_report(
    pair: PairId,
    *,
    first: date | None = None,
    until: date | None = None,
    begin: Begin,
    now: datetime,
) -> Report:
    """The report; days are midnights on the slot's clock, `until` not included.

    `Refused` E_NOTHING_BOOKED when the pair has no series yet, E_DATES for a window
    that is empty or half given.
    """
    async with begin(read_only=True) as uow:
        record = await read_record(uow, await uow.pairs.get(pair))
    if not record.series:
        raise Refused("E_NOTHING_BOOKED", "Nothing was ever booked for this pair.")
    if first is None and until is None:
        window = to_date(record.series, now)
        start = record.series[0].span_of(0).start
        return record.report(window or Span(start - timedelta(days=1), start), now)
    if first is None or until is None or first >= until:
        raise Refused("E_DATES", "Give --from and a later --until.", field="--until")
    where = zone(record.series[-1].zone)
    return record.report(Span(midnight(first, where), midnight(until, where)), now)


async def find_pair(uow: UnitOfWork, text: str, programme: ProgrammeId | None) -> Pair:
    """A pair by its id, or by `mentor@…+mentee@…`; `NotFound` for anything else."""
    mentor, plus, mentee = text.partition("+")
    if not plus:
        return await uow.pairs.get(PairId(text))
    for person in await uow.people.with_email(mentor):
        if programme not in {None, person.programme}:
            continue
        for pair in await uow.pairs.of_person(person.id):
            other = await uow.people.get(pair.partner(person.id))
            if other.email.casefold() == mentee.casefold():
                return pair
    raise NotFound("pair", field="PAIR")
