"""What a pair agrees: terms, versions, and who has accepted which.

Nothing is booked before both have accepted the same version. A pair has at most one
version proposed and one in force; the old one rules until both accept the new one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from enum import Enum
from functools import lru_cache

from scheduler.cadence import Cadence
from scheduler.daysoff import check_code
from scheduler.errors import Refused, Taken
from scheduler.ids import AgreementId, PairId, PersonId, ProgrammeId
from scheduler.people import OFFICE_HOURS, Hours, Role, check_quiet_days
from scheduler.standing import OURS, Standing
from scheduler.venue import NOT_SAID, Venue

MOST_DAYS = 2 * 366
#: No agreement begins outside these years: elsewhere clocks tell nothing reliable.
FIRST_YEAR, LAST_YEAR = 2000, 2190
#: How much a pair may write about what stays outside: lines, and letters in each.
MOST_LINES, LONGEST_LINE = 12, 200
#: The longest interval between two looks at the relationship, in weeks.
MOST_REVIEW_WEEKS = 52


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
    #: Weekdays (0 is Monday) on which nothing is booked, nor letters sent, to each.
    mentor_quiet: frozenset[int] = frozenset()
    mentee_quiet: frozenset[int] = frozenset()
    #: Whose public holidays each leaves out, such as `DE-BY`; empty: none.
    mentor_country: str = ""
    mentee_country: str = ""
    #: Where they meet.
    venue: Venue = NOT_SAID
    #: What stays outside their meetings, a line for each.
    off_limits: tuple[str, ...] = ()
    #: How often to look at the relationship itself; None: never.
    review_weeks: int | None = 12

    def __post_init__(self) -> None:
        self._check_dates()
        check_quiet_days(self.mentor_quiet, field="mentor_quiet")
        check_quiet_days(self.mentee_quiet, field="mentee_quiet")
        check_code(self.mentor_country, field="mentor_country")
        check_code(self.mentee_country, field="mentee_country")
        check_lines(self.off_limits)
        check_review(self.review_weeks)
        if not 15 <= self.minutes <= 480 or self.minutes % 5:
            raise Refused(
                "E_MINUTES",
                "A meeting takes 15 to 480 minutes, in steps of five.",
                field="minutes",
            )
        if not 0 <= self.notice_hours <= 336:
            raise Refused(
                "E_NOTICE", "Minimum notice is 0 to 336 hours.", field="notice_hours"
            )

    def _check_dates(self) -> None:
        if not FIRST_YEAR <= self.first_day.year <= LAST_YEAR:
            raise Refused(
                "E_DATES",
                f"The first day lies in the years {FIRST_YEAR} to {LAST_YEAR}.",
                field="first_day",
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

    def hours_of(self, role: Role) -> Hours:
        """When this one is willing to meet."""
        return self.mentor_hours if role is Role.MENTOR else self.mentee_hours

    def quiet_of(self, role: Role) -> frozenset[int]:
        """The weekdays that this one calls quiet."""
        return self.mentor_quiet if role is Role.MENTOR else self.mentee_quiet

    def country_of(self, role: Role) -> str:
        """Whose public holidays this one leaves out; empty: none."""
        return self.mentor_country if role is Role.MENTOR else self.mentee_country


def check_lines(lines: tuple[str, ...]) -> None:
    """`Refused` E_OFF_LIMITS for too much, or a line that is none."""
    if len(lines) > MOST_LINES or any(
        not line.strip() or len(line) > LONGEST_LINE or not line.isprintable()
        for line in lines
    ):
        raise Refused(
            "E_OFF_LIMITS",
            f"What stays outside is at most {MOST_LINES} lines of at most "
            f"{LONGEST_LINE} letters each.",
            field="off_limits",
        )


def check_review(weeks: int | None) -> None:
    """`Refused` E_REVIEW for an interval that is none."""
    if weeks is not None and not 1 <= weeks <= MOST_REVIEW_WEEKS:
        raise Refused(
            "E_REVIEW",
            f"A look back comes every 1 to {MOST_REVIEW_WEEKS} weeks, or never.",
            field="review_weeks",
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
    agenda_in_event: bool = True
    #: Weekdays (0 is Monday) that everybody calls quiet to begin with.
    quiet_days: frozenset[int] = frozenset()
    #: Whose public holidays are left out where the list names no country.
    country: str = ""
    venue: Venue = NOT_SAID
    off_limits: tuple[str, ...] = ()
    review_weeks: int | None = 12
    #: What its pairs are asked at their meetings.
    standing: Standing = OURS

    def __post_init__(self) -> None:
        if not 2 <= self.weeks <= MOST_DAYS // 7:
            raise Refused(
                "E_WEEKS", f"A term is 2 to {MOST_DAYS // 7} weeks.", field="weeks"
            )
        # Everything else is what the first draft of a pair would be refused for.
        day = date(2001, 1, 1)
        self.terms(day, day + timedelta(weeks=self.weeks))

    def terms(self, first_day: date, last_day: date) -> Terms:
        """The terms it proposes for these days, with its own hours for both."""
        return Terms(
            self.cadence,
            self.minutes,
            first_day,
            last_day,
            self.hours,
            self.hours,
            self.notice_hours,
            self.book_without_asking,
            self.agenda_in_event,
            mentor_quiet=self.quiet_days,
            mentee_quiet=self.quiet_days,
            mentor_country=self.country,
            mentee_country=self.country,
            venue=self.venue,
            off_limits=self.off_limits,
            review_weeks=self.review_weeks,
        )


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
        return _digest(self.terms)


@lru_cache(maxsize=1024)
def _digest(terms: Terms) -> str:
    said = [
        (field.name, _ordered(getattr(terms, field.name))) for field in fields(Terms)
    ]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def _ordered(value: object) -> object:
    """A set in the one order that does not depend on how it was made."""
    return sorted(value) if isinstance(value, frozenset) else value


def changed() -> Taken:
    """What somebody is told who answers a text that is no longer the latest."""
    return Taken(
        "E_AGREEMENT_CHANGED",
        "This agreement has changed since you opened it; here is the new text.",
        field="agreement",
    )


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
        raise changed()
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
