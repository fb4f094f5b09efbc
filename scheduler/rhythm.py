"""The row of periods that pages and letters show: one mark for each period."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from scheduler.consistency import EndedPeriod, Outcome, Record
from scheduler.endings import Ending
from scheduler.ids import SeriesId
from scheduler.letters import Mark, RowMark
from scheduler.pauses import rest
from scheduler.series import LedgerState, Meeting, MeetingKey, Series

_MARKS = {
    Outcome.OPEN: Mark.TO_COME,
    Outcome.KEPT: Mark.KEPT,
    Outcome.REPAIRED: Mark.REPAIRED,
    Outcome.SKIPPED: Mark.SKIPPED,
    Outcome.UNCONFIRMED: Mark.UNCONFIRMED,
    Outcome.LEFT_OUT: Mark.LEFT_OUT,
    Outcome.OWED: Mark.OWED,
}
#: A period that was under way when the pair closed comes to nothing more.
_MARKS_BEHIND = {Outcome.OPEN: Mark.SKIPPED}
_WAITS = frozenset({Ending.AHEAD, Ending.ASKED})


def row(
    record: Record, now: datetime, about: MeetingKey | None = None
) -> tuple[RowMark, ...]:
    """One mark for each period, oldest first; the period of `about` is marked.

    Without it that is the period of the next meeting, or of the one going on. A period
    whose meeting fell out and has no other yet is drawn as owed: its ring closes when
    they have met. What would have come after a closing is not drawn.
    """
    fallen = {
        (r.series, r.period) for r in record.ledger if r.state is LedgerState.OPEN
    }
    marked = _period_of(record.series, about) or _next(record.series, now)
    closed_at = rest(record.rows).closed_at
    return tuple(
        RowMark(
            _mark(period, fallen, closed=closed_at is not None),
            period.span,
            _place(period) == marked,
        )
        for period in record.periods(now)
        if closed_at is None or period.span.start <= closed_at
    )


def coming(series: Iterable[Series], now: datetime) -> tuple[Meeting, ...]:
    """The live meetings that are not over, in order of their start."""
    live = [m for one in series for m in one.live() if m.span and m.span.end > now]
    return tuple(sorted(live, key=lambda m: (m.span, m.key)))


_Place = tuple[SeriesId, int]


def _mark(period: EndedPeriod, fallen: set[_Place], *, closed: bool) -> Mark:
    if period.is_paused:
        return Mark.PAUSED
    if closed and not any(m.ending in _WAITS for m in period.meetings):
        return _MARKS_BEHIND.get(period.outcome, _MARKS[period.outcome])
    if period.outcome is Outcome.OPEN and _place(period) in fallen:
        return Mark.OWED
    return _MARKS[period.outcome]


def _place(period: EndedPeriod) -> _Place:
    return period.series, period.index


def _next(series: Iterable[Series], now: datetime) -> _Place | None:
    ahead = coming(series, now)
    return (ahead[0].key.series, ahead[0].period) if ahead else None


def _period_of(series: Iterable[Series], key: MeetingKey | None) -> _Place | None:
    found = (m for one in series for m in one.meetings if m.key == key)
    return next(((m.key.series, m.period) for m in found), None)
