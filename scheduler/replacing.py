"""Giving a meeting another time by choice: a replacement, a move, and taking it back.

Whoever chooses first chooses for both. A replacement is a meeting of its own with its
own object in both calendars; a move is the same meeting elsewhere.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

from scheduler.acting import Act, evidence, fallen_row, with_meeting
from scheduler.agenda import Agenda
from scheduler.copies import arrivals, new_copy
from scheduler.edits import moves, takes_out
from scheduler.errors import Taken
from scheduler.evidence import EvidenceKind, SourceKind, instant_of, stamp
from scheduler.ids import PersonId, Uid
from scheduler.itip import Revision, single
from scheduler.letters import LetterKind
from scheduler.offering import both_available, closed, still_wanted
from scheduler.series import (
    LedgerState,
    Meeting,
    MeetingKey,
    MeetingState,
    Offer,
    OfferKind,
    OfferState,
    Placer,
    Series,
)
from scheduler.situation import NO_CHANGE, Change, Situation
from scheduler.telling import Letters, placed
from scheduler.timespan import Span
from scheduler.withdrawal import Step

#: A change by a link can be undone for this long, or until the meeting starts.
UNDO = timedelta(hours=24)


def is_free(case: Situation, meeting: Meeting, span: Span) -> bool:
    """Whether both still have this time; a calendar that is unknown is not free."""
    series = case.series_of(meeting.key)
    if series is None or span.start <= case.now:
        return False
    sides = both_available(case, series, meeting)
    return not any(side.is_busy(span) for side in sides)


def suits(case: Situation, meeting: Meeting, span: Span, by: PersonId) -> bool:
    """Whether a time that one of the two proposed can be had without asking further.

    It lies in the meeting's own period, both are free, and the other one meets at such
    hours; whoever proposed it said so themselves.
    """
    series = case.series_of(meeting.key)
    if series is None or not series.span_of(meeting.period).covers(span):
        return False
    mentor, mentee = both_available(case, series, meeting)
    other = mentee if by == case.pair.mentor else mentor
    return other.in_hours(span) and is_free(case, meeting, span)


def chosen(
    case: Situation, offer: Offer, span: Span, by: PersonId | None, uid: Uid
) -> Change:
    """What choosing a time of an offer does; `uid` is for a replacement's object."""
    meeting = still_wanted(case, offer)
    if meeting is None:
        raise Taken("E_OFFER_OVER", "This meeting does not need another time any more.")
    taken = replace(offer, state=OfferState.TAKEN, chosen=span, chosen_by=by)
    others = tuple(o for o in case.open_offers(offer.about) if o.id != offer.id)
    change = Change(offers=(taken, *closed(others)))
    if offer.kind is OfferKind.MOVE:
        return change + rescheduled(case.after(change), meeting, span, by)
    return change + _replaced(case.after(change), meeting, span, by, uid)


def book_best(case: Situation, change: Change, uid: Uid) -> Change:
    """Take the best of what was offered at once, for pairs that agreed to that.

    The letters with the choice become one with what was booked and how to undo it.
    """
    offers = [o for o in change.offers if o.state is OfferState.OPEN]
    if len(offers) != 1 or offers[0].kind is not OfferKind.REPLACE:
        return change
    offer = offers[0]
    kept = tuple(t for t in change.letters if t.letter.offer != offer.id)
    quiet = replace(change, letters=kept)
    return quiet + chosen(case.after(quiet), offer, offer.times[0], None, uid)


def _replaced(
    case: Situation, fallen: Meeting, span: Span, by: PersonId | None, uid: Uid
) -> Change:
    series = case.series_of(fallen.key)
    if series is None:
        return NO_CHANGE
    original = fallen.key.original_start
    numbers = [m.key.n for m in series.meetings if m.key.original_start == original]
    new = Meeting(
        MeetingKey(series.id, original, max(numbers) + 1),
        fallen.period,
        span,
        MeetingState.LIVE,
        uid=uid,
    )
    after = with_meeting(series, new)
    act = Act(case.now, SourceKind.PAGE if by else SourceKind.TROTH, by)
    entry = fallen_row(case, series, fallen.period)
    change = Change(
        series=after,
        evidence=(
            evidence(case, EvidenceKind.BOOKED, new, act, stamp(span.start)),
            evidence(case, EvidenceKind.REPLACED_BY, fallen, act, str(new.key)),
        ),
        ledger=(replace(entry, state=LedgerState.BOOKED),),
    )
    change += _arrives(case.after(change), after, new, uid)
    said = placed(case.after(change), fallen.span, span, new.key)
    letters = Letters(LetterKind.REPAIRED, new.key, said, stamp(span.start))
    return change + Change(letters=letters.to(*case.pair.both(), case=case))


def _arrives(case: Situation, series: Series, meeting: Meeting, uid: Uid) -> Change:
    """A copy of a replacement for each of the two, on their one route."""
    two = case.two
    copies = tuple(new_copy(side, uid, two.inviting) for side in case.view.sides)
    at = Revision.first(case.now)
    agenda = Agenda(link=two.link, in_event=case.terms(series).agenda_in_event)
    build = partial(single, series, meeting)
    found = arrivals(copies, two, agenda, at, build)
    steps = tuple(Step(copy, effect, at) for copy, effect in found)
    return Change(copies=copies, steps=steps)


def rescheduled(
    case: Situation, meeting: Meeting, span: Span, by: PersonId | None
) -> Change:
    """The same meeting at a time both had the choice of: that is no change of plan."""
    series = case.series_of(meeting.key)
    if series is None or meeting.span is None or meeting.span == span:
        return NO_CHANGE
    act = Act(case.now, SourceKind.PAGE, by)
    row = evidence(case, EvidenceKind.MOVED, meeting, act, stamp(span.start))
    there = replace(meeting, span=span, placed_by=Placer.TROTH)
    after = with_meeting(series, there)
    change = Change(series=after, evidence=(row,))
    known = case.after(change)
    said = placed(known, meeting.span, span, meeting.key)
    no = len(known.about(meeting.key, EvidenceKind.MOVED))
    letters = Letters(LetterKind.MOVED, meeting.key, said, f"{stamp(span.start)}/{no}")
    return change + Change(
        steps=moves(known, after, there, meeting.span, None),
        letters=letters.to(*case.pair.both(), case=case),
    )


def undone(case: Situation, key: MeetingKey) -> Change:
    """Take back a choice of the last 24 hours, while the meeting has not begun.

    A replacement is taken out of both calendars and other times are offered; a moved
    meeting goes back where it was, if that is still free. `Taken` E_UNDO_OVER.
    """
    meeting = case.meeting(key)
    rows = case.about(key, EvidenceKind.BOOKED, EvidenceKind.MOVED)
    last = rows[-1] if rows else None
    is_choice = last and (key.n > 0 or last.kind is EvidenceKind.MOVED)
    if meeting is None or last is None or not is_choice or not meeting.span:
        raise _too_late()
    if key.n > 0 and meeting.state is MeetingState.CANCELLED:
        return NO_CHANGE
    begun = meeting.span.start <= case.now
    if begun or case.now - last.at > UNDO or not meeting.is_live:
        raise _too_late()
    if key.n > 0:
        return _withdrawn(case, meeting)
    return _back(case, meeting)


def _too_late() -> Taken:
    return Taken("E_UNDO_OVER", "This can no longer be undone; choose another time.")


def _withdrawn(case: Situation, meeting: Meeting) -> Change:
    series = case.series_of(meeting.key)
    own = case.meeting(replace(meeting.key, n=0))
    if series is None or own is None:
        return NO_CHANGE
    gone = replace(meeting, state=MeetingState.CANCELLED)
    after = with_meeting(series, gone)
    act = Act(case.now, SourceKind.TROTH)
    return Change(
        series=after,
        evidence=(evidence(case, EvidenceKind.CANCELLED, meeting, act),),
        ledger=(fallen_row(case, series, meeting.period),),
        steps=takes_out(case, after, gone),
    )


def _back(case: Situation, meeting: Meeting) -> Change:
    rows = case.about(meeting.key, EvidenceKind.BOOKED, EvidenceKind.MOVED)
    starts = [at for row in rows[:-1] if (at := instant_of(row.detail))]
    start = starts[-1] if starts else meeting.key.original_start
    if meeting.span is None:
        return NO_CHANGE
    span = Span(start, start + meeting.span.length)
    if not is_free(case, meeting, span):
        raise Taken("E_SLOT_TAKEN", "The time it had is no longer free.")
    return rescheduled(case, meeting, span, None)


def left_out(case: Situation, key: MeetingKey) -> Change:
    """Both agreed to leave a period's meeting out: it is skipped, nothing is owed."""
    key = replace(key, n=0)
    series, meeting = case.series_of(key), case.meeting(key)
    if series is None or meeting is None or meeting.state is MeetingState.SKIPPED:
        return NO_CHANGE
    act = Act(case.now, SourceKind.PAGE)
    standing = [m for m in series.live() if m.period == meeting.period]
    change = Change(
        evidence=tuple(
            evidence(case, EvidenceKind.SKIPPED, one, act)
            for one in (meeting, *(m for m in standing if m != meeting))
        ),
        offers=closed(
            tuple(
                o
                for m in series.meetings
                for o in case.open_offers(m.key)
                if m.period == meeting.period
            )
        ),
    )
    row = case.ledger_rows.get((series.id, meeting.period))
    if row:
        change += Change(ledger=(replace(row, state=LedgerState.SKIPPED),))
    if not standing and meeting.span:
        skipped = replace(meeting, state=MeetingState.SKIPPED)
        return change + Change(series=with_meeting(series, skipped))
    for one in standing:
        known = case.after(change)
        before = known.series_of(key) or series
        gone = replace(one, state=MeetingState.SKIPPED)
        after = with_meeting(before, gone)
        change += Change(series=after, steps=takes_out(known, after, gone))
    return change
