"""Do what is due for a pair: questions, reminders, letters, rows of the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from scheduler.agreement import AgreementState
from scheduler.consistency import Record
from scheduler.dueletters import letter_of
from scheduler.duties import (
    CAN_WAIT,
    Duty,
    DutyKind,
    Standing,
    duties,
    next_due,
    settled,
    together,
)
from scheduler.effects import OutboxState, Outgoing, SendLetter
from scheduler.errors import NotFound
from scheduler.health import away_rows
from scheduler.ids import OutboxId, PairId, PersonId
from scheduler.letters import Letter, LetterKind
from scheduler.outbox import letter_row
from scheduler.parting import untold_thanks
from scheduler.people import Pair, Person
from scheduler.ports.links import Links
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.ports.system import Clock, Ids
from scheduler.preparing import agenda_letter
from scheduler.promises import next_change, remind
from scheduler.renewing import ends_at
from scheduler.series import (
    Offer,
    OfferState,
    Route,
)
from scheduler.usecases.read_agenda import read_agenda
from scheduler.versions import latest, ruling
from scheduler.work import WorkKind

#: A word of thanks waits for one of these, which goes out anyway.
_BRINGS_THANKS = frozenset({DutyKind.PREPARE, DutyKind.MONTH})


async def tend_pair(
    pair: PairId, *, begin: Begin, clock: Clock, ids: Ids, links: Links
) -> datetime | None:
    """Do what is due; answers when the next duty is. A repeat does nothing twice.

    To a pair that is closed nothing is due any more; its ledger is still brought to
    its end.
    """
    now = clock.now()
    async with begin() as uow:
        try:
            both = await uow.pairs.get(pair)
        except NotFound:
            return None  # erased meanwhile
        await _note_absence(uow, both, now)
        ends = await _end(uow, both, now)
        standing = await _standing(uow, both, now)
        await _settle(uow, standing.record, now)
        if both.closed:
            await uow.commit()
            over = [row.span.end for row in standing.record.ledger]
            return min((end for end in over if end > now), default=None)
        found = duties(standing, now)
        for duty in found:
            if duty.due_at <= now:
                for one in together(duty, found):
                    await _do(uow, one, standing, now, ids=ids, links=links)
        await uow.commit()
    zones = {person.id: person.zone for person in standing.people}
    wakes = next_due(found, now), next_change(standing.promises, now, zones), ends
    return min((at for at in wakes if at), default=None)


async def _note_absence(uow: UnitOfWork, pair: Pair, now: datetime) -> None:
    """Say that calendars were not read, before anything is told of a period.

    After an outage of Troth's own, this may run before the calendars are read again.
    """
    for person in pair.both():
        for connection in await uow.calendars.of_person(person):
            await uow.evidence.add(away_rows(connection, (pair.id,), now))


async def _end(uow: UnitOfWork, pair: Pair, now: datetime) -> datetime | None:
    """Let the agreement end behind its last day; answers when, while it rules."""
    rules = ruling(await uow.agreements.of_pair(pair.id))
    if rules is None:
        return None
    zones = [(await uow.people.get(person)).zone for person in pair.both()]
    at = ends_at(rules, zones, await uow.series.of_pair(pair.id))
    if at > now:
        return at
    await uow.agreements.put(replace(rules, state=AgreementState.ENDED))
    return None


async def _standing(uow: UnitOfWork, pair: Pair, now: datetime) -> Standing:
    agreements = await uow.agreements.of_pair(pair.id)
    series = await uow.series.of_pair(pair.id)
    people = await uow.people.get(pair.mentor), await uow.people.get(pair.mentee)
    notices = {a.id: timedelta(hours=a.terms.notice_hours) for a in agreements}
    record = Record(
        pair.id,
        series,
        await uow.evidence.of_pair(pair.id),
        await uow.ledger.of_pair(pair.id),
        notices,
        {person.id: person.zone for person in people},
    )
    uids = {m.uid or s.uid: None for s in series for m in s.meetings}
    mailed = {
        (copy.person, copy.uid)
        for copy in await uow.copies.of_uids(list(uids))
        if copy.route is Route.IMIP
    }
    agendas = [
        person.id
        for person in people
        if LetterKind.AGENDA.value not in await uow.settings.fewer(person.id)
    ]
    text, rows = latest(agreements), await uow.outbox.of_pair(pair.id)
    return Standing(
        people,
        record,
        agreements,
        _asked_at(rows, text.id if text else ""),
        frozenset(
            (person, m.key)
            for s in series
            for m in s.meetings
            for person in agendas
            if (person, m.uid or s.uid) in mailed
        ),
        frozenset((r.by, r.day) for r in await uow.reviews.of_pair(pair.id)),
        await uow.promises.of_pair(pair.id),
        await _reminded_at(uow, pair, now),
        _written(rows),
    )


async def _reminded_at(
    uow: UnitOfWork, pair: Pair, now: datetime
) -> dict[PersonId, datetime]:
    """When each was last reminded of a promise; now, while a reminder is on its way."""
    found: dict[PersonId, datetime] = {}
    for person in pair.both():
        for promise in await uow.promises.of_person(person):
            for one in promise.reminded:
                found[person] = max(one.at, found.get(person, one.at))
    for row in await uow.outbox.of_pair(pair.id):
        if row.state is OutboxState.WAITING and isinstance(row.effect, SendLetter):
            letter = row.effect.letter
            if letter.to and letter.facts.promises:
                found[letter.to] = max(now, found.get(letter.to, now))
    return found


def _asked_at(rows: Iterable[Outgoing], latest: str) -> dict[PersonId, datetime]:
    """When each was asked to accept this version."""
    return {
        row.effect.letter.to: row.due_at
        for row in rows
        if isinstance(row.effect, SendLetter)
        and row.effect.letter.kind is LetterKind.PLEASE_AGREE
        and row.effect.letter.to
        and row.key.endswith(f"/{latest}")
    }


def _written(rows: Iterable[Outgoing]) -> dict[str, tuple[PersonId, datetime]]:
    """The letters that can wait which are written, sent or not, by their keys."""
    return {
        row.key: (row.effect.letter.to, row.due_at)
        for row in rows
        if isinstance(row.effect, SendLetter)
        and row.effect.letter.kind in CAN_WAIT
        and row.effect.letter.to
    }


async def _settle(uow: UnitOfWork, record: Record, now: datetime) -> None:
    """Say what became of each ledger row whose period is over; its offers end."""
    ended = {(p.series, p.index): p.outcome for p in record.periods(now)}
    for row in record.ledger:
        outcome = ended.get((row.series, row.period))
        if outcome is None or row.span.end > now:
            continue
        state = settled(row, outcome)
        if state is not row.state:
            await uow.ledger.put(replace(row, state=state))
            await uow.work.add(WorkKind.REFRESH, record.pair, now)
    for offer in await uow.offers.of_pair(record.pair):
        if offer.state is OfferState.OPEN and _is_over(record, offer, now):
            await uow.offers.put(replace(offer, state=OfferState.OVER))


def _is_over(record: Record, offer: Offer, now: datetime) -> bool:
    """Whether the period in which an offer wants to place a meeting has ended."""
    return any(
        series.span_of(meeting.period).end <= now
        for series in record.series
        if (meeting := series.meeting(offer.about))
    )


async def _do(
    uow: UnitOfWork,
    duty: Duty,
    standing: Standing,
    now: datetime,
    *,
    ids: Ids,
    links: Links,
) -> None:
    letter = await _letter(uow, duty, standing, now, links=links)
    if letter is None:
        return
    thanks = None
    if duty.kind in _BRINGS_THANKS:
        thanks = untold_thanks(await uow.lines.of_pair(standing.record.pair), duty.to)
        facts = replace(letter.facts, thanks=thanks.id if thanks else "")
        letter = replace(letter, facts=facts)
    person = next(p for p in standing.people if p.id == duty.to)
    until = None
    if duty.kind is DutyKind.PREPARE and letter.facts.meeting:
        until = letter.facts.meeting.start
    row = letter_row(
        OutboxId(ids.new()),
        letter,
        person,
        now=now,
        revision=duty.revision,
        until=until,
    )
    row = replace(row, due_at=max(row.due_at, duty.due_at))
    is_new = await uow.outbox.add(row)
    if duty.kind is DutyKind.PROMISE:
        await _reminded(uow, person, duty, row.due_at)
    if thanks and is_new:
        await uow.lines.put(replace(thanks, told_at=now))
    if duty.kind is DutyKind.OWED:
        await _told(uow, standing.record.pair, duty.revision, now)


async def _reminded(uow: UnitOfWork, owner: Person, duty: Duty, at: datetime) -> None:
    """Note for which dates the owner is reminded.

    The owner is written too, so that what another pair of theirs decides at the same
    instant is decided anew: their reminders are 72 hours apart in all pairs together.
    """
    for name in duty.promises:
        await uow.promises.put(remind(await uow.promises.get(name), at))
    await uow.people.put(owner)


async def _told(uow: UnitOfWork, pair: PairId, revision: str, now: datetime) -> None:
    for row in await uow.ledger.of_pair(pair):
        if f"{row.series}/{row.period}" == revision:
            await uow.ledger.put(replace(row, told_at=row.told_at or now))


async def _letter(
    uow: UnitOfWork, duty: Duty, standing: Standing, now: datetime, *, links: Links
) -> Letter | None:
    if duty.kind is not DutyKind.PREPARE:
        return letter_of(duty, standing, now)
    told = await read_agenda(uow, standing.record.pair, now, links=links)
    if told is None or told.meeting.key != duty.about:
        return None
    seen = standing.record.seen()
    asked = (seen[key].meeting for key in duty.asks)
    return agenda_letter(told, duty.to, asked)
