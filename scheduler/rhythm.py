"""The row of periods that pages and letters show: one mark for each period."""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.consistency import DUE, EndedPeriod, Outcome
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


def due_and_kept(periods: Sequence[EndedPeriod]) -> tuple[int, int, int, int]:
    """How many were due, kept on the day planned, repaired, and are still owed."""
    outcomes = [p.outcome for p in periods]
    return (
        sum(outcome in DUE for outcome in outcomes),
        outcomes.count(Outcome.KEPT),
        outcomes.count(Outcome.REPAIRED),
        outcomes.count(Outcome.OWED),
    )
