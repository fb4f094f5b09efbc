"""A coordinator looks at the figures of one pair, and the pair sees that they did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scheduler.consent import both_show, looked
from scheduler.consistency import Report, to_date
from scheduler.errors import NotFound
from scheduler.ids import PairId, ProgrammeId
from scheduler.letters import RowMark
from scheduler.ports.store import Begin
from scheduler.rhythm import row
from scheduler.usecases.read_record import read_record


@dataclass(frozen=True, slots=True)
class Figures:
    """What a coordinator is shown of one pair: outcomes and rates, nothing behind."""

    #: The agreement to date.
    report: Report
    row: tuple[RowMark, ...]


async def look_at_figures(
    programme: ProgrammeId, pair: PairId, *, begin: Begin, now: datetime
) -> Figures:
    """The figures to date; the look is kept in the same transaction.

    `NotFound` in another programme, as for a pair that is not there; unless both show
    them now, and before anything was booked: then nothing was looked at.
    """
    async with begin() as uow:
        both = await uow.pairs.get(pair)
        if both.programme != programme:
            raise NotFound("pair")
        record = await read_record(uow, both)
        window = to_date(record.series, now)
        if window is None or not both_show(both, await uow.consents.of_pair(pair)):
            raise NotFound("page")
        await uow.audit.add(looked(both, now))
        await uow.commit()
    return Figures(record.report(window, now), row(record, now))
