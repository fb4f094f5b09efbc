"""What a coordinator sees: pairs, terms, connections, and one word on each pair."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scheduler.agreement import Agreement, AgreementState, Programme
from scheduler.bands import Band, band
from scheduler.connections import Connection, Health
from scheduler.effects import Outgoing
from scheduler.ids import PairId, ProgrammeId
from scheduler.people import Pair, Person
from scheduler.ports.store import Begin, UnitOfWork

PAGE = 100


@dataclass(frozen=True, slots=True)
class SeenRow:
    """One pair; no titles, no topics, nobody named as the one who cancelled."""

    pair: Pair
    mentor: Person
    mentee: Person
    band: Band
    #: The version in force, or the newest one.
    agreement: Agreement | None
    #: Calendars that are connected, and how many of them answer.
    connected: int
    answering: int


@dataclass(frozen=True, slots=True)
class SeenProgramme:
    """One page of a programme; `more` is where the next one begins."""

    programme: Programme
    rows: tuple[SeenRow, ...]
    more: PairId | None
    #: What could not be delivered.
    dead: tuple[Outgoing, ...]


async def see_programme(
    programme: ProgrammeId, *, after: PairId | None, begin: Begin, now: datetime
) -> SeenProgramme:
    """Read one page of at most a hundred pairs, those behind `after`."""
    async with begin(read_only=True) as uow:
        pairs = await uow.pairs.of_programme(programme, after=after, most=PAGE + 1)
        rows = [await _row(uow, pair, now) for pair in pairs[:PAGE]]
        return SeenProgramme(
            await uow.programmes.get(programme),
            tuple(rows),
            pairs[PAGE - 1].id if len(pairs) > PAGE else None,
            await uow.outbox.dead(programme),
        )


async def _row(uow: UnitOfWork, pair: Pair, now: datetime) -> SeenRow:
    agreements = await uow.agreements.of_pair(pair.id)
    connections: list[Connection] = []
    for person in pair.both():
        connections += await uow.calendars.of_person(person)
    ruling = (a for a in agreements if a.state is AgreementState.IN_FORCE)
    newest = agreements[-1] if agreements else None
    mentor = await uow.people.get(pair.mentor)
    mentee = await uow.people.get(pair.mentee)
    return SeenRow(
        pair,
        mentor,
        mentee,
        band(
            agreements,
            await uow.series.of_pair(pair.id),
            await uow.ledger.of_pair(pair.id),
            connections,
            now,
            bounces=any(person.bounced_at for person in (mentor, mentee)),
        ),
        max(ruling, key=lambda a: a.version, default=newest),
        len(connections),
        sum(c.health in {Health.GOOD, Health.NEW} for c in connections),
    )
