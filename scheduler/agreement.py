"""What a pair agrees: terms, versions, and who has accepted which.

Nothing is booked before both have accepted the same version. A pair has at most one
version proposed and one in force; the old one rules until both accept the new one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum

from scheduler.cadence import Cadence
from scheduler.errors import Refused, Taken
from scheduler.ids import AgreementId, PairId, PersonId, ProgrammeId
from scheduler.people import OFFICE_HOURS, Hours

MOST_DAYS = 2 * 366


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one version. Hours are on each person's own wall clock."""

    cadence: Cadence
    minutes: int
    #: The first period begins here, or later: see `first_period`.
    first_day: date
    #: Nothing is booked after this day.
    last_day: date
    mentor_hours: Hours = OFFICE_HOURS
    mentee_hours: Hours = OFFICE_HOURS
    #: Least notice for a change, and the soonest an offer may start, in hours.
    notice_hours: int = 24
    #: Book the best offer at once, with an undo for both.
    book_without_asking: bool = False
    #: Whether the event itself holds the agenda, or only its link.
    agenda_in_event: bool = True

    def __post_init__(self) -> None:
        if not 15 <= self.minutes <= 480 or self.minutes % 5:
            raise Refused(
                "E_MINUTES",
                "A meeting takes 15 to 480 minutes, in steps of five.",
                field="minutes",
            )
        if self.last_day <= self.first_day:
            raise Refused(
                "E_DATES", "The last day comes after the first.", field="last_day"
            )
        if (self.last_day - self.first_day).days > MOST_DAYS:
            raise Refused(
                "E_DATES",
                "First and last day lie at most two years apart.",
                field="last_day",
            )
        if not 0 <= self.notice_hours <= 336:
            raise Refused(
                "E_NOTICE", "Minimum notice is 0 to 336 hours.", field="notice_hours"
            )


@dataclass(frozen=True, slots=True)
class Template:
    """A programme's proposal, from which the first draft of each pair is made."""

    cadence: Cadence
    minutes: int = 45
    #: Length of the term in weeks, from the first day.
    weeks: int = 26
    hours: Hours = OFFICE_HOURS
    notice_hours: int = 24
    book_without_asking: bool = False


@dataclass(frozen=True, slots=True)
class Programme:
    """A set of pairs under one coordinator's settings; the tenant boundary."""

    id: ProgrammeId
    name: str
    coordinator: str
    zone: str
    template: Template
    language: str = "en"


class AgreementState(Enum):
    """The life of one version (product.md, Agreements)."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    IN_FORCE = "in force"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Agreement:
    """One version of a pair's terms, and who has accepted it."""

    id: AgreementId
    pair: PairId
    version: int
    terms: Terms
    state: AgreementState
    #: None: the programme's template, proposed to both.
    author: PersonId | None = None
    accepted_by: frozenset[PersonId] = frozenset()
    #: When the second of the two accepted.
    in_force_at: datetime | None = None

    @property
    def digest(self) -> str:
        """What a person accepts: a hash over the terms, shown to nobody."""
        return hashlib.sha256(repr(self.terms).encode()).hexdigest()[:16]


def accept(
    latest: Agreement,
    person: PersonId,
    *,
    both: tuple[PersonId, PersonId],
    digest: str,
    now: datetime,
) -> Agreement:
    """Record one acceptance; the second puts the version in force.

    `latest` is the pair's newest version and `digest` that of the text the person
    saw: if they differ, `Taken` E_AGREEMENT_CHANGED. Accepting twice changes nothing.
    """
    if person not in both:
        raise ValueError("not one of this pair")
    if digest != latest.digest or latest.state not in _ACCEPTABLE:
        raise Taken(
            "E_AGREEMENT_CHANGED",
            "This agreement has changed since you opened it; here is the new text.",
            field="agreement",
        )
    if latest.state is AgreementState.IN_FORCE:
        return latest
    accepted = latest.accepted_by | {person}
    if accepted != frozenset(both):
        return replace(latest, state=AgreementState.PROPOSED, accepted_by=accepted)
    return replace(
        latest, state=AgreementState.IN_FORCE, accepted_by=accepted, in_force_at=now
    )


_ACCEPTABLE = frozenset(
    {AgreementState.DRAFT, AgreementState.PROPOSED, AgreementState.IN_FORCE}
)


def answer(
    latest: Agreement, person: PersonId, terms: Terms, *, new: AgreementId
) -> tuple[Agreement, Agreement]:
    """The old version as it ends up, and the person's changes as the next version.

    Serves for a first proposal on a draft, an answer to the other's proposal, and a
    change of what is in force (which rules on until both accept the new one).
    """
    old = latest
    if latest.state in {AgreementState.DRAFT, AgreementState.PROPOSED}:
        old = replace(latest, state=AgreementState.ANSWERED)
    proposal = Agreement(
        new,
        latest.pair,
        latest.version + 1,
        terms,
        AgreementState.PROPOSED,
        author=person,
        accepted_by=frozenset({person}),
    )
    return old, proposal
