"""What of a read is kept, and under which names: decided inside its transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from scheduler.connections import Connection
from scheduler.events import CalendarObject, Delta
from scheduler.ids import RemoteId
from scheduler.ports.calendars import CalendarSource
from scheduler.ports.store import UnitOfWork
from scheduler.sync import SyncPlan, plan_sync, with_ours
from scheduler.usecases.hear_guests import Heard


async def keep_delta(
    uow: UnitOfWork,
    connection: Connection,
    delta: Delta,
    heard: Heard,
    *,
    source: CalendarSource,
    now: datetime,
) -> SyncPlan:
    """Store what a read brought; answers what was stored.

    A series may be booked and written while its calendar is read: what is ours is
    asked here, and of everything that is known. Of other objects the UID is dropped:
    it is nobody's business.
    """
    uids = await uow.series.uids(connection.person)
    known = await uow.calendars.etags(connection.id)
    changed = tuple(_named(one, source, uids) for one in delta.changed)
    if connection.cursor and connection.cursor.window != delta.cursor.window:
        # What has not changed has other occurrences in another window.
        known = dict.fromkeys(known)
    plan = plan_sync(known, replace(delta, changed=changed))
    ids = {one.id for one in changed if one.uid} | (plan.gone & delta.deleted)
    # A source that gives names of its own knows an object by these alone.
    ids |= {name for name in known if source.ours(_bare(name), uids)}
    kept = await uow.calendars.some(connection.id, ids) if ids else ()
    touched = plan.gone | {one.id for one in plan.upsert}
    late = (one for one in kept if not one.uid and one.id not in touched)
    named = tuple(_named(one, source, uids) for one in late)
    plan = replace(plan, upsert=(*plan.upsert, *named))
    plan = with_ours(plan, delta.deleted, kept, heard, now)
    await uow.calendars.apply(connection.id, plan)
    return plan


def _named(
    found: CalendarObject, source: CalendarSource, uids: frozenset[str]
) -> CalendarObject:
    return replace(found, uid=source.ours(found, uids))


def _bare(name: RemoteId) -> CalendarObject:
    return CalendarObject(name, "", ())
