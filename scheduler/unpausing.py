"""Taking a pause back within a day: what it took out stands again, where it still can.

Coming back (`pausing.resumed`) books nothing; this undoes the click that paused. What
stands again is what both are still free for; the letter and the page say how much.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from scheduler.acting import with_meeting
from scheduler.availability import NOTHING
from scheduler.copies import ours
from scheduler.effects import Effect, PutBackInCopy, SendInvite
from scheduler.errors import Taken
from scheduler.evidence import Evidence, EvidenceKind, in_order
from scheduler.itip import Edition, Revision, whole
from scheduler.letters import LetterKind
from scheduler.pauses import rest
from scheduler.pausing import left_out_row, rest_row, taken_by, told_of_rest
from scheduler.replacing import UNDO, is_free
from scheduler.series import (
    Copy,
    LedgerRow,
    LedgerState,
    Meeting,
    MeetingState,
    Route,
    Series,
)
from scheduler.situation import NO_CHANGE, Change, Situation
from scheduler.timespan import Span
from scheduler.withdrawal import Step


def can_be_taken_back(rows: tuple[Evidence, ...], now: datetime) -> bool:
    """Whether the pause that stands was asked for within a day, and not made longer."""
    ordered = in_order(rows)
    said = [e for e in ordered if e.kind is EvidenceKind.PAUSED]
    if not said or rest(ordered).pause_at(now) is None:
        return False
    before = [e for e in ordered if e.at < said[-1].at]
    is_first = rest(before).pause_at(said[-1].at) is None
    return is_first and now - said[-1].at <= UNDO


def would_stand_again(case: Situation) -> tuple[Span, ...]:
    """When the meetings are that taking the pause back now would put back."""
    pause = rest(case.evidence).pause_at(case.now)
    if pause is None or not can_be_taken_back(case.evidence, case.now):
        return ()
    back = (m for m in taken_by(case, pause) if _may_come_back(case, m))
    return tuple(sorted(m.span for m in back if m.span))


def taken_back(case: Situation) -> Change:
    """Take the pause back; `Taken` E_UNDO_OVER when it is too late, or nothing can be.

    A pair that does not pause is left as it is.
    """
    pause = rest(case.evidence).pause_at(case.now)
    if pause is None or case.pair.closed:
        return NO_CHANGE
    taken = taken_by(case, pause)
    back = tuple(m for m in taken if _may_come_back(case, m))
    if not can_be_taken_back(case.evidence, case.now) or (taken and not back):
        raise Taken(
            "E_UNDO_OVER",
            "What was taken out cannot be put back any more; you can come back, and "
            "what comes after the pause stands.",
        )
    entry = rest_row(case, EvidenceKind.RESUMED)
    stays = tuple(
        left_out_row(case, m)
        for m in taken
        if m not in back and m.span and m.span.start >= entry.at
    )
    change = Change(evidence=(entry, *stays), ledger=_owed_again(case, pause))
    for series in case.view.series:
        mine = tuple(m for m in back if m.key.series == series.id)
        change += _restored(case.after(change), series, mine)
    known = case.after(change)
    return change + told_of_rest(known, LetterKind.RESUMED, entry, pause, back=back)


def _may_come_back(case: Situation, meeting: Meeting) -> bool:
    """Ahead, of an object that is still there, at a time that both still have."""
    series = case.series_of(meeting.key)
    if series is None or meeting.uid or not meeting.span:
        return False
    if not any(m.is_live for m in series.meetings if m.uid is None):
        return False  # the whole object went, and is never made again
    awake = replace(case, view=replace(case.view, pauses=NOTHING))
    return is_free(awake, meeting, meeting.span)


def _owed_again(case: Situation, pause: Span) -> tuple[LedgerRow, ...]:
    """Rows that the pause alone settled are open again."""
    return tuple(
        replace(r, state=LedgerState.OPEN)
        for r in case.ledger
        if r.state is LedgerState.SKIPPED
        and r.span.end > case.now
        and pause.start < r.span.end <= pause.end
        and not any(
            case.about(m.key, EvidenceKind.SKIPPED)
            for s in case.view.series
            if s.id == r.series
            for m in s.meetings
            if m.period == r.period
        )
    )


def _restored(case: Situation, series: Series, back: tuple[Meeting, ...]) -> Change:
    if not back:
        return NO_CHANGE
    live = tuple(replace(m, state=MeetingState.LIVE) for m in back)
    after = with_meeting(series, *live)
    at = case.next_revision(series.uid)
    steps: list[Step] = []
    for copy in ours(case.copies_of(series.uid)):
        if copy.route is Route.IMIP:
            steps.append(Step(copy, _by_mail(case, copy, after, at), at))
        else:
            steps += _date_by_date(copy, live, at, case.now)
    return Change(series=after, steps=tuple(steps))


def _by_mail(case: Situation, copy: Copy, series: Series, at: Revision) -> Effect:
    """The series once more, with the dates that are back: one message."""
    guests = case.two.guests().asking(case.person(copy.person).email)
    edition = Edition(at, case.two.words(), guests)
    return SendInvite(copy.person, whole(series, edition))


def _date_by_date(
    copy: Copy, back: tuple[Meeting, ...], at: Revision, now: datetime
) -> list[Step]:
    steps: list[Step] = []
    for meeting in back:
        if copy.calendar is None or meeting.span is None:
            continue
        effect = PutBackInCopy(
            copy.person,
            copy.calendar,
            copy.uid,
            meeting.key.original_start,
            meeting.span,
            at.sequence,
            at.stamp,
            silent=True,
        )
        steps.append(Step(copy, effect, at))
        at = at.next(now)
    return steps
