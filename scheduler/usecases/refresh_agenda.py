"""Renew the agenda in the next meeting of both written copies, silently.

A guest reads it in the organiser's event: what is written there reaches both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scheduler.access import Audited
from scheduler.agenda import Merged, block, merge
from scheduler.connections import CalendarKind, Connection
from scheduler.delivery import is_writable
from scheduler.errors import (
    Conflict,
    Gone,
    NeedsConsent,
    Refused,
    Rejected,
    Unavailable,
)
from scheduler.evidence import SourceKind
from scheduler.findings import SOURCES
from scheduler.heard import Writer
from scheduler.ids import PairId, PersonId
from scheduler.people import Person
from scheduler.ports.calendars import Calendar, Describe, OpenCalendar, Text, Written
from scheduler.ports.documents import OpenDocuments
from scheduler.ports.links import Links
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock
from scheduler.preparing import Preparation
from scheduler.series import Copy, MeetingKey
from scheduler.topics import topic_of
from scheduler.usecases.hear_promise import hear_promise
from scheduler.usecases.keep_document import (
    NO_DOCUMENT,
    KeptDocument,
    keep_document,
)
from scheduler.usecases.read_agenda import read_agenda

_TRIES = 3
_LATER = timedelta(minutes=30)
#: A person broke the markers: the agenda page says that Troth leaves the event alone.
LEFT_ALONE = "agenda left alone"
#: A line `promise: …` without a day: it stands below the block, as its writer left it.
UNCLEAR = "promise not understood"


async def refresh_agenda(
    pair: PairId,
    *,
    begin: Begin,
    open_calendar: OpenCalendar,
    clock: Clock,
    links: Links,
    open_documents: OpenDocuments | None = None,
) -> datetime | None:
    """Write the agenda as it stands, and take in what people asked for inside it.

    What they wrote around the block stays as it is. Answers when to look again: after
    the meeting, when a promise turns overdue or begins to lead, sooner when a calendar
    does not answer; None without a next meeting. With `open_documents` it is kept as a
    document at Google too, whose link is put into the events there, once.
    """
    now = clock.now()
    async with begin(read_only=True) as uow:
        found = await read_agenda(uow, pair, now, links=links)
    if found is None or found.meeting.span is None:
        return None
    again = min(found.meeting.span.end, found.changes_at or found.meeting.span.end)
    document = NO_DOCUMENT
    if open_documents:
        document = await keep_document(
            found, begin=begin, open_documents=open_documents
        )
        again = min(again, document.again or again)
    for n, copy in enumerate(found.written):
        try:
            heard = await _refresh(
                found,
                copy,
                document,
                begin=begin,
                open_calendar=open_calendar,
            )
        except (Unavailable, NeedsConsent):
            again = min(again, now + _LATER)
        except (Rejected, Refused):
            continue
        else:
            if heard and (n or document.one):  # what came first was written before
                again = now
    return again


async def _refresh(
    found: Preparation,
    copy: Copy,
    document: KeptDocument,
    *,
    begin: Begin,
    open_calendar: OpenCalendar,
) -> bool:
    """Renew one copy; whether its owner wrote something into it for both."""
    if copy.calendar is None or copy.remote_id is None:
        return False
    async with begin(read_only=True) as uow:
        connection = await uow.calendars.get(copy.calendar)
        owner = await uow.people.get(copy.person)
    if not is_writable(connection):
        raise NeedsConsent("the calendar's password is not accepted")
    calendar = open_calendar(connection, zone=owner.zone, owner=owner.email)
    attach = _to_attach(document, copy, connection)
    told = found
    for _ in range(_TRIES):
        try:
            text = await calendar.text(copy.remote_id, found.occurrence)
            hearing = _Hearing(told, copy, owner, SOURCES[connection.kind], attach)
            told = await _hear(hearing, text.text, begin=begin)
            written = await _write(replace(hearing, found=told), text, calendar)
        except Conflict:
            continue  # somebody wrote meanwhile: read what they wrote
        except Gone:
            break  # taken away: the next read of the calendar notices
        if written:
            await _remember(hearing, written, begin=begin)
        elif merge(text.text, (), ()).text is None:
            await _note(found, copy, LEFT_ALONE, begin=begin)
        break
    else:
        raise Unavailable("the event keeps changing")
    return (told.topics, told.promises) != (found.topics, found.promises)


@dataclass(frozen=True, slots=True)
class _Hearing:
    """One copy of the event, into whose block its owner may have written."""

    found: Preparation
    copy: Copy
    owner: Person
    source: SourceKind
    #: The link to the document, where it is to be put into the event.
    attach: str = ""

    def merged(self, text: str, lines: Sequence[str] = ()) -> Merged:
        """The text with these lines in its block, and what was found there."""
        found = self.found
        return merge(
            text,
            lines,
            found.texts_ever,
            lambda said: self.writer.promise(found.promises, said) is not None,
        )

    @property
    def writer(self) -> Writer:
        """Whose promise a line in here is: the copy's owner's."""
        key = self.found.meeting.key
        return Writer(self.found.pair.id, self.owner, self.found.now, key, self.source)


async def _write(hearing: _Hearing, text: Text, calendar: Calendar) -> Written | None:
    """Write the renewed block; None when it stands there already, or has no place."""
    told, copy = hearing.found, hearing.copy
    merged = hearing.merged(text.text, block(told.agenda, hearing.owner.language))
    if copy.remote_id is None or merged.text is None:
        return None
    if merged.text == text.text and not told.was_where and not hearing.attach:
        return None
    attach = hearing.attach or told.link
    edit = Describe(told.occurrence, merged.text, attach, told.where, told.was_where)
    return await calendar.edit(copy.remote_id, edit, etag=text.etag)


async def _hear(hearing: _Hearing, text: str, *, begin: Begin) -> Preparation:
    """Keep what was asked for in the event, before its lines go from there."""
    found, heard = hearing.found, hearing.merged(text)
    if heard.is_unclear:
        await _note(found, hearing.copy, UNCLEAR, begin=begin)
    if not heard.topics and not heard.promises:
        return found
    pair = found.pair.id
    async with begin() as uow:
        known = {topic.id for topic in await uow.topics.of_pair(pair)}
        for said in heard.topics:
            by, about = hearing.copy.person, found.meeting
            topic = topic_of(pair, by, said, about, found.now)
            if topic.id not in known:
                await uow.topics.put(topic)
        for said in heard.promises:
            await hear_promise(uow, hearing.writer, said)
        topics = await uow.topics.of_pair(pair)
        promises = await uow.promises.of_pair(pair)
        await uow.commit()
    return replace(found, topics=topics, promises=promises)


async def _note(found: Preparation, copy: Copy, what: str, *, begin: Begin) -> None:
    """Remember, once, what is wrong in this event; never a word of what stands there.

    The agenda page says so.
    """
    about = left_alone(copy.person, found.meeting.key)
    async with begin() as uow:
        if all(row.act != what for row in await uow.audit.about(about)):
            row = Audited(found.now, found.pair.programme, "troth", what, about)
            await uow.audit.add(row)
            await uow.commit()


async def _remember(hearing: _Hearing, written: Written, *, begin: Begin) -> None:
    """Keep the new etag, so that the next write does not meet a stranger's.

    And that the document's link was put there.
    """
    copy, found = hearing.copy, hearing.found
    async with begin() as uow:
        known = await uow.copies.find(copy.person, copy.uid)
        if known:
            await uow.copies.put(
                replace(known, remote_id=written.id, etag=written.etag)
            )
        every = await uow.documents.of_pair(found.pair.id) if hearing.attach else ()
        for one in every:
            if one.id == str(found.meeting.key):
                await uow.documents.put(one.with_link_in(_place(copy)))
        await uow.commit()


def _to_attach(document: KeptDocument, copy: Copy, connection: Connection) -> str:
    """The link that a calendar at Google shows as an attachment, unless it did once.

    What its owner took off is not put there again.
    """
    if connection.kind is not CalendarKind.GOOGLE:
        return ""
    return document.link_for(_place(copy))


def _place(copy: Copy) -> str:
    """Which event of whose."""
    return f"{copy.calendar}/{copy.remote_id}"


def left_alone(person: PersonId, meeting: MeetingKey) -> str:
    """What the audit row is about; the agenda page asks for it."""
    return f"{person}/{meeting}"
