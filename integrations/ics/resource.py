"""What has been decoded, as objects of a calendar that Troth follows."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from integrations.ics.decode import Decoded
from scheduler.events import CalendarObject, Warned
from scheduler.ids import Etag, RemoteId
from scheduler.timespan import Span


@dataclass(frozen=True, slots=True)
class Read:
    """What one file says, each object with an etag of all that is known of it."""

    objects: tuple[CalendarObject, ...] = ()
    warnings: tuple[Warned, ...] = ()


class Decode(Protocol):
    """Reads an iCalendar file, safely: `integrations.ics.sandbox.Sandbox.decode`."""

    def __call__(
        self,
        source: bytes | Iterable[bytes],
        *,
        window: Span,
        zone: ZoneInfo,
        owner: str,
        calendar: str,
        again: bool = False,
    ) -> Awaitable[Read]:
        """`Refused` with E_ICS_…, E_EVENT_… or E_RRULE_….

        `source` may be read several times; `calendar` is the one whose file it is,
        `again` whether its next file will be much like this one.
        """


def whole(
    remote: RemoteId, etag: Etag | None, decoded: Read | Decoded
) -> CalendarObject:
    """The object with this id and etag; one that holds no event has no occurrences."""
    found = decoded.objects
    return CalendarObject(
        id=remote,
        uid=next((o.uid for o in found if o.uid), ""),
        occurrences=tuple(sorted(o for each in found for o in each.occurrences)),
        etag=etag,
        changed_at=max((o.changed_at for o in found if o.changed_at), default=None),
        sequence=max((o.sequence for o in found), default=0),
    )


def last_date(objects: Iterable[CalendarObject], window: Span) -> datetime:
    """The last instant that a feed speaks about: nothing is known of what follows."""
    ends = (o.end for found in objects for o in found.occurrences)
    return min(max(ends, default=window.start), window.end)
