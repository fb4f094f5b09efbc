"""One object of a collection (RFC 4791 section 4.1) as what Troth knows of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from integrations.ics.decode import decode
from scheduler.events import CalendarObject, Warned
from scheduler.ids import Etag, RemoteId
from scheduler.timespan import Span


def read_resource(
    remote: RemoteId,
    data: bytes,
    etag: Etag | None,
    *,
    window: Span,
    home: ZoneInfo,
    owner: str,
) -> tuple[CalendarObject, tuple[Warned, ...]]:
    """The object with this id and etag; one that holds no event has no occurrences.

    `Refused` with E_ICS_…, E_EVENT_… or E_RRULE_… where it cannot be read.
    """
    decoded = decode(data, window=window, zone=home, owner=owner)
    found = decoded.objects
    whole = CalendarObject(
        id=remote,
        uid=next((o.uid for o in found if o.uid), ""),
        occurrences=tuple(sorted(o for each in found for o in each.occurrences)),
        etag=etag,
        changed_at=max((o.changed_at for o in found if o.changed_at), default=None),
        sequence=max((o.sequence for o in found), default=0),
    )
    return whole, decoded.warnings


def last_date(objects: Iterable[CalendarObject], window: Span) -> datetime:
    """The last instant that a feed speaks about: nothing is known of what follows."""
    ends = (o.end for found in objects for o in found.occurrences)
    return min(max(ends, default=window.start), window.end)
