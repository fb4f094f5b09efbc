"""The letter that tells of a booked series: one for each whose copy was written.

People on the iMIP route get the invitation itself, which says the same.
"""

from __future__ import annotations

from scheduler.ids import PersonId
from scheduler.letters import Facts, Letter, LetterKind
from scheduler.series import MeetingState, Series


def invitation(
    series: Series, to: PersonId, where: str = "", *, most: int = 3
) -> Letter:
    """What was booked: the first times, the dates that moved, the ones without time."""
    live = series.live()
    spans = tuple(m.span for m in live if m.span)
    facts = Facts(
        meeting=spans[0],
        times=spans[:most],
        moved=tuple(
            m.span for m in live if m.span and m.span.start != m.key.original_start
        ),
        unplaced=sum(m.state is MeetingState.UNPLACED for m in series.meetings),
        next=spans[0],
        where=where,
    )
    return Letter(LetterKind.INVITATION, to, series.pair, facts, about=live[0].key)
