"""The ledger while a period runs: what fell out, what stands for it, what was held.

Whether a meeting was missed shows only in what the two say, so the rows follow from the
endings as they are now. Once a period is over, `scheduler.duties` settles its row.
"""

from __future__ import annotations

from dataclasses import replace

from scheduler.acting import fallen_row
from scheduler.endings import Ending
from scheduler.offering import closed
from scheduler.series import LedgerState, Meeting, MeetingState, Series
from scheduler.situation import NO_CHANGE, Change, Situation

_FELL = frozenset({Ending.CANCELLED, Ending.MISSED})
_STANDS = frozenset({Ending.AHEAD, Ending.ASKED})


def reckoned(case: Situation) -> Change:
    """The rows that are not as the endings say; nothing when all are."""
    change = NO_CHANGE
    for series in case.view.series:
        for index in range(len(series.periods)):
            span = series.span_of(index)
            if span.start <= case.now < span.end or (series.id, index) in (
                case.ledger_rows
            ):
                change += _row(case, series, index)
    return change


def _row(case: Situation, series: Series, index: int) -> Change:
    known = case.ledger_rows.get((series.id, index))
    state = _state(case, series, index)
    if case.now >= series.span_of(index).end or state is None:
        return NO_CHANGE
    if known and (known.state in {state, LedgerState.SKIPPED}):
        return NO_CHANGE
    row = replace(known or fallen_row(case, series, index), state=state)
    meetings = [m for m in series.meetings if m.period == index]
    is_held = state is LedgerState.REPLACED
    over = [o for m in meetings for o in case.open_offers(m.key)] if is_held else []
    return Change(ledger=(row,), offers=closed(tuple(over)))


def _state(case: Situation, series: Series, index: int) -> LedgerState | None:
    """What the row should say; None where no row is called for."""
    seen = case.record.seen()
    meetings = [m for m in series.meetings if m.period == index]
    ends = {m.key: _ending(case, m) for m in meetings if m.key in seen}
    own = [end for key, end in ends.items() if key.n == 0]
    fell = any(end is None or end in _FELL for end in own)
    if Ending.HELD in ends.values():
        has_row = (series.id, index) in case.ledger_rows
        return LedgerState.REPLACED if fell or has_row else None
    if not fell or Ending.UNCONFIRMED in ends.values():
        return None
    stands = any(end in _STANDS for end in ends.values())
    return LedgerState.BOOKED if stands else LedgerState.OPEN


def _ending(case: Situation, meeting: Meeting) -> Ending | None:
    """How it ended; None for a date without a time."""
    if meeting.state is MeetingState.UNPLACED:
        return None
    return case.record.seen()[meeting.key].ending(case.now)
