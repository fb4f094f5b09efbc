"""Renew the agenda in the next meeting of both written copies, silently."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from scheduler.access import Audited
from scheduler.agenda import block, merge
from scheduler.delivery import is_writable
from scheduler.errors import (
    Conflict,
    Gone,
    NeedsConsent,
    Refused,
    Rejected,
    Unavailable,
)
from scheduler.ids import PairId, PersonId
from scheduler.ports.calendars import Calendar, Describe, OpenCalendar, Text, Written
from scheduler.ports.links import Links
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock
from scheduler.preparing import Preparation
from scheduler.series import Copy, MeetingKey
from scheduler.topics import topic_of
from scheduler.usecases.read_agenda import read_agenda

_TRIES = 3
_LATER = timedelta(minutes=30)
#: A person broke the markers: the agenda page says that Troth leaves the event alone.
LEFT_ALONE = "agenda left alone"


async def refresh_agenda(
    pair: PairId,
    *,
    begin: Begin,
    open_calendar: OpenCalendar,
    clock: Clock,
    links: Links,
) -> datetime | None:
    """Write the agenda as it stands, and take in what people asked for inside it.

    What they wrote around the block stays as it is. Answers when to look again: after
    the meeting, sooner when a calendar does not answer; None without a next meeting.
    """
    now = clock.now()
    async with begin(read_only=True) as uow:
        found = await read_agenda(uow, pair, now, links=links)
    if found is None or found.meeting.span is None:
        return None
    again = found.meeting.span.end
    for n, copy in enumerate(found.written):
        try:
            heard = await _refresh(
                found,
                copy,
                now=now,
                begin=begin,
                open_calendar=open_calendar,
            )
        except (Unavailable, NeedsConsent):
            again = min(again, now + _LATER)
        except (Rejected, Refused):
            continue
        else:
            if heard and n:  # the first copy was written before this was heard
                again = now
    return again


async def _refresh(
    found: Preparation,
    copy: Copy,
    *,
    now: datetime,
    begin: Begin,
    open_calendar: OpenCalendar,
) -> bool:
    """Renew one copy; whether its owner asked for topics in it."""
    if copy.calendar is None or copy.remote_id is None:
        return False
    async with begin(read_only=True) as uow:
        connection = await uow.calendars.get(copy.calendar)
        owner = await uow.people.get(copy.person)
    if not is_writable(connection):
        raise NeedsConsent("the calendar's password is not accepted")
    calendar = open_calendar(connection, zone=owner.zone, owner=owner.email)
    told = found
    for _ in range(_TRIES):
        try:
            text = await calendar.text(copy.remote_id, found.occurrence)
            told = await _hear(told, copy, text.text, now, begin=begin)
            written = await _write(told, copy, text, calendar)
        except Conflict:
            continue  # somebody wrote meanwhile: read what they wrote
        except Gone:
            break  # taken away: the next read of the calendar notices
        if written:
            await _remember(copy, written, begin=begin)
        elif merge(text.text, (), ()).text is None:
            await _leave_alone(found, copy, now, begin=begin)
        break
    else:
        raise Unavailable("the event keeps changing")
    return told.topics != found.topics


async def _write(
    told: Preparation, copy: Copy, text: Text, calendar: Calendar
) -> Written | None:
    """Write the renewed block; None when it stands there already, or has no place."""
    language = next(p.language for p in told.people if p.id == copy.person)
    merged = merge(text.text, block(told.agenda, language), told.texts_ever)
    if copy.remote_id is None or merged.text in {None, text.text}:
        return None
    edit = Describe(told.occurrence, merged.text or "", told.link)
    return await calendar.edit(copy.remote_id, edit, etag=text.etag)


async def _hear(
    found: Preparation, copy: Copy, text: str, now: datetime, *, begin: Begin
) -> Preparation:
    """Keep what was asked for in the event, before its lines go from there."""
    asked = merge(text, (), found.texts_ever).topics
    if not asked:
        return found
    pair = found.pair.id
    async with begin() as uow:
        known = {topic.id for topic in await uow.topics.of_pair(pair)}
        for said in asked:
            topic = topic_of(pair, copy.person, said, found.meeting, now)
            if topic.id not in known:
                await uow.topics.put(topic)
        topics = await uow.topics.of_pair(pair)
        await uow.commit()
    return replace(found, topics=topics)


async def _leave_alone(
    found: Preparation, copy: Copy, now: datetime, *, begin: Begin
) -> None:
    """Remember, once, that the markers in this event are broken."""
    about = left_alone(copy.person, found.meeting.key)
    async with begin() as uow:
        if not await uow.audit.about(about):
            row = Audited(now, found.pair.programme, "troth", LEFT_ALONE, about)
            await uow.audit.add(row)
            await uow.commit()


async def _remember(copy: Copy, written: Written, *, begin: Begin) -> None:
    """Keep the new etag, so that the next write does not meet a stranger's."""
    async with begin() as uow:
        known = await uow.copies.find(copy.person, copy.uid)
        if known:
            await uow.copies.put(
                replace(known, remote_id=written.id, etag=written.etag)
            )
            await uow.commit()


def left_alone(person: PersonId, meeting: MeetingKey) -> str:
    """What the audit row is about; the agenda page asks for it."""
    return f"{person}/{meeting}"
