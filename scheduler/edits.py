"""What one change of one meeting does to one person's copy, on their one route."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from scheduler.copies import ours, removal
from scheduler.effects import Effect, MoveInCopy, SendInvite, TakeOutOfCopy
from scheduler.ids import PersonId
from scheduler.itip import (
    Edition,
    Revision,
    counter_refused,
    last_revision,
    moved,
    single,
    taken_out,
)
from scheduler.ports.mail import Reply
from scheduler.series import Copy, Meeting, Route, Series
from scheduler.situation import Situation
from scheduler.timespan import Span
from scheduler.withdrawal import Step


def takes_out(
    case: Situation, series: Series, meeting: Meeting, but: PersonId | None = None
) -> tuple[Step, ...]:
    """Take one meeting out of the copies of both, or of all but one person's.

    `series` is already without it. What a person took away themselves is not touched.
    """
    uid = meeting.uid or series.uid
    at = case.next_revision(uid)
    return tuple(
        Step(copy, _out(case, copy, series, meeting, at), at)
        for copy in ours(case.copies_of(uid))
        if copy.person != but
    )


def moves(
    case: Situation, series: Series, meeting: Meeting, was: Span, mover: PersonId | None
) -> tuple[Step, ...]:
    """Move one meeting in the copies of both; `series` has it at its new time.

    Whoever moved it in a calendar that Troth writes has it there already; whoever is
    on mail gets the REQUEST that says it was taken over.
    """
    uid = meeting.uid or series.uid
    at = case.next_revision(uid)
    return tuple(
        Step(copy, _moved(case, copy, series, meeting, was, at), at)
        for copy in ours(case.copies_of(uid))
        if copy.person != mover or copy.route is Route.IMIP
    )


def _out(
    case: Situation, copy: Copy, series: Series, meeting: Meeting, at: Revision
) -> Effect:
    if meeting.uid:
        return removal(copy, case.two, at, partial(single, series, meeting))
    if copy.route is Route.WRITTEN and copy.calendar:
        original = meeting.key.original_start
        return TakeOutOfCopy(
            copy.person, copy.calendar, copy.uid, original, at.sequence, at.stamp
        )
    invite = taken_out(
        series, meeting, _edition(case, at), whole_object=copy.whole_object
    )
    return SendInvite(copy.person, invite)


def _moved(
    case: Situation,
    copy: Copy,
    series: Series,
    meeting: Meeting,
    was: Span,
    at: Revision,
) -> Effect:
    span = meeting.span
    if span is None:
        raise ValueError("a meeting moves to a time")
    if copy.route is Route.WRITTEN and copy.calendar:
        original = was.start if meeting.uid else meeting.key.original_start
        return MoveInCopy(
            copy.person,
            copy.calendar,
            copy.uid,
            original,
            span,
            at.sequence,
            at.stamp,
            was,
        )
    edition = _edition(case, at, copy.person)
    return SendInvite(
        copy.person, moved(series, meeting, edition, whole_object=copy.whole_object)
    )


def _edition(case: Situation, at: Revision, asked: PersonId | None = None) -> Edition:
    guests = case.two.guests()
    if asked:
        guests = guests.asking(case.person(asked).email)
    return Edition(at, case.two.words(), guests)


def counter_refusal(
    case: Situation, copy: Copy, series: Series, meeting: Meeting, reply: Reply
) -> Step:
    """The answer that a proposed time cannot be had; the meeting stays."""
    sent = last_revision(case.effects, copy.uid)
    number = min(reply.sequence, sent.sequence if sent else 0)  # ours alone counts up
    at = Revision(number, case.now.replace(microsecond=0))
    known = replace(reply, sequence=number)
    invite = counter_refused(series, meeting, known, _edition(case, at))
    return Step(copy, SendInvite(copy.person, invite), at)
