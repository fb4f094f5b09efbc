"""One of the two says whether they met."""

from __future__ import annotations

from datetime import datetime

from scheduler.endings import ANSWER_UNTIL
from scheduler.errors import Refused
from scheduler.evidence import Evidence, EvidenceKind, SourceKind, in_order, stamp
from scheduler.ids import EvidenceId, PairId, PersonId
from scheduler.outbox import digest
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock
from scheduler.series import Meeting, MeetingKey
from scheduler.timespan import Span
from scheduler.usecases.find_meeting import find_meeting
from scheduler.work import WorkKind

_SAID = frozenset({EvidenceKind.SAID_MET, EvidenceKind.SAID_NOT_MET})


async def say_met(
    pair: PairId,
    person: PersonId,
    key: MeetingKey,
    *,
    met: bool,
    moved_to: datetime | None = None,
    begin: Begin,
    clock: Clock,
) -> Meeting:
    """Note an answer; the same answer twice is one, another one is the newer.

    `moved_to` is the start at which they did meet. `NotFound` for a meeting that is
    not theirs; `Refused` E_NOT_YET before it began, E_TOO_LATE 30 days after its end,
    E_MOVED_TO for a start that is still ahead.
    """
    now = clock.now()
    async with begin() as uow:
        meeting, span = await find_meeting(uow, pair, person, key)
        _check(span, now, moved_to)
        kind = EvidenceKind.SAID_MET if met else EvidenceKind.SAID_NOT_MET
        detail = stamp(moved_to) if met and moved_to else ""
        said = [
            row
            for row in in_order(await uow.evidence.of_pair(pair))
            if row.about == str(key) and row.by == person and row.kind in _SAID
        ]
        if said and (said[-1].kind, said[-1].detail) == (kind, detail):
            return meeting
        row = Evidence(
            EvidenceId(digest("said", key, person, len(said))),
            pair,
            str(key),
            kind,
            now,
            now,
            SourceKind.PAGE,
            by=person,
            detail=detail,
        )
        await uow.evidence.add((row,))
        await uow.work.add(WorkKind.TEND, pair, now)
        await uow.work.add(WorkKind.OBSERVE, pair, now)  # what fell out by it
        await uow.work.add(WorkKind.REFRESH, pair, now)  # no longer the first meeting
        await uow.commit()
    return meeting


def _check(span: Span, now: datetime, moved_to: datetime | None) -> None:
    if now < span.start:
        raise Refused("E_NOT_YET", "This meeting is still ahead.", field="met")
    if now > span.end + ANSWER_UNTIL:
        raise Refused(
            "E_TOO_LATE",
            "Answers can be given for thirty days after a meeting.",
            field="met",
        )
    if moved_to and moved_to > now:
        raise Refused(
            "E_MOVED_TO",
            "That is still ahead; please answer when you have met.",
            field="moved_to",
        )
