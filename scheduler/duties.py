"""What is due for a pair, and when: questions, reminders, letters.

Each duty is decided from what is on record, so looking twice finds the same ones; the
outbox keeps each from being done twice. A duty that is days late is dropped: nobody
wants the question about a meeting of last week next to the one of this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum

from scheduler.agreement import Agreement, AgreementState
from scheduler.beside import Agendas
from scheduler.consistency import Outcome, Record, month_before
from scheduler.endings import Ending, Seen
from scheduler.ids import PersonId, PromiseId
from scheduler.letters import LetterKind, key_of
from scheduler.localtime import instant, midnight, zone
from scheduler.milestones import reached
from scheduler.pauses import rest
from scheduler.people import Person
from scheduler.promises import Promise
from scheduler.quiet import OPENS, open_from
from scheduler.reminding import reminders
from scheduler.renewing import renewals
from scheduler.reviewing import review_days
from scheduler.series import LedgerRow, LedgerState, MeetingKey
from scheduler.timespan import Span, Spans
from scheduler.versions import latest

#: A row still open this long after its period is a missed follow-up.
FOLLOW_UP = timedelta(hours=1)
#: Days after which somebody who has not answered an agreement is reminded.
REMIND_AFTER = (3, 10)


class DutyKind(Enum):
    """What is to be done, in the order in which one day's letters make way."""

    OWED = "owed"
    MONTH = "month"
    # Before what comes up later: once written for both, it keeps its day.
    MILESTONE = "milestone"
    PREPARE = "prepare"
    ASK = "ask"
    ASK_AGAIN = "ask again"
    REVIEW = "review"
    RENEW = "renew"
    PROMISE = "promise"
    REMIND = "remind"


#: Letters that can wait: at most one of them a day for a pair (product.md, Mail in
#: measure).
_CAN_WAIT = {
    DutyKind.MONTH: LetterKind.CONSISTENCY,
    DutyKind.PREPARE: LetterKind.AGENDA,
    DutyKind.ASK: LetterKind.MET,
    DutyKind.ASK_AGAIN: LetterKind.MET,
    DutyKind.MILESTONE: LetterKind.MILESTONE,
    DutyKind.REVIEW: LetterKind.REVIEW,
    DutyKind.RENEW: LetterKind.RENEW,
    DutyKind.PROMISE: LetterKind.PROMISE,
}
CAN_WAIT = frozenset(_CAN_WAIT.values())

#: What both read as it stood when the first of them was told.
_SAME_FOR_BOTH = frozenset({DutyKind.MONTH, DutyKind.MILESTONE})
#: What is not told while a pair rests, but when it has come back.
_RESTS = frozenset({DutyKind.MILESTONE, DutyKind.REVIEW, DutyKind.RENEW})
#: A duty later than this is not done any more; the others wait as long as it takes.
_LATEST = {
    DutyKind.ASK: timedelta(days=5),
    DutyKind.ASK_AGAIN: timedelta(days=5),
    DutyKind.MONTH: timedelta(days=7),
    DutyKind.MILESTONE: timedelta(days=14),
    DutyKind.REVIEW: timedelta(days=14),
    DutyKind.RENEW: timedelta(days=20),
}


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing to tell one person at an instant; `revision` tells it from others."""

    kind: DutyKind
    due_at: datetime
    to: PersonId
    revision: str
    about: MeetingKey | None = None
    #: The stretch it is about: a month, or the period that is owed.
    window: Span | None = None
    #: The promises whose day has come.
    promises: tuple[PromiseId, ...] = ()
    #: With an agenda: the meetings before it that it asks about.
    asks: tuple[MeetingKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """A pair as it stands, as far as duties depend on it."""

    people: tuple[Person, Person]
    record: Record
    agreements: tuple[Agreement, ...] = ()
    #: When each was first asked to accept the newest version.
    asked_at: Mapping[PersonId, datetime] | None = None
    #: Who gets the agenda of which meeting by letter.
    by_letter: frozenset[tuple[PersonId, MeetingKey]] = frozenset()
    #: Who has answered the review that was due on which day.
    reviewed: frozenset[tuple[PersonId, date]] = frozenset()
    #: What the two promised each other.
    promises: tuple[Promise, ...] = ()
    #: When each was last reminded of a promise, in any pair.
    reminded_at: Mapping[PersonId, datetime] | None = None
    #: Letters of `CAN_WAIT` written already: to whom and for when, by the row's key.
    written: Mapping[str, tuple[PersonId, datetime]] | None = None


def duties(standing: Standing, now: datetime) -> tuple[Duty, ...]:
    """Everything that is due now, or will be as things stand, in order."""
    found = [
        *_reminders(standing),
        *_questions(standing, now),
        *_agendas(standing, now),
        *_missed_follow_ups(standing, now),
        *_months(standing, now),
        *_milestones(standing, now),
        *_reviews(standing),
        *_renewals(standing),
        *_promises(standing, now),
    ]
    awake = _behind_pauses(standing, found)
    timely = (duty for duty in _one_a_day(standing, awake) if _is_timely(duty, now))
    return tuple(sorted(timely, key=lambda d: (d.due_at, d.to, d.kind.value)))


def _behind_pauses(standing: Standing, found: Iterable[Duty]) -> Iterator[Duty]:
    """What has time waits until a pair that rests has come back."""
    people = {person.id: person for person in standing.people}
    pauses = Spans.of(rest(standing.record.rows).pauses)
    for duty in found:
        pause = next((p for p in pauses if p.start <= duty.due_at < p.end), None)
        if pause and duty.kind in _RESTS:
            yield replace(duty, due_at=_open(pause.end, people[duty.to]))
        else:
            yield duty


def _is_timely(duty: Duty, now: datetime) -> bool:
    within = _LATEST.get(duty.kind)
    return within is None or now - duty.due_at < within


def together(duty: Duty, found: Iterable[Duty]) -> tuple[Duty, ...]:
    """What is written at once with this duty: the same letter to the other of the two.

    Each goes out at its own hour, but says the same.
    """
    if duty.kind not in _SAME_FOR_BOTH:
        return (duty,)
    name = duty.kind, duty.revision
    return tuple(one for one in found if (one.kind, one.revision) == name)


def next_due(found: Iterable[Duty], now: datetime) -> datetime | None:
    """When the next of these is due that is not due yet."""
    return min((d.due_at for d in found if d.due_at > now), default=None)


def settled(row: LedgerRow, outcome: Outcome) -> LedgerState:
    """The state of a ledger row whose period is over, by what became of the period.

    What nobody confirmed is left out of the figures too; a later answer says otherwise.
    """
    match outcome:
        case Outcome.KEPT | Outcome.REPAIRED:
            return LedgerState.REPLACED
        case Outcome.SKIPPED:
            return LedgerState.SKIPPED
        case Outcome.LEFT_OUT | Outcome.UNCONFIRMED:
            return LedgerState.LEFT_OUT
        case Outcome.OWED:
            return LedgerState.OWED
        case Outcome.OPEN:
            return row.state


def _reminders(standing: Standing) -> Iterator[Duty]:
    if not standing.agreements or any(
        a.state is AgreementState.IN_FORCE for a in standing.agreements
    ):
        return
    text, asked = latest(standing.agreements), standing.asked_at or {}
    if text is None:
        return
    for person in standing.people:
        if person.id in text.accepted_by or person.id not in asked:
            continue
        for days in REMIND_AFTER:
            at = _open(asked[person.id] + timedelta(days=days), person)
            yield Duty(DutyKind.REMIND, at, person.id, f"{text.id}/{days}")


def _questions(standing: Standing, now: datetime) -> Iterator[Duty]:
    agendas = Agendas(standing.record.seen(), standing.by_letter)
    for key, seen in agendas.seen.items():
        span = seen.meeting.span
        if span is None or seen.ending(max(now, span.end)) is not Ending.ASKED:
            continue
        differ = seen.differ_since()
        for person in standing.people:
            if differ is not None:
                at = _morning_after(differ, person)
                yield Duty(DutyKind.ASK_AGAIN, at, person.id, "again", key)
            elif person.id not in seen.answers():
                if agendas.asking(person, span.end):
                    continue
                at = _morning_after(span.end, person)
                yield Duty(DutyKind.ASK, at, person.id, "", key)


def _agendas(standing: Standing, now: datetime) -> Iterator[Duty]:
    agendas = Agendas(standing.record.seen(), standing.by_letter)
    for key, seen in agendas.seen.items():
        span = seen.meeting.span
        if span is None or span.start <= now or not _stands(seen, now):
            continue
        for person in standing.people:
            if at := agendas.due_at(key, person):
                asks = agendas.asks(person, key, now)
                yield Duty(DutyKind.PREPARE, at, person.id, "", key, asks=asks)


def _stands(seen: Seen, now: datetime) -> bool:
    return seen.meeting.is_live and seen.ending(now) is Ending.AHEAD


def _missed_follow_ups(standing: Standing, now: datetime) -> Iterator[Duty]:
    rows = [r for r in standing.record.ledger if r.told_at is None]
    ended = {(p.series, p.index): p for p in standing.record.periods(now)}
    for row in rows:
        period = ended.get((row.series, row.period))
        if period is None or row.state not in {LedgerState.OPEN, LedgerState.OWED}:
            continue
        over = row.span.end <= now
        if over and period.outcome is not Outcome.OWED:
            continue
        at, revision = row.span.end + FOLLOW_UP, f"{row.series}/{row.period}"
        for person in standing.people:
            yield Duty(DutyKind.OWED, at, person.id, revision, window=row.span)


def _renewals(standing: Standing) -> Iterator[Duty]:
    found = renewals(standing.people, standing.agreements, standing.record.series)
    for one in found:
        yield Duty(DutyKind.RENEW, one.due_at, one.to, one.version.id, window=one.day)


def _months(standing: Standing, now: datetime) -> Iterator[Duty]:
    """The letter on the month before, on the first working morning of this and next.

    There is none about a month that the pair rested through.
    """
    record = standing.record
    if not record.series:
        return
    where = zone(record.series[-1].zone)
    ends = {p.span.end for p in record.periods(now) if not p.is_paused}
    for month in _two_months(now.astimezone(where).date()):
        window = month_before(midnight(month, where), record.series[-1].zone)
        if not any(window.start < end <= window.end for end in ends):
            continue
        for person in standing.people:
            at = _working_morning(month, person)
            revision = f"{window.start.astimezone(where):%Y-%m}"
            yield Duty(DutyKind.MONTH, at, person.id, revision, window=window)


def _milestones(standing: Standing, now: datetime) -> Iterator[Duty]:
    for one in reached(standing.record, standing.agreements, now):
        for person in standing.people:
            at = _morning_after(one.at, person)
            yield Duty(DutyKind.MILESTONE, at, person.id, one.name, window=one.window)


def _reviews(standing: Standing) -> Iterator[Duty]:
    """One letter to each about each look back that they have not answered yet."""
    for day in review_days(standing.agreements):
        for person in standing.people:
            if (person.id, day) in standing.reviewed:
                continue
            at = _open(instant(day, OPENS, zone(person.zone)), person)
            yield Duty(DutyKind.REVIEW, at, person.id, day.isoformat())


def _promises(standing: Standing, now: datetime) -> Iterator[Duty]:
    pauses, last = rest(standing.record.rows).pauses, standing.reminded_at or {}
    for one in reminders(standing.people, standing.promises, pauses, last, now):
        names = tuple(promise.id for promise in one.promises)
        # Each date of a promise is reminded of once: any of them names the mail.
        revision = min(f"{promise.id}/{promise.due}" for promise in one.promises)
        yield Duty(DutyKind.PROMISE, one.at, one.to, revision, promises=names)


def _two_months(today: date) -> tuple[date, date]:
    this = today.replace(day=1)
    return this, (this + timedelta(days=31)).replace(day=1)


def _working_morning(first: date, person: Person) -> datetime:
    """07:00 of the first working day from `first` on that this person does not rest."""
    days = (first + timedelta(days=n) for n in range(14))
    working = [d for d in days if d.weekday() < 5]
    wanted = [d for d in working if d.weekday() not in person.quiet_days] or working
    return instant(wanted[0], OPENS, zone(person.zone))


def _morning_after(at: datetime, person: Person) -> datetime:
    """07:00 on this person's clock on the day after, or the first one not quiet."""
    where = zone(person.zone)
    day = at.astimezone(where).date() + timedelta(days=1)
    return _open(instant(day, OPENS, where), person)


def _open(at: datetime, person: Person) -> datetime:
    return open_from(at, person.zone, person.quiet_days)


def _one_a_day(standing: Standing, found: Iterable[Duty]) -> Iterator[Duty]:
    """Put off what can wait until a day on which this person hears nothing else.

    What is written keeps its day, also when its duty is over by now.
    """
    people = {person.id: person for person in standing.people}
    written, order = standing.written or {}, list(DutyKind)
    taken = {(to, _day(at, people[to])) for to, at in written.values() if to in people}
    ranked = sorted(found, key=lambda d: (order.index(d.kind), d.due_at, d.revision))
    for duty in ranked:
        if duty.kind not in _CAN_WAIT:
            yield duty
            continue
        about = duty.about or standing.record.pair
        name = key_of(_CAN_WAIT[duty.kind], about, duty.to, duty.revision)
        if name in written:
            yield replace(duty, due_at=written[name][1])
            continue
        person, at = people[duty.to], duty.due_at
        while (duty.to, _day(at, person)) in taken:
            at = _morning_after(at, person)
        taken.add((duty.to, _day(at, person)))
        yield replace(duty, due_at=at)


def _day(at: datetime, person: Person) -> date:
    return at.astimezone(zone(person.zone)).date()
