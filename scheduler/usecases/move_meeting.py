"""'We moved it': one of the two says where a meeting stands now."""

from __future__ import annotations

from datetime import datetime, timedelta

from scheduler.acting import moved
from scheduler.effects import Address
from scheduler.errors import NotFound, Refused, Taken
from scheduler.evidence import SourceKind
from scheduler.findings import Finding, FindingKind, Grade
from scheduler.ids import PairId, PersonId
from scheduler.joining import check_open
from scheduler.ports.links import Links
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, Ids
from scheduler.series import Meeting, MeetingKey
from scheduler.situation import Change, Situation
from scheduler.timespan import Span
from scheduler.usecases.decide import decide

#: Nothing is put further ahead than an agreement can reach.
_AHEAD = timedelta(days=2 * 366)


async def move_meeting(
    pair: PairId,
    key: MeetingKey,
    person: PersonId,
    start: datetime,
    *,
    begin: Begin,
    clock: Clock,
    ids: Ids,
    links: Links,
    sender: Address,
) -> Meeting:
    """Put a meeting to a start that is still ahead, in both calendars.

    It is taken at their word: what stands in the way is offered another time. Saying
    it twice is the same. `NotFound`; `Refused` E_MOVED_TO for a start that is past or
    more than two years ahead; `Taken` E_OFFER_OVER for a meeting that fell out.
    """
    case = await decide(
        pair,
        person,
        lambda case: _moved(case, key, person, start),
        begin=begin,
        clock=clock,
        ids=ids,
        links=links,
        sender=sender,
    )
    _, meeting = case.found(key)
    return meeting


def _moved(
    case: Situation, key: MeetingKey, person: PersonId, start: datetime
) -> Change:
    _, meeting = case.found(key)
    if meeting.span is None:
        raise NotFound("meeting")
    check_open(case.pair)
    if not meeting.is_live:
        raise Taken(
            "E_OFFER_OVER", "This meeting fell out; choose another time for it."
        )
    if not case.now < start <= case.now + _AHEAD:
        raise Refused(
            "E_MOVED_TO", "Give a time that is still ahead.", field="moved_to"
        )
    finding = Finding(
        FindingKind.MOVED,
        Grade.CERTAIN,
        person,
        (key,),
        case.now,
        SourceKind.PAGE,
        (Span(start, start + meeting.span.length),),
    )
    return moved(case, finding)
