"""Take in what somebody asks for by mail in words, inside one transaction."""

from __future__ import annotations

from datetime import datetime

from scheduler.agenda import asked_topic
from scheduler.bounces import mailed_to
from scheduler.copies import domain_of
from scheduler.dates_said import asked_promise
from scheduler.effects import Address
from scheduler.errors import Refused
from scheduler.heard import Writer
from scheduler.ids import OutboxId
from scheduler.letters import Facts, Letter, LetterKind
from scheduler.outbox import letter_row, message_id
from scheduler.people import Pair, Person
from scheduler.ports.mail import Note
from scheduler.ports.store import UnitOfWork
from scheduler.ports.system import Ids
from scheduler.preparing import next_meeting
from scheduler.replying import Replied
from scheduler.topics import added, topic_of
from scheduler.usecases.hear_promise import hear_promise
from scheduler.work import WorkKind


async def take_note(
    uow: UnitOfWork, note: Note, now: datetime, *, ids: Ids, sender: Address
) -> tuple[Replied, Pair | None]:
    """Keep its topics and promises, if our own exchanger vouches for its sender.

    Otherwise, and where a line is not understood or there is none, its sender gets a
    letter with a link, at most one a day; of the mail nothing is kept. To somebody we
    do not know nothing is ever answered.
    """
    found = await _writer(uow, note, domain_of(sender))
    if found is None:
        return Replied("stranger"), None
    person, pair = found
    lines = note.lines if note.sender.certain else ()
    heard = [await _hear(uow, line, person, pair, now) for line in lines]
    if heard and all(heard):
        return Replied("noted", person=person.id), pair
    facts = Facts(counts=(("kept", sum(heard)),))
    letter = Letter(LetterKind.NOT_READ, person.id, pair.id, facts)
    day = f"{now:%Y-%m-%d}"
    row = letter_row(OutboxId(ids.new()), letter, person, now=now, revision=day)
    await uow.outbox.add(row)
    return Replied("answered with a link", person=person.id), pair


async def _writer(
    uow: UnitOfWork, note: Note, domain: str
) -> tuple[Person, Pair] | None:
    """Who wrote, and to which of their pairs; else the first that is not closed."""
    theirs = [
        (person, pair)
        for person in await uow.people.with_email(note.sender.address)
        for pair in await uow.pairs.of_person(person.id)
        if not pair.closed
    ]
    for person, pair in theirs if len(theirs) > 1 else ():
        rows = await uow.outbox.of_pair(pair.id)
        sent = {message_id(r.key, domain) for r in rows if _went_to(r.effect, person)}
        if not sent.isdisjoint(note.answers):
            return person, pair
    return theirs[0] if theirs else None


def _went_to(effect: object, person: Person) -> bool:
    return mailed_to(effect) == person.id  # type: ignore[arg-type]


async def _hear(
    uow: UnitOfWork, line: str, person: Person, pair: Pair, now: datetime
) -> bool:
    """Whether a line was understood; then it is kept."""
    series = await uow.series.of_pair(pair.id)
    found = next_meeting(series, now)
    if said := asked_promise(line):
        about = found[1].key if found else None
        writer = Writer(pair.id, person, now, about)
        return await hear_promise(uow, writer, said) is not None
    try:
        asked = asked_topic(line)
        new = topic_of(pair.id, person.id, asked, found[1] if found else None, now)
    except Refused:
        return False
    known = await uow.topics.of_pair(pair.id)
    topic = added(known, new)
    if topic not in known:
        await uow.topics.put(topic)
        await uow.work.add(WorkKind.REFRESH, pair.id, now)
    return True
