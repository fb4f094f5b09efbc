"""What the API reads and writes, as JSON. Instants are UTC, hours are text."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from scheduler.accounts import OFFERED, Account, lacking
from scheduler.agreement import MOST_LINES, Agreement, Terms
from scheduler.cadence import Cadence
from scheduler.connections import Connection
from scheduler.daysoff import known_country
from scheduler.people import Hours, Pair, Person, day_names, read_quiet_days
from scheduler.series import Meeting
from scheduler.usecases.see_row import SeenRow
from scheduler.venue import LONGEST_LINK, read_venue

Short = Annotated[str, Field(max_length=300)]


class Shape(BaseModel):
    """Unknown fields are refused, so that a misspelt one is not lost in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PersonShape(Shape):
    """A mentor or mentee."""

    id: str
    name: str
    email: str
    zone: str
    hours: str
    language: str

    @classmethod
    def of(cls, person: Person) -> PersonShape:
        """As it stands."""
        return cls(
            id=person.id,
            name=person.name,
            email=person.email,
            zone=person.zone,
            hours=str(person.hours),
            language=person.language,
        )


class WhereShape(Shape):
    """Where the two meet: `open`, `link`, `place` or `calendar`."""

    kind: Short = "open"
    text: Annotated[str, Field(max_length=LONGEST_LINK)] = ""


class TermsShape(Shape):
    """The terms of an agreement; cadence and hours as `troth plan` writes them.

    Quiet days are text like `Sat, Sun`, countries like `DE-BY`, `review_weeks` null
    for never.
    """

    cadence: Short
    minutes: int
    first_day: date
    last_day: date
    mentor_hours: Short
    mentee_hours: Short
    notice_hours: int = 24
    book_without_asking: bool = False
    agenda_in_event: bool = True
    mentor_quiet: Short = ""
    mentee_quiet: Short = ""
    mentor_country: Short = ""
    mentee_country: Short = ""
    where: WhereShape = WhereShape()
    off_limits: Annotated[list[Short], Field(max_length=MOST_LINES)] = []
    review_weeks: int | None = 12

    @classmethod
    def of(cls, terms: Terms) -> TermsShape:
        """As they stand."""
        return cls(
            cadence=str(terms.cadence),
            minutes=terms.minutes,
            first_day=terms.first_day,
            last_day=terms.last_day,
            mentor_hours=str(terms.mentor_hours),
            mentee_hours=str(terms.mentee_hours),
            notice_hours=terms.notice_hours,
            book_without_asking=terms.book_without_asking,
            agenda_in_event=terms.agenda_in_event,
            mentor_quiet=day_names(terms.mentor_quiet),
            mentee_quiet=day_names(terms.mentee_quiet),
            mentor_country=terms.mentor_country,
            mentee_country=terms.mentee_country,
            where=WhereShape(kind=terms.venue.kind, text=terms.venue.text),
            off_limits=list(terms.off_limits),
            review_weeks=terms.review_weeks,
        )

    def read(self) -> Terms:
        """The terms meant; `Refused` names the field that is wrong."""
        return Terms(
            Cadence.parse(self.cadence),
            self.minutes,
            self.first_day,
            self.last_day,
            Hours.parse(self.mentor_hours, field="mentor_hours"),
            Hours.parse(self.mentee_hours, field="mentee_hours"),
            self.notice_hours,
            self.book_without_asking,
            self.agenda_in_event,
            read_quiet_days(self.mentor_quiet, field="mentor_quiet"),
            read_quiet_days(self.mentee_quiet, field="mentee_quiet"),
            known_country(self.mentor_country, field="mentor_country"),
            known_country(self.mentee_country, field="mentee_country"),
            read_venue(self.where.kind, self.where.text),
            tuple(self.off_limits),
            self.review_weeks,
        )


class PairShape(Shape):
    """A pair with its band; terms are those in force, or the newest."""

    id: str
    mentor: PersonShape
    mentee: PersonShape
    band: str
    terms: TermsShape | None
    connected: int
    answering: int

    @classmethod
    def of(cls, row: SeenRow) -> PairShape:
        """As the coordinator's page has it."""
        terms = row.agreement.terms if row.agreement else None
        return cls(
            id=row.pair.id,
            mentor=PersonShape.of(row.mentor),
            mentee=PersonShape.of(row.mentee),
            band=row.word,
            terms=TermsShape.of(terms) if terms else None,
            connected=row.connected,
            answering=row.answering,
        )


class OwnPairShape(Shape):
    """A pair as one of the two has it."""

    id: str
    mentor: str
    mentee: str

    @classmethod
    def of(cls, pair: Pair) -> OwnPairShape:
        """As it stands."""
        return cls(id=pair.id, mentor=pair.mentor, mentee=pair.mentee)


class AgreementShape(Shape):
    """One version; `digest` is what `accept` must bring back."""

    version: int
    state: str
    digest: str
    terms: TermsShape
    accepted_by: list[str]

    @classmethod
    def of(cls, agreement: Agreement) -> AgreementShape:
        """As it stands."""
        return cls(
            version=agreement.version,
            state=agreement.state.value,
            digest=agreement.digest,
            terms=TermsShape.of(agreement.terms),
            accepted_by=sorted(agreement.accepted_by),
        )

    def from_outside(self) -> AgreementShape:
        """Without what is the two people's alone: their topics, and where they meet."""
        kept = {"off_limits": [], "where": WhereShape()}
        terms = self.terms.model_copy(update=kept)
        return self.model_copy(update={"terms": terms})


class MeetingShape(Shape):
    """A meeting; `start` and `end` are null when the plan found no time."""

    key: str
    period: int
    original_start: datetime
    n: int
    start: datetime | None
    end: datetime | None
    state: str
    checked: bool

    @classmethod
    def of(cls, meeting: Meeting) -> MeetingShape:
        """As it stands."""
        return cls(
            key=str(meeting.key),
            period=meeting.period,
            original_start=meeting.key.original_start,
            n=meeting.key.n,
            start=meeting.span.start if meeting.span else None,
            end=meeting.span.end if meeting.span else None,
            state=meeting.state.value,
            checked=meeting.checked,
        )


class ConnectionShape(Shape):
    """A calendar connection, without anything that opens it.

    `trouble` says why it cannot be read now; what it said before is kept.
    """

    id: str
    kind: str
    label: str
    written: bool
    #: Whether events with guests are made in it.
    invites: bool
    #: The account that opens it; null where its owner gave a password, or an address.
    account: str | None
    health: str
    trouble: str
    read_at: datetime | None

    @classmethod
    def of(cls, connection: Connection) -> ConnectionShape:
        """As it stands."""
        return cls(
            id=connection.id,
            kind=connection.kind.value,
            label=connection.label,
            written=connection.written,
            invites=connection.invites,
            account=connection.account,
            health=connection.health.value,
            trouble=connection.trouble,
            read_at=connection.read_at,
        )


class LackingShape(Shape):
    """What was not allowed, and what does not work without it."""

    need: str
    message: str


class AccountShape(Shape):
    """An account at a provider, without anything that opens it.

    `refused_at`: since then the provider does not let Troth in; only its owner mends
    that, in a browser, on their page of calendars.
    """

    id: str
    provider: str
    email: str
    allowed: list[str]
    lacking: list[LackingShape]
    refused_at: datetime | None

    @classmethod
    def of(cls, account: Account) -> AccountShape:
        """As it stands."""
        missing = lacking(account.allowed, OFFERED)
        return cls(
            id=account.id,
            provider="google",
            email=account.email,
            allowed=sorted(need.value for need in account.allowed),
            lacking=[
                LackingShape(need=one.need.value, message=one.sentence)
                for one in missing
            ],
            refused_at=account.refused_at,
        )


Row = TypeVar("Row")


class Page(Shape, Generic[Row]):
    """One page of a list; `after` asks for the next one, null when there is none."""

    rows: list[Row]
    after: str | None
