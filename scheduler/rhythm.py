"""The row of periods that pages and letters show: one mark for each period."""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.consistency import EndedPeriod, Outcome
from scheduler.letters import Mark, RowMark
from scheduler.series import Meeting

MARKS = {
    Outcome.OPEN: Mark.TO_COME,
    Outcome.KEPT: Mark.KEPT,
    Outcome.REPAIRED: Mark.REPAIRED,
    Outcome.SKIPPED: Mark.SKIPPED,
    Outcome.UNCONFIRMED: Mark.UNCONFIRMED,
    Outcome.LEFT_OUT: Mark.LEFT_OUT,
    Outcome.OWED: Mark.OWED,
}


def row(periods: Sequence[EndedPeriod], ahead: Meeting | None) -> tuple[RowMark, ...]:
    """A mark for each period; `ahead` is the meeting that comes next."""
    where = (ahead.key.series, ahead.period) if ahead else None
    return tuple(
        RowMark(MARKS[p.outcome], p.span, is_next=(p.series, p.index) == where)
        for p in periods
    )
