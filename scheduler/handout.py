"""A plan as one iCalendar object to hand on: `troth plan --invite`.

Published, not sent (RFC 5546 section 3.2.1): nobody is invited and nobody answers, so
it names no ORGANIZER and no ATTENDEE.
"""

from __future__ import annotations

from datetime import datetime

from scheduler.ids import Uid
from scheduler.invite import Invite, Method, Override
from scheduler.slots import Plan, Status
from scheduler.timespan import Span

SUMMARY = "Mentoring"


def handout(plan: Plan, *, uid: Uid, stamp: datetime) -> Invite:
    """The series with its rule, what moved as overrides, what has no time left out.

    It starts with its first date that takes place: programs differ over a DTSTART
    that is itself left out.
    """
    standing = [m.status is not Status.UNPLACED for m in plan.meetings]
    meetings = plan.meetings[standing.index(True) :]
    starts = [plan.slot.start(m.period, plan.cadence) for m in meetings]
    return Invite(
        uid=uid,
        sequence=0,
        stamp=stamp,
        zone=plan.slot.zone,
        span=Span(starts[0], starts[0] + plan.slot.length),
        summary=SUMMARY,
        method=Method.PUBLISH,
        rrule=plan.slot.rrule(plan.cadence, len(meetings)),
        exdates=tuple(
            start
            for start, meeting in zip(starts, meetings, strict=True)
            if meeting.status is Status.UNPLACED
        ),
        overrides=tuple(
            Override(start, Span(meeting.start, meeting.end))
            for start, meeting in zip(starts, meetings, strict=True)
            if meeting.status is Status.MOVED and meeting.start and meeting.end
        ),
    )
