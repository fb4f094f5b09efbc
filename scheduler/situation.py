"""How things stand with a pair at one instant, and a change to it that was decided.

Decisions about noticing, repairing and telling take a `Situation` and give a `Change`;
one transaction reads the first and writes the second.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import assert_never

from scheduler.agreement import Agreement, Terms
from scheduler.busy import Reading
from scheduler.consistency import Record
from scheduler.copies import Two
from scheduler.effects import (
    AcceptCopy,
    Effect,
    MoveInCopy,
    OutboxState,
    Outgoing,
    PutBackInCopy,
    PutCopy,
    RemoveCopy,
    SendInvite,
    SendLetter,
    ShortenCopy,
    TakeOutOfCopy,
)
from scheduler.endings import Ending
from scheduler.errors import NotFound
from scheduler.evidence import Evidence, EvidenceKind, in_order, instant_of
from scheduler.ids import PersonId, SeriesId, Uid
from scheduler.itip import Revision
from scheduler.letters import Letter, LetterKind
from scheduler.observation import Pending, Watch
from scheduler.people import Pair, Person
from scheduler.planning import PairView
from scheduler.series import (
    Copy,
    LedgerRow,
    Meeting,
    MeetingKey,
    Offer,
    OfferState,
    Route,
    Series,
)
from scheduler.withdrawal import Step, next_revision


@dataclass(frozen=True, slots=True)
class Told:
    """A letter, and what tells it from others of its kind about the same thing."""

    letter: Letter
    revision: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What was decided: kept as a whole, or not at all."""

    series: Series | None = None
    evidence: tuple[Evidence, ...] = ()
    ledger: tuple[LedgerRow, ...] = ()
    copies: tuple[Copy, ...] = ()
    steps: tuple[Step, ...] = ()
    offers: tuple[Offer, ...] = ()
    letters: tuple[Told, ...] = field(default=())
    #: Other series that change with it: a pause may lie over an ended one's last dates.
    others: tuple[Series, ...] = ()

    @property
    def every_series(self) -> tuple[Series, ...]:
        """Every series that changes, each in its last version."""
        return (*self.others, *((self.series,) if self.series else ()))

    def __add__(self, later: Change) -> Change:
        """Both, as one; of two versions of one thing the later stands."""
        series = later.series or self.series
        known = {s.id: s for s in (*self.every_series, *later.every_series)}
        return Change(
            series,
            self.evidence + later.evidence,
            self.ledger + later.ledger,
            self.copies + later.copies,
            self.steps + later.steps,
            self.offers + later.offers,
            self.letters + later.letters,
            tuple(s for s in known.values() if series and s.id != series.id),
        )


NO_CHANGE = Change()


@dataclass(frozen=True)
class Situation:
    """Everything on record of a pair, as one transaction read it."""

    view: PairView
    two: Two
    copies: tuple[Copy, ...]
    #: Every row of the pair's outbox, done ones included, oldest first.
    outbox: tuple[Outgoing, ...]
    evidence: tuple[Evidence, ...]
    ledger: tuple[LedgerRow, ...]
    offers: tuple[Offer, ...]
    now: datetime
    #: Effects that were decided since, and are not yet in the outbox.
    decided: tuple[Effect, ...] = ()

    def after(self, change: Change) -> Situation:
        """How things stand once a change is made."""
        known = {s.id: s for s in (*self.view.series, *change.every_series)}
        rows = {(r.series, r.period): r for r in (*self.ledger, *change.ledger)}
        copies = {(c.person, c.uid): c for c in (*self.copies, *change.copies)}
        offers = {o.id: o for o in (*self.offers, *change.offers)}
        return replace(
            self,
            view=replace(self.view, series=tuple(known.values())),
            copies=tuple(copies.values()),
            evidence=in_order((*self.evidence, *change.evidence)),
            ledger=tuple(rows.values()),
            offers=tuple(offers.values()),
            decided=(*self.decided, *(step.effect for step in change.steps)),
        )

    @property
    def pair(self) -> Pair:
        """Whose affairs these are."""
        return self.view.pair

    @property
    def people(self) -> tuple[Person, Person]:
        """The mentor, then the mentee."""
        return self.view.mentor.person, self.view.mentee.person

    def person(self, one: PersonId) -> Person:
        """One of the two."""
        return next(p for p in self.people if p.id == one)

    def series_of(self, key: MeetingKey) -> Series | None:
        """The series that a meeting belongs to, ended ones included."""
        return next((s for s in self.view.series if s.id == key.series), None)

    def meeting(self, key: MeetingKey) -> Meeting | None:
        """The meeting with this key."""
        series = self.series_of(key)
        return series.meeting(key) if series else None

    def found(self, key: MeetingKey) -> tuple[Series, Meeting]:
        """A series and its meeting with this key; `NotFound` where there is none."""
        series = self.series_of(key)
        meeting = series.meeting(key) if series else None
        if series is None or meeting is None:
            raise NotFound("meeting")
        return series, meeting

    def agreement(self, series: Series) -> Agreement | None:
        """The version in force, or else the one a series was booked under."""
        ruling = self.view.in_force
        booked = (v for v in self.view.versions if v.id == series.agreement)
        return ruling or next(booked, None)

    def terms(self, series: Series) -> Terms:
        """The terms that rule a series now."""
        ruling = self.agreement(series)
        if ruling is None:
            raise ValueError("a series without an agreement")
        return ruling.terms

    @cached_property
    def effects(self) -> tuple[Effect, ...]:
        """Everything that was decided for the pair so far."""
        return (*(row.effect for row in self.outbox), *self.decided)

    @cached_property
    def record(self) -> Record:
        """What consistency is folded from."""
        notices = {
            v.id: timedelta(hours=v.terms.notice_hours) for v in self.view.versions
        }
        zones = {person.id: person.zone for person in self.people}
        return Record(
            self.pair.id, self.view.series, self.evidence, self.ledger, notices, zones
        )

    @cached_property
    def ledger_rows(self) -> dict[tuple[SeriesId, int], LedgerRow]:
        """The ledger by series and period."""
        return {(row.series, row.period): row for row in self.ledger}

    def about(self, key: MeetingKey, *kinds: EvidenceKind) -> tuple[Evidence, ...]:
        """The evidence of these kinds about one meeting, in order."""
        return tuple(
            e for e in self.evidence if e.about == str(key) and e.kind in kinds
        )

    def letters(self, kind: LetterKind, to: PersonId) -> tuple[Outgoing, ...]:
        """The letters of one kind to one of the two, sent or not, oldest first."""
        return tuple(
            row
            for row in self.outbox
            if isinstance(row.effect, SendLetter)
            and row.effect.letter.kind is kind
            and row.effect.letter.to == to
        )

    def copies_of(self, uid: Uid) -> tuple[Copy, ...]:
        """Both people's copies of one object, whatever became of them."""
        return tuple(c for c in self.copies if c.uid == uid)

    def next_revision(self, uid: Uid) -> Revision:
        """The number and stamp of the next message about an object."""
        return next_revision(self.effects, uid, self.now)

    def is_missed(self, meeting: Meeting) -> bool:
        """Whether it was to take place and, as they say, did not."""
        seen = self.record.seen()[meeting.key]
        return seen.ending(self.now) is Ending.MISSED

    def open_offers(self, key: MeetingKey) -> tuple[Offer, ...]:
        """Offers about a meeting that nobody has chosen from."""
        return tuple(
            o for o in self.offers if o.about == key and o.state is OfferState.OPEN
        )

    def watch(self, one: PersonId) -> Watch:
        """One person's calendars, to be held against what is booked."""
        side = next(s for s in self.view.sides if s.person.id == one)
        other = next(s for s in self.view.sides if s.person.id != one)
        # Two written copies share a UID and nothing else.
        is_shared = any(copy.route is Route.GUEST for copy in self.copies)
        return Watch(
            one,
            self._without_left(side.readings),
            side.uids,
            self._pending(),
            self._former(),
            self._without_left(other.readings) if is_shared else (),
            self._acted(),
        )

    def _without_left(self, readings: Iterable[Reading]) -> tuple[Reading, ...]:
        """Calendars without events that were left behind on a route they had before.

        That one of them goes is our doing, and says nothing of the copy they have now.
        """
        left = {e.remote for e in self.effects if isinstance(e, RemoveCopy)} - {None}
        if not left:
            return tuple(readings)
        return tuple(
            replace(r, objects=tuple(o for o in r.objects if o.id not in left))
            for r in readings
        )

    def _acted(self) -> frozenset[tuple[PersonId, MeetingKey, datetime]]:
        """Which meetings fell out by whose act, as it was seen."""
        fell = {EvidenceKind.CANCELLED, EvidenceKind.DECLINED}
        keys = {str(m.key): m.key for s in self.view.series for m in s.meetings}
        return frozenset(
            (e.by, keys[e.about], e.seen_at)
            for e in self.evidence
            if e.kind in fell and e.by and e.about in keys
        )

    def _pending(self) -> frozenset[Pending]:
        """What is decided and not in the calendars: sent later, or never taken."""
        undone = {OutboxState.WAITING, OutboxState.DEAD}
        rows = [row.effect for row in self.outbox if row.state in undone]
        ours = frozenset(p for e in (*rows, *self.decided) for p in _touched(e))
        # What happens to an organiser's copy happens to their guest's.
        guests = {c.uid: c.person for c in self.copies if c.route is Route.GUEST}
        return ours | {(guests[uid], uid, at) for _, uid, at in ours if uid in guests}

    def _former(self) -> frozenset[tuple[MeetingKey, datetime]]:
        placed = {EvidenceKind.BOOKED, EvidenceKind.MOVED}
        starts = {
            (e.about, at)
            for e in self.evidence
            if e.kind in placed and (at := instant_of(e.detail))
        }
        return frozenset(
            (m.key, start)
            for s in self.view.series
            for m in s.meetings
            for start in (
                m.key.original_start,
                *(at for about, at in starts if about == str(m.key)),
            )
            if m.span is None or start != m.span.start
        )


def _touched(effect: Effect) -> Iterable[Pending]:
    """The copy, and the date in it, that an effect is about."""
    match effect:
        case SendLetter():
            return
        case SendInvite(to=to, invite=invite):
            yield to, invite.uid, invite.recurrence_id
        case PutCopy(person=person, invite=invite):
            yield person, invite.uid, None
        case MoveInCopy() | TakeOutOfCopy() | PutBackInCopy():
            yield effect.person, effect.uid, effect.original_start
        case ShortenCopy() | RemoveCopy():
            yield effect.person, effect.uid, None
        case AcceptCopy():
            return
        case _:
            assert_never(effect)
