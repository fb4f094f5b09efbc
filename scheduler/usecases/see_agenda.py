"""The agenda of a pair as one of the two sees it, with what can still be undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.enclosures import Enclosure, on_agenda
from scheduler.errors import NotFound
from scheduler.ids import PairId, PersonId
from scheduler.parting import Note
from scheduler.ports.links import Links
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.preparing import Preparation
from scheduler.topics import UNDO_FOR, Topic
from scheduler.usecases.read_agenda import read_agenda
from scheduler.usecases.refresh_agenda import LEFT_ALONE, UNCLEAR, left_alone

#: How long something that was talked about is still shown, to be put back.
_LATELY = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class SeenAgenda:
    """What one of the two may see; nothing of it is private to the other."""

    #: None when nothing is booked ahead.
    told: Preparation | None
    #: On the next agenda, both people's.
    topics: tuple[Topic, ...]
    #: This person's notes to themself.
    private: tuple[Topic, ...]
    #: Talked about lately.
    done: tuple[Topic, ...]
    #: Taken back by this person, and still to be put back.
    taken_back: tuple[Topic, ...]
    links: tuple[Enclosure, ...]
    #: Taken off lately.
    links_off: tuple[Enclosure, ...]
    #: Notes on the meetings, by their key as text.
    notes: dict[str, Note]
    #: The marks in this person's event are broken: Troth does not write there.
    is_left_alone: bool = False
    #: A line of theirs that begins with `promise:` was not understood.
    is_unclear: bool = False


async def see_agenda(
    pair: PairId, person: PersonId, *, begin: Begin, links: Links, now: datetime
) -> SeenAgenda:
    """Read what `person` may see; `NotFound` when it is not their pair."""
    async with begin(read_only=True) as uow:
        if person not in (await uow.pairs.get(pair)).both():
            raise NotFound("pair")
        told = await read_agenda(uow, pair, now, links=links)
        every = await uow.topics.of_pair(pair)
        enclosures = await uow.enclosures.of_pair(pair)
        notes = await uow.notes.of_pair(pair)
        acts = await _acts(uow, told, person)
    shown = [t for t in every if t.is_shown_to(person)]
    return SeenAgenda(
        told,
        tuple(t for t in shown if t.shared and t.is_ahead),
        tuple(t for t in shown if not t.shared and t.is_ahead),
        tuple(t for t in shown if t.done_at and now - t.done_at < _LATELY),
        tuple(
            t
            for t in every
            if t.by == person and t.taken_back_at and now - t.taken_back_at < UNDO_FOR
        ),
        on_agenda(enclosures),
        tuple(
            e for e in enclosures if e.taken_off_at and now - e.taken_off_at < _LATELY
        ),
        {str(note.about): note for note in notes},
        LEFT_ALONE in acts,
        UNCLEAR in acts,
    )


async def _acts(
    uow: UnitOfWork, told: Preparation | None, person: PersonId
) -> frozenset[str]:
    """What was noted about this person's event of the next meeting."""
    if told is None:
        return frozenset()
    rows = await uow.audit.about(left_alone(person, told.meeting.key))
    return frozenset(row.act for row in rows)
