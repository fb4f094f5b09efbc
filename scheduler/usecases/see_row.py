"""What a coordinator sees of one pair: names, terms, connections, and one word."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scheduler.agreement import Agreement, Terms
from scheduler.bands import Band, band_of
from scheduler.connections import Connection, Health
from scheduler.consistency import Record
from scheduler.people import Pair, Person
from scheduler.ports.store import UnitOfWork
from scheduler.snapshot import known_by
from scheduler.venue import NOT_SAID
from scheduler.versions import latest, ruling

_WORKS = frozenset({Health.GOOD, Health.NEW})


@dataclass(frozen=True, slots=True)
class SeenSide:
    """One of the two, and whether what connects them with Troth works."""

    person: Person
    #: Calendars that are connected, and how many of them answer.
    connected: int
    answering: int

    @property
    def has_mail(self) -> bool:
        """Whether mail to them arrives, as far as anybody has said."""
        return self.person.bounced_at is None


@dataclass(frozen=True, slots=True)
class SeenRow:
    """One pair; no titles, no topics, nobody named as the one who cancelled."""

    pair: Pair
    sides: tuple[SeenSide, SeenSide]
    #: None for a pair that is closed.
    band: Band | None
    #: The version in force, or the newest one, without what is theirs alone.
    agreement: Agreement | None

    @property
    def mentor(self) -> Person:
        """The mentor."""
        return self.sides[0].person

    @property
    def mentee(self) -> Person:
        """The mentee."""
        return self.sides[1].person

    @property
    def word(self) -> str:
        """The one word: the band, or that the pair is closed."""
        return self.band.value if self.band else "closed"

    @property
    def connected(self) -> int:
        """Calendars of both that are connected."""
        return sum(side.connected for side in self.sides)

    @property
    def answering(self) -> int:
        """How many of them answer."""
        return sum(side.answering for side in self.sides)


async def see_row(uow: UnitOfWork, pair: Pair, now: datetime) -> SeenRow:
    """One pair as the coordinator sees it, inside the caller's transaction."""
    row, _ = await row_and_record(uow, pair, now)
    return row


async def row_and_record(
    uow: UnitOfWork, pair: Pair, now: datetime
) -> tuple[SeenRow, Record]:
    """The same, and what the figures are folded from: what was seen by `now`."""
    agreements = await uow.agreements.of_pair(pair.id)
    people = [await uow.people.get(person) for person in pair.both()]
    theirs = [await uow.calendars.of_person(person) for person in pair.both()]
    record = known_by(
        Record(
            pair.id,
            await uow.series.of_pair(pair.id),
            await uow.evidence.of_pair(pair.id),
            notices={a.id: timedelta(hours=a.terms.notice_hours) for a in agreements},
            zones={person.id: person.zone for person in people},
        ),
        now,
    )
    connections = [connection for one in theirs for connection in one]
    row = SeenRow(
        pair,
        (_side(people[0], theirs[0]), _side(people[1], theirs[1])),
        band_of(pair, people, agreements, record, connections, now),
        _shown(ruling(agreements) or latest(agreements)),
    )
    return row, record


def outside(terms: Terms) -> Terms:
    """Terms without what is the pair's alone: its topics, and where it meets."""
    return replace(terms, off_limits=(), venue=NOT_SAID)


def _shown(agreement: Agreement | None) -> Agreement | None:
    if agreement is None:
        return None
    return replace(agreement, terms=outside(agreement.terms))


def _side(person: Person, connections: tuple[Connection, ...]) -> SeenSide:
    answering = sum(connection.health in _WORKS for connection in connections)
    return SeenSide(person, len(connections), answering)
