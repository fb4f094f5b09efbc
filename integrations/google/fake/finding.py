"""Which calendar and which entry a call means, and whether it may."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from integrations.google.fake.problems import (
    CHANGED,
    FORBIDDEN,
    INSUFFICIENT,
    Answered,
    Json,
    not_found,
)
from integrations.google.fake.views import instance, series_of
from integrations.google.fake.world import (
    Behaviour,
    Calendar,
    Call,
    Entry,
    World,
)

_STAMP = re.compile(r"\d{8}(T\d{6}Z)?")


def calendar_of(world: World, call: Call, name: str | None = None) -> Calendar:
    """The calendar that `calendarId` names; 404 for one of somebody else.

    With `calendar.app.created` alone only calendars that the same client made.
    """
    name = name or call.at["calendarId"]
    calendar = world.calendars.get(call.user if name == "primary" else name)
    if calendar is None or calendar.owner != call.user:
        raise not_found()
    if not call.scopes_for(calendar):
        raise Answered(INSUFFICIENT)
    return calendar


def is_vanished(entry: Entry, calendar: Calendar, now: datetime, b: Behaviour) -> bool:
    """Whether a deleted event has disappeared by now.

    Cancelled exceptions stay for as long as their series does.
    """
    if not entry.is_cancelled or now - entry.updated <= b.cancelled_kept:
        return False
    master = calendar.entries.get(entry.master or "")
    return master is None or master.is_cancelled


def entry_of(calendar: Calendar, call: Call, behaviour: Behaviour) -> Entry:
    """The entry that `eventId` names, an instance without exception too; or 404."""
    name = call.at["eventId"]
    entry = calendar.entries.get(name) or instance_called(calendar, name)
    if entry is None or is_vanished(entry, calendar, call.now, behaviour):
        raise not_found()
    if call.if_match not in {None, "*", entry.etag}:
        raise Answered(CHANGED)
    return entry


def instance_called(calendar: Calendar, name: str) -> Entry | None:
    """The instance that `<master>_<stamp>` stands for, if the series has it."""
    head, _, tail = name.rpartition("_")
    master = calendar.entries.get(head)
    if master is None or not _STAMP.fullmatch(tail) or master.is_cancelled:
        return None
    if not master.body.get("recurrence"):
        return None
    original = _original(master, tail)
    if original is None or not series_of(master).holds(original):
        return None
    return instance(master, original)


def _original(master: Entry, tail: str) -> Json | None:
    """The original start that a stamp names, in the form of the master's start."""
    start = master.body["start"]
    try:
        if "date" in start:
            when = datetime.strptime(tail, "%Y%m%d")  # noqa: DTZ007 - a whole day
            return {"date": when.date().isoformat()}
        when = datetime.strptime(tail, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    return {"dateTime": when.isoformat(), "timeZone": start["timeZone"]}


def check_live(entry: Entry) -> None:
    """410 for what is deleted already is the deleting method's; here it is 403."""
    if entry.is_cancelled:
        raise Answered(FORBIDDEN)
