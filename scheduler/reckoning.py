"""The ledger while a period runs: what fell out, what stands for it, what was held.

Whether a meeting was missed shows only in what the two say, so the rows follow from the
endings as they are now. Once a period is over, `scheduler.duties` settles its row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from scheduler.acting import fallen_row
from scheduler.endings import Ending, Seen
from scheduler.offering import closed
from scheduler.series import LedgerState, Meeting, MeetingKey, MeetingState, Series
from scheduler.situation import NO_CHANGE, Change, Situation

_FELL = frozenset({Ending.CANCELLED, Ending.MISSED})
_STANDS = frozenset({Ending.AHEAD, Ending.ASKED})


def reckoned(case: Situation) -> Change:
    """The rows that are not as the endings say; nothing when all are.

    A period that is over has its row settled elsewhere, unless it has none yet: that
    nothing came of its meeting is then known only now.
    """
    seen, change = case.record.seen(), NO_CHANGE
    for series in case.view.series:
        for index in range(len(series.periods)):
            span = series.span_of(index)
            known = case.ledger_rows.get((series.id, index))
            if (known and case.now < span.end) or (
                not known and span.start <= case.now
            ):
                ends = _ends(series, index, seen, case.now)
                change += _row(case, series, index, ends)
    return change


#: How the meetings of a period ended; None for a date without a time.
_Ends = dict[MeetingKey, Ending | None]


def _ends(
    series: Series, index: int, seen: Mapping[MeetingKey, Seen], now: datetime
) -> _Ends:
    return {
        m.key: _ending(m, seen[m.key], now)
        for m in series.meetings
        if m.period == index
    }


def _ending(meeting: Meeting, seen: Seen, now: datetime) -> Ending | None:
    """A date without a time was left out where days off, or both, left no other."""
    if meeting.state is MeetingState.UNPLACED:
        return Ending.SKIPPED if seen.is_skipped() else None
    return seen.ending(now)


def _row(case: Situation, series: Series, index: int, ends: _Ends) -> Change:
    known = case.ledger_rows.get((series.id, index))
    state = _state(ends, has_row=known is not None)
    if state is None or (known and known.state in {state, LedgerState.SKIPPED}):
        return NO_CHANGE
    row = replace(known or fallen_row(case, series, index), state=state)
    is_held = state is LedgerState.REPLACED
    over = [o for key in ends for o in case.open_offers(key)] if is_held else []
    return Change(ledger=(row,), offers=closed(tuple(over)))


def _state(ends: _Ends, *, has_row: bool) -> LedgerState | None:
    """What the row should say; None where no row is called for."""
    fell = any(e is None or e in _FELL for key, e in ends.items() if key.n == 0)
    if Ending.HELD in ends.values():
        return LedgerState.REPLACED if fell or has_row else None
    if not fell or Ending.UNCONFIRMED in ends.values():
        return None
    stands = any(end in _STANDS for end in ends.values())
    return LedgerState.BOOKED if stands else LedgerState.OPEN
