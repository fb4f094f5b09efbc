"""Read what changed in one calendar, and store it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from scheduler.busy import FRESH
from scheduler.channels import POLL
from scheduler.connections import CalendarKind, Connection
from scheduler.errors import (
    CursorExpired,
    Gone,
    NeedsConsent,
    NotFound,
    Refused,
    Unavailable,
)
from scheduler.events import Delta
from scheduler.health import (
    DOUBT,
    PROBE,
    away_rows,
    back_rows,
    broken_letter,
    broken_rows,
    failed,
    is_told,
    is_told_by_another,
    may_read_all,
    read_well,
    window,
)
from scheduler.ids import CalendarId, OutboxId, Uid
from scheduler.outbox import letter_row
from scheduler.ports.calendars import CalendarSource, OpenCalendar
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.ports.system import Clock, Ids
from scheduler.secret import NO_SECRET, Secret
from scheduler.series import Route
from scheduler.sync import SyncPlan, is_doubtful
from scheduler.timespan import Span
from scheduler.usecases.hear_guests import Heard, hear_guests
from scheduler.usecases.keep_delta import keep_delta
from scheduler.usecases.next_read import next_read
from scheduler.work import WorkKind


@dataclass(frozen=True, slots=True)
class _Read:
    """What a read brought; `anew` when everything had to be read for a lost cursor."""

    delta: Delta
    anew: bool
    #: What the guests of our own events say.
    heard: Heard


async def sync_calendar(
    calendar: CalendarId,
    *,
    begin: Begin,
    open_calendar: OpenCalendar,
    clock: Clock,
    ids: Ids,
    poll: timedelta,
    months: int,
    watched: bool = False,
) -> datetime | None:
    """Bring what is known of a calendar up to date; a repeat changes nothing.

    `months` is how far ahead it is read; `watched`: Google may tell us of changes.
    Answers when to come back: after `poll`, at Google as its push channels allow;
    after 15 minutes to check a doubtful read, a day later where only the owner can
    mend it; None when there is no such calendar.
    """
    try:
        async with begin(read_only=True) as uow:
            before = await uow.calendars.get(calendar)
            owner = await uow.people.get(before.person)
            key = await _key(before, uow)
    except NotFound:
        return None
    at_google = before.kind is CalendarKind.GOOGLE
    if at_google:
        poll = POLL  # 96 calls a day: there they are counted (promises.md Y9)
    began = clock.now()
    scope = window(began, months)
    source = open_calendar(before, zone=owner.zone, owner=owner.email)
    try:
        read = await _read(before, source, scope, began, begin=begin)
    except (NeedsConsent, Unavailable, Refused) as error:
        now = clock.now()
        await _note(error, before, key, now, begin=begin, ids=ids)
        return now + _patience(error, poll)
    now = clock.now()
    believed = await _store(before, read, source, now, began=began, begin=begin)
    if read.anew or not believed:
        return now + max(poll, DOUBT)
    if at_google and watched:
        return await next_read(before, read.delta, now, begin=begin)
    return now + poll


async def _read(
    before: Connection,
    source: CalendarSource,
    scope: Span,
    began: datetime,
    *,
    begin: Begin,
) -> _Read:
    """Everything the source has to say since then; hints are asked for by id."""
    cursor = before.cursor
    since = cursor if cursor and cursor.window == scope else None
    try:
        delta = await source.changes(since, scope)
    except CursorExpired:
        await _begin_anew(before, began, begin=begin)
        try:
            # Once: a source that forgets at once is one that does not answer (F18).
            delta = await source.changes(None, scope)
        except CursorExpired:
            raise Unavailable(_FORGETS) from None
        since = None
    changed, gone = list(delta.changed), set(delta.gone)
    for hint in sorted(delta.gone_hints):
        try:
            changed.append(await source.read(hint, scope))
        except Gone:
            gone.add(hint)
    last = cursor.whole_at if cursor else None
    delta = replace(
        delta,
        changed=tuple(changed),
        gone=frozenset(gone),
        cursor=replace(delta.cursor, whole_at=began if delta.everything else last),
    )
    heard = await hear_guests(before, delta, source=source, begin=begin)
    return _Read(delta, anew=cursor is not None and since is None, heard=heard)


_FORGETS = "the calendar forgets where reading stopped"


async def _begin_anew(before: Connection, now: datetime, *, begin: Begin) -> None:
    """Remember that everything is read now, so that it is not read so again soon.

    It is written down before, or a crash on the way would read everything once more.
    `Unavailable` where that was done less than 15 minutes ago (promises.md F18).
    """
    cursor = before.cursor
    if cursor is None:
        return
    if not may_read_all(cursor.whole_at, now):
        left = DOUBT - (now - cursor.whole_at) if cursor.whole_at else DOUBT
        raise Unavailable(_FORGETS, after=int(left.total_seconds()))
    async with begin() as uow:
        try:
            connection = await uow.calendars.get(before.id)
        except NotFound:
            return
        if connection.cursor:
            tried = replace(connection.cursor, whole_at=now)
            await uow.calendars.put(replace(connection, cursor=tried))
            await uow.commit()


async def _store(
    before: Connection,
    read: _Read,
    source: CalendarSource,
    now: datetime,
    *,
    began: datetime,
    begin: Begin,
) -> bool:
    """Keep rows and cursor in one transaction; False when the read is doubted.

    The calendar counts as read when the read began: what was written to it meanwhile
    may be missing.
    """
    delta = read.delta
    async with begin() as uow:
        try:
            connection = await uow.calendars.get(before.id)
        except NotFound:
            return True
        known = await uow.calendars.etags(connection.id)
        if is_doubtful(known, delta) and not _agrees(connection, now):
            doubted = connection.doubted_at or now
            await uow.calendars.put(replace(connection, doubted_at=doubted))
            await uow.commit()
            return False
        plan = await keep_delta(
            uow, connection, delta, read.heard, source=source, now=now
        )
        after = read_well(connection, delta.cursor, _horizon(connection, delta), began)
        await uow.calendars.put(after)
        await _tell_pairs(connection, now, uow)
        await _hear_owner(connection, plan, now, uow)
        await uow.commit()
    return True


def _agrees(connection: Connection, now: datetime) -> bool:
    """Whether an earlier read was doubted long enough ago to be believed now."""
    return connection.doubted_at is not None and now - connection.doubted_at >= DOUBT


def _horizon(connection: Connection, delta: Delta) -> datetime | None:
    """How far the source speaks: what it said now, or before if nothing changed."""
    return delta.horizon or (None if delta.everything else connection.horizon)


async def _tell_pairs(connection: Connection, now: datetime, uow: UnitOfWork) -> None:
    """Have each pair compared with what the calendar says, and planned if it waits."""
    pairs = [pair.id for pair in await uow.pairs.of_person(connection.person)]
    for pair in pairs:
        await uow.work.add(WorkKind.OBSERVE, pair, now)
        if not connection.is_fresh(now, FRESH):
            # Planning waits for a calendar that was not read for this long.
            await uow.work.add(WorkKind.PLAN, pair, now)
    for away in away_rows(connection, pairs, now):
        back = back_rows(connection, (away.pair,), now)
        await uow.evidence.add((away, *back))
    for broken in broken_rows(connection, pairs, now):
        # Its owner may have mended it in between: what was told is on record.
        known = {row.id for row in await uow.evidence.of_pair(broken.pair)}
        if is_told(connection, now) or broken.id in known:
            back = back_rows(connection, (broken.pair,), now)
            await uow.evidence.add((broken, *back))


async def _hear_owner(
    connection: Connection, plan: SyncPlan, now: datetime, uow: UnitOfWork
) -> None:
    """Have the agenda renewed where its owner wrote into their copy.

    They may have asked for a topic in it. A copy with our own etag is as we left it.
    """
    for found in plan.upsert:
        if not found.uid:
            continue
        copy = await uow.copies.find(connection.person, Uid(found.uid))
        series = await uow.series.by_uid(found.uid)
        if copy is None or series is None or copy.route is not Route.WRITTEN:
            continue
        if copy.calendar and copy.etag != found.etag:
            await uow.work.add(WorkKind.REFRESH, series.pair, now)


async def _note(
    error: NeedsConsent | Unavailable | Refused,
    before: Connection,
    key: Secret,
    now: datetime,
    *,
    begin: Begin,
    ids: Ids,
) -> None:
    """Remember that a read failed, and tell its owner once when it is broken.

    `key` is what opened it when it was tried.
    """
    trouble = error.message if isinstance(error, Refused) else str(error)
    async with begin() as uow:
        try:
            connection = await uow.calendars.get(before.id)
        except NotFound:
            return
        if (connection.url, await _key(connection, uow)) != (before.url, key):
            return  # its owner mended it meanwhile
        consent = isinstance(error, NeedsConsent)
        after = failed(connection, trouble, now, consent=consent)
        await uow.calendars.put(after)
        if is_told(after, now):
            pairs = await uow.pairs.of_person(after.person)
            await uow.evidence.add(broken_rows(after, [p.id for p in pairs], now))
            theirs = await uow.calendars.of_person(after.person)
            if not is_told_by_another(after, theirs, now):
                await _tell_owner(after, now, uow, ids)
        await uow.commit()


async def _key(connection: Connection, uow: UnitOfWork) -> Secret:
    """What opens it now: its own password, or the grant of its account."""
    if connection.account is None:
        return connection.password
    try:
        return (await uow.accounts.get(connection.account)).refresh
    except NotFound:
        return NO_SECRET


async def _tell_owner(
    broken: Connection, now: datetime, uow: UnitOfWork, ids: Ids
) -> None:
    owner = await uow.people.get(broken.person)
    row = OutboxId(ids.new())
    revision = f"{broken.id}/{broken.failing_since:%Y%m%dT%H%M%SZ}"
    letter = broken_letter(broken)
    await uow.outbox.add(letter_row(row, letter, owner, now=now, revision=revision))


def _patience(
    error: NeedsConsent | Unavailable | Refused, poll: timedelta
) -> timedelta:
    match error:
        case NeedsConsent():
            return PROBE
        case Unavailable():
            return max(poll, timedelta(seconds=error.after or 0))
        case Refused():
            return max(poll, DOUBT)
        case _:
            assert_never(error)
