"""Erasing a person: what is left, so that the partner's figures stay what they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scheduler.agreement import Terms
from scheduler.bounces import mailed_to
from scheduler.effects import OutboxState, Outgoing, SendLetter
from scheduler.ids import PersonId, ProgrammeId
from scheduler.people import OFFICE_HOURS, Hours, Person, Role
from scheduler.venue import NOT_SAID

#: How long the erasing waits for calendars to give back what lies ahead. What is sent
#: is given up after as long, so that nothing would come of waiting longer.
PATIENCE = timedelta(hours=72)
#: Between two looks whether everything was given back.
LOOK = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Erasure:
    """Somebody asked to be erased; ids and instants are what is left of it."""

    person: PersonId
    programme: ProgrammeId
    asked_at: datetime
    done_at: datetime | None = None


def is_settled(rows: Iterable[Outgoing], person: PersonId) -> bool:
    """Whether nothing is on its way any more that needs to know who they are.

    Letters to themself are not waited for: there will be nobody to read them.
    """
    return not any(
        row.state is OutboxState.WAITING
        and not (isinstance(row.effect, SendLetter) and mailed_to(row.effect) == person)
        for row in rows
    )


def look_again(erasure: Erasure, now: datetime) -> datetime | None:
    """When to look whether it is settled; None once it is not waited for any longer."""
    until = erasure.asked_at + PATIENCE
    return min(now + LOOK, until) if now < until else None


#: What somebody is called where their name stood.
NAMELESS = "(erased)"
#: What stands for it in what others wrote: never longer than what stood there.
GAP = "…"


def shell(person: Person) -> Person:
    """What stays of somebody: an id, since a pair is two people."""
    return Person(person.id, person.programme, NAMELESS, "", "UTC", hours=Hours(()))


def called(person: Person) -> tuple[str, ...]:
    """The words that mean this person and nobody else; none once they are erased."""
    return tuple(word for word in (person.name, person.email) if person.email and word)


def without(terms: Terms, role: Role) -> Terms:
    """Terms without one's hours and days, and without what both wrote themselves."""
    bare = replace(terms, venue=NOT_SAID, off_limits=())
    if role is Role.MENTOR:
        return replace(
            bare,
            mentor_hours=OFFICE_HOURS,
            mentor_quiet=frozenset(),
            mentor_country="",
        )
    return replace(
        bare, mentee_hours=OFFICE_HOURS, mentee_quiet=frozenset(), mentee_country=""
    )


def speaks_of(row: Outgoing, person: PersonId) -> bool:
    """Whether a row that belongs to no pair is about them."""
    return row.pair is None and mailed_to(row.effect) == person
