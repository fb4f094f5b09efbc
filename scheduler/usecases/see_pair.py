"""Everything one person may see of their pair, in one read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from scheduler.agreement import Agreement, Programme
from scheduler.bands import Band, band_of
from scheduler.connections import Connection
from scheduler.consent import Consent, looks
from scheduler.consistency import Record, Report, to_date
from scheduler.errors import NotFound
from scheduler.evidence import Evidence, EvidenceKind
from scheduler.ids import PairId, PersonId
from scheduler.letters import RowMark
from scheduler.localtime import zone
from scheduler.parting import Line, thanks_for
from scheduler.pauses import rest
from scheduler.people import Pair, Person
from scheduler.ports.store import Begin
from scheduler.promises import Promise, shown
from scheduler.replacing import UNDO
from scheduler.rhythm import coming, row
from scheduler.series import (
    LedgerRow,
    Meeting,
    MeetingState,
    Offer,
    OfferState,
    Series,
    SeriesState,
)
from scheduler.timespan import Span
from scheduler.topics import Topic
from scheduler.versions import latest, ruling

#: How long a meeting that nobody answered for is shown as a question.
ASKED_FOR = timedelta(days=30)
_SAID = frozenset({EvidenceKind.SAID_MET, EvidenceKind.SAID_NOT_MET})


@dataclass(frozen=True, slots=True)
class SeenPair:
    """One pair as one of the two sees it at an instant; times are UTC."""

    programme: Programme
    pair: Pair
    mentor: Person
    mentee: Person
    me: Person
    #: Every version, oldest first.
    agreements: tuple[Agreement, ...]
    series: tuple[Series, ...]
    ledger: tuple[LedgerRow, ...]
    evidence: tuple[Evidence, ...]
    #: Those that are open, with a time that is still ahead.
    offers: tuple[Offer, ...]
    #: Not yet ticked off, and either shared or the person's own.
    topics: tuple[Topic, ...]
    connections: tuple[Connection, ...]
    now: datetime
    #: The partner's, of which the two are told only what their band says.
    theirs: tuple[Connection, ...] = ()
    #: What the two said about showing their figures to the coordinator.
    consents: tuple[Consent, ...] = ()
    #: When the coordinator looked at them, the last time first.
    looks: tuple[datetime, ...] = ()
    #: Of both: open ones by date, then what was kept or let go.
    promises: tuple[Promise, ...] = ()
    #: Words of thanks to this person of the last thirty days, the newest first.
    thanks: tuple[Line, ...] = ()

    @property
    def partner(self) -> Person:
        """The other one of the two."""
        return self.mentee if self.me == self.mentor else self.mentor

    @property
    def today(self) -> date:
        """The day it is where this person lives."""
        return self.now.astimezone(zone(self.me.zone)).date()

    def is_overdue(self, promise: Promise) -> bool:
        """Whether its day is over where its owner lives."""
        owner = self.mentor if promise.by == self.mentor.id else self.mentee
        return promise.is_overdue(self.now, owner.zone)

    @property
    def latest(self) -> Agreement | None:
        """The text on the table: what is proposed, else what is in force."""
        return latest(self.agreements)

    @property
    def ruling(self) -> Agreement | None:
        """The version in force."""
        return ruling(self.agreements)

    @property
    def is_booked(self) -> bool:
        """Whether a series stands in the calendars."""
        return any(s.state is SeriesState.LIVE for s in self.series)

    @property
    def ahead(self) -> tuple[Meeting, ...]:
        """Meetings that stand and are not over, in order of their start."""
        return coming(self.series, self.now)

    @property
    def record(self) -> Record:
        """What every figure of the pair is folded from."""
        notices = {a.id: timedelta(hours=a.terms.notice_hours) for a in self.agreements}
        zones = {person.id: person.zone for person in (self.mentor, self.mentee)}
        return Record(
            self.pair.id, self.series, self.evidence, self.ledger, notices, zones
        )

    @property
    def report(self) -> Report | None:
        """The figures of the agreement to date; None before anything is booked."""
        window = to_date(self.series, self.now)
        return self.record.report(window, self.now) if window else None

    @property
    def band(self) -> Band | None:
        """The one word on the two that their coordinator is told as well."""
        return band_of(
            self.pair,
            (self.mentor, self.mentee),
            self.agreements,
            self.record,
            (*self.connections, *self.theirs),
            self.now,
        )

    @property
    def pause(self) -> Span | None:
        """The pause under way, or the one that was announced."""
        return None if self.pair.closed else rest(self.evidence).pause_at(self.now)

    @property
    def may_reopen(self) -> bool:
        """Whether a closing can still be taken back."""
        closed_at = rest(self.evidence).closed_at
        return closed_at is not None and self.now - closed_at <= UNDO

    @property
    def clock(self) -> str:
        """The zone whose days count: the slot's, or else the mentor's."""
        return self.series[-1].zone if self.series else self.mentor.zone

    @property
    def back_on(self) -> date | None:
        """The day on which they go on behind the pause."""
        pause = self.pause
        return pause.end.astimezone(zone(self.clock)).date() if pause else None

    @property
    def row(self) -> tuple[RowMark, ...]:
        """One mark for each period of every series."""
        return row(self.record, self.now)

    @property
    def next(self) -> Meeting | None:
        """The next meeting, or the one that is going on."""
        return self.ahead[0] if self.ahead else None

    @property
    def asked(self) -> tuple[Meeting, ...]:
        """Meetings of the last thirty days that this person has said nothing about."""
        answered = {
            e.about for e in self.evidence if e.kind in _SAID and e.by == self.me.id
        }
        over = (
            meeting
            for series in self.series
            for meeting in series.meetings
            if meeting.state is MeetingState.LIVE
            and meeting.span
            and meeting.span.end <= self.now < meeting.span.end + ASKED_FOR
        )
        return tuple(m for m in over if str(m.key) not in answered)


async def see_pair(
    pair: PairId, person: PersonId, *, begin: Begin, now: datetime
) -> SeenPair:
    """Read what `person` may see; `NotFound` when it is not their pair."""
    async with begin(read_only=True) as uow:
        theirs = await uow.pairs.get(pair)
        if person not in theirs.both():
            raise NotFound("pair")
        mentor = await uow.people.get(theirs.mentor)
        mentee = await uow.people.get(theirs.mentee)
        topics = await uow.topics.of_pair(pair)
        offers = await uow.offers.of_pair(pair)
        return SeenPair(
            await uow.programmes.get(theirs.programme),
            theirs,
            mentor,
            mentee,
            mentor if person == mentor.id else mentee,
            await uow.agreements.of_pair(pair),
            await uow.series.of_pair(pair),
            await uow.ledger.of_pair(pair),
            await uow.evidence.of_pair(pair),
            tuple(o for o in offers if _is_open(o, now)),
            tuple(t for t in topics if t.is_ahead and t.is_shown_to(person)),
            await uow.calendars.of_person(person),
            now,
            await uow.calendars.of_person(theirs.partner(person)),
            await uow.consents.of_pair(pair),
            looks(await uow.audit.about(pair)),
            shown(await uow.promises.of_pair(pair)),
            thanks=thanks_for(await uow.lines.of_pair(pair), person, now - ASKED_FOR),
        )


def _is_open(offer: Offer, now: datetime) -> bool:
    ahead = any(time.start > now for time in offer.times)
    return offer.state is OfferState.OPEN and ahead
