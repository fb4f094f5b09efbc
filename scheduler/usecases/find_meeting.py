"""Find a meeting for one of its two, inside a transaction."""

from __future__ import annotations

from scheduler.errors import NotFound
from scheduler.ids import PairId, PersonId
from scheduler.ports.store import UnitOfWork
from scheduler.series import Meeting, MeetingKey
from scheduler.timespan import Span


async def find_meeting(
    uow: UnitOfWork, pair: PairId, person: PersonId, key: MeetingKey
) -> tuple[Meeting, Span]:
    """The meeting and its time; `NotFound` when it has none, or is not theirs."""
    theirs = await uow.pairs.get(pair)
    series = await uow.series.of_pair(pair)
    found = next((m for s in series for m in s.meetings if m.key == key), None)
    if person not in theirs.both() or found is None or found.span is None:
        raise NotFound("meeting")
    return found, found.span
